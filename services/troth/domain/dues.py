"""The dates in force of a subject's open promises: cheap to add to and to take from, put in order when they are asked for."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from troth.domain.instants import Instant

_UNORDERED: Final = 256  # so many dates that went may lie unordered, or as many as there are, before they are put in order unasked


class Dues:
    """Dates, each as often as it was added and not taken away again; only what was added may be taken away."""

    __slots__ = ("_came", "_dates", "_went")

    def __init__(self) -> None:
        self._dates: list[Instant] = []
        self._came: list[Instant] = []
        self._went: list[Instant] = []

    def __len__(self) -> int:
        return len(self._dates) + len(self._came) - len(self._went)

    def __iter__(self) -> Iterator[Instant]:
        return iter(self._in_order())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dues) and self._in_order() == other._in_order()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def add(self, due: Instant) -> None:
        """One more open promise by this date."""
        self._came.append(due)

    def remove(self, due: Instant) -> None:
        """One open promise fewer by this date."""
        self._went.append(due)
        if len(self._went) > _UNORDERED and len(self._went) > len(self._dates):
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
        if self._came:
            self._dates += sorted(self._came)
            self._dates.sort()  # of two runs in order, which is a merge
            self._came.clear()
        if self._went:
            self._dates = _without(self._dates, sorted(self._went))
            self._went.clear()
        return self._dates


def _without(dates: list[Instant], gone: list[Instant]) -> list[Instant]:
    left: list[Instant] = []
    since = 0
    for due in gone:
        place = bisect_left(dates, due, since)
        left += dates[since:place]
        since = place + 1
    return left + dates[since:]
