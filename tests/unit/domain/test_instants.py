"""Instants are microseconds, days are days of UTC, and the end of a day is that of its zone, whatever its clocks do."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from troth.domain.instants import FIRST_DAY, day_of, end_of_day, format_day, format_instant, parse_instant, start_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-11T09:30:00Z", "2026-01-11T09:30:00.000000Z"),
        ("2026-01-11t09:30:00z", "2026-01-11T09:30:00.000000Z"),
        ("2026-01-11 09:30:00Z", "2026-01-11T09:30:00.000000Z"),
        ("2026-01-11T09:30:00.5+02:00", "2026-01-11T07:30:00.500000Z"),
        ("2026-01-11T09:30:00.123456999-00:00", "2026-01-11T09:30:00.123456Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_time_is_read_to_the_microsecond_and_written_in_utc(written: str, read: str) -> None:
    assert format_instant(parse_instant(written)) == read


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 3, 1), "UTC", "2026-03-01T23:59:59.999999Z"),
        (date(2026, 3, 29), "Europe/Helsinki", "2026-03-29T20:59:59.999999Z"),  # a day of 23 hours
        (date(2026, 10, 25), "Europe/Helsinki", "2026-10-25T21:59:59.999999Z"),  # a day of 25 hours
        (date(2018, 11, 3), "America/Sao_Paulo", "2018-11-04T02:59:59.999999Z"),  # the next day begins at 01:00
        (date(2018, 2, 17), "America/Sao_Paulo", "2018-02-18T02:59:59.999999Z"),  # its last hour comes twice
        (date(2026, 3, 1), "Pacific/Kiritimati", "2026-03-01T09:59:59.999999Z"),
    ],
)
def test_a_day_ends_where_the_clocks_of_its_zone_say(day: date, zone: str, end: str) -> None:
    assert format_instant(end_of_day(day, ZoneInfo(zone))) == end


def test_days_are_counted_from_2000_and_begin_at_midnight_utc() -> None:
    assert [day_of(parse_instant(text)) for text in ("2000-01-01T00:00:00Z", "1999-12-31T23:59:59.999999Z", "2026-01-01T23:00:00Z")] == [
        0,
        -1,
        9_497,
    ]
    assert [day_of(start_of(day)) for day in (FIRST_DAY, -1, 0, 9_497)] == [FIRST_DAY, -1, 0, 9_497]
    assert (format_day(FIRST_DAY), format_day(0)) == ("0001-01-01", "2000-01-01")
