"""The outbox: what waits to be told to whom, and what Alertmanager was told fires, in a file that outlives the program.

No text of a promise is in it, only names and ids: what is blanked in the ledger is blanked in what is still to be sent.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

from troth.alerts.alarms import Alarm, Labels
from troth.alerts.messages import Waiting
from troth.domain.telling import Recorded

FILE: Final = "alerts.db"
ALERTMANAGER: Final = ""  # the reader of notices that is no receiver
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS readers (name TEXT PRIMARY KEY, read_to INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
  receiver TEXT, notice TEXT, seq INTEGER NOT NULL, team TEXT NOT NULL, in_doubt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (receiver, notice)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (receiver TEXT, notice TEXT, PRIMARY KEY (receiver, notice)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarms (
  kind TEXT, team TEXT, customer TEXT, commitment TEXT, starts_at INTEGER NOT NULL, until INTEGER, ended_at INTEGER,
  PRIMARY KEY (kind, team, customer, commitment)
) STRICT, WITHOUT ROWID;
"""


class Outbox:
    """One file, one connection, used by the threads of the alerts in turns. Each method is one transaction, on disk when it returns."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / FILE, isolation_level=None, check_same_thread=False)
        self._lock = RLock()
        self._connection.execute("PRAGMA busy_timeout = 10000")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def read_to(self, reader: str) -> int | None:
        """How far a reader has read the notices; None for one that is new."""
        with self._lock:
            row = self._connection.execute("SELECT read_to FROM readers WHERE name = ?", (reader,)).fetchone()
            return None if row is None else int(row[0])

    def begin(self, reader: str, place: int) -> None:
        """A new reader begins behind a place."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO readers (name, read_to) VALUES (?, ?)", (reader, place))

    def take(self, receiver: str, read_to: int, wanted: Iterable[Recorded]) -> None:
        """Let notices wait for a receiver, which has read up to a place now; what it was told already does not wait again."""
        rows = [(receiver, one.notice.id, one.place, one.notice.team, receiver, one.notice.id) for one in wanted]
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO waiting (receiver, notice, seq, team) SELECT ?, ?, ?, ?"
                " WHERE NOT EXISTS (SELECT 1 FROM told WHERE receiver = ? AND notice = ?)",
                rows,
            )
            connection.execute("UPDATE readers SET read_to = ? WHERE name = ?", (read_to, receiver))

    def waiting(self, receiver: str) -> list[Waiting]:
        """What waits for a receiver, in the order of the ledger."""
        with self._lock:
            found = self._connection.execute(
                "SELECT notice, team, in_doubt FROM waiting WHERE receiver = ? ORDER BY in_doubt DESC, seq", (receiver,)
            )
            return [Waiting(notice, team, bool(in_doubt)) for notice, team, in_doubt in found]

    def waits(self, receiver: str) -> int:
        """How many notices wait for a receiver."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM waiting WHERE receiver = ?", (receiver,)).fetchone()[0])

    def sending(self, receiver: str, notices: Sequence[str]) -> None:
        """These are about to be sent: should the program be cut off, it is in doubt whether they were."""
        self._mark(receiver, notices, in_doubt=True)

    def failed(self, receiver: str, notices: Sequence[str]) -> None:
        """These were refused: they wait on, and there is no doubt."""
        self._mark(receiver, notices, in_doubt=False)

    def told(self, receiver: str, notices: Iterable[str]) -> None:
        """These were told."""
        pairs = [(receiver, notice) for notice in notices]
        with self._transaction() as connection:
            connection.executemany("DELETE FROM waiting WHERE receiver = ? AND notice = ?", pairs)
            connection.executemany("INSERT OR IGNORE INTO told (receiver, notice) VALUES (?, ?)", pairs)

    def forget(self, receivers: Iterable[str]) -> None:
        """Only these receivers are left: nothing waits for any other, and one that comes back is a new one."""
        left = [ALERTMANAGER, *receivers]
        marks = ", ".join("?" * len(left))
        with self._transaction() as connection:
            connection.execute(f"DELETE FROM waiting WHERE receiver NOT IN ({marks})", left)  # noqa: S608 - only marks are put in
            connection.execute(f"DELETE FROM readers WHERE name NOT IN ({marks})", left)  # noqa: S608 - as above

    def alarms(self) -> dict[Labels, Alarm]:
        """What Alertmanager was told, or is to be told, that fires or fired just now."""
        with self._lock:
            found = self._connection.execute("SELECT kind, team, customer, commitment, starts_at, until, ended_at FROM alarms")
            return {Labels(*row[:4]): Alarm(*row[4:]) for row in found}

    def keep(self, changed: Iterable[tuple[Labels, Alarm]], gone: Iterable[Labels], read_to: int) -> None:
        """Keep alarms that are new or changed, and let go those that are over; the notices are read up to a place."""
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?)", [(*one, *alarm) for one, alarm in changed])
            connection.executemany("DELETE FROM alarms WHERE kind = ? AND team = ? AND customer = ? AND commitment = ?", gone)
            connection.execute("INSERT OR REPLACE INTO readers (name, read_to) VALUES (?, ?)", (ALERTMANAGER, read_to))

    def _mark(self, receiver: str, notices: Sequence[str], *, in_doubt: bool) -> None:
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE waiting SET in_doubt = ? WHERE receiver = ? AND notice = ?", [(in_doubt, receiver, notice) for notice in notices]
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
