"""What always holds of the backtest: its numbers are those that the book would have shown."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.property.strategies import END, departments
from troth.domain.account import ORGANISATION, Subject
from troth.domain.backtest import POINTS, Answer, answers
from troth.domain.book import Book
from troth.domain.calibration import report
from troth.domain.events import Event
from troth.domain.fold import fold
from troth.domain.forecast import chance_of, elapsed_hundredths, falls_at_risk
from troth.domain.instants import Instant, day_of
from troth.domain.verdict import KEPT, OVER_BUDGET, Rules, judge

RULES = Rules(half_life_days=30)


@given(departments())
def test_each_answer_is_what_the_book_made_of_what_had_happened_by_then_says(lives: list[list[Event]]) -> None:
    found = list(answers(lives, RULES, END))
    assert sorted(found) == sorted(answer for life in lives for answer in _asked_of_books(life, lives))


@given(departments(), st.integers(0, 9))
def test_scores_lie_between_0_and_1_and_every_question_is_counted_once(lives: list[list[Event]], seed: int) -> None:
    random = Random(seed)
    found = list(answers(lives, RULES, END))
    document = report(found, lambda size: random.choices(range(size), k=size))
    assert document["questions"] == len(found) == sum(row["questions"] for row in document["calibration"])
    assert len(found) == sum(row["questions"] for row in document["by_elapsed"])
    assert all(0 <= score <= 1 for score in document["brier"].values() if score is not None)
    for row in document["calibration"]:
        assert (row["chance"] is None) == (row["questions"] == 0)
        assert row["chance"] is None or row["from"] - 1e-9 <= row["chance"] <= row["to"] + 1e-9
    for gain in (document["gain"] or {}).values():
        assert -1 <= gain["low"] <= gain["high"] <= 1


def _asked_of_books(life: Sequence[Event], lives: Sequence[Sequence[Event]]) -> list[Answer]:
    last = fold(life[0].subject, life)
    end = judge(last, last.due_at, END, RULES.tolerance)
    if end.settled_at is None:
        return []
    on_time = end.name in (KEPT, OVER_BUDGET)
    found = []
    for instant, point in _instants(life):
        book = _book(lives, instant)
        standing = fold(life[0].subject, (event for event in life if event.time <= instant))
        chance = chance_of(standing, instant, book.outlook(standing.team).odds)
        assert chance is not None
        team, whole = (book.reliability(subject).reliability for subject in (Subject(standing.team), ORGANISATION))
        found.append(Answer(day_of(instant), point, chance, team, whole, on_time))
    return found


def _instants(life: Sequence[Event]) -> list[tuple[Instant, int]]:
    """When a date in force had a tenth, a half or nine tenths of its time behind it, and its promise was open."""
    found = set()
    for event in life:
        then = fold(life[0].subject, (each for each in life if each.time <= event.time))
        if then.original_set_at is None or then.due_at is None:
            continue
        for point in POINTS:
            instant = falls_at_risk(then.original_set_at, then.due_at, point)
            at_it = fold(life[0].subject, (each for each in life if each.time <= instant))
            same = (at_it.original_set_at, at_it.due_at) == (then.original_set_at, then.due_at)
            just = elapsed_hundredths(then.original_set_at, then.due_at, instant) == point  # not where all is over in microseconds
            if at_it.is_open and same and just:
                found.add((instant, point))
    return sorted(found)


def _book(lives: Sequence[Sequence[Event]], now: Instant) -> Book:
    book = Book(RULES, now)
    for life in lives:
        known = [event for event in life if event.time <= now]
        if known:
            book.replace(None, fold(life[0].subject, known))
    return book
