"""The book as it was at one instant after another, at the cost of what changed between them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from troth.domain.book import Book
from troth.domain.events import recall_event
from troth.domain.fold import fold
from troth.domain.instants import Instant
from troth.domain.standing import Standing
from troth.ledger.restore import Made


def books_at(connection: sqlite3.Connection, made: Made, instants: Sequence[Instant]) -> Iterator[Book]:
    """One and the same book as it was at each of these instants, which rise: what `past.past_book` makes for every subject of each."""
    book, before = Book(made.rules, instants[0]), None
    for at, changed in zip(instants, _changed(connection, instants), strict=True):
        book.advance(at)
        for commitment in changed:
            old, new = _standings(connection, made, commitment, before, at)
            book.replace(old, new)
        book.forecast()
        yield book
        before = at


def _changed(connection: sqlite3.Connection, instants: Sequence[Instant]) -> Iterator[Iterable[str]]:
    """For each instant the commitments that anything happened to since the one before it."""
    log = connection.execute("SELECT time, subject FROM events WHERE time <= ? ORDER BY time", (instants[-1],))
    row = next(log, None)
    for at in instants:
        changed: dict[str, None] = {}  # in order, each once
        while row is not None and row[0] <= at:
            changed[row[1]] = None
            row = next(log, None)
        yield changed


def _standings(
    connection: sqlite3.Connection, made: Made, commitment: str, before: Instant | None, at: Instant
) -> tuple[Standing | None, Standing]:
    rows = connection.execute("SELECT posted, time FROM events WHERE subject = ? AND time <= ? ORDER BY seq", (commitment, at)).fetchall()
    events = [recall_event(posted, time, made.zone) for posted, time in rows]
    earlier = [event for event, (_, time) in zip(events, rows, strict=True) if before is not None and time <= before]
    return fold(commitment, earlier) if earlier else None, fold(commitment, events)
