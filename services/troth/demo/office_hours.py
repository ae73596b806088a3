"""Positions on the simulated calendar, and the instants and dates they stand for.

A position is a float: days from the midnight (UTC) that begins the day of `now`; -1.5 is noon of the day before yesterday.
"""

from math import floor
from typing import Final

from troth.domain.instants import MICROSECONDS_A_SECOND, Day, Instant, day_of, format_day, start_of

_OPENS_SECONDS: Final = 8 * 3_600
_CLOSES_SECONDS: Final = 17 * 3_600
_OVERTIME_SECONDS: Final = 3_600
_SATURDAY, _SUNDAY = 0, 1  # the remainders by 7 of days counted from 2000-01-01, a Saturday


class Calendar:
    """Turns positions into time, keeping their order: work is done from 8 to 17, and that of a weekend late on Friday."""

    def __init__(self, now: Instant) -> None:
        self._today: Day = day_of(now)

    def instant(self, position: float) -> Instant:
        """The instant of a position, to the second."""
        day = floor(position)
        passed = position - day
        friday = self._last_working_day(day)
        if friday == day:
            seconds = _OPENS_SECONDS + passed * (_CLOSES_SECONDS - _OPENS_SECONDS)
        else:
            seconds = _CLOSES_SECONDS + (day - friday - 1 + passed) / 2 * _OVERTIME_SECONDS
        return start_of(self._today + friday) + floor(seconds) * MICROSECONDS_A_SECOND

    def date(self, position: float) -> str:
        """The date of a position as 2026-01-11, on a working day."""
        return format_day(self._today + self._last_working_day(floor(position)))

    def _last_working_day(self, day: int) -> int:
        return day - {_SATURDAY: 1, _SUNDAY: 2}.get((self._today + day) % 7, 0)
