"""The peer of every durable path: it checks events with the same models, keeps each once as a row of SQLite, and scores nothing."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from pydantic_core import to_json

from troth.domain.events import Event


class RawRows:
    """A table of events in WAL mode with synchronous=FULL: a commit is on disk when it returns, as in our own ledger."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE events (seq INTEGER PRIMARY KEY, subject TEXT, source TEXT, id TEXT, time INTEGER, posted TEXT,"
            " UNIQUE (source, id)) STRICT"  # what is sent again is kept once, which is the least that any receiver owes
        )

    def insert(self, events: Sequence[Event]) -> None:
        """Keep these, in one commit."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "INSERT OR IGNORE INTO events (subject, source, id, time, posted) VALUES (?, ?, ?, ?, ?)",
            [(event.subject, event.source, event.id, event.time, to_json(event.posted).decode()) for event in events],
        )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
