"""The forecast: chances that a reader can recompute by hand, and what must hold of every one of them."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.forecast import Odds, advise, elapsed_hundredths, falls_at_risk
from troth.domain.tally import weight_of
from troth.domain.verdict import INFINITE_PACE, SLOWEST_PACE

TODAY = 9_800
HALF_LIFE = 90
FRESH = 10 * weight_of(TODAY, HALF_LIFE)  # what one whole promise of today weighs
PACES = st.dictionaries(st.integers(0, SLOWEST_PACE) | st.just(INFINITE_PACE), st.integers(1, 50 * FRESH), max_size=30)
RATIO = st.floats(0, 0.999)


def odds(paces: dict[int, int], reliability: float = 0.8) -> Odds:
    """Odds of fresh promises by pace."""
    return Odds({pace: count * FRESH for pace, count in paces.items()}, TODAY, HALF_LIFE, reliability)


@pytest.mark.parametrize(
    ("paces", "elapsed", "chance"),
    [
        ({}, 0, 0.8),  # nothing known of the team: the organisation's average
        ({}, 50, (3 * 0.8 * 0.75) / (3 * 0.2 + 3 * 0.8 * 0.75)),  # and half way three quarters of it are left
        ({90: 10}, 0, (10 + 2.4) / 13),  # ten promises kept at nine tenths of the time
        ({90: 10}, 89, (10 + 2.4 * (1 - 0.89**2)) / (10 + 0.6 + 2.4 * (1 - 0.89**2))),
        ({90: 10}, 90, 2.4 * (1 - 0.81) / (0.6 + 2.4 * (1 - 0.81))),  # what always came by then has not come
        ({50: 5, 120: 3, INFINITE_PACE: 2}, 60, (2.4 * 0.64) / (5 + 0.6 + 2.4 * 0.64)),
        ({90: 10}, 100, 0.0),
        ({90: 10}, 250, 0.0),
    ],
)
def test_a_chance_is_what_its_team_did_from_that_point_on_and_three_average_promises_beside(
    paces: dict[int, int], elapsed: int, chance: float
) -> None:
    assert odds(paces).chance(elapsed) == pytest.approx(chance)


@given(PACES, RATIO)
def test_a_chance_lies_between_0_and_1_and_falls_as_time_goes(paces: dict[int, int], reliability: float) -> None:
    chances = [Odds(paces, TODAY, HALF_LIFE, reliability).chance(elapsed) for elapsed in range(102)]
    assert all(0 <= chance <= 1 for chance in chances)
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(chances))
    assert chances[100] == 0


@given(st.dictionaries(st.integers(0, SLOWEST_PACE) | st.just(INFINITE_PACE), st.just(0), max_size=5), st.integers(-(10**6), -6_000), RATIO)
def test_so_long_ago_that_every_outcome_weighs_nothing_a_chance_is_the_organisations_alone(
    paces: dict[int, int], today: int, reliability: float
) -> None:
    team = Odds(paces, today, HALF_LIFE, reliability)
    assert team.chance(50) == pytest.approx(Odds({}, TODAY, HALF_LIFE, reliability).chance(50))
    advice = advise(paces, Fraction(85, 100), today, HALF_LIFE)
    assert (advice.pace, advice.evidence, advice.enough) == (None, 0, False)


@given(PACES, RATIO)
def test_the_threshold_is_the_first_point_under_a_half(paces: dict[int, int], reliability: float) -> None:
    team = Odds(paces, TODAY, HALF_LIFE, reliability)
    threshold = team.threshold()
    assert team.chance(threshold) < 0.5
    assert threshold == 0 or team.chance(threshold - 1) >= 0.5


@given(st.integers(0, 10**15), st.integers(1, 10**15), st.integers(0, 100))
def test_a_promise_falls_at_risk_at_the_first_instant_that_reaches_the_threshold(start: int, length: int, threshold: int) -> None:
    instant = falls_at_risk(start, start + length, threshold)
    assert elapsed_hundredths(start, start + length, instant) >= threshold
    assert instant == start or elapsed_hundredths(start, start + length, instant - 1) < threshold


@pytest.mark.parametrize(
    ("paces", "confidence", "pace", "held", "enough"),
    [
        ({80: 17, 131: 2, INFINITE_PACE: 1}, Fraction(85, 100), 80, 17, True),  # 17 of 20 are 85 of 100
        ({80: 17, 131: 2, INFINITE_PACE: 1}, Fraction(86, 100), 131, 19, True),
        ({80: 17, 131: 2, INFINITE_PACE: 1}, Fraction(96, 100), None, 19, True),  # no date holds
        ({INFINITE_PACE: 10}, Fraction(1, 100), None, 0, True),  # all broken
        ({80: 5}, Fraction(85, 100), None, 0, False),  # not enough to advise on
        ({}, Fraction(85, 100), None, 0, False),
    ],
)
def test_advice_is_the_pace_that_the_share_asked_for_kept_to(
    paces: dict[int, int], confidence: Fraction, pace: int | None, held: int, enough: bool
) -> None:
    advice = advise({each: count * FRESH for each, count in paces.items()}, confidence, TODAY, HALF_LIFE)
    assert (advice.pace, advice.held, advice.enough) == (pace, held, enough)
