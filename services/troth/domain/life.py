"""One commitment as the API and its page show it: terms, verdict on each basis and why, and its history."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from troth.domain.chance import forecast
from troth.domain.events import Event
from troth.domain.fields import money_of
from troth.domain.fold import walk
from troth.domain.forecast import Outlook, chance_of, is_at_risk, risk_instant
from troth.domain.instants import Instant, format_instant
from troth.domain.standing import CANCELLED, Standing
from troth.domain.verdict import Verdict, verdicts

Document = dict[str, Any]
LATE_NEWS_MICROSECONDS: Final = 24 * 3_600 * 1_000_000


def commitment(standing: Standing, now: Instant, tolerance: Fraction, outlook: Outlook) -> Document:
    """The commitment's terms, state, verdicts and chance at `now`, without its history."""
    judged = verdicts(standing, now, tolerance)
    return {
        "id": standing.id,
        **{name: getattr(standing, name) for name in ("team", "customer", "goal", "title", "url", "conditions")},
        "weight": standing.weight / 10,
        **{name: _shown(getattr(standing, name)) for name in ("made_at", "requested_at", "original_due_at", "due_at", "expected_at")},
        "budget": money_of(standing.budget),
        "unit": standing.unit,
        "cost": money_of(standing.cost),
        "state": standing.shown_state,
        "closed_at": _shown(standing.closed_at),
        "word": standing.word,
        "rating": standing.rating,
        "verdict": {basis: verdict.name for basis, verdict in judged.items()},
        "why": why(standing, judged["agreed"]),
        "chance": chance_of(standing, now, outlook.odds),
        "at_risk": is_at_risk(standing, now, risk_instant(standing, outlook.threshold)),
        "forecast": forecast(standing, now, outlook),
    }


def history(subject: str, recorded: Iterable[tuple[Event, Instant]]) -> list[Document]:
    """The events in order as CloudEvents, each with when it was recorded and what it did or why nothing."""
    known = {event.name: (event, recorded_at) for event, recorded_at in reversed(list(recorded))}
    return [
        {
            **event.posted,
            "time": format_instant(event.time),
            "recorded_at": format_instant(known[event.name][1]),
            "effect": effect,
            "late_news": known[event.name][1] - event.time > LATE_NEWS_MICROSECONDS,
        }
        for event, _, effect in walk(subject, (event for event, _ in known.values()))
    ]


def why(standing: Standing, verdict: Verdict) -> str:
    """The rule that gave the verdict on the agreed basis, in a sentence with its dates and amounts."""
    due, closed = _shown(standing.due_at), _shown(standing.closed_at)
    match verdict.name:
        case "unmade":
            return "No promise was recorded, only what came after one: it counts for nothing."
        case "void":
            return _why_void(standing)
        case "undated":
            return "No date is in force, so there is nothing to keep or to miss."
        case "broken":
            done = "the customer cancelled it" if standing.state == CANCELLED else "the team took its word back"
            return f"Its date {due} was in force and {done} at {closed}."
        case "over_budget":
            unit = f" {standing.unit}" if standing.unit else ""
            cost, budget = money_of(standing.cost), money_of(standing.budget)
            return f"Delivered at {closed}, by its date {due}, but it cost {cost}{unit} and the budget in force was {budget}{unit}."
        case "kept":
            return f"Delivered at {closed}, by its date {due}."
        case "late":
            return f"Delivered at {closed}, after its date {due}."
        case "slipped":
            return f"Its date {due} passed and it is not delivered."
        case _:
            return f"It is open and due at {due}."


def _why_void(standing: Standing) -> str:
    closed = _shown(standing.closed_at)
    if standing.closed_at is not None and standing.made_at is not None and standing.closed_at < standing.made_at:
        return f"It was {standing.state} at {closed}, before it was promised at {_shown(standing.made_at)}: it counts for nothing."
    by = f"by its date {_shown(standing.due_at)}" if standing.due_at is not None else "and it had no date"
    return f"The customer cancelled it at {closed}, {by}: it counts for nothing."


def _shown(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
