"""Bringing a book back from the file, making a checkpoint of it, and deriving everything anew from the log."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby, starmap
from operator import itemgetter
from typing import Any, Final

from troth.domain.account import Account, Subject, names_of, post, subjects_of
from troth.domain.book import Book
from troth.domain.events import Event, recall_event
from troth.domain.fold import fold
from troth.domain.instants import Instant
from troth.domain.notices import Notice
from troth.domain.standing import Standing
from troth.domain.verdict import Rules
from troth.ledger import rows

DEARER_THAN_A_RECOUNT: Final = 4  # so many times what counting a standing costs does folding a changed one again
FOLD_VERSION: Final = 1  # raise it when the fold or the verdict changes, and every file is derived anew at its next start


@dataclass(frozen=True, slots=True)
class Made:
    """What the derived tables were made with; where it differs from the settings, they are derived anew."""

    rules: Rules
    zone: tzinfo

    def text(self) -> str:
        """As it is kept in the file."""
        return json.dumps([FOLD_VERSION, self.rules.half_life_days, str(self.rules.tolerance), str(self.zone)])


def restore(connection: sqlite3.Connection, made: Made, now: Instant) -> tuple[Book, list[Notice]]:
    """The book of a file as of `now`, and what there is to tell of the time since its checkpoint.

    Costs what is open, the subjects, and the events since the checkpoint; without one, the standings are counted anew.
    """
    kept = dict(connection.execute("SELECT key, value FROM checkpoint"))
    if kept.get("made") != made.text():
        return recount(connection, made.rules, now)
    position = int(kept["position"])
    changed = {row[0] for row in connection.execute("SELECT DISTINCT subject FROM events WHERE seq > ?", (position,))}
    if len(changed) * DEARER_THAN_A_RECOUNT > connection.execute("SELECT count(*) FROM standings").fetchone()[0]:
        return recount(connection, made.rules, now)
    book = Book(made.rules, int(kept["now"]))
    book.unmade = int(kept["unmade"])
    for row in connection.execute("SELECT subject, account FROM accounts"):
        book.take_over(*rows.read_account(*row))
    for standing in _open_standings(connection):
        if standing.id not in changed:
            _hold(book, standing)
    notices = []
    for commitment in changed:
        before = [event for event, _, _ in rows.events_of(connection, commitment, made.zone, until=position)]
        old = fold(commitment, before) if before else None
        if old is not None and old.is_open:
            _hold(book, old)
        notices += book.replace(old, rows.standing_of(connection, commitment))
    notices += book.advance(now)
    return book, notices + book.forecast()


def recount(connection: sqlite3.Connection, rules: Rules, now: Instant) -> tuple[Book, list[Notice]]:
    """A book made of all standings of a file."""
    book = Book(rules, now)
    notices = []
    for row in connection.execute(rows.SELECT_STANDING):
        notices += book.replace(None, Standing(*row))
    return book, notices + book.forecast()


def save_checkpoint(connection: sqlite3.Connection, book: Book, made: Made, position: int, since: int) -> None:
    """Keep the accounts that changed after book version `since` (-1: all there are); the caller owns the transaction."""
    if since < 0:
        connection.execute("DELETE FROM accounts")
    changed = [rows.write_account(subject, account) for subject, account in book.accounts.items() if account.version > since]
    connection.executemany("INSERT OR REPLACE INTO accounts (subject, account) VALUES (?, ?)", changed)
    values: dict[str, Any] = {"made": made.text(), "position": position, "now": book.now, "unmade": book.unmade}
    connection.executemany(
        "INSERT OR REPLACE INTO checkpoint (key, value) VALUES (?, ?)", [(key, str(value)) for key, value in values.items()]
    )


def rebuild(connection: sqlite3.Connection, made: Made) -> None:
    """Derive all standings anew from the log and forget the checkpoint, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM standings")
    connection.execute("DELETE FROM accounts")
    connection.execute("DELETE FROM checkpoint")
    anew = ((standing, rows.settled_outcome(standing, made.rules)) for standing in replayed(connection, made.zone))
    connection.executemany(rows.INSERT_STANDING, starmap(rows.standing_row, anew))
    connection.execute("COMMIT")


def needs_rebuild(connection: sqlite3.Connection, made: Made) -> bool:
    """Whether the standings in the file were made by another fold, zone or tolerance."""
    row = connection.execute("SELECT value FROM checkpoint WHERE key = 'made'").fetchone()
    if row is None:
        return connection.execute("SELECT 1 FROM events LIMIT 1").fetchone() is not None
    (was, *_), (now_is, *_) = json.loads(row[0]), json.loads(made.text())
    return bool(was != now_is or json.loads(row[0])[2:] != json.loads(made.text())[2:])


def replayed(connection: sqlite3.Connection, zone: tzinfo) -> Iterator[Standing]:
    """Every commitment's standing, folded from nothing but the log."""
    for life in lives(connection, zone):
        yield fold(life[0].subject, life)


def lives(connection: sqlite3.Connection, zone: tzinfo) -> Iterator[list[Event]]:
    """Every commitment's events, as they came."""
    log = connection.execute("SELECT subject, posted, time FROM events ORDER BY subject, seq")
    for _, its_rows in groupby(log, itemgetter(0)):
        yield [recall_event(posted, time, zone) for _, posted, time in its_rows]


def differences(connection: sqlite3.Connection, made: Made, now: Instant) -> Iterator[str]:
    """What in the file is not what a replay of its log from nothing gives, a sentence each; nothing where all agrees."""
    book, _ = restore(connection, made, now)
    anew = Book(made.rules, book.now)
    seen = 0
    for standing in replayed(connection, made.zone):
        seen += 1
        anew.replace(None, standing)
        kept = connection.execute(rows.SELECT_STANDING_ROW, (standing.id,)).fetchone()
        folded = rows.standing_row(standing, rows.settled_outcome(standing, made.rules))
        if kept != folded:
            yield f"commitment {standing.id!r}: the file holds {kept}, the log gives {folded}"
    anew.forecast()
    count: int = connection.execute("SELECT count(*) FROM standings").fetchone()[0]
    if count != seen:
        yield f"the file holds {count} standings, the log gives {seen}"
    if book.unmade != anew.unmade:
        yield f"the book counts {book.unmade} unmade commitments, the log gives {anew.unmade}"
    for subject in book.accounts.keys() | anew.accounts.keys():
        held, given = (one.accounts.get(subject) or Account(with_days=not subject.is_pair) for one in (book, anew))
        if held != given:
            yield f"the account of {subject}: the file holds {held.tally}, the log gives {given.tally}"


def _open_standings(connection: sqlite3.Connection) -> Iterator[Standing]:
    one_of: dict[Any, Any] = {}  # names, dates and states repeat a lot, and what is open stays in memory: equal values share one object
    for row in connection.execute(f"{rows.SELECT_STANDING} WHERE state = 'open' AND made_at IS NOT NULL"):
        yield Standing._make(map(one_of.setdefault, row, row))


def _hold(book: Book, standing: Standing) -> None:
    if standing.due_at is not None:
        accounts = book.accounts
        post([accounts[Subject(*names)] for names in subjects_of(names_of(standing))], book.version, came=standing.due_at)
    book.hold(standing)
