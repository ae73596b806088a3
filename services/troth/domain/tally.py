"""The integer tally: what a subject's outcomes add up to, and the weights that let it fade (SCORING.md, "The tally").

A tally adds an outcome and takes it away exactly; tallies of parts add up to the whole.
"""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Final, NamedTuple

from troth.domain.instants import Day
from troth.domain.standing import ACCEPTED
from troth.domain.verdict import BASES, BROKEN, COUNTED, KEPT, LATE, SLIPPED, VOID, Outcome

_SCALE_BITS: Final = 64

# The cells of a tally by name, in the order of its vector. A basis cell sums v W(settled day), v in tenths, as do those
# beside it; a count is of commitments.
CELLS: Final = (
    *(f"{basis}.{verdict}" for basis in BASES for verdict in COUNTED),
    *(f"count.{verdict}" for verdict in (*COUNTED, VOID)),
    *("budget.known", "budget.held", "word.known", "word.accepted", "rating.known", "rating.sum", "untold", "moved"),
)
SUM: Final = {(basis, verdict): CELLS.index(f"{basis}.{verdict}") for basis in BASES for verdict in COUNTED}
COUNT: Final = {verdict: CELLS.index(f"count.{verdict}") for verdict in (*COUNTED, VOID)}
_ONE: Final = {verdict: (cell, 1) for verdict, cell in COUNT.items()}  # shared by all that count so
BUDGET_KNOWN, BUDGET_HELD, WORD_KNOWN, WORD_ACCEPTED, RATING_KNOWN, RATING_SUM, UNTOLD, MOVED = range(len(CELLS) - 8, len(CELLS))


class Change(NamedTuple):
    """What an outcome adds: its weight to cells and at its pace, amounts to other cells, and to the tenths kept and counted of its day."""

    cells: tuple[int, ...]
    weight: int
    amounts: tuple[tuple[int, int], ...] = ()
    pace: int | None = None
    day: Day = 0
    kept: int = 0
    counted: int = 0

    def times(self, count: int) -> "Change":
        """What so many of the same outcome add; -1 takes one away."""
        if count == 1:
            return self
        amounts = tuple((cell, count * amount) for cell, amount in self.amounts)
        return Change(self.cells, count * self.weight, amounts, self.pace, self.day, count * self.kept, count * self.counted)


class Tally:
    """The vector of one subject: `cells` in the order of CELLS; `paces` maps hundredths of the time promised to weight."""

    __slots__ = ("cells", "paces")

    def __init__(self, cells: list[int] | None = None, paces: dict[int, int] | None = None) -> None:
        self.cells = [0] * len(CELLS) if cells is None else cells
        self.paces = {} if paces is None else paces

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self.cells == other.cells and self.paces == other.paces

    __hash__ = None  # type: ignore[assignment]  # a tally changes

    def __repr__(self) -> str:
        return f"Tally({dict(zip(CELLS, self.cells, strict=True))}, {self.paces})"

    def add(self, *changes: Change) -> None:
        """Add what outcomes add; `change.times(-1)` takes one away."""
        sums, paces = self.cells, self.paces
        for cells, weight, amounts, pace, _, _, _ in changes:
            for cell in cells:
                sums[cell] += weight
            for cell, amount in amounts:
                sums[cell] += amount
            if pace is None:
                continue
            weighs = weight + paces.get(pace, 0)
            if weighs:
                paces[pace] = weighs
            else:
                paces.pop(pace, None)  # what settled too long ago to weigh anything was never there

    def merge(self, other: "Tally") -> None:
        """Add the tally of another part of the same subject."""
        self.cells = [mine + theirs for mine, theirs in zip(self.cells, other.cells, strict=True)]
        for pace, weight in other.paces.items():
            self.paces[pace] = self.paces.get(pace, 0) + weight

    def kept_and_counted(self, basis: str) -> tuple[int, int]:
        """The sums of kept, and of all that counts, on a basis."""
        first = SUM[basis, KEPT]
        return self.cells[first], sum(self.cells[first : first + len(COUNTED)])


def total(tallies: Iterable[Tally]) -> Tally:
    """The tally of the whole from those of its parts."""
    whole = Tally()
    for part in tallies:
        whole.merge(part)
    return whole


@lru_cache(maxsize=65_536)
def weight_of(day: Day, half_life_days: int) -> int:
    """W(day), the integer nearest to 2 ** (day / half-life + 64), with decimal arithmetic to enough digits."""
    halvings, rest = divmod(day, half_life_days)
    shift = halvings + _SCALE_BITS
    with localcontext() as context:
        context.prec = max(50, shift // 3 + 30)
        return int((Decimal(2) ** (Decimal(rest) / half_life_days) * Decimal(2) ** shift).to_integral_value())


@lru_cache(maxsize=8_192)  # as many as a day's outcomes differ in; an entry takes about a kilobyte
def change_of(outcome: Outcome, half_life_days: int) -> Change:
    """What an outcome adds to the tally of each of its subjects."""
    weight = 0 if outcome.pace is None else outcome.weight * weight_of(outcome.agreed_day, half_life_days)
    times: list[tuple[int, int]] = []
    amounts = [_ONE[outcome.agreed]] if outcome.agreed in COUNT else []
    for basis, verdict, day in (
        ("requested", outcome.requested, outcome.requested_day),
        ("original", outcome.original, outcome.original_day),
    ):
        if verdict not in COUNTED:
            continue
        if day == outcome.agreed_day and outcome.pace is not None:
            times.append((SUM[basis, verdict], 1))
        else:
            amounts.append((SUM[basis, verdict], outcome.weight * weight_of(day, half_life_days)))
    if outcome.pace is None:
        return Change((), 0, tuple(amounts))
    times += [(SUM["agreed", outcome.agreed], 1), *_beside(outcome)]
    cells = tuple(cell for cell, often in times if often == 1)
    amounts += [(cell, weight * often) for cell, often in times if often > 1]
    kept = outcome.weight if outcome.agreed == KEPT else 0
    return Change(cells, weight, tuple(amounts), outcome.pace, outcome.agreed_day, kept, outcome.weight)


def _beside(outcome: Outcome) -> tuple[tuple[int, int], ...]:
    return (
        (BUDGET_KNOWN, outcome.in_budget is not None),
        (BUDGET_HELD, outcome.in_budget is True),
        (WORD_KNOWN, outcome.word is not None),
        (WORD_ACCEPTED, outcome.word == ACCEPTED),
        (RATING_KNOWN, outcome.rating is not None),
        (RATING_SUM, outcome.rating or 0),
        (UNTOLD, outcome.agreed in (LATE, SLIPPED, BROKEN) and not outcome.told),
        (MOVED, outcome.moved),
    )
