"""The simulated year as a ledger takes it: valid, in order, the same each time, and without a person."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date
from itertools import pairwise
from typing import Any

import pytest

from troth.demo import DEMO_SOURCE, SAID, simulate
from troth.demo.habits import DEPARTMENT
from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import ACCEPTED, AMENDED, CANCELLED, MADE, REJECTED, RENEGOTIATED, REOPENED, REVOKED, WARNED, Event, read_event
from troth.domain.events import DELIVERED as REPORTED
from troth.domain.fold import walk
from troth.domain.instants import MICROSECONDS_A_DAY, Instant, parse_due, parse_instant
from troth.domain.standing import DELIVERED, OPEN, Standing

MONDAY = parse_instant("2026-11-23T07:00:00Z")
NOWS = {
    "a Monday before work": MONDAY,
    "the middle of a working day": parse_instant("2026-11-25T12:30:00Z"),
    "midnight": parse_instant("2026-11-24T00:00:00Z"),
    "a Saturday": parse_instant("2026-11-28T12:00:00Z"),
    "a Sunday night": parse_instant("2026-11-29T23:59:59.999999Z"),
    "a leap day": parse_instant("2028-02-29T16:00:00Z"),
    "new year": parse_instant("2027-01-01T09:00:00Z"),
}
UNMADE = "integration-0000"
COUNTRIES = {"Norway", "Sweden", "Denmark", "Finland"}
CUSTOMERS = {"Sales", "Operations", "Finance", "Human Resources", "Customer Care", "Logistics"}


def _bytes_of(now: Instant, seed: int) -> bytes:
    return b"".join(json.dumps(posted).encode() + b"\n" for posted in simulate(now, seed))


def _moments(now: Instant) -> Iterator[tuple[Standing, Event, Standing]]:
    """Each event of the year with the standing of its promise before and after it."""
    lives: dict[str, list[Event]] = {}
    for posted in simulate(now):
        lives.setdefault(posted["subject"], []).append(read_event(posted, now))
    for subject, life in lives.items():
        before = Standing(subject)
        for event, after, _ in walk(subject, life):
            yield before, event, after
            before = after


def _asks(event: Event, *, agreed: bool | None) -> bool:
    return event.rank == RENEGOTIATED and event.data.get("due_at") is not None and event.data.get("agreed") is agreed


def _said(kind: str) -> list[dict[str, Any]]:
    return [posted["data"] for posted in simulate(MONDAY) if posted["type"] == f"troth.commitment-{kind}"]


def test_the_same_day_and_seed_give_the_same_bytes() -> None:
    assert _bytes_of(MONDAY, 7) == _bytes_of(MONDAY, 7)


def test_another_process_with_other_hashes_gives_the_same_bytes() -> None:
    program = "import json, sys; from troth.demo import simulate; [print(json.dumps(posted)) for posted in simulate(int(sys.argv[1]), 7)]"
    ran = subprocess.run([sys.executable, "-c", program, str(MONDAY)], env={"PYTHONHASHSEED": "1"}, capture_output=True, check=True)
    assert ran.stdout == _bytes_of(MONDAY, 7)


def test_another_seed_gives_another_year() -> None:
    assert _bytes_of(MONDAY, 7) != _bytes_of(MONDAY, 8)


def test_later_on_the_same_day_come_the_same_events_and_those_since() -> None:
    morning, evening = (list(simulate(parse_instant(f"2026-11-25T{time}Z"))) for time in ("07:00:00", "18:00:00"))
    assert evening[: len(morning)] == morning
    assert len(evening) > len(morning)


@pytest.mark.parametrize("now", NOWS.values(), ids=NOWS)
def test_every_event_is_one_that_the_ledger_takes(now: Instant) -> None:
    for posted in simulate(now):
        assert read_event(json.loads(json.dumps(posted)), now).source == DEMO_SOURCE


@pytest.mark.parametrize("now", NOWS.values(), ids=NOWS)
def test_events_come_in_the_order_of_their_time_and_none_is_in_the_future(now: Instant) -> None:
    times = [parse_instant(posted["time"]) for posted in simulate(now)]
    assert all(one <= next_one for one, next_one in pairwise(times))
    assert times[-1] <= now
    assert times[0] >= now - 370 * MICROSECONDS_A_DAY


@pytest.mark.parametrize("now", NOWS.values(), ids=NOWS)
def test_what_is_told_fits_the_state_that_the_promise_is_in(now: Instant) -> None:
    for before, event, _ in _moments(now):
        if event.subject != UNMADE:
            assert (before.made_at is None) == (event.rank == MADE), event
        if event.rank in (WARNED, RENEGOTIATED, AMENDED, REVOKED, CANCELLED):
            assert before.state == OPEN, event
        if event.rank in (ACCEPTED, REJECTED, REOPENED):
            assert before.state == DELIVERED, event


def test_no_two_events_have_the_same_name() -> None:
    names = Counter((posted["subject"], posted["source"], posted["id"]) for posted in simulate(MONDAY))
    assert max(names.values()) == 1


def test_ids_tell_the_team_and_count_its_promises() -> None:
    made = {posted["subject"]: posted["data"]["team"] for posted in simulate(MONDAY) if posted["type"] == "troth.commitment-made"}
    assert made["payments-0042"] == "Payments"
    assert made["data-platform-0001"] == "Data Platform"


def test_a_year_holds_over_a_thousand_promises_of_at_least_eight_teams() -> None:
    made = Counter(data["team"] for data in _said("made"))
    assert 1_000 <= made.total() <= 1_500
    assert len(made) >= 8
    assert set(made) == {habit.team for habit in DEPARTMENT}


def test_open_promises_reach_months_beyond_now_and_not_much_over_four() -> None:
    dues = [parse_due(data["due_at"], UTC) for data in _said("made") if "due_at" in data]
    assert 80 * MICROSECONDS_A_DAY < max(dues) - MONDAY < 125 * MICROSECONDS_A_DAY


def test_dates_fall_on_working_days() -> None:
    assert all(date.fromisoformat(data["due_at"]).weekday() < 5 for data in _said("made") if "due_at" in data)


def test_every_type_of_event_appears() -> None:
    assert {posted["type"] for posted in simulate(MONDAY)} == set(EVENT_TYPES)


@pytest.mark.parametrize("field", ["requested_at", "budget", "unit", "weight", "url", "conditions", "goal", "customer"])
def test_some_promises_carry(field: str) -> None:
    assert any(field in data for data in _said("made"))


def test_some_warnings_say_what_is_expected_and_some_deliveries_what_they_cost() -> None:
    assert any("expected_at" in data for data in _said("warned"))
    assert any("cost" in data for data in _said("delivered"))
    assert {data.get("rating") for data in _said("accepted")} == {None, 1, 2, 3, 4, 5}


# What happens at least once in the year: the standing before, the event, the standing after.
HAPPENS: dict[str, Callable[[Standing, Event, Standing], bool]] = {
    "a date is moved alone in time": lambda before, event, after: _asks(event, agreed=None) and before.due_at != after.due_at,
    "a date is moved alone, too late": lambda before, event, after: _asks(event, agreed=None) and before.due_at == after.due_at,
    "the customer agrees to a date": lambda before, event, after: _asks(event, agreed=True) and before.due_at != after.due_at,
    "the customer refuses a date": lambda before, event, after: _asks(event, agreed=False) and before.due_at == after.due_at,
    "a date is taken away": lambda before, _, after: before.due_at is not None and after.due_at is None,
    "a promise without a date gets one": lambda before, event, after: (
        before.made_at is not None and before.due_at is None and after.due_at is not None
    ),
    "the budget alone is raised": lambda before, event, after: (
        "due_at" not in event.data and before.budget != after.budget and before.budget is not None
    ),
    "a missing goal is found": lambda before, event, after: event.rank == AMENDED and before.goal is None and after.goal is not None,
    "the customer opens it again": lambda _, event, after: event.rank == REJECTED and after.state == OPEN,
    "the team opens it again": lambda _, event, after: event.rank == REOPENED and after.state == OPEN,
    "the customer's last word is no": lambda before, event, _: event.rank == REPORTED and before.word == "rejected",
    "the team takes its word back": lambda _, event, after: event.rank == REVOKED and after.state == "revoked",
    "the customer no longer wants it": lambda _, event, after: event.rank == CANCELLED and after.state == "cancelled",
    "a report is retracted": lambda before, _, after: before.retractions != after.retractions,
}


@pytest.mark.parametrize("happens", HAPPENS.values(), ids=HAPPENS)
def test_in_the_year_it_happens_that(happens: Callable[[Standing, Event, Standing], bool]) -> None:
    assert any(happens(before, event, after) for before, event, after in _moments(MONDAY))


def test_titles_rarely_repeat() -> None:
    titles = Counter((data["team"], data["title"]) for data in _said("made"))
    assert len(titles) >= 0.95 * titles.total()


def test_promises_are_made_to_departments_and_never_to_a_person() -> None:
    assert {data["customer"] for data in _said("made")} == CUSTOMERS


def test_no_text_names_a_person() -> None:
    # A name would be a capitalised word inside a sentence; only countries are.
    for posted in simulate(MONDAY):
        for field in ("title", "reason", "conditions"):
            text = posted["data"].get(field, "")
            assert set(re.findall(r"(?<=[a-z,] )[A-Z]\w*", text)) <= COUNTRIES, text
            assert "@" not in text


def test_it_says_that_it_is_simulated() -> None:
    assert SAID.startswith("Simulated data: ")
