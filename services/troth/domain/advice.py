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
        "why": explained(found, days, confidence),
    }


def explained(found: Advice, days: Fraction, confidence: Fraction) -> str:
    """Advice in a sentence, with the counts that it rests on."""
    evidence, held, share = _number(found.evidence), _number(found.held), f"{float(100 * confidence):.10g} in 100"
    if not found.enough:
        return f"Not enough promises yet: there is evidence worth {evidence} fresh promises, and advice takes {ADVICE_EVIDENCE}."
    if found.pace is None:
        return f"No date holds at this confidence: of about {evidence} fresh promises, {held} were delivered at all, fewer than {share}."
    factor = found.pace / 100
    return (
        f"Of about {evidence} fresh promises, {held} took up to {factor:.2f} times what was promised, which is at least {share}: "
        f"{_days(days)} times {factor:.2f} {'is' if days == 1 else 'are'} {_days(days * found.pace / 100)}."
    )


def _days(value: Fraction) -> str:
    return f"{_number(value)} day{'' if value == 1 else 's'}"


def _number(value: float | Fraction) -> str:
    """To a tenth, and what is under 1 to two figures."""
    number = float(value)
    return f"{number:,.1f}".removesuffix(".0") if number >= 1 or number == 0 else f"{number:.2g}"
