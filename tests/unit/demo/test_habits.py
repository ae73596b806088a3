"""A reader of the board sees each team's habit in its numbers, whatever the seed and the day."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from troth.demo import simulate
from troth.demo.habits import DEPARTMENT
from troth.domain import summary
from troth.domain.book import Book
from troth.domain.events import Event, read_event
from troth.domain.fold import fold
from troth.domain.instants import parse_instant
from troth.domain.verdict import Rules

Team = dict[str, Any]
YEARS = {
    "the demo's own seed": (7, "2026-11-23T07:00:00Z"),
    "another": (1, "2026-11-26T07:00:00Z"),
    "one more": (12, "2027-05-02T15:00:00Z"),
}


@cache
def _book(seed: int, at: str) -> Book:
    now = parse_instant(at)
    lives: dict[str, list[Event]] = {}
    for posted in simulate(now, seed):
        lives.setdefault(posted["subject"], []).append(read_event(posted, now))
    book = Book(Rules(), now)
    for subject, life in lives.items():
        book.replace(None, fold(subject, life))
    return book


def _of_a_day(team: Team, days_ago: int) -> float:
    reliability: float = team["trend"][-1 - days_ago]["reliability"]
    return reliability


# What a reader should see of each habit.
SEEN: dict[str, Callable[[Team], bool]] = {
    "steady": lambda team: team["low"] > 0.8 and not team["padded"],
    "over-promising": lambda team: team["high"] < 0.8,
    "padding": lambda team: team["padded"],
    "improving": lambda team: _of_a_day(team, 0) - _of_a_day(team, 200) > 0.1,
    "declining": lambda team: _of_a_day(team, 200) - _of_a_day(team, 0) > 0.1,
    "silent": lambda team: team["surprise"] > 0.95 and team["commitments"]["overdue"] >= 3,
    "renegotiating in time": lambda team: team["on_time"]["agreed"] - team["on_time"]["original"] > 0.4 and team["moved"] > 0.5,
    "over budget": lambda team: team["in_budget"] < 0.8 < team["on_time"]["agreed"],
    "few promises": lambda team: not team["enough"],
}


@pytest.mark.parametrize(("seed", "at"), YEARS.values(), ids=YEARS)
@pytest.mark.parametrize("habit", DEPARTMENT, ids=lambda habit: habit.name)
def test_the_habit_shows_in_the_numbers(habit: Any, seed: int, at: str) -> None:
    team = summary.team(_book(seed, at), habit.team)
    assert team is not None
    assert SEEN[habit.name](team), {field: value for field, value in team.items() if field not in ("trend", "customers", "goals")}


@pytest.mark.parametrize(("seed", "at"), YEARS.values(), ids=YEARS)
def test_all_teams_but_the_newest_have_promises_enough_to_be_judged(seed: int, at: str) -> None:
    teams = summary.teams(_book(seed, at))["teams"]
    assert [team["team"] for team in teams if not team["enough"]] == ["Automation Lab"]


@pytest.mark.parametrize(("seed", "at"), YEARS.values(), ids=YEARS)
def test_the_board_has_something_of_every_kind_to_show(seed: int, at: str) -> None:
    book = _book(seed, at)
    whole = summary.organisation(book)
    assert whole["commitments"]["pending"] > 40
    assert whole["commitments"]["overdue"] > 0
    assert whole["undated"] > 0
    assert all(whole["outcomes"].values())
    assert book.unmade == 1


def test_there_are_several_customers_and_goals_each_with_promises_enough() -> None:
    book = _book(*YEARS["the demo's own seed"])
    customers, goals = summary.customers(book)["customers"], summary.goals(book)["goals"]
    assert len(customers) >= 5
    assert len(goals) >= 4
    assert all(subject["enough"] for subject in (*customers, *goals))


def test_an_ordinary_team_warns_of_more_than_a_silent_one() -> None:
    by_name = {habit.name: habit for habit in DEPARTMENT}
    book = _book(*YEARS["the demo's own seed"])
    steady, silent = (summary.team(book, by_name[name].team) for name in ("steady", "silent"))
    assert steady is not None
    assert silent is not None
    assert steady["surprise"] < silent["surprise"]
