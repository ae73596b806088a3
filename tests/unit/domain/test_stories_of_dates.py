"""When a date may be moved, alone or with the customer, and what a move that comes too late is: history."""

import pytest

from tests.notation import cancelled, delivered, moved, promised, reopened, revoked
from tests.unit.domain.stories import Story, check, story

BY_DAY_10 = ("day 0", promised(due="day 10"))
JUST_AFTER = " + 1 microsecond"

MOVED_ALONE = [
    story(
        "moved half way, delivered on the new date",
        BY_DAY_10,
        ("day 5", moved(to="day 20")),
        ("day 19", delivered()),
        agreed="kept",
        original="late",
        due="day 20",
        moved=True,
        pace=95,
    ),
    story("moved alone at nine tenths exactly", BY_DAY_10, ("day 9", moved(to="day 20")), due="day 20"),
    story(
        "moved alone a microsecond after nine tenths: history",
        BY_DAY_10,
        ("day 9" + JUST_AFTER, moved(to="day 20")),
        due="day 10",
        expected="day 20",
        moved=False,
    ),
    story(
        "moved alone on the last day: history, and late", BY_DAY_10, ("day 9.5", moved(to="day 20")), ("day 19", delivered()), agreed="late"
    ),
    story(
        "moved to an earlier date",
        BY_DAY_10,
        ("day 2", moved(to="day 5")),
        ("day 7", delivered()),
        agreed="late",
        original="kept",
        due="day 5",
    ),
    story("moved to the day before it is said: history", BY_DAY_10, ("day 5", moved(to="day 4")), due="day 10", expected="day 4"),
    story("moved to the very instant: history", BY_DAY_10, ("day 5", moved(to="day 5")), due="day 10"),
    story("moved to a microsecond ahead", BY_DAY_10, ("day 5", moved(to="day 5" + JUST_AFTER)), due="day 5"),
    story(
        "the tenth is counted from the setting of the date in force",
        BY_DAY_10,
        ("day 8", moved(to="day 20")),
        ("day 18.8", moved(to="day 30")),
        due="day 30",
    ),
    story(
        "... and not from the promise",
        BY_DAY_10,
        ("day 8", moved(to="day 20")),
        ("day 18.9", moved(to="day 30")),
        due="day 20",
        expected="day 30",
    ),
    story(
        "naming the date in force again does not set it anew",
        BY_DAY_10,
        ("day 8", moved(to="day 10")),
        ("day 9.5", moved(to="day 20")),
        due="day 10",
    ),
]

WITH_THE_CUSTOMER = [
    story("on the last day", BY_DAY_10, ("day 9.9", moved(to="day 20", agreed=True)), ("day 19", delivered()), agreed="kept", due="day 20"),
    story("at the due instant", BY_DAY_10, ("day 10", moved(to="day 20", agreed=True)), due="day 20"),
    story(
        "a microsecond after it: history",
        BY_DAY_10,
        ("day 10" + JUST_AFTER, moved(to="day 20", agreed=True)),
        due="day 10",
        expected="day 20",
        agreed="slipped",
    ),
    story(
        "refused in good time: history", BY_DAY_10, ("day 2", moved(to="day 20", agreed=False)), due="day 10", expected="day 20", told=True
    ),
    story("taken away", BY_DAY_10, ("day 10", moved(to=None, agreed=True)), due=None, first_due="day 10", agreed="undated", moved=True),
    story("taken away after it passed: history", BY_DAY_10, ("day 11", moved(to=None, agreed=True)), due="day 10", agreed="slipped"),
    story("taken away alone, in good time: history", BY_DAY_10, ("day 1", moved(to=None)), due="day 10", expected=None, agreed="slipped"),
    story(
        "taken away, then dated alone",
        BY_DAY_10,
        ("day 5", moved(to=None, agreed=True)),
        ("day 40", moved(to="day 50")),
        due="day 50",
        first_due="day 10",
    ),
    story(
        "moved back to the first date: moved no more",
        BY_DAY_10,
        ("day 2", moved(to="day 20")),
        ("day 4", moved(to="day 10")),
        due="day 10",
        moved=False,
    ),
]

NOT_OPEN = [
    story(
        "moved after it was delivered: history",
        BY_DAY_10,
        ("day 4", delivered()),
        ("day 5", moved(to="day 20", agreed=True)),
        due="day 10",
        expected="day 20",
    ),
    story("moved after it was revoked: history", BY_DAY_10, ("day 4", revoked()), ("day 5", moved(to="day 20", agreed=True)), due="day 10"),
    story("moved after it was cancelled: history", BY_DAY_10, ("day 4", cancelled()), ("day 5", moved(to="day 20")), due="day 10"),
    story(
        "reopened, then moved in good time",
        BY_DAY_10,
        ("day 3", delivered()),
        ("day 4", reopened()),
        ("day 5", moved(to="day 20")),
        due="day 20",
    ),
    story(
        "reopened after its date, then moved with the customer: history",
        BY_DAY_10,
        ("day 9", delivered()),
        ("day 12", reopened()),
        ("day 13", moved(to="day 20", agreed=True)),
        due="day 10",
        agreed="slipped",
    ),
]

WITHOUT_A_DATE = [
    story(
        "dated later: that date is the first",
        ("day 0", promised()),
        ("day 30", moved(to="day 40")),
        ("day 35", delivered()),
        agreed="kept",
        original="kept",
        first_due="day 40",
        moved=False,
        pace=50,
    ),
    story(
        "a date of the past promises nothing",
        ("day 5", promised(due="day 3")),
        ("day 6", delivered()),
        due=None,
        first_due=None,
        agreed="undated",
    ),
    story("nor does one of that very instant", ("day 5", promised(due="day 5")), due=None, agreed="undated"),
    story(
        "the first date it gets refused: still without",
        ("day 0", promised()),
        ("day 3", moved(to="day 9", agreed=False)),
        due=None,
        expected="day 9",
    ),
]


@pytest.mark.parametrize("told", MOVED_ALONE + WITH_THE_CUSTOMER + NOT_OPEN + WITHOUT_A_DATE)
def test_a_date_moves_in_good_time_or_with_the_customer(told: Story) -> None:
    check(told)
