"""Texts of tools made fit for the ledger: their authors cannot be told to mend them, as a sender of CloudEvents can."""

import re
import unicodedata
from typing import Any, Final

from troth.domain.fields import NAME_LENGTH, TEXT_LENGTH
from troth.intake.delivery import Unmappable

REMOVED: Final = "[removed]"
_LARGE: Final = 10**20
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_CONTROL_BUT_LINE_ENDS: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]+")
# It starts only where a word does, and gives nothing back, so that its time grows with the text and no faster.
_MAIL_ADDRESS: Final = re.compile(r"(?<![^\s<>()\[\]\"'`,;:/?=&|])[^\s<>()\[\]\"'`,;:/?=&|@]++@[^\s<>()\[\]\"'`,;:/?=&|@]++")


def name_of(value: Any) -> str:
    """An id or a name: NFC, without control characters; "" for null. Raises Unmappable where it is none, or a mail address."""
    name = line_of(value)
    if len(name) > NAME_LENGTH:
        raise Unmappable(f"is longer than {NAME_LENGTH} characters")
    if "@" in name and _MAIL_ADDRESS.search(name):
        raise Unmappable("looks like a mail address, so like a person; name a unit of an organisation")
    return name


def title_of(value: Any) -> str:
    """One line of text, cut to what the ledger takes, without mail addresses; "" for null. Raises Unmappable."""
    return without_mail_addresses(line_of(value))[:TEXT_LENGTH].rstrip()


def lines_of(value: Any) -> str:
    """Text that may have line ends, cut to what the ledger takes, without mail addresses; "" for null. Raises Unmappable."""
    return without_mail_addresses(_clean(_text_of(value), _CONTROL_BUT_LINE_ENDS))[:TEXT_LENGTH]


def line_of(value: Any) -> str:
    """One line of text, NFC, without control characters; "" for null. Raises Unmappable where it is no text."""
    return _clean(_text_of(value), _CONTROL)


def without_mail_addresses(text: str) -> str:
    """The text with [removed] for each thing like a mail address."""
    return _MAIL_ADDRESS.sub(REMOVED, text) if "@" in text else text


def shown(value: Any) -> str:
    """A value as a reason may show it: short, on one line, without a mail address."""
    text = value if isinstance(value, str) else kind_of(value)
    text = without_mail_addresses(_clean(text[:500], _CONTROL))
    text = text if len(text) <= 60 else text[:57] + "..."
    return repr(text) if isinstance(value, str) else text


def kind_of(value: Any) -> str:
    """What a JSON value is, in words; a number or a boolean is itself."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < _LARGE else "a number of too many digits"
        case float():
            return f"{value:.15g}"
        case str():
            return "a text"
        case dict():
            return "an object"
        case _:
            return "a list"


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unmappable("is not a text")
    return kind_of(value)


def _clean(text: str, unwanted: re.Pattern[str]) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFC", unwanted.sub(" ", text)).strip()
