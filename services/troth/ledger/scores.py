"""Reading scores: the live book's documents for now, and a past book's for an instant before."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from typing import Any

from troth.domain import summary
from troth.domain.account import trend
from troth.domain.advice import advice
from troth.domain.book import Book
from troth.domain.forecast import Outlook
from troth.domain.instants import Instant, day_of
from troth.ledger import past
from troth.ledger.beside import Readable
from troth.ledger.past import Scope

Document = dict[str, Any]
SPARK_WEEKS = 26


class Scores:
    """Summaries and trends, as DESIGN's HTTP section has them. `at` None is now."""

    def __init__(self, ledger: Readable) -> None:
        self._ledger = ledger
        # A page asks for the same past several times; the position makes an answer of before late news unfindable.
        self._past = lru_cache(maxsize=8)(self._make_past)

    def teams(self, at: Instant | None) -> Document:
        """All teams, worst first."""
        with self._book(at, past.TEAMS) as book:
            return summary.teams(book)

    def customers(self, at: Instant | None) -> Document:
        """All customers, worst served first."""
        with self._book(at, past.CUSTOMERS) as book:
            return summary.customers(book)

    def goals(self, at: Instant | None) -> Document:
        """All goals, worst served first."""
        with self._book(at, past.GOALS) as book:
            return summary.goals(book)

    def organisation(self, at: Instant | None) -> Document:
        """The whole, with its trend."""
        with self._book(at, past.WHOLE) as book:
            return summary.organisation(book)

    def team(self, name: str, at: Instant | None) -> Document | None:
        """One team with its trend, customers and goals; None where unknown."""
        with self._book(at, past.team_scope(name)) as book:
            return summary.team(book, name)

    def customer(self, name: str, at: Instant | None) -> Document | None:
        """One customer with its trend and teams; None where unknown."""
        with self._book(at, past.customer_scope(name)) as book:
            return summary.customer(book, name)

    def goal(self, name: str, at: Instant | None) -> Document | None:
        """One goal with its trend and teams; None where unknown."""
        with self._book(at, past.goal_scope(name)) as book:
            return summary.goal(book, name)

    def trends(self, at: Instant | None) -> dict[str, list[float | None]]:
        """By team, its reliability at the end of each of the last 26 weeks, oldest first; None before its first evidence."""
        with self._book(at, past.TEAMS) as book:
            return {
                subject.team: _weekly(book, subject)
                for subject in book.accounts
                if subject.team is not None and not subject.is_pair and book.account(subject) is not None
            }

    def advice(self, team: str, days: Fraction, confidence: Fraction, at: Instant | None) -> Document | None:
        """What a team may promise; None where it is unknown."""
        with self._book(at, past.TEAMS) as book:
            return advice(book, team, days, confidence)

    def outlooks(self, teams: Iterable[str | None], at: Instant | None) -> dict[str | None, Outlook]:
        """By team, what a forecast of its promises is made of."""
        with self._book(at, past.TEAMS) as book:
            return {team: book.outlook(team) for team in teams}

    @contextmanager
    def _book(self, at: Instant | None, scope: Scope) -> Iterator[Book]:
        if at is None:
            with self._ledger.book() as book:
                yield book
        else:
            with self._ledger.readers.snapshot() as connection:
                position: int = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
            yield self._past(at, scope, position)

    def _make_past(self, at: Instant, scope: Scope, position: int) -> Book:
        thresholds = None if scope == past.TEAMS else self._past(at, past.TEAMS, position).thresholds
        with self._ledger.readers.snapshot() as connection:
            return past.past_book(connection, self._ledger.made, at, scope, thresholds)


def _weekly(book: Book, subject: Any) -> list[float | None]:
    days = list(trend(book.accounts[subject], day_of(book.now), book.rules.half_life_days))[: 7 * SPARK_WEEKS : 7]
    return [score.reliability if score.evidence else None for _, score in reversed(days)]
