"""One book that goes from instant to instant says of each what a book made for that instant alone says."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notation import at
from tests.property.strategies import departments, instants
from tests.unit.ledger.support import MADE, Clock, delivery, opened
from troth.demo import simulate
from troth.domain.events import Event, read_event
from troth.domain.instants import Instant
from troth.ledger.passing import books_at
from troth.ledger.past import CUSTOMERS, GOALS, TEAMS, past_book
from troth.metrics.history import samples

OF_OTHERS = ("troth_customer_", "troth_goal_")


def _assert_each_is_as_alone(directory: Path, events: Sequence[Event], moments: Sequence[Instant]) -> None:
    clock = Clock("day 100")
    with opened(directory, clock) as ledger:
        ledger.append_now(delivery(clock), list(events))
        with ledger.readers.snapshot() as connection:
            for moment, book in zip(moments, books_at(connection, MADE, moments), strict=True):
                teams = past_book(connection, MADE, moment, TEAMS)
                expected = {line for line in samples(teams, "a", 0.8) if not line.startswith(OF_OTHERS)}
                for scope, prefix in zip((CUSTOMERS, GOALS), OF_OTHERS, strict=True):
                    alone = past_book(connection, MADE, moment, scope, teams.thresholds)
                    expected |= {line for line in samples(alone, "a", 0.8) if line.startswith(prefix)}
                assert set(samples(book, "a", 0.8)) == expected


@settings(max_examples=60)
@given(departments(12), st.lists(instants(80), min_size=1, max_size=8, unique=True))
def test_of_random_lives(commitments: list[list[Event]], moments: list[Instant]) -> None:
    directory = Path(tempfile.mkdtemp())
    try:
        _assert_each_is_as_alone(directory, [event for events in commitments for event in events], sorted(moments))
    finally:
        shutil.rmtree(directory)


def test_of_a_simulated_year(tmp_path: Path) -> None:
    now = at("day 100")
    events = [read_event(posted, now) for posted in simulate(now, 1)]
    _assert_each_is_as_alone(tmp_path, events, [at(f"day {day}") for day in range(-260, 101, 9)])
