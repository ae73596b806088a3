"""The kinds of value that an event carries, each with its check and its JSON Schema (SCORING.md, "Events")."""

import math
import re
import unicodedata
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, PlainValidator, StringConstraints, ValidationInfo, WithJsonSchema

from troth.domain.instants import Instant, NotATime, parse_due, parse_instant

NAME_LENGTH: Final = 200
TEXT_LENGTH: Final = 2_000
MONEY_SCALE: Final = 10_000
_MONEY_LIMIT: Final = 10**15
_MONEY_DIGITS: Final = "has more than 15 digits, or more than 4 after the point"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINE_ENDS: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def check_name(text: str) -> str:
    """An id or a name: NFC, no control characters. Raises ValueError with the mend."""
    if text.isascii() and text.isprintable():
        return text
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("is not in Unicode normal form NFC; normalise it before sending")
    return _without(_CONTROL, text)


def check_line(text: str) -> str:
    """A text of one line: no control characters. Raises ValueError with the mend."""
    return text if text.isascii() and text.isprintable() else _without(_CONTROL, text)


def _check_lines(text: str) -> str:
    return text if text.isascii() and text.isprintable() else _without(_CONTROL_BUT_LINE_ENDS, text)


def _without(unwanted: re.Pattern[str], text: str) -> str:
    found = unwanted.search(text)
    if found is not None:
        raise ValueError(f"has the control character U+{ord(found[0]):04X} at position {found.start()}; remove it")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("has a lone surrogate, which is no character; remove it")
    return text


def _check_url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(f"is not a URL: {error}") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise ValueError("is not an address; it begins with http:// or https://")
    return check_line(text)


def _read_instant(value: Any) -> Instant:
    if not isinstance(value, str):
        raise ValueError("is not a text; write a time as 2026-01-11T09:30:00Z")
    try:
        return parse_instant(value)
    except NotATime as error:
        raise ValueError(str(error)) from None


def _read_due(value: Any, info: ValidationInfo) -> Instant:
    if not isinstance(value, str):
        raise ValueError("is not a text; write a day as 2026-01-11 or a time as 2026-01-11T09:30:00Z")
    zone: tzinfo = info.context["zone"] if info.context else UTC
    try:
        return parse_due(value, zone)
    except NotATime as error:
        raise ValueError(str(error)) from None


def _read_due_or_null(value: Any, info: ValidationInfo) -> Instant | None:
    return None if value is None else _read_due(value, info)


def _is_number(value: Any) -> bool:
    # math.isfinite raises for an int beyond a float's range.
    return isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or math.isfinite(value))


def _read_money(value: Any) -> int:
    if not _is_number(value):
        raise ValueError("is not a number")
    if value < 0:
        raise ValueError("is below 0")
    if value >= _MONEY_LIMIT:
        raise ValueError(_MONEY_DIGITS)
    scaled = Decimal(repr(value)) * MONEY_SCALE if isinstance(value, float) else value * MONEY_SCALE
    whole = int(scaled)
    digits = whole
    while digits and digits % 10 == 0:
        digits //= 10
    if whole != scaled or len(str(digits)) > 15:
        raise ValueError(_MONEY_DIGITS)
    return whole


def _read_weight(value: Any) -> int:
    if not _is_number(value):
        raise ValueError("is not a number")
    tenths = round(value * 10) if 0 < value <= 1 else 0
    if not tenths or tenths / 10 != value:
        raise ValueError("is not a weight; use 0.1 to 1 in tenths")
    return tenths


def _read_rating(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in (1, 2, 3, 4, 5):
        raise ValueError("is not a rating; use a whole number from 1 to 5")
    return int(value)


_TIME_SCHEMA: Final = {"type": "string", "format": "date-time", "examples": ["2026-01-11T09:30:00Z"]}
_DUE_SCHEMA: Final = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
    "description": "a time with a zone, or a day: its last microsecond in the source's zone",
}
_MONEY_SCHEMA: Final = {
    "type": "number",
    "minimum": 0,
    "maximum": 999_999_999_999_999,
    "description": "at most 15 digits, 4 of them after the point",
}

Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH), AfterValidator(check_name)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH), AfterValidator(check_line)]
Lines = Annotated[str, StringConstraints(max_length=TEXT_LENGTH), AfterValidator(_check_lines)]
Url = Annotated[
    str, StringConstraints(max_length=TEXT_LENGTH), AfterValidator(_check_url), WithJsonSchema({"type": "string", "format": "uri"})
]
# Absent is None, but a null that is written is refused like any other wrong value.
Time = Annotated[Instant | None, PlainValidator(_read_instant), WithJsonSchema(_TIME_SCHEMA)]
Due = Annotated[Instant, PlainValidator(_read_due), WithJsonSchema(_DUE_SCHEMA)]
DueOrNull = Annotated[
    Instant | None,
    PlainValidator(_read_due_or_null),
    WithJsonSchema({"anyOf": [*_DUE_SCHEMA["anyOf"], {"type": "null"}], "description": "null removes the date"}),
]
Money = Annotated[int, PlainValidator(_read_money), WithJsonSchema(_MONEY_SCHEMA)]
Weight = Annotated[int, PlainValidator(_read_weight), WithJsonSchema({"enum": [tenth / 10 for tenth in range(1, 10)] + [1]})]
Rating = Annotated[int, PlainValidator(_read_rating), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 5})]


def money_of(amount: int | None) -> float | int | None:
    """An amount of ten-thousandths as a JSON number, exact to 15 digits."""
    if amount is None:
        return None
    return amount // MONEY_SCALE if amount % MONEY_SCALE == 0 else amount / MONEY_SCALE
