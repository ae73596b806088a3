"""Instants and days: how time is held inside, and how it is read from and written to text.

An instant is an int, microseconds since 1970-01-01 UTC; a day is an int, days since 2000-01-01 UTC (SCORING.md, "Time").
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

Instant = int
Day = int

MICROSECONDS_A_SECOND: Final = 1_000_000
MICROSECONDS_A_DAY: Final = 86_400 * MICROSECONDS_A_SECOND
FIRST_DAY: Final = -730_119  # 0001-01-01: no date is before it
_DAYS_TO_2000: Final = 10_957
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH: Final = _EPOCH.replace(tzinfo=None)
_MICROSECOND: Final = timedelta(microseconds=1)
_RFC_3339: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)
_A_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NotATime(ValueError):
    """A text that is no time; its message says why and how to mend it."""


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 time with a zone, such as 2026-01-11T09:30:00Z; digits after the microsecond are cut.

    Raises NotATime.
    """
    found = _RFC_3339.fullmatch(text)
    if found is None:
        raise NotATime(f"{_shown(text)} is not a time; write it as 2026-01-11T09:30:00Z")
    if found[2] is None:
        raise NotATime(f"{_shown(text)} has no zone; add Z for UTC or an offset such as +02:00")
    try:
        return instant_of(datetime.fromisoformat(text.upper()).astimezone(UTC))  # beyond year 9999 in UTC it could not be shown
    except (ValueError, OverflowError) as error:
        raise NotATime(f"{_shown(text)} does not exist: {error}") from None


def parse_due(text: str, zone: tzinfo) -> Instant:
    """Read a time with a zone, or a day: the last microsecond of that day in `zone`. Raises NotATime."""
    if _A_DAY.fullmatch(text) is None:
        return parse_instant(text)
    try:
        return end_of_day(date.fromisoformat(text), zone)
    except (ValueError, OverflowError) as error:
        raise NotATime(f"{_shown(text)} does not exist: {error}") from None


def end_of_day(day: date, zone: tzinfo) -> Instant:
    """The last microsecond of a calendar day in a zone."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
    return instant_of(midnight) - 1


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def datetime_of(instant: Instant) -> datetime:
    """The aware datetime in UTC of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


def format_instant(instant: Instant) -> str:
    """RFC 3339 in UTC, always to the microsecond: 2026-01-11T09:30:00.000000Z."""
    return (_NAIVE_EPOCH + timedelta(microseconds=instant)).isoformat(timespec="microseconds") + "Z"


def day_of(instant: Instant) -> Day:
    """The UTC day an instant falls on, counted from 2000-01-01."""
    return instant // MICROSECONDS_A_DAY - _DAYS_TO_2000


def start_of(day: Day) -> Instant:
    """The first instant of a UTC day."""
    return (day + _DAYS_TO_2000) * MICROSECONDS_A_DAY


def format_day(day: Day) -> str:
    """A day as 2026-01-11."""
    return datetime_of(start_of(day)).date().isoformat()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
