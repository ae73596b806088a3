"""Each cell of SCORING's table of states, the customer's word, the cost, and what a retraction undoes."""

import pytest

from tests.notation import (
    Happening,
    accepted,
    amended,
    budget_set,
    cancelled,
    delivered,
    moved,
    promised,
    rejected,
    reopened,
    retracted,
    revoked,
    warned,
)
from tests.unit.domain.stories import Story, check, story

BY_DAY_10 = ("day 0", promised(due="day 10"))

OPEN = [
    story("open, delivered", BY_DAY_10, ("day 5", delivered()), state="delivered", closed="day 5"),
    story("open, accepted", BY_DAY_10, ("day 5", accepted(rating=4)), state="delivered", closed="day 5", word="accepted", rating=4),
    story("open, rejected: the word alone", BY_DAY_10, ("day 5", rejected(rating=2)), state="open", closed=None, word="rejected", rating=2),
    story("open, reopened: nothing", BY_DAY_10, ("day 5", reopened()), state="open"),
    story("open, revoked", BY_DAY_10, ("day 5", revoked()), state="revoked", closed="day 5"),
    story("open, cancelled", BY_DAY_10, ("day 5", cancelled()), state="cancelled", closed="day 5"),
]

DONE = (BY_DAY_10, ("day 4", delivered()))
DELIVERED = [
    story("delivered twice: the first day stays", *DONE, ("day 6", delivered()), state="delivered", closed="day 4", agreed="kept", pace=40),
    story(
        "delivered, accepted: its day stays",
        *DONE,
        ("day 20", accepted(rating=5)),
        closed="day 4",
        word="accepted",
        rating=5,
        agreed="kept",
    ),
    story("delivered, rejected: open again", *DONE, ("day 6", rejected()), state="open", closed=None, word="rejected", agreed="slipped"),
    story("delivered, reopened", *DONE, ("day 6", reopened()), state="open", closed=None),
    story("delivered, revoked: nothing", *DONE, ("day 6", revoked()), state="delivered", closed="day 4", agreed="kept"),
    story("delivered, cancelled: nothing", *DONE, ("day 6", cancelled()), state="delivered", closed="day 4", agreed="kept"),
    story(
        "accepted by the customer, reopened by a tool: nothing",
        *DONE,
        ("day 6", accepted()),
        ("day 7", reopened()),
        state="delivered",
        closed="day 4",
    ),
    story(
        "accepted, then rejected: the customer may change their mind",
        *DONE,
        ("day 6", accepted(rating=5)),
        ("day 7", rejected(rating=1)),
        state="open",
        word="rejected",
        rating=1,
    ),
    story(
        "rejected, delivered again in time: kept, and the word stays",
        *DONE,
        ("day 6", rejected(rating=2)),
        ("day 9", delivered()),
        agreed="kept",
        closed="day 9",
        word="rejected",
        rating=2,
        pace=90,
    ),
    story(
        "rejected after its date, delivered again: late", *DONE, ("day 12", rejected()), ("day 13", delivered()), agreed="late", pace=130
    ),
    story(
        "accepted, rejected, delivered, reopened: the last word is no longer an acceptance",
        *DONE,
        ("day 5", accepted()),
        ("day 6", rejected()),
        ("day 7", delivered()),
        ("day 8", reopened()),
        state="open",
        word="rejected",
    ),
    story(
        "the word of a reopened one stays",
        *DONE,
        ("day 5", rejected(rating=3)),
        ("day 6", delivered()),
        ("day 7", reopened()),
        word="rejected",
        rating=3,
    ),
]


def _closed(name: str, closing: Happening) -> list[object]:
    done = (BY_DAY_10, closing)
    return [
        story(f"{name}, delivered: nothing", *done, ("day 6", delivered()), state=name, closed="day 3"),
        story(f"{name}, accepted: the word alone", *done, ("day 6", accepted(rating=5)), state=name, word="accepted", rating=5),
        story(f"{name}, rejected: the word alone", *done, ("day 6", rejected(rating=1)), state=name, word="rejected", rating=1),
        story(f"{name}, reopened", *done, ("day 6", reopened()), state="open", closed=None, agreed="slipped"),
        story(f"{name}, accepted, reopened: open all the same", *done, ("day 5", accepted()), ("day 6", reopened()), state="open"),
        story(f"{name}, revoked: nothing", *done, ("day 6", revoked()), state=name, closed="day 3"),
        story(f"{name}, cancelled: nothing", *done, ("day 6", cancelled()), state=name, closed="day 3"),
    ]


