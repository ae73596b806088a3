"""When a budget, a team, a requested date may change, and what a second `made` says."""

import pytest

from tests.notation import amended, budget_set, dated_again, delivered, moved, promised
from tests.unit.domain.stories import Story, check, story

BY_DAY_10 = ("day 0", promised(due="day 10"))
JUST_AFTER = " + 1 microsecond"

BUDGETS = [
    story(
        "raised alone in good time",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 5", budget_set(80)),
        ("day 9", delivered(cost=70)),
        agreed="kept",
        budget=80,
        first_budget=50,
        moved=True,
        due="day 10",
    ),
    story(
        "raised alone on the last day: history",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 9.5", budget_set(80)),
        ("day 9.6", delivered(cost=70)),
        agreed="over_budget",
        budget=50,
        told=True,
    ),
    story(
        "raised with the customer on the last day",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 9.5", budget_set(80, agreed=True)),
        budget=80,
    ),
    story("a first budget later is the original one", BY_DAY_10, ("day 5", budget_set(80)), budget=80, first_budget=80, moved=False),
    story(
        "the first budget and the first date may come apart",
        ("day 0", promised()),
        ("day 1", budget_set(5)),
        ("day 2", moved(to="day 9")),
        budget=5,
        due="day 9",
        moved=False,
    ),
    story(
        "all or nothing: the date cannot be, so the budget is not",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 5", moved(to="day 4", budget=80)),
        due="day 10",
        budget=50,
        expected="day 4",
    ),
    story(
        "the date in force named beside a new budget hinders nothing",
        ("day 0", promised(due="day 10", budget=50)),
        ("day 9", moved(to="day 10", budget=80)),
        budget=80,
    ),
    story(
        "no date to take away: the budget comes into force", ("day 0", promised(budget=50)), ("day 5", moved(to=None, budget=80)), budget=80
    ),
    story(
        "the unit is that of the first promise",
        ("day 0", promised(due="day 10", unit="EUR")),
        ("day 1", dated_again(unit="USD", budget=9)),
        unit="EUR",
        budget=9,
    ),
]

CORRECTIONS = [
    story(
        "handed to another team in good time",
        BY_DAY_10,
        ("day 9", amended(team="b", customer="x", goal="g")),
        team="b",
        customer="x",
        goal="g",
    ),
    story(
        "handed over too late",
        BY_DAY_10,
        ("day 9" + JUST_AFTER, amended(team="b", customer="x", goal="g")),
        team="a",
        customer=None,
        goal=None,
    ),
    story("handed over after delivery", BY_DAY_10, ("day 3", delivered()), ("day 4", amended(team="b")), team="a"),
    story("handed over without a date, whenever", ("day 0", promised()), ("day 90", amended(team="b")), team="b"),
    story(
        "titles, addresses and conditions always",
        BY_DAY_10,
        ("day 3", delivered()),
        ("day 40", amended(title="other", url="https://x.example/", conditions="none")),
        title="other",
        url="https://x.example/",
        conditions="none",
    ),
    story(
        "what is absent stays",
        ("day 0", promised(due="day 10", customer="x", goal="g")),
        ("day 1", amended(team="b")),
        customer="x",
        goal="g",
    ),
    story(
        "the requested date in good time",
        ("day 0", promised(due="day 10", requested="day 5")),
        ("day 5", amended(requested="day 8")),
        asked_for="day 8",
    ),
    story(
        "the requested date after it passed",
        ("day 0", promised(due="day 10", requested="day 5")),
        ("day 5" + JUST_AFTER, amended(requested="day 8")),
        asked_for="day 5",
    ),
    story(
        "the requested date on the last day of the promise",
        ("day 0", promised(due="day 10", requested="day 12")),
        ("day 9.5", amended(requested="day 14")),
        asked_for="day 12",
    ),
    story(
        "a first requested date, of the past even", BY_DAY_10, ("day 5", amended(requested="day 2")), asked_for="day 2", requested="slipped"
    ),
]

PROMISED_AGAIN = [
    story(
        "the second names another date: a move",
        BY_DAY_10,
        ("day 5", dated_again(due="day 20")),
        ("day 15", delivered()),
        due="day 20",
        first_due="day 10",
        agreed="kept",
        original="late",
    ),
    story("... on the last day: history", BY_DAY_10, ("day 9.5", dated_again(due="day 20")), due="day 10", expected="day 20"),
    story("the second without a date keeps the first", BY_DAY_10, ("day 5", dated_again()), due="day 10"),
    story("the second corrects the team", BY_DAY_10, ("day 5", dated_again(team="b")), team="b"),
    story("the weight never changes", ("day 0", promised(due="day 10", weight=0.5)), ("day 1", dated_again(weight=1)), weight=0.5),
    story(
        "the second says the same: nothing, and no telling",
        BY_DAY_10,
        ("day 9.9", dated_again(due="day 10")),
        due="day 10",
        told=False,
        expected=None,
    ),
    story(
        "the second after delivery gives no new date", BY_DAY_10, ("day 5", delivered()), ("day 6", dated_again(due="day 20")), due="day 10"
    ),
]


@pytest.mark.parametrize("told", BUDGETS + CORRECTIONS + PROMISED_AGAIN)
def test_what_else_was_promised_changes_in_good_time(told: Story) -> None:
    check(told)
