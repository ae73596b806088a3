"""The book as it was: made from what had happened by an instant, for the subjects that are asked for."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from troth.domain.account import ORGANISATION, TREND_DAYS, Account, Subject, post, reached
from troth.domain.book import Book
from troth.domain.events import Event, recall_event
from troth.domain.fold import fold
from troth.domain.instants import Instant, day_of
from troth.domain.standing import Standing
from troth.domain.tally import change_of
from troth.ledger import rows
from troth.ledger.restore import Made


@dataclass(frozen=True, slots=True)
class Scope:
    """Which subjects a past book is for: all of the first kind, or the one named `only` with its pairs; and the `whole`."""

    kinds: tuple[str, ...]
    only: str | None = None
    whole: bool = False


TEAMS: Final = Scope(("team",), whole=True)
CUSTOMERS: Final = Scope(("customer",))
GOALS: Final = Scope(("goal",))
WHOLE: Final = Scope((), whole=True)


def team_scope(name: str) -> Scope:
    """One team, with its customers and its goals."""
    return Scope(("team", "customer", "goal"), name)


def customer_scope(name: str) -> Scope:
    """One customer, with the teams that promised to it."""
    return Scope(("customer", "team"), name)


def goal_scope(name: str) -> Scope:
    """One goal, with the teams that promised for it."""
    return Scope(("goal", "team"), name)


def past_book(connection: sqlite3.Connection, made: Made, at: Instant, scope: Scope, thresholds: Mapping[str, int] | None = None) -> Book:
    """The book at `at`: the fold over the events with time <= at, a retraction counting only from its own time on.

    What was at risk takes the teams' thresholds of then; a book of all teams has its own.

    A commitment whose last event is not later stands as it does now; only what has events on both sides is folded anew.
    """
    book = Book(made.rules, at)
    book.thresholds |= thresholds or {}
    where, values = ("", ()) if scope.only is None else (f" AND {scope.kinds[0]} = ?", (scope.only,))
    columns = ", ".join((*scope.kinds, "outcome"))
    closed = connection.execute(
        f"SELECT {columns} FROM standings WHERE state != 'open' AND made_at IS NOT NULL AND last_time <= ?{where}",  # noqa: S608 - our own names
        (at, *values),
    )
    _add_outcomes(book, scope, Counter(closed))
    book.unmade += connection.execute("SELECT count(*) FROM standings WHERE made_at IS NULL AND last_time <= ?", (at,)).fetchone()[0]
    still_open = connection.execute(f"{rows.SELECT_STANDING} WHERE state = 'open' AND made_at IS NOT NULL AND last_time <= ?", (at,))
    for row in still_open:
        book.replace(None, Standing(*row))
    for standing in _folded_until(connection, made, at):
        book.replace(None, standing)
    if thresholds is None:
        book.forecast()
    return book


def _add_outcomes(book: Book, scope: Scope, counted: Counter[tuple[str | None, ...]]) -> None:
    since = day_of(book.now) - TREND_DAYS
    # Many rows are of the same few names, and many of different names have the same outcome.
    accounts_of = cache(lambda *names: [_account(book, subject) for subject in _subjects(scope, names)])
    change_by = cache(lambda text: change_of(rows.read_outcome(text), book.rules.half_life_days))
    for (*names, text), count in counted.items():
        changes = () if text is None else (reached(change_by(text).times(count), since),)
        post(accounts_of(*names), book.version, made=count, changes=changes)


def _subjects(scope: Scope, names: tuple[str | None, ...]) -> Iterator[Subject]:
    named = {kind: name for kind, name in zip(scope.kinds, names, strict=True) if name is not None}
    if scope.whole:
        yield ORGANISATION
    if scope.kinds and scope.kinds[0] in named:
        first = scope.kinds[0]
        yield Subject(**{first: named[first]})
        for kind in scope.kinds[1:]:
            if kind in named:
                yield Subject(**{first: named[first], kind: named[kind]})


def _account(book: Book, subject: Subject) -> Account:
    return book.accounts.setdefault(subject, Account(with_days=not subject.is_pair))


def _folded_until(connection: sqlite3.Connection, made: Made, at: Instant) -> Iterator[Standing]:
    # CROSS JOIN keeps the order: the standings first, of which few are on both sides, and not each event of the log.
    log = connection.execute(
        "SELECT e.subject, e.posted, e.time FROM standings s CROSS JOIN events e ON e.subject = s.id"
        " WHERE s.last_time > ?1 AND s.first_time <= ?1 AND e.time <= ?1 ORDER BY s.id, e.seq",
        (at,),
    )
    for commitment, its_rows in groupby(log, itemgetter(0)):
        events: list[Event] = [recall_event(posted, time, made.zone) for _, posted, time in its_rows]
        yield fold(commitment, events)
