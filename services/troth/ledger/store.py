"""The ledger's place on disk: its directory, its file, the lock of its one writer, and connections to it."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from troth.ledger.schema import check, check_newest, migrate

FILE: Final = "troth.db"
LOCK: Final = "troth.lock"
READERS: Final = 4


class Held(Exception):
    """Another process writes to this ledger; the message says so and what to do."""


class NoLedger(Exception):
    """There is no ledger in this directory."""


class Lock:
    """The right to write to a directory's ledger; held until closed or the process ends, however it ends."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / LOCK).open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise Held(
                f"The ledger in {directory} is held by another troth. Stop it first, or post to it with --to URL; "
                "`troth export`, `score` and `verify` read beside it."
            ) from error

    def close(self) -> None:
        """Let another process write."""
        self._file.close()


def open_writer(directory: Path) -> sqlite3.Connection:
    """The one connection that writes, on a file of the newest schema; a commit returns when it is on disk."""
    path = directory / FILE
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    with _closed_on_error(connection):
        connection.execute("PRAGMA busy_timeout = 10000")
        check(connection, str(path))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("PRAGMA wal_autocheckpoint = 8000")
        migrate(connection, str(path))
    return connection


def open_reader(directory: Path) -> sqlite3.Connection:
    """A connection that only reads. Raises NoLedger where there is none, StrangeFile where its file is not for us."""
    path = directory / FILE
    if not path.is_file():
        raise NoLedger(f"There is no ledger in {directory}. Name its directory with --data.")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    with _closed_on_error(connection):
        connection.execute("PRAGMA busy_timeout = 10000")
        check_newest(connection, str(path))
        connection.execute("PRAGMA cache_size = -4096")
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


class Readers:
    """A few reading connections that threads share in turns."""

    def __init__(self, directory: Path) -> None:
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._all = [open_reader(directory) for _ in range(READERS)]
        for connection in self._all:
            self._idle.put(connection)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """One connection, in a transaction: everything read in it is of one moment."""
        connection = self._idle.get()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._idle.put(connection)

    def close(self) -> None:
        """Close them all."""
        for connection in self._all:
            connection.close()
