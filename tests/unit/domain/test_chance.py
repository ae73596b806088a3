"""Why a chance is what it is: the sentence with its counts, and what would move it."""

import pytest

from tests.notation import Happening, at, day, delivered, events_of, promised, warned
from troth.domain.chance import forecast, in_hundred
from troth.domain.fold import fold
from troth.domain.forecast import Odds, Outlook
from troth.domain.instants import day_of, parse_instant
from troth.domain.tally import weight_of

HALF_LIFE_DAYS = 90
TODAY = day_of(at("day 40"))
FRESH = 10 * weight_of(TODAY, HALF_LIFE_DAYS)
BY_DAY_100 = ("day 0", promised(team="Payments", due="day 100"))


def outlook(in_time: int, late: int, threshold: int | None = 84) -> Outlook:
    """A team of fresh outcomes that took 90 and 130 hundredths of their time, in an organisation that keeps 75 in 100."""
    return Outlook(Odds({90: in_time * FRESH, 130: late * FRESH}, TODAY, HALF_LIFE_DAYS, 0.75), threshold)


def why(*happened: Happening, now: str = "day 40", seen: Outlook) -> str:
    found = forecast(fold("c", events_of(happened)), at(now), seen)
    assert found is not None
    return f"{found['why']} {found['moved_by']}"


def test_a_chance_says_how_it_is_made_up_and_when_it_falls_at_risk() -> None:
    seen = outlook(9, 3)
    assert why(BY_DAY_100, seen=seen) == (
        "40 in 100 of its time has gone. Of about 12 fresh promises of Payments that took longer than this, 9 were in time;"
        " 3 promises of the organisation's average, 75 in 100 kept, add 1.9 that would be in time from here and 0.8 that would not:"
        " 74 in 100. It falls at risk at 2026-03-26T00:00:00.000000Z, when 84 in 100 of its time will have gone, unless it is delivered"
        " before. A warning puts it there at once; another date given in time, or the team's next outcomes, move that moment."
    )


def test_the_figures_give_the_chance_by_the_formula() -> None:
    seen = outlook(9, 3)
    found = forecast(fold("c", events_of([BY_DAY_100])), at("day 40"), seen)
    assert found is not None
    prior = 3 * found["organisation"] * (1 - (found["elapsed"] / 100) ** 2)
    chance = (found["in_time"] + prior) / (found["longer"] + 3 * (1 - found["organisation"]) + prior)
    assert chance == pytest.approx(seen.odds.chance(40))
    assert (found["elapsed"], found["in_time"], found["longer"], found["enough"]) == (40, 9, 12, True)
    assert day(parse_instant(found["risk_at"])) == "day 84"


@pytest.mark.parametrize(
    ("now", "seen", "moved_by"),
    [
        ("day 84", outlook(9, 3), "It is at risk since 2026-03-26T00:00:00.000000Z, when 84 in 100 of its time had gone"),
        (
            "day 40",
            outlook(0, 9, 0),
            "It is at risk from the start, 2026-01-01T00:00:00.000000Z: by the team's record no promise of it has",
        ),
        ("day 40", outlook(9, 0, 100), "The chance stays at a half or more until its date;"),
        ("day 40", outlook(1, 0, None), "The team has too few outcomes yet for the chance to put it at risk; a warning would."),
    ],
)
def test_it_says_what_puts_a_promise_at_risk(now: str, seen: Outlook, moved_by: str) -> None:
    assert moved_by in why(BY_DAY_100, now=now, seen=seen)


def test_a_warning_is_at_risk_whatever_the_chance() -> None:
    said = why(BY_DAY_100, ("day 20", warned(expected="day 110")), seen=outlook(9, 0))
    assert "The team warned at 2026-01-21T00:00:00.000000Z that it may slip, so it is at risk whatever the chance," in said


def test_a_team_that_never_took_as_long_has_only_the_average_to_speak_for_it() -> None:
    said = why(BY_DAY_100, now="day 95", seen=outlook(9, 0))
    assert "No promise of Payments that still counts took longer than this; 3 promises of the organisation's average" in said
    assert "add 0.2 that would be in time from here and 0.8 that would not: 22 in 100." in said


def test_a_chance_is_told_rounded_down_so_that_what_is_under_a_half_reads_so() -> None:
    assert [in_hundred(chance) for chance in (0.0, 0.4999, 0.5, 0.58, 0.999, 1.0)] == [0, 49, 50, 58, 99, 100]


@pytest.mark.parametrize(
    "happened",
    [[("day 0", promised())], [BY_DAY_100, ("day 5", delivered())], [("day 0", promised(due="day 39"))], [("day 0", delivered())]],
    ids=["no date", "delivered", "overdue", "unmade"],
)
def test_what_is_not_open_with_its_date_ahead_has_no_forecast(happened: list[Happening]) -> None:
    assert forecast(fold("c", events_of(happened)), at("day 40"), outlook(9, 3)) is None
