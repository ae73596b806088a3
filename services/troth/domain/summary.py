"""Summaries and trends as the API and the board show them: documents made of a book's accounts."""

from collections.abc import Iterable
from typing import Any

from troth.domain.account import ORGANISATION, Account, Subject, trend
from troth.domain.book import Book
from troth.domain.instants import Instant, day_of, format_day, format_instant
from troth.domain.reliability import Reliability, beside_of, is_padded, reliability_of, worst_first
from troth.domain.scored import Scored, SubjectAccount

Document = dict[str, Any]


def summary(book: Scored, subject: Subject, account: SubjectAccount) -> Document:
    """One subject's summary at the book's `now`; a ratio with nothing to divide is None."""
    score = reliability_of(account.tally, day_of(book.now), book.rules.half_life_days)
    beside = beside_of(account.tally)
    return {
        **{kind: name for kind, name in subject._asdict().items() if name is not None},
        "at": format_instant(book.now),
        "reliability": score.reliability,
        "low": score.low,
        "high": score.high,
        "evidence": score.evidence,
        "enough": score.enough,
        "padded": is_padded(score, beside.margin),
        "kept_ratio": score.kept_ratio,
        **beside._asdict(),
        "commitments": account.states(book.now),
        "undated": account.undated,
        "next_due": _shown(account.next_due(book.now)),
        "oldest_overdue": _shown(account.oldest_overdue(book.now)),
    }


def teams(book: Book) -> Document:
    """All teams, worst first, and how many commitments are without a promise."""
    return {"at": format_instant(book.now), "unmade": book.unmade, "teams": _worst_first(book, (s for s in book.accounts if _is_team(s)))}


def customers(book: Book) -> Document:
    """All customers, worst served first."""
    subjects = (s for s in book.accounts if s.customer is not None and s.team is None)
    return {"at": format_instant(book.now), "customers": _worst_first(book, subjects)}


def goals(book: Book) -> Document:
    """All goals of the business, worst served first."""
    subjects = (s for s in book.accounts if s.goal is not None and s.team is None)
    return {"at": format_instant(book.now), "goals": _worst_first(book, subjects)}


def organisation(book: Book) -> Document:
    """The whole: its summary and its trend."""
    account = book.accounts.get(ORGANISATION) or Account(with_days=True)
    return {**summary(book, ORGANISATION, account), "trend": trend_of(book, account)}


def team(book: Book, name: str) -> Document | None:
    """A team's summary, its trend, and how it stands with each customer and for each goal; None where unknown."""
    pairs = [s for s in book.accounts if s.team == name and s.is_pair]
    return _with_trend(
        book,
        Subject(team=name),
        customers=_worst_first(book, (s for s in pairs if s.customer is not None)),
        goals=_worst_first(book, (s for s in pairs if s.goal is not None)),
    )


def customer(book: Book, name: str) -> Document | None:
    """A customer's summary, its trend, and how each team stands with it; None where unknown."""
    pairs = (s for s in book.accounts if s.customer == name and s.is_pair)
    return _with_trend(book, Subject(customer=name), teams=_worst_first(book, pairs))


def goal(book: Book, name: str) -> Document | None:
    """A goal's summary, its trend, and how each team stands for it; None where unknown."""
    pairs = (s for s in book.accounts if s.goal == name and s.is_pair)
    return _with_trend(book, Subject(goal=name), teams=_worst_first(book, pairs))


def trend_of(book: Book, account: Account) -> list[Document]:
    """The score at the end of each of the last 365 days, oldest first, with what is known now."""
    days = [
        {"day": format_day(day), "reliability": score.reliability, "low": score.low, "high": score.high, "evidence": score.evidence}
        for day, score in trend(account, day_of(book.now), book.rules.half_life_days)
    ]
    return days[::-1]


def _with_trend(book: Book, subject: Subject, **parts: list[Document]) -> Document | None:
    account = book.account(subject)
    if account is None:
        return None
    return {**summary(book, subject, account), "trend": trend_of(book, account), **parts}


def _worst_first(book: Book, subjects: Iterable[Subject]) -> list[Document]:
    standing_on = [(subject, account) for subject in subjects if (account := book.account(subject)) is not None]
    documents = [summary(book, subject, account) for subject, account in standing_on]
    return sorted(documents, key=_rank)


def _rank(document: Document) -> tuple[bool, float, float, str]:
    score = Reliability(*(document[field] for field in Reliability._fields))
    return worst_first(score, "\n".join(document[kind] for kind in Subject._fields if kind in document))


def _is_team(subject: Subject) -> bool:
    return subject.team is not None and not subject.is_pair


def _shown(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
