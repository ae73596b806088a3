"""What always holds of tallies, weights and reliability."""

from hypothesis import given, settings
from hypothesis import strategies as st

from troth.domain.reliability import reliability
from troth.domain.tally import CELLS, Tally, change_of, total, weight_of
from troth.domain.verdict import COUNTED, INFINITE_PACE, LATE, VOID, Outcome

HALF_LIFE = 90
ROUNDING = 1e-14  # a score is a float: adding to it what weighs next to nothing may show in the last place

_days = st.integers(8_000, 10_000)
_verdicts = st.sampled_from((*COUNTED, "undated", "pending", VOID))


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    agreed = draw(_verdicts)
    counts = agreed in COUNTED
    return Outcome(
        draw(_verdicts),
        draw(_days),
        draw(_verdicts),
        draw(_days),
        agreed,
        draw(_days),
        draw(st.integers(1, 10)),
        draw(st.sampled_from((None, True, False))) if counts else None,
        draw(st.sampled_from((None, "accepted", "rejected"))) if counts else None,
        draw(st.none() | st.integers(1, 5)) if counts else None,
        counts and draw(st.booleans()),
        counts and draw(st.booleans()),
        draw(st.integers(0, INFINITE_PACE)) if counts else None,
    )


def _tally(of: list[Outcome], half_life: int = HALF_LIFE) -> Tally:
    tally = Tally()
    for outcome in of:
        tally.add(change_of(outcome, half_life))
    return tally


@settings(max_examples=150)
@given(st.lists(st.lists(outcomes(), max_size=6), max_size=4))
def test_the_tally_of_a_union_is_the_sum_of_the_tallies(parts: list[list[Outcome]]) -> None:
    assert _tally([outcome for part in parts for outcome in part]) == total(_tally(part) for part in parts)


@settings(max_examples=150)
@given(st.data())
def test_taking_away_undoes_adding_exactly_in_any_order(data: st.DataObject) -> None:
    stays, goes = data.draw(st.lists(outcomes(), max_size=6)), data.draw(st.lists(outcomes(), max_size=6))
    tally = _tally(data.draw(st.permutations(stays + goes)))
    for outcome in data.draw(st.permutations(goes)):
        tally.add(change_of(outcome, HALF_LIFE).times(-1))
    assert tally == _tally(stays)


@settings(max_examples=50)
@given(st.lists(outcomes(), max_size=6))
def test_outcomes_of_long_ago_weigh_nothing_and_can_be_taken_away_all_the_same(of: list[Outcome]) -> None:
    ancient = [outcome._replace(requested_day=-10_000, original_day=-10_000, agreed_day=-10_000) for outcome in of]
    tally = _tally(ancient)
    assert tally.kept_and_counted("agreed") == (0, 0)
    for outcome in ancient:
        tally.add(change_of(outcome, HALF_LIFE).times(-1))
    assert tally == Tally()


@settings(max_examples=300)
@given(st.integers(1, 400), st.data())
def test_a_weight_is_the_integer_nearest_to_the_power_of_two(half_life: int, data: st.DataObject) -> None:
    day = data.draw(st.integers(max(-64 * half_life, -3_000), min(12_000, 300 * half_life)))
    weight = weight_of(day, half_life)
    exact = 1 << (day + 64 * half_life + half_life)  # (2 * 2 ** (day / half_life + 64)) ** half_life
    assert (2 * weight - 1) ** half_life <= exact <= (2 * weight + 1) ** half_life


@settings(max_examples=300)
@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10), st.integers(0, 3_000))
def test_a_kept_promise_never_lowers_a_score_and_a_failure_never_raises_it(kept: int, failed: int, weight: int, age_days: int) -> None:
    today = 9_700
    unit, added = weight_of(today, HALF_LIFE) // 1_000, weight * weight_of(today - age_days, HALF_LIFE)
    before = reliability(kept * unit, (kept + failed) * unit, today, HALF_LIFE)
    one_more_kept = reliability(kept * unit + added, (kept + failed) * unit + added, today, HALF_LIFE)
    one_more_failed = reliability(kept * unit, (kept + failed) * unit + added, today, HALF_LIFE)
    assert one_more_kept.reliability >= before.reliability - ROUNDING
    assert one_more_failed.reliability <= before.reliability + ROUNDING
    for score in (before, one_more_kept, one_more_failed):
        assert 0 <= score.low <= score.reliability <= score.high <= 1


@settings(max_examples=100)
@given(st.integers(1, 1_000), st.integers(1, 1_000), st.integers(1, 2_000))
def test_silence_fades_evidence_and_lowers_what_is_certain(kept: int, failed: int, days: int) -> None:
    unit = weight_of(9_000, HALF_LIFE)
    fresh, faded = (reliability(kept * unit, (kept + failed) * unit, day, HALF_LIFE) for day in (9_000, 9_000 + days))
    assert faded.evidence < fresh.evidence
    assert faded.low <= fresh.low
    assert faded.high >= fresh.high
    assert faded.kept_ratio == fresh.kept_ratio


def test_a_half_life_halves_a_weight_exactly() -> None:
    assert [weight_of(day, 90) for day in (0, 90, 900)] == [2**64, 2**65, 2**74]


def test_a_late_outcome_without_a_word_fills_only_its_cells() -> None:
    late = Outcome(LATE, 0, "undated", 0, LATE, 0, 5, None, None, None, told=True, moved=False, pace=120)
    tally = _tally([late])
    filled = {name for name, cell in zip(CELLS, tally.cells, strict=True) if cell}
    assert filled == {"requested.late", "agreed.late", "count.late"}
    assert tally.paces == {120: 5 * 2**64}
