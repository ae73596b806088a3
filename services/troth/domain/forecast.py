"""The forecast: the chance that an open promise is kept, when it falls at risk, and what a team may promise.

SCORING.md, "Forecast and advice". It is made of a team's paces alone, and of the organisation's reliability beside them.
"""

from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple

from troth.domain.instants import Day, Instant
from troth.domain.reliability import reliability_of
from troth.domain.standing import OPEN, Standing
from troth.domain.tally import Tally, weight_of
from troth.domain.verdict import INFINITE_PACE

PRIOR_PROMISES: Final = 3
AT_RISK_BELOW: Final = 0.5
ADVICE_EVIDENCE: Final = 6
DEFAULT_CONFIDENCE: Final = Fraction(85, 100)
_ON_TIME: Final = 100


class Odds:
    """A team's paces as they weigh today, ready to be asked for chances.

    `paces` maps hundredths of the time promised to sums of v W; `reliability` is the organisation's, 0 to 1.
    """

    def __init__(self, paces: Mapping[int, int], today: Day, half_life_days: int, reliability: float) -> None:
        self._paces = sorted(paces)
        self._sums = [0, *accumulate(paces[pace] for pace in self._paces)]
        self._unit = _fresh(today, half_life_days)
        self.reliability = reliability

    def chance(self, elapsed: int) -> float:
        """The chance of being on time after `elapsed` hundredths of the time promised, 0 to 1; 0 once all has gone."""
        if elapsed >= _ON_TIME:
            return 0.0
        in_time, longer = self.counts(elapsed)
        kept, missed = self.prior(elapsed)
        return (in_time + kept) / (longer + missed + kept)

    def threshold(self) -> int:
        """The smallest elapsed hundredths at which the chance is under a half; it falls as they grow."""
        low, high = 0, _ON_TIME
        while low < high:
            middle = (low + high) // 2
            if self.chance(middle) < AT_RISK_BELOW:
                high = middle
            else:
                low = middle + 1
        return low

    def counts(self, elapsed: int) -> tuple[float, float]:
        """Of its outcomes that took longer than `elapsed`, how many were in time and how many there were, in fresh promises."""
        longer = self._after(elapsed)
        return longer - self._after(_ON_TIME), longer

    def prior(self, elapsed: int) -> tuple[float, float]:
        """Of the promises of the organisation's average that stand beside, how many are in time from `elapsed` on, and are not."""
        return PRIOR_PROMISES * self.reliability * (1 - (elapsed / 100) ** 2), PRIOR_PROMISES * (1 - self.reliability)

    def _after(self, elapsed: int) -> float:
        return (self._sums[-1] - self._sums[bisect_right(self._paces, elapsed)]) / self._unit


class Outlook(NamedTuple):
    """What is to be known of a team for a forecast: its odds, and its threshold where it has evidence enough."""

    odds: Odds
    threshold: int | None


class Advice(NamedTuple):
    """What a team may promise: `pace` in hundredths of its own estimate (None: no date holds), from `evidence` fresh promises.

    `held` of them, in fresh promises, kept to that pace, or were delivered at all where no date holds.
    """

    pace: int | None
    evidence: float
    held: float
    enough: bool


def threshold_of(tally: Tally, today: Day, half_life_days: int, reliability: float) -> int | None:
    """The elapsed hundredths from which a team's promises are at risk; None where it has too little evidence.

    `reliability` is the organisation's, 0 to 1.
    """
    if not reliability_of(tally, today, half_life_days).enough:
        return None
    return Odds(tally.paces, today, half_life_days, reliability).threshold()


def elapsed_hundredths(start: Instant, due: Instant, now: Instant) -> int:
    """How much of the time from `start` to `due` has gone at `now`, in whole hundredths; at least 0."""
    return max(0, 100 * (now - start) // (due - start))


def falls_at_risk(start: Instant, due: Instant, threshold: int) -> Instant:
    """The first instant at which `threshold` hundredths of the time have gone."""
    return start - (-threshold * (due - start) // 100)


def risk_instant(standing: Standing, threshold: int | None) -> Instant | None:
    """When an open dated promise falls, or fell, at risk: when its team's threshold is reached, or when the team warned.

    `threshold` is None for a team of too little evidence; None where nothing tells of a risk.
    """
    start, due, warned = standing.original_set_at, standing.due_at, standing.warned_at
    if start is None or due is None or standing.state != OPEN:
        return None
    if threshold is None:
        return warned
    by_pace = falls_at_risk(start, due, threshold)
    return by_pace if warned is None or by_pace < warned else warned


def is_at_risk(standing: Standing, now: Instant, instant: Instant | None) -> bool:
    """Whether an open promise, with its risk's instant, is at risk: until its date has passed, when it is overdue."""
    due = standing.due_at
    return instant is not None and due is not None and instant <= now <= due


def chance_of(standing: Standing, now: Instant, odds: Odds) -> float | None:
    """The chance that an open dated promise is kept, 0 once it has slipped; None where there is nothing to forecast."""
    start, due = standing.original_set_at, standing.due_at
    if start is None or due is None or not standing.is_open:
        return None
    return 0.0 if now > due else odds.chance(elapsed_hundredths(start, due, now))


def advise(paces: Mapping[int, int], confidence: Fraction, today: Day, half_life_days: int) -> Advice:
    """The pace that a share `confidence` (above 0, below 1) of a team's outcomes kept to, by weight and in integers."""
    whole, unit = sum(paces.values()), _fresh(today, half_life_days)
    if whole < ADVICE_EVIDENCE * unit:
        return Advice(None, whole / unit, 0.0, enough=False)
    cumulated = 0
    for pace in sorted(paces):
        before, cumulated = cumulated, cumulated + paces[pace]
        if cumulated >= confidence * whole:
            holds = pace != INFINITE_PACE
            return Advice(pace if holds else None, whole / unit, (cumulated if holds else before) / unit, enough=True)
    raise AssertionError("the weights of all paces are the whole")


def _fresh(today: Day, half_life_days: int) -> int:
    """What a fresh promise weighs, in tenths of v W. So long ago that W(today) rounds to 0, all outcomes weigh nothing, too."""
    return 10 * weight_of(today, half_life_days) or 1
