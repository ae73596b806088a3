"""What the customer heard, and by when: the difference between bad news and a surprise."""

import pytest

from tests.notation import budget_set, dated_again, delivered, moved, promised, rejected, reopened, revoked, warned
from tests.unit.domain.stories import Story, check, story

BY_DAY_10 = ("day 0", promised(due="day 10"))

TOLD = [
    story(
        "warned, then late",
        BY_DAY_10,
        ("day 8", warned(expected="day 14")),
        ("day 14", delivered()),
        agreed="late",
        told=True,
        expected="day 14",
    ),
    story("warned at the instant of the date", BY_DAY_10, ("day 10", warned()), told=True, agreed="slipped"),
    story("warned at the instant of promising", BY_DAY_10, ("day 0", warned()), told=True),
    story(
        "warned while it was thought delivered",
        BY_DAY_10,
        ("day 3", delivered()),
        ("day 4", warned()),
        ("day 5", rejected()),
        told=True,
        agreed="slipped",
    ),
    story("a move refused", BY_DAY_10, ("day 5", moved(to="day 20", agreed=False)), told=True),
    story("a move that came too late", BY_DAY_10, ("day 9.5", moved(to="day 20")), told=True),
    story(
        "a move of what is delivered already",
        BY_DAY_10,
        ("day 3", delivered()),
        ("day 4", moved(to="day 20")),
        ("day 5", reopened()),
        told=True,
    ),
    story("a budget refused", BY_DAY_10, ("day 5", budget_set(80, agreed=False)), told=True),
    story("a second promise of a later date that came too late", BY_DAY_10, ("day 9.5", dated_again(due="day 20")), told=True),
    story("revoked before its date", BY_DAY_10, ("day 5", revoked()), told=True, agreed="broken"),
    story("the date taken away alone", BY_DAY_10, ("day 5", moved(to=None)), told=True, agreed="slipped"),
]

NOT_TOLD = [
    story("silence", BY_DAY_10, ("day 14", delivered()), agreed="late", told=False),
    story("warned a microsecond after the date", BY_DAY_10, ("day 10 + 1 microsecond", warned()), told=False),
    story("revoked after its date", BY_DAY_10, ("day 11", revoked()), told=False, agreed="broken"),
    story("a move in force is a new promise, no telling", BY_DAY_10, ("day 5", moved(to="day 20")), told=False, agreed="slipped"),
    story(
        "a warning about the old date tells nothing of the new one",
        BY_DAY_10,
        ("day 3", warned(expected="day 13")),
        ("day 5", moved(to="day 20")),
        told=False,
        expected=None,
    ),
    story("... but one after it does", BY_DAY_10, ("day 5", moved(to="day 20")), ("day 19", warned()), told=True),
    story("a budget in force is no telling", BY_DAY_10, ("day 5", budget_set(80)), told=False),
    story("a renegotiation that says nothing new", BY_DAY_10, ("day 5", moved(to="day 10")), told=False),
    story(
        "a revocation of what is delivered closes nothing",
        BY_DAY_10,
        ("day 3", delivered()),
        ("day 4", revoked()),
        ("day 5", reopened()),
        told=False,
    ),
    story(
        "warned before there was a date",
        ("day 0", promised()),
        ("day 5", warned()),
        ("day 6", moved(to="day 16")),
        told=False,
        agreed="slipped",
    ),
]


@pytest.mark.parametrize("told", TOLD + NOT_TOLD)
def test_a_failure_is_a_surprise_unless_the_customer_heard_of_it_by_the_date(told: Story) -> None:
    check(told)
