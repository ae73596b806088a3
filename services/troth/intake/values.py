"""How a value of a payload becomes a value of an event: times, days, numbers and names, from JSON or from a table's texts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any, Final
from zoneinfo import ZoneInfo

from troth.domain.instants import Instant, datetime_of, end_of_day, format_instant, instant_of
from troth.intake.delivery import Unmappable
from troth.intake.expressions import holds
from troth.intake.texts import lines_of, name_of, title_of

Convert = Callable[[Any], Any]
ReadTime = Callable[[Any], datetime | date]  # a date where only the day was said
EPOCHS: Final[Mapping[str, int]] = {"epoch-seconds": 1_000_000, "epoch-milliseconds": 1_000}
_FIRST: Final = instant_of(datetime.min.replace(tzinfo=UTC))
_LAST: Final = instant_of(datetime.max.replace(tzinfo=UTC))
_EPOCH_FROM: Final = instant_of(datetime(1971, 1, 1, tzinfo=UTC))
_EPOCH_TO: Final = instant_of(datetime(2200, 1, 1, tzinfo=UTC))
_YES: Final = frozenset({"true", "yes", "1"})
_NO: Final = frozenset({"false", "no", "0"})


def converters(read_time: ReadTime, zone: tzinfo) -> dict[str, Convert]:
    """By what a mapping may ask for, how its value is made. Each gives None or "" for nothing and raises Unmappable."""

    def due_of(value: Any) -> str | None:
        return None if _is_empty(value) else format_instant(due(value, read_time, zone))

    def time_of(value: Any) -> Instant | None:
        return None if _is_empty(value) else happened(value, read_time, zone)

    own = {"when": holds, "time": time_of, "id": name_of}
    names = dict.fromkeys(("team", "customer", "goal", "unit"), name_of)
    dues = dict.fromkeys(("due_at", "requested_at", "expected_at"), due_of)
    numbers = dict.fromkeys(("budget", "cost", "weight", "rating"), number_of)
    texts = {"title": title_of, "conditions": lines_of, "reason": lines_of, "url": url_of}
    return {**own, **names, **dues, **numbers, **texts, "agreed": truth_of}


def due(value: Any, read_time: ReadTime, zone: tzinfo) -> Instant:
    """The instant by which: of a day its end in the zone. Raises Unmappable."""
    moment = read_time(value)
    try:
        return _within(instant_of(moment) if isinstance(moment, datetime) else end_of_day(moment, zone))
    except OverflowError:
        return _within(_LAST + 1)


def happened(value: Any, read_time: ReadTime, zone: tzinfo) -> Instant:
    """The instant at which: of a day its beginning in the zone, so that what was done on its due day was in time. Raises Unmappable."""
    moment = read_time(value)
    return _within(instant_of(moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)))


def _within(instant: Instant) -> Instant:
    if not _FIRST <= instant <= _LAST:
        raise Unmappable("is beyond the years 1 to 9999")
    return instant


def time_reader(formats: Sequence[str], zone: tzinfo) -> ReadTime:
    """Reads times as the formats say (strptime's, or a name of EPOCHS), tried in turn; without any, ISO 8601.

    A time without an offset is one in the zone. Raises ValueError for a format that is none.
    """
    readers = [_epoch_reader(EPOCHS[text]) if text in EPOCHS else _format_reader(text) for text in formats] or [_read_iso]

    def read(value: Any) -> datetime | date:
        for reader in readers[:-1]:
            try:
                return _in_zone(reader(value), zone)
            except (ValueError, OverflowError):
                continue
        try:
            return _in_zone(readers[-1](value), zone)
        except Unmappable:
            raise
        except (ValueError, OverflowError):
            wanted = " or ".join(formats) if formats else "2026-01-11 or 2026-01-11 09:30, or `times` has to name the format"
            raise Unmappable(f"is no time: it has to be {wanted}") from None

    return read


def zone_of(value: Any) -> tzinfo:
    """A time zone by its name. Raises ValueError."""
    if value == "UTC":
        return UTC
    try:
        return ZoneInfo(value)
    except (ValueError, OSError, TypeError, LookupError):
        raise ValueError(f"is no zone: {value!r}; write one such as Europe/Berlin") from None


def number_of(value: Any) -> int | float | None:
    """A number, or a text that is one with a point. Raises Unmappable."""
    if _is_empty(value):
        return None
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else Decimal(repr(value)) if _is_number(value) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise Unmappable("is not a number such as 1234.5")
    if number and not -10 < number.adjusted() < 15:
        raise Unmappable("has more than 15 digits")
    return int(number) if number == number.to_integral_value() else float(number)


def truth_of(value: Any) -> bool | None:
    """True or false, also as a text: true, yes, 1, false, no, 0. Raises Unmappable."""
    if _is_empty(value) or isinstance(value, bool):
        return value if isinstance(value, bool) else None
    word = str(value).strip().lower() if isinstance(value, str) or value in (0, 1) else ""
    if word not in _YES | _NO:
        raise Unmappable("is neither true nor false")
    return word in _YES


def url_of(value: Any) -> str:
    """An address of a page. Raises Unmappable."""
    url = title_of(value)
    if url and not url.startswith(("https://", "http://")):
        raise Unmappable("is no address: it has to begin with https://")
    return url


def _read_iso(value: Any) -> datetime | date:
    if not isinstance(value, str):
        raise Unmappable('is not a text; `times = "epoch-seconds"` or "epoch-milliseconds" reads numbers')
    text = value.strip().upper()
    if len(text) > 10 and text[4] == text[7] == "-" and text[10] in "T ":
        return datetime.fromisoformat(text)
    if len(text) == 10 and text[4] == text[7] == "-":
        return date.fromisoformat(text)
    raise ValueError


def _epoch_reader(microseconds: int) -> ReadTime:
    def read(value: Any) -> datetime:
        number = number_of(value)
        if number is None:
            raise ValueError
        instant = round(number * microseconds)
        if not _EPOCH_FROM < instant < _EPOCH_TO:
            raise Unmappable("would not be between 1971 and 2199: are these seconds or milliseconds? `times` says which")
        return datetime_of(instant)

    return read


def _format_reader(text: str) -> ReadTime:
    if "%" not in text:
        raise ValueError(f"is no format of times: write one such as %d.%m.%Y %H:%M, or {' or '.join(EPOCHS)}")
    probe = datetime(2026, 1, 31, 21, 30, tzinfo=UTC)
    try:
        same = datetime.strptime(probe.strftime(text), text).date() == probe.date()  # noqa: DTZ007  # the day alone is looked at
    except ValueError as error:
        raise ValueError(f"is no format of times: {error}") from None
    if not same:
        raise ValueError("is no format of times: it has to tell year, month and day")
    only_day = not any(sign in text for sign in ("%H", "%I", "%X", "%c"))

    def read(value: Any) -> datetime | date:
        if not isinstance(value, str):
            raise Unmappable("is not a text")
        moment = datetime.strptime(value.strip(), text)  # noqa: DTZ007  # the zone comes from the mapping
        return moment.date() if only_day else moment

    return read


def _in_zone(moment: datetime | date, zone: tzinfo) -> datetime | date:
    return moment.replace(tzinfo=zone) if isinstance(moment, datetime) and moment.tzinfo is None else moment


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_number(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**20:  # written out, such a number may be longer than Python writes
            raise Unmappable("has more than 15 digits")
        return True
    return isinstance(value, float) and isfinite(value)
