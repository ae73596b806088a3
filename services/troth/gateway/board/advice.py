"""What the board says of advice: a question as it was put to a team's page, its faults in words, and the date that holds. Pure."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any, Final, NamedTuple

from troth.domain.advice import LONGEST_DAYS
from troth.domain.forecast import DEFAULT_CONFIDENCE
from troth.domain.instants import MICROSECONDS_A_DAY, Instant

Document = dict[str, Any]
Ask = Callable[[Fraction, Fraction], Document | None]

_OFFERED: Final = tuple(Fraction(share, 100) for share in (50, 70, 80, 85, 90, 95))
_SHOWN_LETTERS: Final = 40


class Advised(NamedTuple):
    """A question, as it stands in the form, and its answer: a fault in words, or the document of advice, or neither."""

    days: str
    confidence: Fraction
    fault: str
    document: Document | None

    @property
    def offered(self) -> list[tuple[str, str, bool]]:
        """What the form offers: each share as the API has it, in words, and whether it is the one asked for."""
        shares = sorted({*_OFFERED, self.confidence})
        return [(str(float(share)), f"{float(share * 100):g} of 100", share == self.confidence) for share in shares]

    def holds_until(self, now: Instant) -> Instant | None:
        """The date that holds, promised `now`; None where there is none."""
        days: float | None = None if self.document is None else self.document["advised_days"]
        return None if days is None else now + round(days * MICROSECONDS_A_DAY)


def asked_of(query: Mapping[str, str], ask: Ask) -> Advised:
    """The question in a page's query, answered by `ask(days, confidence)`; one that makes no sense has a fault instead."""
    days, confidence = query.get("days", "").strip(), query.get("confidence", "").strip()
    if not days and not confidence:
        return Advised("", DEFAULT_CONFIDENCE, "", None)
    share = _between(confidence, 1) if confidence else DEFAULT_CONFIDENCE
    if share is None or share == 1:
        fault = f"“{_cut(confidence)}” is no share of promises: write 85 of 100 as 0.85; all of them nobody can promise."
        return Advised(_cut(days), DEFAULT_CONFIDENCE, fault, None)
    estimate = _between(days, LONGEST_DAYS)
    if estimate is None:
        said = f"“{_cut(days)}” is no number of days to go by" if days else "How many days the team would promise is missing"
        return Advised(_cut(days), share, f"{said}: give one above 0, at most {LONGEST_DAYS:,}.", None)
    return Advised(days, share, "", ask(estimate, share))


def _between(text: str, most: int) -> Fraction | None:
    """A number above 0 and at most so much, as written: 0.85 is 85 in 100, not the binary fraction nearest to it."""
    try:
        number = float(text)
    except ValueError:
        return None
    return Fraction(str(number)) if isfinite(number) and 0 < number <= most else None


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}…"
