from typing import Any

import pytest

from tests.unit.board.documents import NOW, commitment, points, summary, unjudged
from troth.domain.instants import format_instant
from troth.gateway.board import traits, views
from troth.gateway.board.words import Calendar

TARGET = 0.8
BELOW = {"low": 0.32, "high": 0.6, "reliability": 0.46}
ABOVE = {"low": 0.83, "high": 0.97, "reliability": 0.9}


@pytest.mark.parametrize(
    ("team", "look"),
    [
        (summary(), "between"),
        (summary(**BELOW), "below"),
        (summary(**ABOVE), "above"),
        (summary(low=0.8, high=0.9), "between"),
        (summary(low=0.5, high=0.8), "between"),
        (unjudged(**BELOW), "unsure"),
    ],
)
def test_only_what_is_certain_has_a_colour(team: dict[str, Any], look: str) -> None:
    assert views.standing(team, TARGET) == look


def said(headline: views.Headline) -> str:
    return headline.before + headline.figure + headline.after


def test_the_organisation_is_said_in_one_sentence_with_its_target() -> None:
    assert said(views.organisation_headline(summary(), TARGET)) == (
        "The teams keep about 79 of 100 promises; it is open whether they reach the target of 80."
    )
    assert "even at best that is under the target of 80" in said(views.organisation_headline(summary(**BELOW), TARGET))
    assert "even at worst that is over the target of 80" in said(views.organisation_headline(summary(**ABOVE), TARGET))


def test_a_team_of_few_promises_gets_no_figure() -> None:
    headline = views.subject_headline("team", unjudged(), TARGET)
    assert said(headline) == " has settled too few promises yet to say how many of the next will be kept."
    assert headline.look == ""
    assert views.expectation(unjudged(), TARGET) == ""
    assert "not enough promises" in views.chart_words("Lab", unjudged(), TARGET)


def test_a_team_is_said_with_what_to_expect() -> None:
    assert said(views.subject_headline("team", summary(), TARGET)) == " keeps about 79 of 100 promises; expect 68–90 of the next 100."


@pytest.mark.parametrize(
    ("pending", "overdue", "undated", "text"),
    [
        (0, 0, 0, "No promise is open."),
        (1, 0, 0, "One promise is open; it is not overdue."),
        (0, 1, 0, "One promise is open, and it is overdue."),
        (3, 0, 0, "Three promises are open, none is overdue."),
        (3, 1, 0, "Four promises are open, one is overdue."),
        (10, 2, 1, "13 promises are open, two are overdue."),
    ],
)
def test_open_promises_are_counted_in_a_sentence(pending: int, overdue: int, undated: int, text: str) -> None:
    open_ones = summary(commitments={"pending": pending, "at_risk": 0, "overdue": overdue}, undated=undated)
    assert views.open_words(open_ones) == text


@pytest.mark.parametrize(
    ("pending", "at_risk", "overdue", "text"),
    [
        (0, 1, 0, "One promise is open, and it is at risk."),
        (2, 1, 0, "Three promises are open, none is overdue, and one is at risk."),
        (2, 2, 3, "Seven promises are open, three are overdue, and two are at risk."),
    ],
)
def test_what_is_at_risk_is_counted_in_the_same_sentence(pending: int, at_risk: int, overdue: int, text: str) -> None:
    open_ones = summary(commitments={"pending": pending, "at_risk": at_risk, "overdue": overdue}, undated=0)
    assert views.open_words(open_ones) == text


def test_overdue_promises_are_said_with_how_many_more_are_at_risk() -> None:
    assert views.overdue_words(summary(commitments={"pending": 0, "at_risk": 2, "overdue": 1}), []) == (
        "One promise is overdue. Two more are at risk."
    )
    assert views.overdue_words(summary(commitments={"pending": 4, "at_risk": 1, "overdue": 0}), []) == (
        "No promise is overdue. One is at risk."
    )


def test_overdue_promises_are_said_with_the_team_that_has_most_of_them() -> None:
    teams = [summary(team=name, commitments={"pending": 0, "at_risk": 0, "overdue": number}) for name, number in (("A", 1), ("B", 3))]
    whole = summary(commitments={"pending": 0, "at_risk": 0, "overdue": 4})
    assert views.overdue_words(whole, teams) == "Four promises are overdue, three of them with B."
    assert views.overdue_words(summary(commitments={"pending": 4, "at_risk": 0, "overdue": 0}), teams) == "No promise is overdue."


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (0.7, 0.7, "That is the same as a week ago."),
        (0.7, 0.71, "That is 1 point better than a week ago."),
        (0.7, 0.6, "That is 10 points worse than a week ago."),
    ],
)
def test_the_change_within_a_week_is_said_in_points(before: float, now: float, text: str) -> None:
    assert views.change_words(points([(before, 5.0)] * 7 + [(now, 5.0)])) == text


