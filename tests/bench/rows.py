"""A row of the benchmark's table, and how two sides are measured so that a machine's moods touch both alike."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Row(NamedTuple):
    """One measurement. `ratio` is what is asked for; `asked` says how much, in words; `held` is None where nothing is asked."""

    path: str
    ours: str
    peer: str = "-"
    ratio: float | None = None
    asked: str = "-"
    held: bool | None = None


class Paired(NamedTuple):
    """The median of each side, and the median of the ratios of neighbouring rounds."""

    ours: float
    peer: float
    ratio: float


def alternate(rounds: int, ours: Callable[[int], float], peer: Callable[[int], float]) -> Paired:
    """Measure ours, peer, ours, peer ... Each is given the number of its round."""
    pairs = [(ours(number), peer(number)) for number in range(rounds)]
    return Paired(
        median(one for one, _ in pairs),
        median(other for _, other in pairs),
        median(one / other for one, other in pairs),
    )


def rate_row(path: str, paired: Paired, at_least: float, unit: str = "events/s") -> Row:
    """A row of two rates, of which ours is to be at least a share of the peer's."""
    return Row(
        path, f"{paired.ours:,.0f} {unit}", f"{paired.peer:,.0f} {unit}", paired.ratio, f"at least {at_least}", paired.ratio >= at_least
    )


def limit_row(path: str, value: float, limit: float, unit: str) -> Row:
    """A row of a value with a limit of its own, beside nothing."""
    return Row(path, f"{value:,.3g} {unit}" if value < 100 else f"{value:,.0f} {unit}", asked=f"under {limit:g} {unit}", held=value < limit)


def seconds_of(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
