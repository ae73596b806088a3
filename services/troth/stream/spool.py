"""The spool: records that wait on this machine's disk for Kafka, in order. What `append` took survives a kill at any instant."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

from troth.domain.recording import Unwritable
from troth.stream.outgoing import Outgoing

FILE: Final = "spool.db"
APPLICATION_ID: Final = 0x54525350  # "TRSP", so that a file of something else is known by its header
VERSION: Final = 1
CHUNK_RECORDS: Final = 500
CHUNK_BYTES: Final = 500_000
_BYTES_A_PAGE: Final = 4_096
_PAGES_WORTH_SHRINKING: Final = 256
_TABLE: Final = """
CREATE TABLE records (
  seq INTEGER PRIMARY KEY,
  topic TEXT NOT NULL,
  key BLOB NOT NULL,
  value BLOB NOT NULL,
  headers TEXT NOT NULL,
  timestamp_ms INTEGER NOT NULL
) STRICT
"""


class SpoolTrouble(Exception):
    """The spool's file cannot be used; the message says why and what to do."""


class Chunk(NamedTuple):
    """The first records that wait, and the place of the last of them."""

    records: list[Outgoing]
    last: int


class Spool:
    """A queue on disk of at most so many megabytes, used by one thread at a time.

    `waiting` counts its records by topic, for anyone to read. Raises SpoolTrouble where another process holds the file, or
    it is not for us.
    """

    def __init__(self, directory: Path, megabytes: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / FILE
        self._connection = _open(self._path, megabytes)
        self._sent = 0  # up to here all is in Kafka, even where a full disk does not let the rows be deleted yet
        self._last: int = self._connection.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()[0]
        self.waiting = Counter(dict(self._connection.execute("SELECT topic, count(*) FROM records GROUP BY topic").fetchall()))

    @property
    def is_empty(self) -> bool:
        """Whether all of it is in Kafka."""
        return self._sent == self._last

    def append(self, records: Sequence[Outgoing]) -> None:
        """Put records at the end; they are on disk once it returns. Raises Unwritable, and then none of them is kept."""
        rows = [
            (seq, record.topic, record.key, record.value, _headers_text(record), record.timestamp_ms)
            for seq, record in enumerate(records, self._last + 1)
        ]
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise Unwritable(
                f"Kafka does not answer, and the spool {self._path} could not be written: {error}. Bring Kafka back, free space "
                "on the spool's disk, or raise the setting spool_megabytes; then send again."
            ) from None
        self._last += len(rows)
        self.waiting.update(record.topic for record in records)

    def first(self) -> Chunk:
        """The first records that wait: few enough to be sent at once, and at least one where there is any."""
        records: list[Outgoing] = []
        size, last = 0, self._sent
        found = self._connection.execute("SELECT * FROM records WHERE seq > ? ORDER BY seq LIMIT ?", (self._sent, CHUNK_RECORDS))
        with closing(found):
            for seq, topic, key, value, headers, timestamp_ms in found:
                record = Outgoing(topic, key, value, _headers(headers), timestamp_ms)
                size += record.size
                if records and size > CHUNK_BYTES:
                    break
                records.append(record)
                last = seq
        return Chunk(records, last)

    def forget(self, chunk: Chunk) -> None:
        """Take away the first records, which are in Kafka now. A full disk keeps them until there is room; they are not sent again."""
        self._sent = chunk.last
        self.waiting.subtract(record.topic for record in chunk.records)
        with suppress(sqlite3.Error):
            self._connection.execute("DELETE FROM records WHERE seq <= ?", (self._sent,))
            if self.is_empty:
                self._shrink()

    def close(self) -> None:
        """Let another process have it."""
        self._connection.close()

    def _shrink(self) -> None:
        if self._connection.execute("PRAGMA page_count").fetchone()[0] > _PAGES_WORTH_SHRINKING:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _open(path: Path, megabytes: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # held by this process until it ends, however it ends
        connection.execute("BEGIN EXCLUSIVE")
        _prepare(connection, path)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA max_page_count = {megabytes * 1_000_000 // _BYTES_A_PAGE}")
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise SpoolTrouble(_said(path, error)) from None
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    mark, version, tables = (
        connection.execute(question).fetchone()[0]
        for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema")
    )
    if tables and (mark, version) != (APPLICATION_ID, VERSION):
        whose = f"was written by another Troth (version {version})" if mark == APPLICATION_ID else "is a database of something else"
        raise SpoolTrouble(f"{path} {whose} and was not touched. Name another directory with --data.")
    if not tables:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute(_TABLE)


def _said(path: Path, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return f"The spool {path} is held by another troth. Stop it first, or give each gateway a directory of its own with --data."
    return f"The spool {path} cannot be opened: {error}. Free its disk or mend its rights; what it holds is in no other place."


def _headers_text(record: Outgoing) -> str:
    return json.dumps([(name, value.decode("latin-1")) for name, value in record.headers])


def _headers(text: str) -> tuple[tuple[str, bytes], ...]:
    said: Iterable[tuple[str, str]] = json.loads(text)
    return tuple((name, value.encode("latin-1")) for name, value in said)
