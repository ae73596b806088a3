"""Appending to the log: within one transaction the events, the standings they fold to, their notices and their delivery."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from itertools import count, repeat
from typing import Any, Final

from troth.domain.book import Book
from troth.domain.events import EVENTS_A_COMMITMENT, Event, Fault, Malformed
from troth.domain.fold import extend, follows
from troth.domain.instants import Instant
from troth.domain.notices import Notice, moves_of
from troth.domain.recording import Conflict, DeliveryRecord, EventName, Receipt
from troth.domain.standing import Changes, Standing
from troth.domain.verdict import Outcome
from troth.ledger import rows
from troth.ledger.redaction import by_rules, read_rules, without_texts

_INSERT_DELIVERY: Final = (
    "INSERT INTO deliveries (id, source, received_at, what, reason, kept, remap_of, first_seq, events, duplicates, names)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_TRACE: Final = _INSERT_DELIVERY.replace("INSERT", "INSERT OR IGNORE", 1)


_Logged = Mapping[tuple[str, str, str], tuple[int, str]]  # by subject, source and id: the place in the log, and the text
_Suspect = Callable[[Standing, Event], bool]  # whether an event of a commitment that stands so has to be looked for in the log


# A commitment's standing before and after, what changed, its outcome if closed, the standings on the way, and its events. A bare
# tuple, as one is made of nearly each event.
_Change = tuple[Standing | None, Standing, Changes, Outcome | None, list[Standing], list[Event]]


class Appender:
    """Writes deliveries through one connection and keeps the book in step; the caller owns the transaction.

    A delivery that raises has changed nothing. What a transaction did to the book is undone by `undo`.
    `told` counts the notices by kind since the start.
    """

    def __init__(self, connection: sqlite3.Connection, book: Book, zone: tzinfo, *, tells: bool = True) -> None:
        self._connection = connection
        self.book = book
        self._zone = zone
        self._tells = tells
        self._done: list[tuple[Standing | None, Standing]] = []
        self._telling: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.position: int = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
        self._settled = self.position
        self._redactions = read_rules(connection)

    def append(self, delivery: DeliveryRecord, events: Sequence[Event]) -> Receipt:
        """Record a delivery and its events, all or nothing. Raises Conflict, or Malformed for a commitment that is full."""
        if self._redactions:
            delivery, events = without_texts(delivery, events, self._redactions)
        place, now = self.position + 1, delivery.received_at
        changes, new, known = self._log(events, repeat(now))
        self._connection.execute(_INSERT_DELIVERY, (*_said(delivery), place, len(new), json.dumps(known) if known else "[]", None))
        self._count(changes, now)
        return Receipt(delivery.id, events, new, len(known))

    def take(self, events: Sequence[tuple[Event, Instant]]) -> int:
        """Record events that were accepted elsewhere, each at its own instant; returns how many it had to leave out.

        Left out is what stands for other content already, and what a full commitment does not take.
        """
        if self._redactions:
            events = [(by_rules(event, self._redactions), recorded_at) for event, recorded_at in events]
        try:
            changes, _, _ = self._log(*zip(*events, strict=True))
        except (Conflict, Malformed):
            middle = len(events) // 2  # by halves, for each try may fold a long life anew
            return self.take(events[:middle]) + self.take(events[middle:]) if middle else 1
        self._count(changes, self.book.now)
        return 0

    def trace(self, delivery: DeliveryRecord, names: Sequence[EventName]) -> None:
        """Record what became of a delivery elsewhere, by the names of its events; once."""
        self._connection.execute(_INSERT_TRACE, (*_said(delivery), 0, len(names), "[]", json.dumps(names)))

    def tell(self, notices: Iterable[Notice], now: Instant) -> None:
        """Put what the book has to tell into the outbox, each once; nothing where it is told elsewhere."""
        if self._tells:
            self.note((notice, now) for notice in notices)

    def note(self, notices: Iterable[tuple[Notice, Instant]]) -> None:
        """Put notices into the outbox, each once, with when they were recorded."""
        for notice, recorded_at in notices:
            self._telling[notice.kind] += self._connection.execute(rows.INSERT_NOTICE, rows.notice_row(notice, recorded_at)).rowcount

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

    def _log(self, events: Sequence[Event], recorded_at: Iterable[Instant]) -> tuple[list[_Change], Sequence[Event], list[int]]:
        """Record events with the standings they fold to; returns what changes, those that are new, and the places of the others.

        Raises Conflict or Malformed, and has written nothing then.
        """
        try:
            return self._insert(events, recorded_at, _not_last)
        except sqlite3.IntegrityError:  # one that is last has the name of one before it
            self._connection.execute("DELETE FROM events WHERE seq > ?", (self.position,))
            return self._insert(events, recorded_at, _whatever)

    def _insert(
        self, events: Sequence[Event], recorded_at: Iterable[Instant], suspect: _Suspect
    ) -> tuple[list[_Change], Sequence[Event], list[int]]:
        changes, known = self._changes(events, suspect)
        new = events
        if known:
            firsts = {(event.subject, *event.name): event for *_, its_events in changes for event in its_events}
            paired = [(event, at) for event, at in zip(events, recorded_at, strict=False) if firsts.pop((event.subject, *event.name), None)]
            new, recorded_at = [event for event, _ in paired], [at for _, at in paired]
        places = count(self.position + 1)
        self._connection.executemany(rows.INSERT_EVENT, list(map(rows.event_row, places, new, recorded_at)))
        self._connection.executemany(rows.SET_CONTAINER, rows.containers(new, self.position + 1))
        self.position += len(new)
        self._write_standings(changes)
        return changes, new, known

    def _changes(self, events: Sequence[Event], suspect: _Suspect) -> tuple[list[_Change], list[int]]:
        """What new events change, and the places in the log of those that are known. Raises Conflict or Malformed."""
        by_commitment: dict[str, list[Event]] = {}
        for event in events:
            by_commitment.setdefault(event.subject, []).append(event)
        standings = self._standings_of(by_commitment)
        suspects = [event for commitment, standing in standings.items() for event in by_commitment[commitment] if suspect(standing, event)]
        logged = rows.logged(self._connection, suspects)
        known: list[int] = []
        changes = []
        for commitment, its_events in by_commitment.items():
            new_ones = _new_ones(its_events, logged, known)
            if new_ones:
                changes.append(self._change(standings.get(commitment), new_ones))
        return changes, known

    def _change(self, old: Standing | None, events: list[Event]) -> _Change:
        commitment = events[0].subject
        if len(events) + (0 if old is None else old.events) > EVENTS_A_COMMITMENT:
            raise Malformed(
                [Fault("/subject", f"commitment {commitment[:80]!r} has {EVENTS_A_COMMITMENT} events and takes no more; begin another")]
            )
        standing, passed, changes = extend(old, events, lambda: [*self._logged(commitment), *events])
        return old, standing, changes, rows.settled_outcome(standing, self.book.rules), passed, events

    def _standings_of(self, commitments: Iterable[str]) -> dict[str, Standing]:
        # The book holds most that are open, and a look into the file costs as much as the fold.
        found: dict[str, Standing] = {}
        others = []
        for commitment in commitments:
            standing = self.book.waiting(commitment)
            if standing is None:
                others.append(commitment)
            else:
                found[commitment] = standing
        return found | rows.standings_of(self._connection, others)

    def _logged(self, commitment: str) -> list[Event]:
        return [event for event, _, _ in rows.events_of(self._connection, commitment, self._zone)]

    def _count(self, changes: Iterable[_Change], now: Instant) -> None:
        for old, new, _, settled, passed, _ in changes:
            notices = self.book.replace(old, new, settled)
            self._done.append((old, new))
            notices += moves_of(passed)
            if notices:
                self.tell(notices, now)

    def _write_standings(self, changes: Iterable[_Change]) -> None:
        by_statement: dict[str, list[tuple[Any, ...]]] = {}
        for old, new, changed, settled, _, _ in changes:
            statement, values = rows.written(old, new, changed, settled)
            by_statement.setdefault(statement, []).append(values)
        for statement, its_values in by_statement.items():
            self._connection.executemany(statement, its_values)


def _new_ones(events: list[Event], logged: _Logged, known: list[int]) -> list[Event]:
    """Those of one commitment's events that are not in the log, each once; of the others the places go to `known` (0: not there yet)."""
    if len(events) == 1 and not logged:
        return events
    new: dict[tuple[str, str], Event] = {}
    for event in events:
        place, text = logged.get((event.subject, *event.name), (0, ""))
        if not place and event.name not in new:
            new[event.name] = event
            continue
        if event.posted != (json.loads(text) if place else new[event.name].posted):
            raise Conflict(event)
        known.append(place)
    return list(new.values())


def _whatever(_: Standing, __: Event) -> bool:
    return True


def _not_last(standing: Standing, event: Event) -> bool:
    # What was sent again is not behind all that its commitment has in the log.
    return not follows(standing, event)


def _said(delivery: DeliveryRecord) -> tuple[Any, ...]:
    return delivery.id, delivery.source, delivery.received_at, delivery.what, delivery.reason, delivery.kept, delivery.remap_of
