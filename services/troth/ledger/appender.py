"""Appending to the log: within one transaction the events, the standings they fold to, their notices and their delivery."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from troth.domain.book import Book
from troth.domain.events import EVENTS_A_COMMITMENT, Event, Fault, Malformed
from troth.domain.fold import extend
from troth.domain.instants import Instant
from troth.domain.notices import Notice, moves_of
from troth.domain.recording import Conflict, DeliveryRecord, Receipt
from troth.domain.standing import Standing
from troth.ledger import rows

_SELECT_NAME: Final = "SELECT seq, posted FROM events WHERE subject = ? AND source = ? AND id = ?"
_INSERT_DELIVERY: Final = (
    "INSERT INTO deliveries (id, source, received_at, what, reason, first_seq, events, duplicates, kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class _Change(NamedTuple):
    """A commitment's standing before and after, the standings passed on the way, and the events that did it."""

    old: Standing | None
    new: Standing
    passed: list[Standing]
    events: list[Event]


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
        # All that can be refused is refused before the first write, so that nothing need be taken back.
        by_commitment: dict[str, list[Event]] = {}
        for event in events:
            by_commitment.setdefault(event.subject, []).append(event)
        known: list[int] = []
        changes = [change for its_events in by_commitment.values() if (change := self._change(its_events, known)) is not None]
        new: Sequence[Event] = events
        if known:
            firsts = {(event.subject, *event.name): event for change in changes for event in change.events}
            new = [first for event in events if (first := firsts.pop((event.subject, *event.name), None)) is not None]
        self._write(delivery, new, known, changes)
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

    def _change(self, events: list[Event], known: list[int]) -> _Change | None:
        commitment = events[0].subject
        old = rows.standing_of(self._connection, commitment)
        if old is not None or len(events) > 1:
            events = self._new_ones(events, known, logged=old is not None)
            if not events:
                return None
        if len(events) + (0 if old is None else old.events) > EVENTS_A_COMMITMENT:
            raise Malformed(
                [Fault("/subject", f"commitment {commitment[:80]!r} has {EVENTS_A_COMMITMENT} events and takes no more; begin another")]
            )
        standing, passed = extend(old, events, lambda: [*self._logged(commitment), *events])
        return _Change(old, standing, passed, events)

    def _new_ones(self, events: Iterable[Event], known: list[int], *, logged: bool) -> list[Event]:
        new: dict[tuple[str, str], Event] = {}
        for event in events:
            row = self._connection.execute(_SELECT_NAME, (event.subject, event.source, event.id)).fetchone() if logged else None
            if row is None and event.name not in new:
                new[event.name] = event
                continue
            if event.posted != (json.loads(row[1]) if row is not None else new[event.name].posted):
                raise Conflict(event)
            known.append(0 if row is None else row[0])
        return list(new.values())

    def _logged(self, commitment: str) -> list[Event]:
        return [event for event, _, _ in rows.events_of(self._connection, commitment, self._zone)]

    def _write(self, delivery: DeliveryRecord, new: Sequence[Event], known: list[int], changes: Sequence[_Change]) -> None:
        now, first = delivery.received_at, self.position + 1
        self._connection.executemany(rows.INSERT_EVENT, [rows.event_row(seq, event, now) for seq, event in enumerate(new, first)])
        self._write_standings(changes)
        trace = (delivery.source, now, delivery.what, delivery.reason, first, len(new), json.dumps(known) if known else "[]", delivery.kept)
        self._connection.execute(_INSERT_DELIVERY, (delivery.id, *trace))
        self.position += len(new)
        for change in changes:
            notices = self.book.replace(change.old, change.new)
            self._done.append((change.old, change.new))
            self.tell(notices, now)
            self.tell(moves_of(change.passed), now)

    def _write_standings(self, changes: Iterable[_Change]) -> None:
        by_statement: dict[str, list[tuple[Any, ...]]] = {}
        for change in changes:
            statement = rows.statement_for(change.old, change.new)
            by_statement.setdefault(statement, []).append(rows.standing_row(change.new, self.book.rules))
        for statement, its_rows in by_statement.items():
            self._connection.executemany(statement, its_rows)
