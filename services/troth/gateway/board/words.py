"""Numbers, dates and distances in time as words. Pure: the moment that is looked from is given."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from math import floor
from typing import Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_DAY, MICROSECONDS_A_SECOND, Instant, datetime_of, format_instant, parse_due

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UP_TO_TEN: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STAMP: Final = re.compile(r"(\bat )?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z)")
_MINUTE: Final = 60 * MICROSECONDS_A_SECOND
_HOUR: Final = 60 * _MINUTE


def hundred(ratio: float) -> int:
    """A ratio as whole per hundred, halves up: 0.785 is 79."""
    return floor(100 * ratio + 0.5)


def expected_range(low: float, high: float) -> str:
    """What to expect of the next hundred: 32–60."""
    return f"{hundred(low)}–{hundred(high)}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 promise, 1,200 promises."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spelled(number: int) -> str:
    """A number in a sentence: in letters up to ten (no for 0), in figures beyond."""
    return _UP_TO_TEN[number] if 0 <= number <= 10 else f"{number:,}"


def amount(value: float, unit: str | None) -> str:
    """An amount of money or effort: 131,400 EUR; 0.25 days."""
    text = f"{Decimal(str(value)):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {unit}" if unit else text


def sentence(text: str) -> str:
    """A phrase as a sentence of its own: with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")


def listed(things: list[str]) -> str:
    """Things in a sentence: a, b and c."""
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}" if things else ""


def instant(text: str) -> Instant:
    """The instant of a time as documents and events have it; a day alone is its last moment in UTC."""
    return parse_due(text, UTC)


def between(start: Instant, end: Instant) -> str:
    """How long it is from one instant to another, in either order: 38 days, 5 hours, 20 minutes."""
    start, end = min(start, end), max(start, end)
    gap = end - start
    if gap >= MICROSECONDS_A_DAY:
        return counted(max(1, (datetime_of(end).date() - datetime_of(start).date()).days), "day")
    if gap >= _HOUR:
        return counted(gap // _HOUR, "hour")
    if gap >= _MINUTE:
        return counted(gap // _MINUTE, "minute")
    return "less than a minute"


class Calendar(NamedTuple):
    """Dates as they are said at the moment `now`."""

    now: Instant

    def day(self, time: str | Instant) -> str:
        """9 Oct; 9 Oct 2025 where that is not this year."""
        moment = _moment(time)
        year = "" if moment.year == datetime_of(self.now).year else f" {moment.year}"
        return f"{moment.day} {MONTHS[moment.month - 1]}{year}"

    def minute(self, time: str | Instant) -> str:
        """9 Oct, 07:05, in UTC."""
        return f"{self.day(time)}, {_moment(time):%H:%M}"

    def full(self, time: str | Instant) -> str:
        """Monday 9 November 2026, 07:05 UTC."""
        moment = _moment(time)
        return f"{_WEEKDAYS[moment.weekday()]} {moment.day} {LONG_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"

    def iso(self, time: str | Instant) -> str:
        """A time as HTML's datetime attribute takes it: 2026-10-09T07:05:00Z."""
        return format_instant(_instant(time))[:19] + "Z"

    def distance(self, time: str | Instant) -> str:
        """How far away it is: in 7 days, today, 5 hours ago."""
        at = _instant(time)
        if at >= self.now:
            return "today" if _same_day(at, self.now) else f"in {between(self.now, at)}"
        return f"{between(at, self.now)} ago"

    def said(self, text: str) -> str:
        """A sentence in which times of documents are said as days."""
        return _STAMP.sub(lambda found: ("on " if found[1] else "") + self.day(found[2]), text)


def _instant(time: str | Instant) -> Instant:
    return time if isinstance(time, int) else instant(time)


def _moment(time: str | Instant) -> datetime:
    return datetime_of(_instant(time))


def _same_day(one: Instant, other: Instant) -> bool:
    return one // MICROSECONDS_A_DAY == other // MICROSECONDS_A_DAY
