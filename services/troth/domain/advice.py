"""Advice: a team's own estimate in, the time that holds at a confidence out, with the sentence that explains it."""

from fractions import Fraction
from typing import Any, Final

from troth.domain.account import Subject
from troth.domain.book import Book
from troth.domain.forecast import ADVICE_EVIDENCE, Advice, advise
from troth.domain.instants import day_of, format_instant

Document = dict[str, Any]
LONGEST_DAYS: Final = 3_650


def advice(book: Book, team: str, days: Fraction, confidence: Fraction) -> Document | None:
    """What a team that would promise `days` may promise so that a share `confidence` of such promises holds; None for no such team."""
    account = book.account(Subject(team))
    if account is None:
        return None
    found = advise(account.tally.paces, confidence, day_of(book.now), book.rules.half_life_days)
    return {
        "team": team,
        "at": format_instant(book.now),
        "days": float(days),
        "confidence": float(confidence),
        "evidence": found.evidence,
        "enough": found.enough,
        "factor": None if found.pace is None else found.pace / 100,
        "advised_days": None if found.pace is None else float(days * found.pace / 100),
        "why": _why(found, days, confidence),
    }


def _why(found: Advice, days: Fraction, confidence: Fraction) -> str:
    of = f"of about {found.evidence:.0f} fresh promises"
    if not found.enough:
        return f"Not enough promises yet: there is evidence worth {found.evidence:.1f} fresh promises, and advice takes {ADVICE_EVIDENCE}."
    if found.pace is None:
        return f"No date holds at this confidence: {of}, fewer than {_share(confidence)} were delivered at all."
    factor = found.pace / 100
    return (
        f"{of.capitalize()}, {_share(confidence)} took up to {factor:.2f} times what was promised: "
        f"{_number(days)} days times {factor:.2f} are {_number(days * found.pace / 100)}."
    )


def _share(confidence: Fraction) -> str:
    return f"{_number(confidence * 100)} in 100"


def _number(value: Fraction) -> str:
    return f"{float(value):.1f}".removesuffix(".0")
