"""Appending to the log: within one transaction the events, the standings they fold to, their notices and their delivery."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any, Final

from troth.domain.book import Book
from troth.domain.events import EVENTS_A_COMMITMENT, Event, Fault, Malformed
from troth.domain.fold import extend
from troth.domain.instants import Instant
from troth.domain.notices import Notice, moves_of
from troth.domain.recording import Conflict, DeliveryRecord, Receipt
from troth.domain.standing import Standing
from troth.ledger import rows


class Appender:
    """Writes deliveries through one connection and keeps the book in step; the caller owns the transaction.

    A delivery that raises has changed nothing. What a transaction did to the book is undone by `undo`.
    `told` counts the notices by kind since the start.
    """

    def __init__(self, connection: sqlite3.Connection, book: Book, zone: tzinfo) -> None:
        self._connection = connection
        self.book = book
        self._zone = zone
        self._done: list[tuple[Standing | None, Standing]] = []
        self._telling: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.position: int = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
        self._settled = self.position

    def append(self, delivery: DeliveryRecord, events: Sequence[Event]) -> Receipt:
        """Record a delivery and its events, all or nothing. Raises Conflict, or Malformed for a commitment that is full."""
        self._connection.execute("SAVEPOINT delivery")
        try:
            new, known = self._record(events, delivery.received_at)
            changes = self._fold(new)
            self._trace(delivery, len(new), known)
        except BaseException:
            self._connection.execute("ROLLBACK TO delivery")
            self._connection.execute("RELEASE delivery")
            raise
        self._connection.execute("RELEASE delivery")
        self.position += len(new)
        notices: list[Notice] = []
        for old, standing, moves in changes:
            notices += self.book.replace(old, standing)
            notices += moves
            self._done.append((old, standing))
        self.tell(notices, delivery.received_at)
        return Receipt(delivery.id, [{"source": e.source, "id": e.id, "subject": e.subject} for e in events], new, len(known))

    def tell(self, notices: Iterable[Notice], now: Instant) -> None:
        """Put notices into the outbox, each once."""
        for notice in notices:
            self._telling[notice.kind] += self._connection.execute(rows.INSERT_NOTICE, rows.notice_row(notice, now)).rowcount

    def settle(self) -> None:
        """The transaction is on disk."""
        self._done.clear()
        self._settled = self.position
        self.told += self._telling
        self._telling.clear()

    def undo(self) -> None:
        """The transaction came to nothing: the book goes back to what is on disk."""
        for old, standing in reversed(self._done):
            self.book.replace(standing, old)
        self._done.clear()
        self._telling.clear()
        self.position = self._settled

    def _record(self, events: Sequence[Event], now: Instant) -> tuple[Sequence[Event], list[int]]:
        if not events:
            return events, []
        done = self._insert(events, now)
        if done == len(events):
            return events, []
        # Some names were known: take the inserts back, and look each one up.
        self._connection.execute("ROLLBACK TO delivery")
        new, known = self._sort_out(events)
        self._insert(new, now)
        return new, known

    def _insert(self, events: Sequence[Event], now: Instant) -> int:
        next_seq = self.position + 1
        taken = [rows.event_row(seq, event, now) for seq, event in enumerate(events, next_seq)]
        return self._connection.executemany(rows.INSERT_EVENT, taken).rowcount

    def _sort_out(self, events: Sequence[Event]) -> tuple[list[Event], list[int]]:
        new: dict[tuple[str, str, str], Event] = {}
        known: list[int] = []
        for event in events:
            name = (event.subject, event.source, event.id)
            row = self._connection.execute("SELECT seq, posted FROM events WHERE subject = ? AND source = ? AND id = ?", name).fetchone()
            first = new.setdefault(name, event) if row is None else None
            if first is event:
                continue
            if event.posted != (json.loads(row[1]) if first is None else first.posted):
                raise Conflict(event)
            known.append(0 if row is None else row[0])
        return list(new.values()), known

    def _fold(self, events: Iterable[Event]) -> list[tuple[Standing | None, Standing, list[Notice]]]:
        by_commitment: dict[str, list[Event]] = {}
        for event in events:
            by_commitment.setdefault(event.subject, []).append(event)
        changes = []
        for commitment, its_events in by_commitment.items():
            old = rows.standing_of(self._connection, commitment)
            if len(its_events) + (0 if old is None else old.events) > EVENTS_A_COMMITMENT:
                raise Malformed(
                    [Fault("/subject", f"commitment {commitment[:80]!r} has {EVENTS_A_COMMITMENT} events and takes no more; begin another")]
                )
            new, passed = extend(old, its_events, partial(self._all_events, commitment))
            changes.append((old, new, list(moves_of(passed))))
        self._write_standings((old, new) for old, new, _ in changes)
        return changes

    def _all_events(self, commitment: str) -> list[Event]:
        return [event for event, _, _ in rows.events_of(self._connection, commitment, self._zone)]

    def _write_standings(self, changes: Iterable[tuple[Standing | None, Standing]]) -> None:
        inserts, updates, removals = [], [], []
        for old, new in changes:
            row = rows.standing_row(new, self.book.rules)
            if old is None:
                inserts.append(row)
            elif rows.same_subjects(old, new):
                updates.append(row)
            else:
                removals.append(row)
        for statement, its_rows in (
            (rows.INSERT_STANDING, inserts),
            (rows.UPDATE_STANDING, updates),
            (rows.UPDATE_STANDING_AND_SUBJECTS, removals),
        ):
            if its_rows:
                self._connection.executemany(statement, its_rows)

    def _trace(self, delivery: DeliveryRecord, new: int, known: list[int]) -> None:
        first = self.position + 1
        row: tuple[Any, ...] = (
            delivery.id,
            delivery.source,
            delivery.received_at,
            delivery.what,
            delivery.reason,
            first,
            new,
            json.dumps(known),
            delivery.kept,
        )
        self._connection.execute(_INSERT_DELIVERY, row)


_INSERT_DELIVERY: Final = (
    "INSERT INTO deliveries (id, source, received_at, what, reason, first_seq, events, duplicates, kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
