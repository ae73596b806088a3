"""docs/forecast.md: every number of its example comes out of the forecast."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from troth.domain.advice import explained
from troth.domain.chance import forecast
from troth.domain.events import read_event
from troth.domain.fold import fold
from troth.domain.forecast import Odds, Outlook, advise, falls_at_risk
from troth.domain.instants import MICROSECONDS_A_DAY, parse_instant
from troth.domain.tally import weight_of
from troth.domain.verdict import INFINITE_PACE

PAGE = (Path(__file__).parents[2] / "docs/forecast.md").read_text("utf-8")
TODAY, HALF_LIFE = 9_800, 90
ROUNDED = 0.5e-4


def table(first_column: str) -> list[list[str]]:
    """The rows of the page's table that begins with this column."""
    found = re.search(rf"^\| {re.escape(first_column)} \|.*\n\|[-:|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found is not None, f"the page has no table that begins with {first_column!r}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]


OUTCOMES = table("Days since it settled")


@pytest.fixture(scope="module")
def paces() -> dict[int, int]:
    return {INFINITE_PACE if pace == "never" else int(pace): 10 * weight_of(TODAY - int(days), HALF_LIFE) for days, pace, _ in OUTCOMES}


@pytest.fixture(scope="module")
def odds(paces: dict[int, int]) -> Odds:
    return Odds(paces, TODAY, HALF_LIFE, 0.70)


@pytest.mark.parametrize(("days", "pace", "weighs"), OUTCOMES)
def test_an_outcome_weighs_what_the_page_says(days: str, pace: str, weighs: str) -> None:
    assert weight_of(TODAY - int(days), HALF_LIFE) / weight_of(TODAY, HALF_LIFE) == pytest.approx(float(weighs), abs=ROUNDED)


@pytest.mark.parametrize(("elapsed", "in_time", "of_all", "chance"), table("Time gone E"))
def test_a_chance_is_what_the_page_says(odds: Odds, elapsed: str, in_time: str, of_all: str, chance: str) -> None:
    assert odds.counts(int(elapsed)) == pytest.approx((float(in_time), float(of_all)), abs=ROUNDED)
    assert odds.chance(int(elapsed)) == pytest.approx(float(chance), abs=ROUNDED)


@pytest.mark.parametrize(("elapsed", "in_time", "of_all", "chance"), table("Time gone E"))
def test_a_chance_comes_out_of_the_page_as_a_spreadsheet_would_do_it(elapsed: str, in_time: str, of_all: str, chance: str) -> None:
    gone, r = int(elapsed), 0.70
    rows = [(2000 if pace == "never" else int(pace), 2 ** (-int(days) / 90)) for days, pace, _ in OUTCOMES]
    timely = sum(weight for pace, weight in rows if gone < pace <= 100)
    beyond = sum(weight for pace, weight in rows if pace > gone)
    s = 1 - (gone / 100) ** 2
    assert (timely + 3 * r * s) / (beyond + 3 * (1 - r + r * s)) == pytest.approx(float(chance), abs=ROUNDED)


def test_the_threshold_is_the_pages(odds: Odds) -> None:
    assert f"is the team's threshold: {odds.threshold()} in the example" in PAGE
    assert falls_at_risk(0, 25 * MICROSECONDS_A_DAY, odds.threshold()) == 22 * MICROSECONDS_A_DAY


def test_the_sentence_of_a_chance_is_the_pages(odds: Odds) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    happened = {"team": "Web Shop", "title": "x", "due_at": (since + timedelta(days=25)).isoformat()}
    made = {"specversion": "1.0", "id": "1", "source": "s", "type": "troth.commitment-made", "subject": "c", "time": since.isoformat()}
    now = parse_instant((since + timedelta(days=20)).isoformat())
    found = forecast(fold("c", [read_event({**made, "data": happened}, now)]), now, Outlook(odds, odds.threshold()))
    assert found is not None
    assert found["why"] in quotes()


def test_the_sentence_of_advice_is_the_pages(paces: dict[int, int]) -> None:
    found = advise(paces, Fraction(70, 100), TODAY, HALF_LIFE)
    assert explained(found, Fraction(10), Fraction(70, 100)) in quotes()


def quotes() -> list[str]:
    """What the page quotes."""
    return [found.replace("\n> ", " ").removeprefix("> ").strip() for found in re.findall(r"^> .*(?:\n> .*)*", PAGE, re.MULTILINE)]


@pytest.mark.parametrize(
    ("confidence", "said"), [(70, "at 0.7, that is {pace}"), (85, "At 0.85 it is {pace}"), (95, "At 0.95 no date holds")]
)
def test_the_advice_is_the_pages(paces: dict[int, int], confidence: int, said: str) -> None:
    advice = advise(paces, Fraction(confidence, 100), TODAY, HALF_LIFE)
    assert said.format(pace=advice.pace) in PAGE.replace("\n", " ")
    assert (advice.pace is None) == (confidence == 95)
    assert f"the example has {advice.evidence:.2f}" in PAGE