WORD_AND_COST = [
    story(
        "one with a rating, then one without: no rating",
        *DONE,
        ("day 5", accepted(rating=5)),
        ("day 6", accepted()),
        word="accepted",
        rating=None,
    ),
    story(
        "the word and the cost of before the promise count, its terms and corrections do not",
        ("day -5", delivered(cost=70)),
        ("day -4", rejected(rating=2)),
        ("day -3", moved(to="day 30")),
        ("day -3", budget_set(5)),
        ("day -2", amended(team="b", customer="x")),
        ("day -1", warned(expected="day 20")),
        ("day 0", promised(due="day 10", budget=50)),
        ("day 9", delivered()),
        team="a",
        customer=None,
        due="day 10",
        budget=50,
        cost=70,
        word="rejected",
        rating=2,
        told=False,
        expected=None,
        agreed="over_budget",
    ),
    story(
        "the highest cost counts, in whatever order it is told",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 5", delivered(cost=80)),
        ("day 6", delivered(cost=40)),
        cost=80,
        agreed="over_budget",
    ),
    story("a cost told after it was cancelled", BY_DAY_10, ("day 3", cancelled()), ("day 6", delivered(cost=8)), cost=8, agreed="void"),
    story(
        "a mistaken cost is retracted",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 5", delivered(cost=800)),
        ("day 6", delivered(cost=40)),
        ("day 7", retracted(2)),
        cost=40,
        closed="day 6",
        agreed="kept",
    ),
]

RETRACTIONS = [
    story("a delivery retracted", BY_DAY_10, ("day 5", delivered()), ("day 6", retracted(2)), state="open", agreed="slipped"),
    story("a promise retracted", BY_DAY_10, ("day 5", delivered()), ("day 6", retracted(1)), state="unmade", agreed="unmade"),
    story("retracted before it happened", BY_DAY_10, ("day 4", retracted(3)), ("day 5", delivered()), state="open"),
    story(
        "a retraction cannot be retracted",
        BY_DAY_10,
        ("day 5", delivered()),
        ("day 6", retracted(2)),
        ("day 7", retracted(3)),
        state="open",
    ),
    story("a retraction of itself", BY_DAY_10, ("day 5", retracted(2)), state="open"),
    story("of what never was", BY_DAY_10, ("day 5", delivered()), ("day 6", retracted(9)), agreed="kept"),
    story("twice of one", BY_DAY_10, ("day 5", delivered()), ("day 6", retracted(2)), ("day 7", retracted(2)), state="open"),
    story(
        "a move retracted: the first date is in force again, and was missed",
        BY_DAY_10,
        ("day 5", moved(to="day 20")),
        ("day 15", delivered()),
        ("day 16", retracted(2)),
        due="day 10",
        agreed="late",
        moved=False,
    ),
    story(
        "the first of two promises retracted: the second is the promise",
        BY_DAY_10,
        ("day 2", promised(team="b", due="day 12")),
        ("day 3", retracted(1)),
        team="b",
        due="day 12",
        first_due="day 12",
        moved=False,
    ),
]

AT_ONE_INSTANT = [
    story("delivered and promised: promised first", ("day 5", delivered()), ("day 5", promised(due="day 10")), agreed="kept"),
    story("delivered and reopened: reopened first", BY_DAY_10, ("day 5", delivered()), ("day 5", reopened()), state="delivered"),
    story(
        "delivered and moved: moved first",
        BY_DAY_10,
        ("day 10", delivered()),
        ("day 10", moved(to="day 20", agreed=True)),
        due="day 20",
        pace=50,
    ),
    story("cancelled and delivered: delivered first", BY_DAY_10, ("day 5", cancelled()), ("day 5", delivered()), state="delivered"),
    story("cancelled and revoked: revoked first", BY_DAY_10, ("day 5", cancelled()), ("day 5", revoked()), state="revoked"),
    story("rejected and accepted: rejected last", BY_DAY_10, ("day 5", rejected()), ("day 5", accepted()), state="open", word="rejected"),
    story("moved and warned: the warning is about the new date", BY_DAY_10, ("day 5", warned()), ("day 5", moved(to="day 20")), told=True),
    story("moved twice: by id", BY_DAY_10, ("day 5", moved(to="day 30")), ("day 5", moved(to="day 20")), due="day 20"),
]


@pytest.mark.parametrize(
    "told",
    OPEN
    + DELIVERED
    + _closed("revoked", ("day 3", revoked()))
    + _closed("cancelled", ("day 3", cancelled()))
    + WORD_AND_COST
    + RETRACTIONS
    + AT_ONE_INSTANT,
)
def test_a_promise_goes_from_state_to_state(told: Story) -> None:
    check(told)
