"""The past: a book as of an instant is that of a ledger which knows no more than what had happened by then."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notation import at, delivered, moved, promised, retracted
from tests.property.strategies import departments, instants
from tests.unit.ledger.support import Clock, delivery, documents, opened, record, record_one
from troth.demo import simulate
from troth.domain.events import Event, read_event
from troth.domain.instants import Instant
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading

BY_DAY_10 = ("day 0", promised(due="day 10"))


def _fill(ledger: Ledger, clock: Clock, events: Sequence[Event]) -> None:
    ledger.append_now(delivery(clock), list(events))


def _assert_past_is_what_was(directory: Path, events: Sequence[Event], moments: Sequence[Instant]) -> None:
    clock = Clock("day 100")
    with opened(directory / "all", clock) as ledger:
        _fill(ledger, clock, events)
        for number, moment in enumerate(moments):
            then = Clock(moment)
            with opened(directory / str(number), then) as fresh:
                _fill(fresh, then, [event for event in events if event.time <= moment])
                expected = documents(fresh, then)
            del expected["commitments"]
            assert documents(ledger, clock, moment) == expected


@settings(max_examples=40)
@given(departments(12), st.lists(instants(80), min_size=1, max_size=3))
def test_the_past_of_random_lives_is_that_of_a_ledger_without_what_came_after(
    commitments: list[list[Event]], moments: list[Instant]
) -> None:
    directory = Path(tempfile.mkdtemp())
    try:
        _assert_past_is_what_was(directory, [event for events in commitments for event in events], moments)
    finally:
        shutil.rmtree(directory)


def test_the_past_of_a_simulated_year_is_that_of_a_ledger_without_what_came_after(tmp_path: Path) -> None:
    now = at("day 100")
    events = [read_event(posted, now) for posted in simulate(now, 1)]
    _assert_past_is_what_was(tmp_path, events, [at("day -150"), at("day 20.5"), at("day 99")])


def test_a_retraction_counts_only_from_its_own_time_on(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, BY_DAY_10, ("day 8", delivered()), ("day 20", retracted(2)))
        reading = LedgerReading(ledger, clock)

        def outcomes(when: str) -> dict[str, int]:
            [team] = reading.teams(at(when))["teams"]
            return {verdict: count for verdict, count in team["outcomes"].items() if count}

        assert outcomes("day 7") == {}
        assert outcomes("day 15") == {"kept": 1}
        assert outcomes("day 20") == {"slipped": 1}


def test_before_the_first_event_there_is_nothing(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, BY_DAY_10)
        reading = LedgerReading(ledger, clock)
        assert reading.teams(at("day -1"))["teams"] == []
        assert reading.team("a", at("day -1")) is None
        assert reading.commitment("c", at=at("day -1")) is None
        assert reading.commitment("nobody's") is None


def test_a_commitment_is_shown_as_it_had_happened_and_as_it_was_known(tmp_path: Path) -> None:
    clock = Clock("day 6")
    with opened(tmp_path, clock) as ledger:
        record_one(ledger, clock, 1, BY_DAY_10)
        clock.go_to("day 30")
        record_one(ledger, clock, 2, ("day 5", moved(to="day 40")))
        record_one(ledger, clock, 3, ("day 25", delivered()))
        reading = LedgerReading(ledger, clock)

        def shown(**asked: Instant) -> tuple[str, int]:
            found = reading.commitment("c", **asked)
            assert found is not None
            return found["verdict"]["agreed"], len(found["history"])

        assert shown() == ("kept", 3)
        assert shown(at=at("day 3")) == ("pending", 1)
        assert shown(at=at("day 20")) == ("pending", 2)
        assert shown(known_at=at("day 8")) == ("pending", 1)
        assert shown(known_at=at("day 20")) == ("slipped", 1)
        assert shown(at=at("day 20"), known_at=at("day 29")) == ("slipped", 1)
        assert reading.commitment("c", known_at=at("day 5")) is None


@pytest.mark.parametrize("late_news", [False, True])
def test_an_answer_about_the_past_is_made_anew_when_late_news_comes(late_news: bool, tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        record_one(ledger, clock, 1, BY_DAY_10)
        reading = LedgerReading(ledger, clock)
        before = reading.teams(at("day 20"))
        if late_news:
            record_one(ledger, clock, 2, ("day 9", delivered()))
        assert (reading.teams(at("day 20")) != before) == late_news
