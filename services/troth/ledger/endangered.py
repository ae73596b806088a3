"""What is at risk, the lowest chance first. A chance is no column: it falls as time goes and moves with the team's outcomes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from heapq import nsmallest
from math import isfinite
from typing import Final, NamedTuple

from troth.domain.book import Book
from troth.domain.forecast import Outlook, elapsed_hundredths
from troth.domain.instants import Instant
from troth.domain.standing import Standing
from troth.ledger import rows

ORDER: Final = "chance"
STATES: Final = (None, "open", "at_risk")  # what is at risk is in these lists


class Place(NamedTuple):
    """Where a commitment is in the order: by its chance, then by its date, then by its id."""

    chance: float
    due_at: Instant
    id: str


class Cursor(NamedTuple):
    """Where a page ended, and the moment whose chances all pages of one look go by."""

    moment: Instant
    place: Place

    def __str__(self) -> str:
        return f"{self.moment} {self.place.chance!r} {self.place.due_at} {self.place.id}"


def read_cursor(text: str) -> Cursor:
    """A cursor as it was written. Raises ValueError for one that is none of ours."""
    moment, chance, due_at, commitment = text.split(" ", 3)
    if not isfinite(float(chance)):
        raise ValueError(f"invalid chance {chance!r}")
    return Cursor(rows.number_of(moment), Place(float(chance), rows.number_of(due_at), commitment))


def at_risk(book: Book, asked: Mapping[str, str], q: str | None) -> list[Standing]:
    """The commitments at risk whose fields are as asked, and whose title or id has `q` in it; in no order."""
    found = [standing for standing in map(book.waiting, book.endangered) if standing is not None]
    for name, value in asked.items():
        found = [standing for standing in found if getattr(standing, name) == value]
    return [standing for standing in found if _has(standing, q)] if q else found


def worst(
    found: Sequence[Standing], outlooks: Mapping[str | None, Outlook], moment: Instant, limit: int, behind: Place | None
) -> list[tuple[Place, Standing]]:
    """The first `limit` behind a place, with their places by the chances of `moment`."""
    # Many are of the same team and as far gone: each such chance is worked out once.
    chance: Callable[[str | None, int], float] = cache(lambda team, elapsed: outlooks[team].odds.chance(elapsed))

    def placed() -> Iterator[tuple[float, Instant, str, Standing]]:
        for standing in found:
            start, due_at = standing.original_set_at or 0, standing.due_at or 0  # what is at risk has both
            place = chance(standing.team, elapsed_hundredths(start, due_at, moment)), due_at, standing.id
            if behind is None or place > behind:
                yield *place, standing

    return [(Place(lowest, due_at, commitment), standing) for lowest, due_at, commitment, standing in nsmallest(limit, placed())]


def _has(standing: Standing, q: str) -> bool:
    """As SQLite's LIKE has it: small and capital letters of ASCII are the same."""
    part = q.encode().lower()
    return part in (standing.title or "").encode().lower() or part in standing.id.encode().lower()
