import pytest

from tests.unit.board.documents import DAY, NOW, at
from troth.domain.instants import parse_instant
from troth.gateway.board import words
from troth.gateway.board.words import Calendar

CALENDAR = Calendar(NOW)


@pytest.mark.parametrize(("ratio", "whole"), [(0.0, 0), (0.004, 0), (0.005, 1), (0.785, 79), (0.794, 79), (1.0, 100)])
def test_a_ratio_is_said_as_whole_per_hundred(ratio: float, whole: int) -> None:
    assert words.hundred(ratio) == whole


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(131400, "EUR", "131,400 EUR"), (0.25, "days", "0.25 days"), (1000.5, None, "1,000.5"), (0.0001, None, "0.0001"), (20.0, "d", "20 d")],
)
def test_an_amount_has_thousands_apart_and_no_idle_digits(value: float, unit: str | None, text: str) -> None:
    assert words.amount(value, unit) == text


@pytest.mark.parametrize(
    ("time", "text"),
    [
        ("2026-10-09T23:59:59.999999Z", "9 Oct"),
        ("2025-12-31T00:00:00.000000Z", "31 Dec 2025"),
        ("2027-01-01T00:00:00.000000Z", "1 Jan 2027"),
        ("2026-10-09", "9 Oct"),
    ],
)
def test_a_date_has_a_year_only_when_it_is_not_this_one(time: str, text: str) -> None:
    assert CALENDAR.day(time) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(8, "in 8 days"), (0.5, "today"), (1, "in 1 day"), (-12, "12 days ago"), (-0.125, "3 hours ago"), (-0.01, "14 minutes ago")],
)
def test_a_distance_is_said_in_the_unit_that_a_reader_would_use(days: float, text: str) -> None:
    assert CALENDAR.distance(at(days)) == text


def test_a_gap_is_the_same_in_both_directions_and_counts_calendar_days() -> None:
    delivered, due = parse_instant("2026-10-08T12:00:00Z"), parse_instant("2026-10-09T23:59:59.999999Z")
    assert words.between(delivered, due) == words.between(due, delivered) == "1 day"
    assert words.between(NOW, NOW + 3 * DAY) == "3 days"


def test_times_within_a_sentence_are_said_as_days() -> None:
    said = CALENDAR.said("Delivered at 2026-10-08T12:00:00.000000Z, by its date 2025-10-09T23:59:59.999999Z.")
    assert said == "Delivered on 8 Oct, by its date 9 Oct 2025."


def test_an_attribute_of_time_is_one_that_html_takes() -> None:
    assert CALENDAR.iso("2026-10-09T23:59:59.999999Z") == "2026-10-09T23:59:59Z"


@pytest.mark.parametrize(("things", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_things_are_listed_as_in_a_sentence(things: list[str], text: str) -> None:
    assert words.listed(things) == text
