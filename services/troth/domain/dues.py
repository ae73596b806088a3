"""The dates in force of a subject's open promises: cheap to add to and to take from, put in order when they are asked for."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from troth.domain.instants import Instant

UNORDERED: Final = 256  # so many dates that went may lie unordered, or as many as there are, before they are put in order unasked
_MANY: Final = 8  # where one of so many dates goes, going through all of them is quicker than looking for those


class Dues:
    """Dates, each as often as it came and did not go again: who changes them appends to `came` and `went`, only what came may go.

    Lists to append to, for a method would cost thrice as much, and an event changes six of these.
    """

    __slots__ = ("_dates", "came", "went")

    def __init__(self) -> None:
        self.came: list[Instant] = []
        self.went: list[Instant] = []
        self._dates: list[Instant] = []

    def __len__(self) -> int:
        return len(self._dates) + len(self.came) - len(self.went)

    def __iter__(self) -> Iterator[Instant]:
        return iter(self._in_order())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dues) and self._in_order() == other._in_order()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def tidy(self) -> None:
        """Put them in order where that frees memory: to be called once more than UNORDERED went."""
        if len(self.went) > len(self._dates):
            self._in_order()

    def before(self, now: Instant) -> int:
        """How many have passed."""
        return bisect_left(self._in_order(), now)

    def next(self, now: Instant) -> Instant | None:
        """The earliest that has not passed."""
        dates = self._in_order()
        place = bisect_left(dates, now)
        return dates[place] if place < len(dates) else None

    def first(self) -> Instant | None:
        """The earliest of all."""
        dates = self._in_order()
        return dates[0] if dates else None

    def _in_order(self) -> list[Instant]:
        if self.came:
            self._dates += sorted(self.came)
            self._dates.sort()  # of two runs in order, which is a merge
            self.came.clear()
        if self.went:
            self._dates = _without(self._dates, sorted(self.went))
            self.went.clear()
        return self._dates


def _without(dates: list[Instant], gone: list[Instant]) -> list[Instant]:
    left: list[Instant] = []
    if _MANY * len(gone) > len(dates):
        going = iter(gone)
        goes = next(going, None)
        for due in dates:
            if due == goes:
                goes = next(going, None)
            else:
                left.append(due)
        return left
    since = 0
    for due in gone:
        place = bisect_left(dates, due, since)
        left += dates[since:place]
        since = place + 1
    return left + dates[since:]
