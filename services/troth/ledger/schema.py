"""The tables of the ledger's file, their version, and the steps that bring an older file up to it."""

import sqlite3
from collections.abc import Callable
from typing import Final

from troth.domain.standing import Standing

APPLICATION_ID: Final = 0x54524F54  # "TROT", so that a file of something else is known by its header
TEXT_COLUMNS: Final = frozenset(
    {"id", "state", "team", "customer", "goal", "title", "url", "conditions", "unit", "word", "last_source", "last_id"},
)

_STANDING_COLUMNS: Final = ",\n  ".join(
    f"{name} {'TEXT' if name in TEXT_COLUMNS else 'INTEGER'}{' PRIMARY KEY' if name == 'id' else ''}" for name in Standing._fields
)

_TABLES: Final = f"""
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  time INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  posted TEXT NOT NULL,
  UNIQUE (subject, source, id)
) STRICT;
CREATE TABLE standings (
  {_STANDING_COLUMNS},
  outcome TEXT
) STRICT;
CREATE INDEX standings_by_team ON standings (team, id);
CREATE INDEX standings_by_customer ON standings (customer, id);
CREATE INDEX standings_by_goal ON standings (goal, id);
CREATE INDEX standings_open ON standings (due_at) WHERE state = 'open' AND made_at IS NOT NULL;
CREATE INDEX standings_closed ON standings (closed_at) WHERE state = 'delivered' AND made_at IS NOT NULL;
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  what TEXT NOT NULL,
  reason TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  events INTEGER NOT NULL,
  duplicates TEXT NOT NULL,
  kept TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_kept ON deliveries (received_at) WHERE kept IS NOT NULL;
CREATE TABLE notices (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  commitment TEXT NOT NULL,
  team TEXT NOT NULL,
  customer TEXT,
  goal TEXT,
  title TEXT NOT NULL,
  date INTEGER NOT NULL,
  at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE checkpoint (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE accounts (
  subject TEXT PRIMARY KEY,
  account TEXT NOT NULL
) STRICT;
"""


class StrangeFile(Exception):
    """A file that this version of Troth cannot use; the message says why and what to do."""


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _containers(connection: sqlite3.Connection) -> None:
    # By what a promise has its date from (events.DATE_FROM), so that its members are found when that moves.
    connection.execute(
        "CREATE INDEX events_by_container ON events (json_extract(posted, '$.datefrom'))"
        """ WHERE instr(posted, '"datefrom":"') > 0"""
    )


def _replicas(connection: sqlite3.Connection) -> None:
    # The names of a delivery's events where it came by way of Kafka, and how far a replica has read.
    connection.execute("ALTER TABLE deliveries ADD COLUMN names TEXT")
    connection.execute(
        "CREATE TABLE read_to (topic TEXT, partition INTEGER, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)) STRICT, WITHOUT ROWID"
    )
    connection.execute("CREATE TABLE follows (cluster TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")


def _traces(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE deliveries ADD COLUMN remap_of TEXT")
    connection.execute("CREATE INDEX deliveries_by_source ON deliveries (source, id)")
    connection.execute("CREATE INDEX deliveries_without_news ON deliveries (id) WHERE events = 0")
    connection.execute("CREATE INDEX deliveries_remaps ON deliveries (remap_of, id) WHERE remap_of IS NOT NULL")


def _redactions(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE redactions (subject TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, fields TEXT NOT NULL,"
        " PRIMARY KEY (subject, source, id)) STRICT, WITHOUT ROWID"
    )


def _container_column(connection: sqlite3.Connection) -> None:
    # The index of `_containers` searched the text of each event, which was a fifth of what it costs to keep one.
    connection.execute("ALTER TABLE events ADD COLUMN container TEXT")
    connection.execute("""UPDATE events SET container = json_extract(posted, '$.datefrom') WHERE instr(posted, '"datefrom":"') > 0""")
    connection.execute("DROP INDEX events_by_container")
    connection.execute("CREATE INDEX events_by_container ON events (container) WHERE container IS NOT NULL")


# Each step brings a file from the version that is its place to the next. Only ever append.
MIGRATIONS: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (
    _first,
    _containers,
    _replicas,
    _traces,
    _redactions,
    _container_column,
)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the file to the newest version, each step in one transaction. Raises StrangeFile for one that is newer, or not ours."""
    check(connection, path)
    for version in range(_version(connection), len(MIGRATIONS)):
        connection.execute("BEGIN EXCLUSIVE")
        MIGRATIONS[version](connection)
        connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("COMMIT")


def check(connection: sqlite3.Connection, path: str) -> None:
    """Raise StrangeFile where the file is newer than this Troth, or no ledger at all."""
    try:
        version = _version(connection)
        mark: int = connection.execute("PRAGMA application_id").fetchone()[0]
        tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StrangeFile(
            f"{path} cannot be read as a ledger: {error}. Name another directory with --data, or restore the file."
        ) from error
    if tables and mark != APPLICATION_ID:
        raise StrangeFile(f"{path} is a database of something else. Name another directory with --data.")
    if version > len(MIGRATIONS):
        raise StrangeFile(
            f"{path} was written by a newer Troth (schema {version}, this one knows {len(MIGRATIONS)}). "
            "Upgrade troth; the file was not touched."
        )


def check_newest(connection: sqlite3.Connection, path: str) -> None:
    """The same for who does not migrate: an older file is refused, too."""
    check(connection, path)
    if _version(connection) < len(MIGRATIONS):
        raise StrangeFile(f"{path} was written by an older Troth. Run `troth serve` on it once, which brings it forward.")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
