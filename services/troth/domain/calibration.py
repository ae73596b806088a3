"""How good forecasts were: Brier scores beside two baselines, the gain with its interval, and calibration, as documents."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from troth.domain.backtest import POINTS, Answer
from troth.domain.instants import Day

Document = dict[str, Any]
Draw = Callable[[int], Iterable[int]]
RESAMPLES: Final = 1_000
BINS: Final = 10
_NAMES: Final = ("forecast", "team", "organisation")


class Sums(NamedTuple):
    """How many questions there were, how many came true, and the sums of squared errors of the forecast and of the two baselines."""

    asked: int = 0
    came: int = 0
    forecast: float = 0.0
    team: float = 0.0
    organisation: float = 0.0

    def __add__(self, other: tuple[Any, ...]) -> "Sums":
        """The sums over both."""
        return Sums(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def report(answers: Iterable[Answer], draw: Draw) -> Document:
    """The document of `troth backtest`.

    `draw(n)` gives n numbers, each of 0 to n - 1, by chance: the days of a resample. Brier scores are mean squared errors, 0 is
    best; a gain is a baseline's less the forecast's, with the interval that holds 90 % of the gains of 1,000 resamples of days.
    """
    by_day: dict[Day, Sums] = defaultdict(Sums)
    by_point: dict[int, Sums] = defaultdict(Sums)
    bins = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    for answer in answers:
        one = _sums(answer)
        by_day[answer.day] += one
        by_point[answer.point] += one
        place = bins[min(BINS - 1, int(answer.chance * BINS))]
        place[0] += 1
        place[1] += answer.chance
        place[2] += answer.on_time
    days = list(by_day.values())
    whole = _total(days)
    return {
        "questions": whole.asked,
        "days": len(days),
        "on_time": _ratio(whole.came, whole.asked),
        "brier": _brier(whole),
        "gain": _gains(days, draw) if days else None,
        "by_elapsed": [{"elapsed": point / 100, "questions": by_point[point].asked, "brier": _brier(by_point[point])} for point in POINTS],
        "calibration": [
            {
                "from": place / BINS,
                "to": (place + 1) / BINS,
                "questions": int(number),
                "chance": _ratio(chances, number),
                "on_time": _ratio(came, number),
            }
            for place, (number, chances, came) in enumerate(bins)
        ],
    }


def _sums(answer: Answer) -> Sums:
    came = answer.on_time
    return Sums(1, int(came), (answer.chance - came) ** 2, (answer.team - came) ** 2, (answer.organisation - came) ** 2)


def _total(parts: Iterable[Sums]) -> Sums:
    return Sums(*map(sum, zip(*parts, strict=True)))


def _brier(sums: Sums) -> dict[str, float | None]:
    return {name: _ratio(getattr(sums, name), sums.asked) for name in _NAMES}


def _gains(days: Sequence[Sums], draw: Draw) -> Document:
    drawn = [_total(days[place] for place in draw(len(days))) for _ in range(RESAMPLES)]
    whole = _total(days)
    return {name: {"mean": _gain(whole, name), **_interval([_gain(sums, name) for sums in drawn])} for name in _NAMES[1:]}


def _gain(sums: Sums, name: str) -> float:
    gain: float = (getattr(sums, name) - sums.forecast) / sums.asked
    return gain


def _interval(gains: Iterable[float]) -> dict[str, float]:
    in_order = sorted(gains)
    beyond = len(in_order) // 20
    return {"low": in_order[beyond], "high": in_order[-1 - beyond]}


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
