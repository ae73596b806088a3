"""What the board says of one promise: the verdict by each date, and how it stands in a sentence. Pure."""

from typing import Any, Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_DAY
from troth.domain.redaction import REDACTED_URL
from troth.gateway.board.views import Headline
from troth.gateway.board.words import Calendar, amount, between, instant, sentence

Document = dict[str, Any]

VERDICT_WORDS: Final = {
    "kept": "kept",
    "late": "late",
    "slipped": "overdue",
    "broken": "broken",
    "over_budget": "over budget",
    "void": "counts for nothing",
    "undated": "no date",
    "pending": "open",
    "unmade": "not promised",
}
AT_RISK: Final = "at risk"
NOTICE_WORDS: Final = {
    "slipped": "went past its date",
    "at_risk": "is at risk",
    "recovered": "is no longer overdue",
    "moved": "was moved",
    "revoked": "was taken back",
}
_BAD: Final = ("late", "slipped", "broken", "over_budget")


class Judgement(NamedTuple):
    """The verdict by one of the three dates."""

    heading: str
    date: str | None
    word: str
    look: str
    says: str
    counts: bool


def has_page(commitment: Document) -> bool:
    """Whether it has an address in the team's tool that a page may lead to."""
    url = commitment["url"]
    return bool(url) and url != REDACTED_URL and str(url).startswith(("http://", "https://"))


def verdict_look(verdict: str) -> str:
    """The CSS class of a verdict's colour: good, alert, or none."""
    return "good" if verdict == "kept" else "alert" if verdict in _BAD else ""


def headline(commitment: Document, calendar: Calendar) -> Headline:
    """How the promise stands by the date agreed, in words that follow its title."""
    verdict = commitment["verdict"]["agreed"]
    rest = _beside_the_date(commitment, verdict, calendar)
    return Headline("", stand(commitment), f", {rest}." if rest else ".", verdict_look(verdict))


def stand(commitment: Document) -> str:
    """How the promise stands in a word or two: its verdict by the date agreed, or that it is at risk."""
    return AT_RISK if commitment["at_risk"] else VERDICT_WORDS[commitment["verdict"]["agreed"]]


def _beside_the_date(commitment: Document, verdict: str, calendar: Calendar) -> str:
    due, closed = commitment["due_at"], commitment["closed_at"]
    if verdict in ("kept", "over_budget", "late"):
        return f"delivered {distance(closed, due)}"
    if verdict == "slipped":
        return f"{between(instant(due), calendar.now)} past the date"
    if verdict == "pending":
        ahead = calendar.distance(due)
        return f"due {ahead}" if ahead == "today" else f"due {ahead}, on {calendar.day(due)}"
    if verdict == "broken":
        return f"{_closing_words(commitment)} on {calendar.day(closed)}"
    if verdict == "void":
        return "cancelled in time" if commitment["state"] == "cancelled" else "closed before it was promised"
    if verdict == "undated":
        return {"open": "still open"}.get(commitment["state"], f"{commitment['state']} on {calendar.day(closed)}" if closed else "")
    return ""


def _closing_words(commitment: Document) -> str:
    return "the team took its word back" if commitment["state"] == "revoked" else "cancelled after its date"


def distance(closed: str, due: str) -> str:
    """How far before or after its date something was delivered."""
    at, date = instant(closed), instant(due)
    if at == date:
        return "on the minute"
    gap = date - at
    if 0 < gap < MICROSECONDS_A_DAY:
        return "on the day"
    return f"{between(at, date)} {'before' if gap > 0 else 'after'} the date"


def judgements(commitment: Document, calendar: Calendar) -> list[Judgement]:
    """The three verdicts beside each other; the one by the agreed date is the one that counts."""
    customer = commitment["customer"] or "the customer"
    bases = (
        ("requested", f"By the date {customer} asked for", commitment["requested_at"]),
        ("original", "By the date first promised", commitment["original_due_at"]),
        ("agreed", "By the date agreed in the end", commitment["due_at"]),
    )
    return [
        Judgement(
            heading,
            date,
            VERDICT_WORDS[commitment["verdict"][basis]],
            verdict_look(commitment["verdict"][basis]) if basis == "agreed" else "",
            _verdict_words(commitment, commitment["verdict"][basis], date, calendar),
            basis == "agreed",
        )
        for basis, heading, date in bases
    ]


def _verdict_words(commitment: Document, verdict: str, date: str | None, calendar: Calendar) -> str:
    closed = commitment["closed_at"]
    if verdict == "kept":
        return f"Delivered on {calendar.day(closed)}, {distance(closed, date or closed)}{_budget_words(commitment)}."
    if verdict == "over_budget":
        return f"Delivered in time, on {calendar.day(closed)}, but {_budget_words(commitment).removeprefix(', and ')}."
    if verdict == "late" and date:
        return f"Delivered on {calendar.day(closed)}, {distance(closed, date)}."
    if verdict == "slipped" and date:
        return f"Not delivered, {between(instant(date), calendar.now)} past the date."
    if verdict == "pending" and date:
        return f"Open; the date is {calendar.distance(date)}."
    if verdict == "broken":
        return f"{sentence(_closing_words(commitment)).removesuffix('.')}, on {calendar.day(closed)}."
    if verdict == "void":
        return "Cancelled in time, or closed before it was promised: nobody gains and nobody loses."
    return "There is no such date." if verdict == "undated" else "Nobody has promised this yet."


def _budget_words(commitment: Document) -> str:
    cost, budget, unit = commitment["cost"], commitment["budget"], commitment["unit"]
    if cost is None or budget is None:
        return ""
    return f", and {amount(cost, unit)} is {'within' if cost <= budget else 'over'} {amount(budget, unit)}"


def moved_words(commitment: Document) -> str:
    """How far the date in force is from the first one."""
    first, due = commitment["original_due_at"], commitment["due_at"]
    if first is None:
        return "set later"
    gap = between(instant(first), instant(due))
    return f"{gap} {'later' if instant(due) > instant(first) else 'earlier'}"
