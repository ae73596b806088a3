"""Scores worked out by hand, and summaries in the shape that DESIGN gives them."""

from fractions import Fraction
from math import sqrt
from typing import Any

import pytest

from tests.notation import Happening, accepted, at, cancelled, delivered, events_of, moved, promised, rejected, revoked, warned
from troth.domain import summary
from troth.domain.book import Book
from troth.domain.fold import fold
from troth.domain.verdict import Rules, judge

Z2 = 1.6448536269514722**2
BY_DAY_10 = ("day 0", promised(due="day 10"))
SUMMARY = {
    *("at", "reliability", "low", "high", "evidence", "enough", "padded", "kept_ratio", "on_time", "in_budget", "acceptance", "rating"),
    *("surprise", "moved", "margin", "outcomes", "commitments", "undated", "next_due", "oldest_overdue"),
}


def _book(*lives: list[Happening], now: str = "day 10") -> Book:
    book = Book(Rules(), at(now))
    for number, happened in enumerate(lives):
        book.replace(None, fold(str(number), events_of(happened, str(number))))
    return book


def _team(*lives: list[Happening], now: str = "day 10") -> dict[str, Any]:
    found = summary.team(_book(*lives, now=now), "a")
    assert found is not None
    return found


def _kept(on: str = "day 10", **said: Any) -> list[Happening]:
    return [("day 0", promised(due="day 10", **said)), (on, delivered())]


FAILED: list[Happening] = [BY_DAY_10, ("day 10", revoked())]


def test_without_a_promise_a_score_is_in_the_middle_and_knows_nothing() -> None:
    team = _team([("day 0", promised(due="day 50"))])
    assert (team["reliability"], team["low"], team["high"], team["evidence"], team["kept_ratio"]) == (0.5, 0, 1, 0, None)


def test_three_kept_of_four_on_the_day_of_their_settling() -> None:
    team = _team(_kept(), _kept(), _kept(), FAILED)
    centre = (3 + Z2 / 2) / (4 + Z2)
    half = sqrt(Z2 * (3 / 4 + Z2 / 4)) / (4 + Z2)
    assert team["reliability"] == pytest.approx(centre, abs=1e-12)
    assert (team["low"], team["high"]) == pytest.approx((centre - half, centre + half), abs=1e-12)
    assert (team["evidence"], team["kept_ratio"], team["enough"]) == (4, 0.75, True)


def test_a_half_life_later_it_is_half_the_evidence() -> None:
    team = _team(_kept(), _kept(), _kept(), FAILED, now="day 100")
    assert (team["evidence"], team["kept_ratio"], team["enough"]) == (2, 0.75, False)


def test_half_a_promise_counts_half() -> None:
    assert _team(_kept(weight=0.5), FAILED)["kept_ratio"] == pytest.approx(1 / 3)


def test_a_first_kept_promise_is_no_certainty() -> None:
    team = _team(_kept())
    assert 0.5 < team["reliability"] < 0.7
    assert team["low"] < 0.3
    assert team["high"] == pytest.approx(1)


def test_beside_the_score_of_six_that_settled_on_one_day() -> None:
    team = _team(
        [("day 0", promised(due="day 10", requested="day 4")), ("day 10", delivered()), ("day 11", accepted(rating=5))],
        [("day 0", promised(due="day 10", budget=9)), ("day 5", rejected(rating=2)), ("day 10", delivered(cost=10))],
        [("day 0", promised(due="day 20")), ("day 2", moved(to="day 10")), ("day 3", warned()), ("day 10 + 1 microsecond", delivered())],
        [("day 0", promised(due="day 10", budget=9)), ("day 10", revoked())],
        [BY_DAY_10, ("day 12", delivered())],
        [("day 0", promised(due="day 10", budget=9)), ("day 10", delivered(cost=9))],
        now="day 12",
    )
    beside = ("kept_ratio", "on_time", "in_budget", "acceptance", "rating", "surprise", "moved", "margin", "outcomes")
    assert {name: team[name] for name in beside} == {
        "kept_ratio": 2 / 6,
        "on_time": {"requested": 0, "original": 4 / 6, "agreed": 3 / 6},
        "in_budget": 1 / 2,
        "acceptance": 1 / 2,
        "rating": 3.5,
        "surprise": 1 / 3,
        "moved": 1 / 6,
        "margin": {"0.1": -0.2, "0.5": 0, "0.9": 0},
        "outcomes": {"kept": 2, "late": 2, "slipped": 0, "broken": 1, "over_budget": 1, "void": 0},
    }


