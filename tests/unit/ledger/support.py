"""Ledgers of tests: real files, a clock that stands where a test puts it, and what a reader sees."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from itertools import count
from pathlib import Path
from typing import Any

from tests.notation import Happening, at, day, posted
from troth.domain.events import Event, read_event
from troth.domain.instants import Instant, parse_instant
from troth.domain.recording import DeliveryRecord, Receipt
from troth.domain.verdict import Rules
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.restore import Made, differences
from troth.ledger.store import FILE, open_reader

MADE = Made(Rules(), UTC)
_numbers = count()


class Clock:
    """The present, which a test moves: `clock.go_to("day 20")`."""

    def __init__(self, when: str | Instant = "day 50") -> None:
        self.now = _instant(when)

    def __call__(self) -> Instant:
        return self.now

    def go_to(self, when: str) -> None:
        self.now = at(when)


@contextmanager
def opened(directory: Path, clock: Clock, made: Made = MADE) -> Iterator[Ledger]:
    ledger = Ledger(directory, made, clock)
    try:
        yield ledger
    finally:
        ledger.close()


def delivery(clock: Clock) -> DeliveryRecord:
    return DeliveryRecord(f"{next(_numbers):012x}", "test", clock.now)


def events(happened: Sequence[Happening], clock: Clock, subject: str = "c", zone: tzinfo = UTC) -> list[Event]:
    return [read_event(posted(nth, happening, subject), clock.now, zone) for nth, happening in enumerate(happened, 1)]


def record(ledger: Ledger, clock: Clock, *happened: Happening, subject: str = "c") -> Receipt:
    """Append what happened to one commitment, as one delivery."""
    return ledger.append_now(delivery(clock), events(happened, clock, subject, ledger.made.zone))


def record_one(ledger: Ledger, clock: Clock, nth: int, happening: Happening, subject: str = "c") -> Receipt:
    """Append the nth thing that happened to a commitment, as a delivery of its own."""
    return ledger.append_now(delivery(clock), [read_event(posted(nth, happening, subject), clock.now)])


def documents(ledger: Ledger, clock: Clock, when: str | Instant | None = None) -> dict[str, Any]:
    """All that can be read of scores and commitments, now or at an instant; not what depends on when it was recorded."""
    reading = LedgerReading(ledger, clock)
    moment = None if when is None else _instant(when)
    teams, customers, goals = reading.teams(moment), reading.customers(moment), reading.goals(moment)
    return {
        "teams": teams,
        "customers": customers,
        "goals": goals,
        "organisation": reading.organisation(moment),
        "trends": reading.trends(moment),
        "team": [reading.team(each["team"], moment) for each in teams["teams"]],
        "customer": [reading.customer(each["customer"], moment) for each in customers["customers"]],
        "goal": [reading.goal(each["goal"], moment) for each in goals["goals"]],
        **({"commitments": all_commitments(reading)} if when is None else {}),
    }


def all_commitments(reading: LedgerReading, **asked: Any) -> list[dict[str, Any]]:
    """Every page of a list, one after the other."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = reading.commitments(cursor=cursor, **asked)
        found += page["commitments"]
        cursor = page["next"]
        if cursor is None:
            return found


def notices(ledger: Ledger, clock: Clock) -> list[str]:
    """What was noticed, first to last, as "slipped day 10"."""
    found = LedgerReading(ledger, clock).notices(limit=1_000, cursor=None)["notices"]
    return [f"{notice['kind']} {day(parse_instant(notice['date']))}" for notice in reversed(found)]


def killed(directory: Path, beside: Path) -> Path:
    """The files as a kill at this instant leaves them."""
    beside.mkdir()
    for file in directory.glob(f"{FILE}*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, beside)
    return beside


def disagreements(directory: Path, clock: Clock, made: Made = MADE) -> list[str]:
    """What `verify` finds in the files as they lie."""
    connection = open_reader(directory)
    found = list(differences(connection, made, clock.now))
    connection.close()
    return found


def _instant(when: str | Instant) -> Instant:
    return at(when) if isinstance(when, str) else when