def test_no_change_is_said_where_a_week_ago_nothing_was_known() -> None:
    assert views.change_words(points([(0.5, 0.0)] * 7 + [(0.7, 5.0)])) == ""
    assert views.change_words(points([(0.7, 5.0)] * 3)) == ""


def test_a_score_is_young_until_its_first_outcome_is_a_quarter_of_a_year_old() -> None:
    assert views.is_young_by_week([None] * 20 + [0.8] * 6)
    assert not views.is_young_by_week([None] * 13 + [0.8] * 13)
    assert not views.is_young_by_week([None] * 26)
    assert views.is_young_by_day(points([(0.5, 0.0)] * 300 + [(0.9, 2.0)] * 60))
    assert not views.is_young_by_day(points([(0.5, 0.0)] * 100 + [(0.9, 2.0)] * 200))
    assert not views.is_young_by_day(points([(0.5, 0.0)] * 30))


def test_the_counts_behind_the_figures_are_all_named() -> None:
    assert traits.counts_words(summary()) == (
        "46 promises have been settled so far: 37 kept, 6 late, 1 overdue, 2 broken and 1 cancelled in time, which counts for nothing. "
        "Newer ones weigh more in the figures."
    )
    assert traits.counts_words(unjudged()) == "No promise has come due yet."


def test_what_has_nothing_behind_it_is_no_trait() -> None:
    assert traits.traits(unjudged()) == []
    assert [trait.name for trait in traits.traits(summary())] == ["Time", "Bad news", "Money", "What is delivered", "First terms"]


@pytest.mark.parametrize(
    ("slow", "median", "fast", "figure", "words"),
    [
        (
            -0.31,
            0.12,
            0.5,
            "12 % of the time to spare",
            "the slowest tenth takes at least 31 % too long, the quickest tenth has at least 50 % to spare",
        ),
        (0.05, 0.2, 0.5, "20 % of the time to spare", "the slowest tenth has at most 5 % to spare"),
        (-1.0, -0.5, -0.1, "50 % over the time", "the quickest tenth takes at most 10 % too long"),
        (0.0, 0.0, 0.0, "0 % of the time to spare", "the slowest tenth takes all of it or more, the quickest tenth takes all of it"),
    ],
)
def test_the_margin_is_said_for_the_typical_and_the_outer_deliveries(
    slow: float, median: float, fast: float, figure: str, words: str
) -> None:
    trait = traits.traits(summary(margin={"0.1": slow, "0.5": median, "0.9": fast}))[0]
    assert f"{trait.figure} {trait.of}" == figure
    assert words in trait.says


def test_news_that_nobody_was_told_is_named() -> None:
    trait = next(trait for trait in traits.traits(summary(surprise=0.9)) if trait.name == "Bad news")
    assert trait.figure == "10"
    assert trait.says == "Mostly nobody was told before the date had passed. 9 promises were late, overdue or broken so far."


@pytest.mark.parametrize(
    ("original", "agreed", "text"),
    [
        (0.6, 0.81, "Moving dates in time made the difference: 21 points."),
        (0.8, 0.79, "Dates that were moved made it worse: 1 point."),
        (0.8, 0.8, "The measure used on this board."),
        (None, 0.8, "The measure used on this board."),
        (0.8, None, "No promise with such a date has been settled yet."),
    ],
)
def test_the_agreed_date_is_explained_beside_the_first_one(original: float | None, agreed: float | None, text: str) -> None:
    assert traits.basis_words("agreed", {"requested": 0.4, "original": original, "agreed": agreed}).endswith(text)


def test_kept_early_are_those_of_two_weeks_by_at_least_a_day_the_earliest_first() -> None:
    day = 86_400_000_000

    def closed(name: str, ago: int, early: int, verdict: str = "kept") -> dict[str, Any]:
        times = {"closed_at": format_instant(NOW - ago * day), "due_at": format_instant(NOW + (early - ago) * day)}
        return commitment(id=name, verdict={"agreed": verdict}, **times)

    found = views.kept_early(
        [closed("a", 1, 2), closed("b", 3, 9), closed("old", 15, 5), closed("same day", 1, 0), closed("late", 1, 3, "late")], Calendar(NOW)
    )
    assert [(one["id"], days) for one, days in found] == [("b", 9), ("a", 2)]
