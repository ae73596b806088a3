"""Reading traces: what became of each delivery, and what was noticed."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from troth.domain.instants import format_instant
from troth.ledger import rows
from troth.ledger.beside import Readable

Document = dict[str, Any]
NAMES_IN_A_LIST: Final = 10
_BEHIND_ALL: Final = "g"  # an id begins with a hexadecimal digit
_DELIVERY: Final = "SELECT id, source, received_at, what, reason, first_seq, events, duplicates, names FROM deliveries"


class Traces:
    """Deliveries and notices as DESIGN's HTTP section has them, latest first."""

    def __init__(self, ledger: Readable) -> None:
        self._ledger = ledger

    def deliveries(self, *, limit: int, cursor: str | None) -> Document:
        """A page of deliveries, each with at most ten of its events. Their ids sort by time."""
        with self._ledger.readers.snapshot() as connection:
            found = connection.execute(f"{_DELIVERY} WHERE id < ? ORDER BY id DESC LIMIT ?", (cursor or _BEHIND_ALL, limit + 1)).fetchall()
            documents = [_delivery(connection, row, NAMES_IN_A_LIST) for row in found[:limit]]
        return {"deliveries": documents, "next": found[limit - 1][0] if len(found) > limit else None}

    def delivery(self, id: str) -> Document | None:
        """One delivery with all its events; None where unknown."""
        with self._ledger.readers.snapshot() as connection:
            row = connection.execute(f"{_DELIVERY} WHERE id = ?", (id,)).fetchone()
            return None if row is None else _delivery(connection, row, None)

    def notices(self, *, limit: int, cursor: str | None) -> Document:
        """A page of notices. Raises ValueError for a cursor that is none of ours."""
        with self._ledger.readers.snapshot() as connection:
            found = connection.execute(
                "SELECT seq, id, kind, commitment, team, customer, goal, title, date, at, recorded_at FROM notices"
                " WHERE seq < ? ORDER BY seq DESC LIMIT ?",
                (_before(cursor), limit + 1),
            ).fetchall()
        names = ("id", "kind", "commitment", "team", "customer", "goal", "title")
        documents = [
            {
                **dict(zip(names, row[1:8], strict=True)),
                **{name: format_instant(value) for name, value in zip(("date", "at", "recorded_at"), row[8:], strict=True)},
            }
            for row in found[:limit]
        ]
        return {"notices": documents, "next": str(found[limit - 1][0]) if len(found) > limit else None}


def _before(cursor: str | None) -> int:
    return 2**62 if cursor is None else rows.number_of(cursor)


def _delivery(connection: sqlite3.Connection, row: tuple[Any, ...], most: int | None) -> Document:
    identity, source, received_at, what, reason, first, count, duplicates_text, names_text = row
    duplicates: list[int] = json.loads(duplicates_text)
    if names_text is None:
        names = _names_of(connection, [*range(first, first + count), *duplicates][:most])
    else:  # it came by way of Kafka, and its events may not be here yet
        names = [dict(zip(("source", "id", "subject"), name, strict=True)) for name in json.loads(names_text)[:most]]
    return {
        "id": identity,
        "source": source,
        "received_at": format_instant(received_at),
        "result": "mapped" if count else "duplicate" if duplicates else "empty",
        "what": what,
        "reason": reason,
        "events": names,
        "new": count,
        "duplicates": len(duplicates),
    }


def _names_of(connection: sqlite3.Connection, places: Iterable[int]) -> list[dict[str, str]]:
    names = []
    for place in places:
        found = connection.execute("SELECT source, id, subject FROM events WHERE seq = ?", (place,)).fetchone()
        if found is not None:
            names.append(dict(zip(("source", "id", "subject"), found, strict=True)))
    return names