def test_what_is_void_is_counted_by_name_and_nowhere_else() -> None:
    team = _team([BY_DAY_10, ("day 5", cancelled())], [("day 4", delivered()), ("day 5", promised(due="day 10"))])
    assert (team["outcomes"]["void"], team["evidence"], team["on_time"]["agreed"]) == (2, 0, None)


def test_a_tolerated_cost_is_in_budget_to_the_last_ten_thousandth() -> None:
    def verdict(cost: float) -> str:
        standing = fold("c", events_of([("day 0", promised(due="day 10", budget=100)), ("day 5", delivered(cost=cost))]))
        return judge(standing, standing.due_at, at("day 20"), Fraction(1, 10)).name

    assert [verdict(cost) for cost in (100, 110, 110.0001)] == ["kept", "kept", "over_budget"]


def test_worst_first_is_by_what_is_certain_and_too_little_evidence_comes_last() -> None:
    def of(team: str, kept: int, failed: int) -> list[list[Happening]]:
        return [
            *[[("day 0", promised(team, due="day 10")), ("day 10", delivered())]] * kept,
            *[[("day 0", promised(team, due="day 10")), ("day 10", revoked())]] * failed,
        ]

    lives = [*of("good", 9, 1), *of("bad", 1, 9), *of("small and bad", 0, 2), *of("tie b", 5, 5), *of("tie a", 5, 5), *of("new", 0, 0)]
    lives.append([("day 0", promised("new", due="day 40"))])
    found = summary.teams(_book(*lives))
    assert [team["team"] for team in found["teams"]] == ["bad", "tie a", "tie b", "good", "small and bad", "new"]


@pytest.mark.parametrize(("delivered_on", "padded"), [("day 4", True), ("day 5", False), ("day 9", False)])
def test_one_that_always_needs_less_than_half_of_its_time_is_padding(delivered_on: str, padded: bool) -> None:
    assert _team(*[_kept(delivered_on)] * 20)["padded"] == padded


def test_margins_are_the_smallest_that_reach_their_share_of_what_was_delivered() -> None:
    dues = ["day 10", *["day 12.5"] * 4, *["day 20"] * 4, "day 100"]
    team = _team(*[[("day 0", promised(due=due)), ("day 10", delivered())] for due in dues], FAILED)
    assert team["margin"] == {"0.1": 0, "0.5": 0.2, "0.9": 0.5}
    late = _team([BY_DAY_10, ("day 60", delivered())], now="day 60")
    assert late["margin"] == {"0.1": -1, "0.5": -1, "0.9": -1}
    assert _team(FAILED)["margin"] == {"0.1": None, "0.5": None, "0.9": None}


def test_open_promises_are_pending_overdue_or_undated() -> None:
    team = _team([("day 0", promised(due="day 5"))], [("day 0", promised(due="day 7"))], [BY_DAY_10], [("day 0", promised())], now="day 10")
    assert (team["commitments"], team["undated"]) == ({"pending": 1, "at_risk": 0, "overdue": 2}, 1)
    assert team["next_due"] == "2026-01-11T00:00:00.000000Z"
    assert team["oldest_overdue"] == "2026-01-06T00:00:00.000000Z"


def test_a_summary_has_the_fields_of_its_contract_and_those_alone() -> None:
    book = _book([("day 0", promised(due="day 20", customer="x", goal="g"))])
    [team] = summary.teams(book)["teams"]
    assert team.keys() == SUMMARY | {"team"}
    assert summary.organisation(book).keys() == SUMMARY | {"trend"}
    found, customer, goal = summary.team(book, "a"), summary.customer(book, "x"), summary.goal(book, "g")
    assert found is not None
    assert customer is not None
    assert goal is not None
    assert found.keys() == SUMMARY | {"team", "trend", "customers", "goals"}
    assert [pair.keys() for pair in (*found["customers"], *customer["teams"])] == [SUMMARY | {"team", "customer"}] * 2
    assert [pair.keys() for pair in (*found["goals"], *goal["teams"])] == [SUMMARY | {"team", "goal"}] * 2
    assert found["trend"][-1].keys() == {"day", "reliability", "low", "high", "evidence"}
    assert (len(found["trend"]), found["trend"][-1]["day"]) == (365, "2026-01-11")


def test_a_team_is_listed_while_a_promise_stands_on_it() -> None:
    book = _book([("day 0", promised())])
    standing = fold("0", events_of([("day 0", promised())], "0"))
    assert [team["team"] for team in summary.teams(book)["teams"]] == ["a"]
    book.replace(standing, None)
    assert summary.teams(book)["teams"] == []
    assert summary.team(book, "a") is None
