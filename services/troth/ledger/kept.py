"""Reading the deliveries that are kept, each with the events that it became, so that they can be mapped again."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final

from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import RETRACTED
from troth.domain.recording import Kept, Logged

_KEPT: Final = (
    "SELECT id, source, received_at, what, kept, first_seq, events, duplicates FROM deliveries"
    " WHERE kept IS NOT NULL AND source = ? ORDER BY id"
)
_LATER_ONES: Final = "SELECT first_seq, events, duplicates FROM deliveries WHERE remap_of = ? ORDER BY id"
_COUNTS: Final = (
    "SELECT source, count(kept), count(*) - count(kept) FROM deliveries WHERE remap_of IS NULL AND received_at >= ? GROUP BY source"
)


class KeptDeliveries:
    """The kept deliveries of a ledger, as they are on a connection. `retracting` is the type of the events that retract others."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

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
            yield Kept(identity, source, received_at, what, text, first, self._said(seqs))

    def log_of(self, commitment: str) -> list[Logged]:
        """All events of a commitment but its retractions, as they came."""
        found = self._connection.execute("SELECT seq, posted FROM events WHERE subject = ? ORDER BY seq", (commitment,))
        return _logged((seq, json.loads(text)) for seq, text in found)

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
