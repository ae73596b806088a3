"""Each row of SCORING's table of verdicts, told as what happened."""

import pytest

from tests.notation import accepted, cancelled, delivered, moved, promised, reopened, revoked
from tests.unit.domain.stories import Story, check, story

UNMADE_AND_VOID = [
    story("delivered what nobody promised", ("day 5", delivered()), state="unmade", agreed="unmade", original="unmade", requested="unmade"),
    story("revoked what nobody promised", ("day 5", revoked()), state="unmade", agreed="unmade", settled=None),
    story(
        "promised when it was done already",
        ("day 5", delivered()),
        ("day 6", promised(due="day 10", requested="day 9")),
        agreed="void",
        original="void",
        requested="void",
        settled=None,
        pace=None,
    ),
    story("promised when it was done, without a date", ("day 5", delivered()), ("day 6", promised()), agreed="void"),
    story("promised after it was revoked", ("day 5", revoked()), ("day 6", promised(due="day 10")), agreed="void"),
    story("promised after it was cancelled", ("day 5", cancelled()), ("day 6", promised(due="day 10")), agreed="void"),
    story("promised and delivered at one instant counts", ("day 5", promised(due="day 10")), ("day 5", delivered()), agreed="kept", pace=0),
    story(
        "done, promised, reopened, and delivered once more: a promise like any other",
        ("day 5", delivered()),
        ("day 6", promised(due="day 10")),
        ("day 7", reopened()),
        ("day 9", delivered()),
        agreed="kept",
        settled="day 9",
        pace=75,
    ),
    story(
        "cancelled before its date", ("day 0", promised(due="day 10")), ("day 5", cancelled()), agreed="void", original="void", settled=None
    ),
    story("cancelled at the instant of its date", ("day 0", promised(due="day 10")), ("day 10", cancelled()), agreed="void"),
    story("cancelled without a date", ("day 0", promised()), ("day 50", cancelled()), agreed="void"),
    story(
        "cancelled between the date asked for and the date promised: void on one, broken on the other",
        ("day 0", promised(due="day 10", requested="day 3")),
        ("day 5", cancelled()),
        agreed="void",
        original="void",
        requested="broken",
        settled_on_requested="day 3",
    ),
    story(
        "moved, then cancelled after the first date: void as agreed, broken as first promised",
        ("day 0", promised(due="day 10")),
        ("day 5", moved(to="day 20")),
        ("day 15", cancelled()),
        agreed="void",
        original="broken",
        settled_on_original="day 10",
    ),
]

UNDATED = [
    story("open without a date", ("day 0", promised()), agreed="undated", original="undated", requested="undated", settled=None),
    story("delivered without a date", ("day 0", promised()), ("day 5", delivered()), agreed="undated", pace=None),
    story("revoked without a date", ("day 0", promised()), ("day 5", revoked()), agreed="undated"),
    story(
        "the date taken away with the customer: undated as agreed, slipped as first promised",
        ("day 0", promised(due="day 10")),
        ("day 5", moved(to=None, agreed=True)),
        agreed="undated",
        original="slipped",
        settled_on_original="day 10",
    ),
    story("no date asked for", ("day 0", promised(due="day 10")), ("day 5", delivered()), requested="undated"),
]

BROKEN = [
    story(
        "revoked in good time is broken at once", ("day 0", promised(due="day 10")), ("day 4", revoked()), agreed="broken", settled="day 4"
    ),
    story("revoked at its date", ("day 0", promised(due="day 10")), ("day 10", revoked()), agreed="broken", settled="day 10"),
    story(
        "revoked after its date is broken from its date on",
        ("day 0", promised(due="day 10")),
        ("day 14", revoked()),
        agreed="broken",
        settled="day 10",
        pace="infinite",
    ),
    story(
        "cancelled after its date",
        ("day 0", promised(due="day 10")),
        ("day 14", cancelled()),
        agreed="broken",
        settled="day 10",
        pace="infinite",
    ),
    story(
        "cancelled a microsecond after its date",
        ("day 0", promised(due="day 10")),
        ("day 10 + 1 microsecond", cancelled()),
        agreed="broken",
    ),
]

