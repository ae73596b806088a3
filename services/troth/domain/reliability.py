"""Reliability with its interval, and what is read beside it: a function of (tally, today) (SCORING.md, "Reliability")."""

from math import sqrt
from typing import Final, NamedTuple

from troth.domain import tally as cells
from troth.domain.instants import Day
from troth.domain.tally import Tally, weight_of
from troth.domain.verdict import BASES, BROKEN, COUNTED, INFINITE_PACE, LATE, OVER_BUDGET, SLIPPED, VOID

Z: Final = 1.6448536269514722
ENOUGH_EVIDENCE: Final = 3
PADDED_MARGIN: Final = 0.5
PADDED_LOW: Final = 0.8
QUANTILES: Final = {"0.1": 1, "0.5": 5, "0.9": 9}


class Reliability(NamedTuple):
    """Of the next promises, the share to expect kept; a 90 % Wilson interval; evidence in fresh promises."""

    reliability: float
    low: float
    high: float
    evidence: float
    kept_ratio: float | None

    @property
    def enough(self) -> bool:
        """Whether there are promises enough to judge by."""
        return self.evidence >= ENOUGH_EVIDENCE


def reliability(kept: int, counted: int, today: Day, half_life_days: int) -> Reliability:
    """Wilson's score interval of k = kept / W(today) of n = counted / W(today) fresh promises (sums of v W, v in tenths)."""
    if not counted:
        return Reliability(0.5, 0.0, 1.0, 0.0, None)
    unit = 10 * weight_of(today, half_life_days)
    k, n = kept / unit, counted / unit
    ratio = kept / counted
    centre = (k + Z**2 / 2) / (n + Z**2)
    half = Z * sqrt(k * (1 - ratio) + Z**2 / 4) / (n + Z**2)
    return Reliability(centre, max(0.0, centre - half), min(1.0, centre + half), n, ratio)


def reliability_of(tally: Tally, today: Day, half_life_days: int) -> Reliability:
    """The headline: reliability on the agreed basis."""
    kept, counted = tally.kept_and_counted("agreed")
    return reliability(kept, counted, today, half_life_days)


class Beside(NamedTuple):
    """What is read beside reliability; a ratio with nothing to divide is None."""

    on_time: dict[str, float | None]
    in_budget: float | None
    acceptance: float | None
    rating: float | None
    surprise: float | None
    moved: float | None
    margin: dict[str, float | None]
    outcomes: dict[str, int]


def beside_of(tally: Tally) -> Beside:
    """On time by basis, budget, acceptance, rating, surprise, moved, margin quantiles and plain counts of a tally."""
    of = tally.cells
    failed = sum(of[cells.SUM["agreed", verdict]] for verdict in (LATE, SLIPPED, BROKEN))
    counted = tally.kept_and_counted("agreed")[1]
    return Beside(
        on_time={basis: _on_time(tally, basis) for basis in BASES},
        in_budget=_ratio(of[cells.BUDGET_HELD], of[cells.BUDGET_KNOWN]),
        acceptance=_ratio(of[cells.WORD_ACCEPTED], of[cells.WORD_KNOWN]),
        rating=_ratio(of[cells.RATING_SUM], of[cells.RATING_KNOWN]),
        surprise=_ratio(of[cells.UNTOLD], failed),
        moved=_ratio(of[cells.MOVED], counted),
        margin=_margins(tally.paces),
        outcomes={verdict: of[cells.COUNT[verdict]] for verdict in (*COUNTED, VOID)},
    )


def is_padded(score: Reliability, margin: dict[str, float | None]) -> bool:
    """Whether its dates say little: it surely keeps them, and half of what it promises takes under half of the time."""
    median = margin["0.5"]
    return median is not None and median > PADDED_MARGIN and score.low > PADDED_LOW


def worst_first(score: Reliability, name: str) -> tuple[bool, float, float, str]:
    """A sort key: what is certainly bad first, then by the lower bound; those of too little evidence after all others."""
    return (not score.enough, score.high, score.low, name)


def _on_time(tally: Tally, basis: str) -> float | None:
    kept, counted = tally.kept_and_counted(basis)
    return _ratio(kept + tally.cells[cells.SUM[basis, OVER_BUDGET]], counted)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _margins(paces: dict[int, int]) -> dict[str, float | None]:
    """The smallest margin whose cumulated weight reaches each quantile of the total, in integers."""
    slowest_first = sorted((pace for pace in paces if pace != INFINITE_PACE), reverse=True)
    whole = sum(paces[pace] for pace in slowest_first)
    margins: dict[str, float | None] = dict.fromkeys(QUANTILES)
    cumulated = 0
    waiting = list(QUANTILES.items())
    for pace in slowest_first:
        cumulated += paces[pace]
        while waiting and 10 * cumulated >= waiting[0][1] * whole:
            margins[waiting.pop(0)[0]] = max(-100, min(100, 100 - pace)) / 100
    return margins
