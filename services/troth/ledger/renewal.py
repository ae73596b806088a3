"""Making room for a log that is made up anew: a ledger of one source's events alone may be emptied for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from troth.ledger.store import Lock, open_writer

_TABLES: Final = ("events", "standings", "deliveries", "notices", "accounts", "checkpoint")


class Occupied(Exception):
    """The ledger holds what is not to be thrown away; the message says so and what to do."""


def make_room(directory: Path, source: str, first: Mapping[str, Any]) -> int:
    """How many events of a log of `source` that begins with `first` are there; a log that begins otherwise is thrown away.

    Raises Occupied, and changes nothing, where the ledger holds anything that is not of this source.
    """
    lock = Lock(directory)
    try:
        connection = open_writer(directory)
        try:
            connection.execute("BEGIN IMMEDIATE")
            others = "SELECT 1 FROM events WHERE source != ?1 UNION ALL SELECT 1 FROM deliveries WHERE source != ?1 LIMIT 1"
            if connection.execute(others, (source,)).fetchone() is not None:
                raise Occupied(f"The ledger in {directory} holds other events than those of {source}. Name another directory with --data.")
            begins = connection.execute("SELECT posted FROM events ORDER BY seq LIMIT 1").fetchone()
            if begins is not None and json.loads(begins[0]) == first:
                count: int = connection.execute("SELECT count(*) FROM events").fetchone()[0]
                return count
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are our own
            connection.execute("COMMIT")
            return 0
        finally:
            connection.close()
    finally:
        lock.close()
