"""Reading the deliveries that are kept, each with the events that it became, so that they can be mapped again."""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any, Final

from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import RETRACTED, Event, recall_event
from troth.domain.recording import Kept, Logged, Place

_KEPT: Final = (
    "SELECT id, source, received_at, what, kept, first_seq, events, duplicates FROM deliveries"
    " WHERE kept IS NOT NULL AND source = ? ORDER BY id"
)
_LATER_ONES: Final = "SELECT first_seq, events, duplicates FROM deliveries WHERE remap_of = ? ORDER BY id"
_COUNTS: Final = (
    "SELECT source, count(kept), count(*) - count(kept) FROM deliveries WHERE remap_of IS NULL AND received_at >= ? GROUP BY source"
)
_REMAPS: Final = (
    "SELECT later.first_seq, later.events, first.first_seq, first.id FROM deliveries AS later JOIN deliveries AS first"
    " ON first.id = later.remap_of WHERE later.remap_of IS NOT NULL AND later.events > 0 ORDER BY later.first_seq"
)
_DATED_BY: Final = "SELECT DISTINCT subject FROM events WHERE container = ?"
_BEHIND: Final = "~"  # sorts behind the id of every delivery


class KeptDeliveries:
    """The kept deliveries of a ledger, as they are on a connection."""

    def __init__(self, connection: sqlite3.Connection, zone: tzinfo) -> None:
        self._connection = connection
        self._zone = zone
        self._remaps = connection.execute(_REMAPS).fetchall()
        self._begins = [first for first, *_ in self._remaps]

    def counts(self, since: int) -> dict[str, tuple[int, int]]:
        """By source, how many of the deliveries received since are kept, and how many are not, or not any more."""
        return {source: (kept, gone) for source, kept, gone in self._connection.execute(_COUNTS, (since,))}

    def of_source(self, source: str) -> Iterator[Kept]:
        """Those of a source, in the order in which they came."""
        for row in self._connection.execute(_KEPT, (source,)):
            identity, source, received_at, what, text, first, count, known = row
            seqs = dict.fromkeys([*range(first, first + count), *json.loads(known)])
            for later, more, also in self._connection.execute(_LATER_ONES, (identity,)):
                seqs |= dict.fromkeys([*range(later, later + more), *json.loads(also)])
            yield Kept(identity, source, received_at, what, text, (first, identity), self._said(seqs))

    def log_of(self, commitment: str) -> list[Logged]:
        """All events of a commitment but its retractions, as they came."""
        found = self._connection.execute("SELECT seq, posted FROM events WHERE subject = ? ORDER BY seq", (commitment,))
        return _logged((seq, json.loads(text)) for seq, text in found)

    def life_of(self, commitment: str) -> list[tuple[Place, Event]]:
        """A commitment's events as if its deliveries had been mapped when they came as they are now, each with its place.

        What a remap retracted is not there, and what it added is where the delivery came that it mapped again.
        """
        found = self._connection.execute("SELECT seq, posted, time FROM events WHERE subject = ? ORDER BY seq", (commitment,))
        life = [(seq, recall_event(text, time, self._zone)) for seq, text, time in found]
        remaps = [event for seq, event in life if event.rank == RETRACTED and self._remap_at(seq) is not None]
        struck = {(event.data["source"], event.data["id"]) for event in remaps}
        return [(self._place(seq), event) for seq, event in life if event.name not in struck and event not in remaps]

    def dated_by(self, container: str) -> list[str]:
        """The commitments that have, or had, their date from a container."""
        return [commitment for (commitment,) in self._connection.execute(_DATED_BY, (container,))]

    def _place(self, seq: int) -> Place:
        return self._remap_at(seq) or (seq, _BEHIND)

    def _remap_at(self, seq: int) -> Place | None:
        index = bisect_right(self._begins, seq) - 1
        if index < 0:
            return None
        first, count, place, identity = self._remaps[index]
        return (place, identity) if seq < first + count else None

    def _said(self, seqs: Iterable[int]) -> list[Logged]:
        said = []
        for seq in seqs:
            row = self._connection.execute(
                "SELECT e.posted, e.subject, s.retractions FROM events e JOIN standings s ON s.id = e.subject WHERE e.seq = ?", (seq,)
            ).fetchone()
            if row is None:
                continue
            text, commitment, retractions = row
            if retractions:
                said += [one for one in self.log_of(commitment) if one.seq == seq]
            else:
                said.append(Logged(seq, json.loads(text), ""))
        return said


def _logged(events: Iterable[tuple[int, Any]]) -> list[Logged]:
    events = list(events)
    retracting = EVENT_TYPES[RETRACTED]
    struck = {(one["data"]["source"], one["data"]["id"]): one["source"] for _, one in reversed(events) if one["type"] == retracting}
    return [Logged(seq, one, struck.get((one["source"], one["id"]), "")) for seq, one in events if one["type"] != retracting]
