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
_NAME: Final = ("source", "id", "subject", "type")
_BEHIND_ALL: Final = "g"  # an id begins with a hexadecimal digit
_REMAPPED: Final = "(SELECT max(later.id) FROM deliveries AS later WHERE later.remap_of = deliveries.id)"
_DELIVERY: Final = (
    f"SELECT id, source, received_at, what, reason, first_seq, events, duplicates, names, remap_of, {_REMAPPED} FROM deliveries"  # noqa: S608 - our own names
)
# What a delivery became, as a condition; one that was mapped again says so first.
_RESULTS: Final = {
    "mapped": f"events > 0 AND {_REMAPPED} IS NULL",
    "duplicate": f"events = 0 AND duplicates != '[]' AND {_REMAPPED} IS NULL",
    "empty": f"events = 0 AND duplicates = '[]' AND {_REMAPPED} IS NULL",
    "remapped": "id IN (SELECT remap_of FROM deliveries WHERE remap_of IS NOT NULL)",
}
# One step of the index a source, and not one row a delivery.
_SOURCES: Final = (
    "WITH RECURSIVE found (source) AS (SELECT min(source) FROM deliveries UNION ALL"
    " SELECT (SELECT min(source) FROM deliveries WHERE source > found.source) FROM found WHERE found.source IS NOT NULL)"
    " SELECT source FROM found WHERE source IS NOT NULL"
)


class Traces:
    """Deliveries and notices as DESIGN's HTTP section has them, latest first."""

    def __init__(self, ledger: Readable) -> None:
        self._ledger = ledger

    def deliveries(self, *, limit: int, cursor: str | None, source: str | None = None, result: str | None = None) -> Document:
        """A page of deliveries, of a source or with a result where asked, each with at most ten of its events. Their ids sort by time."""
        conditions = ["id < :behind", *(["source = :source"] if source is not None else []), *([_RESULTS[result]] if result else [])]
        values = {"behind": cursor or _BEHIND_ALL, "source": source, "limit": limit + 1}
        statement = f"{_DELIVERY} WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT :limit"
        with self._ledger.readers.snapshot() as connection:
            found = connection.execute(statement, values).fetchall()
            documents = [_delivery(connection, row, NAMES_IN_A_LIST) for row in found[:limit]]
        return {"deliveries": documents, "next": found[limit - 1][0] if len(found) > limit else None}

    def delivery(self, id: str) -> Document | None:
        """One delivery with all its events; None where unknown."""
        with self._ledger.readers.snapshot() as connection:
            row = connection.execute(f"{_DELIVERY} WHERE id = ?", (id,)).fetchone()
            return None if row is None else _delivery(connection, row, None)

    def delivery_sources(self) -> list[str]:
        """The sources that deliveries came from, by name."""
        with self._ledger.readers.snapshot() as connection:
            return [source for (source,) in connection.execute(_SOURCES)]

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
    identity, source, received_at, what, reason, first, count, duplicates_text, names_text, remap_of, remapped = row
    duplicates: list[int] = json.loads(duplicates_text)
    if names_text is None:
        names = _names_of(connection, [*range(first, first + count), *duplicates][:most])
    else:  # it came by way of Kafka, and its events may not be here yet
        names = [dict(zip(_NAME, name, strict=True)) for name in json.loads(names_text)[:most]]
    return {
        "id": identity,
        "source": source,
        "received_at": format_instant(received_at),
        "result": "remapped" if remapped else "mapped" if count else "duplicate" if duplicates else "empty",
        "what": what,
        "reason": reason,
        "events": names,
        "new": count,
        "duplicates": len(duplicates),
        "remap_of": remap_of,
        "remapped_by": remapped,
    }


def _names_of(connection: sqlite3.Connection, places: Iterable[int]) -> list[dict[str, str]]:
    names = []
    for place in places:
        found = connection.execute(
            "SELECT source, id, subject, json_extract(posted, '$.type') FROM events WHERE seq = ?", (place,)
        ).fetchone()
        if found is not None:
            names.append(dict(zip(_NAME, found, strict=True)))
    return names