OVER_BUDGET = [
    story(
        "in time, over budget",
        ("day 0", promised(due="day 10", budget=100)),
        ("day 8", delivered(cost=101)),
        agreed="over_budget",
        original="over_budget",
        settled="day 8",
        pace=80,
    ),
    story(
        "in time, a hundredth of a cent over budget",
        ("day 0", promised(due="day 10", budget=100)),
        ("day 8", delivered(cost=100.0001)),
        agreed="over_budget",
    ),
    story(
        "in time, at budget to the cent", ("day 0", promised(due="day 10", budget=99.95)), ("day 8", delivered(cost=99.95)), agreed="kept"
    ),
    story("late and over budget is late", ("day 0", promised(due="day 10", budget=100)), ("day 12", delivered(cost=900)), agreed="late"),
    story("no budget was named", ("day 0", promised(due="day 10")), ("day 8", delivered(cost=900)), agreed="kept"),
    story("no cost was told", ("day 0", promised(due="day 10", budget=100)), ("day 8", delivered()), agreed="kept"),
    story("a budget of nothing", ("day 0", promised(due="day 10", budget=0)), ("day 8", delivered(cost=0.01)), agreed="over_budget"),
]

KEPT_AND_LATE = [
    story(
        "kept",
        ("day 0", promised(due="day 10", requested="day 7")),
        ("day 6", delivered()),
        agreed="kept",
        original="kept",
        requested="kept",
        settled="day 6",
        pace=60,
    ),
    story(
        "kept at the instant of its date",
        ("day 0", promised(due="day 10")),
        ("day 10", delivered()),
        agreed="kept",
        settled="day 10",
        pace=100,
    ),
    story(
        "late by a microsecond, and a hundredth",
        ("day 0", promised(due="day 10")),
        ("day 10 + 1 microsecond", delivered()),
        agreed="late",
        settled="day 10",
        pace=101,
    ),
    story(
        "late counts from its date, not from its delivery",
        ("day 0", promised(due="day 10")),
        ("day 40", delivered()),
        agreed="late",
        settled="day 10",
        pace=400,
    ),
    story(
        "a pace is at most ten times the time promised", ("day 0", promised(due="day 1")), ("day 50", delivered()), agreed="late", pace=1000
    ),
    story(
        "kept as promised, late for what was asked",
        ("day 0", promised(due="day 10", requested="day 5")),
        ("day 8", delivered()),
        agreed="kept",
        original="kept",
        requested="late",
        settled_on_requested="day 5",
    ),
    story(
        "asked for on a day that had passed when it was promised",
        ("day 4", promised(due="day 10", requested="day 2")),
        ("day 8", delivered()),
        agreed="kept",
        requested="late",
        settled_on_requested="day 2",
    ),
    story(
        "delivered by the customer's word alone",
        ("day 0", promised(due="day 10")),
        ("day 9", accepted()),
        agreed="kept",
        settled="day 9",
        word="accepted",
    ),
]

SLIPPED_AND_PENDING = [
    story("open, the day before its date", ("day 0", promised(due="day 10")), seen="day 9", agreed="pending", settled=None, pace=None),
    story("open, at the instant of its date", ("day 0", promised(due="day 10")), seen="day 10", agreed="pending"),
    story(
        "open, a microsecond after its date",
        ("day 0", promised(due="day 10")),
        seen="day 10 + 1 microsecond",
        agreed="slipped",
        settled="day 10",
        pace="infinite",
    ),
    story(
        "open between two dates",
        ("day 0", promised(due="day 10", requested="day 5")),
        seen="day 7",
        agreed="pending",
        original="pending",
        requested="slipped",
        settled_on_requested="day 5",
    ),
    story(
        "moved, open after the first date",
        ("day 0", promised(due="day 10")),
        ("day 5", moved(to="day 20")),
        seen="day 15",
        agreed="pending",
        original="slipped",
        settled_on_original="day 10",
    ),
    story(
        "delivered in time, reopened after its date",
        ("day 0", promised(due="day 10")),
        ("day 8", delivered()),
        ("day 15", reopened()),
        agreed="slipped",
        settled="day 10",
    ),
    story(
        "revoked, opened again, and kept after all",
        ("day 0", promised(due="day 10")),
        ("day 3", revoked()),
        ("day 5", reopened()),
        ("day 9", delivered()),
        agreed="kept",
        settled="day 9",
    ),
]


@pytest.mark.parametrize("told", UNMADE_AND_VOID + UNDATED + BROKEN + OVER_BUDGET + KEPT_AND_LATE + SLIPPED_AND_PENDING)
def test_a_promise_is_judged_by_what_happened(told: Story) -> None:
    check(told)
