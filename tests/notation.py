"""How tests write lives: `("day 0", promised(due="day 10"))`. A day is 24 hours from the first instant of 2026."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from troth.domain.events import Event, read_event
from troth.domain.forecast import Odds, Outlook
from troth.domain.instants import MICROSECONDS_A_DAY, Instant, format_instant, parse_instant
from troth.domain.verdict import Rules

DAY_0 = parse_instant("2026-01-01T00:00:00Z")
FAR_AHEAD = parse_instant("2999-01-01T00:00:00Z")  # a clock behind which every event of a test lies
_WHEN = re.compile(r"day (-?[0-9.]+)(?: ([+-]) 1 microsecond)?")

Happening = tuple[str, Mapping[str, Any]]


def at(when: str) -> Instant:
    """The instant of "day 9.5", "day 10 + 1 microsecond" or "day 10 - 1 microsecond"."""
    found = _WHEN.fullmatch(when)
    assert found is not None, f"{when!r} is no day of a story"
    beside = {"+": 1, "-": -1, None: 0}[found[2]]
    return DAY_0 + round(float(found[1]) * MICROSECONDS_A_DAY) + beside


def day(instant: Instant | None) -> str | None:
    """An instant as a story says it; the reverse of `at` for whole and half days."""
    if instant is None:
        return None
    days, rest = divmod(instant - DAY_0, MICROSECONDS_A_DAY)
    return f"day {days + rest / MICROSECONDS_A_DAY:g}"


def promised(team: str = "a", **said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-made", {"team": team, "title": "a promise", **said})


def dated_again(team: str = "a", **said: Any) -> Mapping[str, Any]:
    """A second `made` of the same commitment, as a tool sends that writes the whole item each time."""
    return promised(team, **said)


def moved(to: str | None, **said: Any) -> Mapping[str, Any]:
    """A renegotiation of the date; None takes it away."""
    return _saying("troth.commitment-renegotiated", {"due": to, **said})


def budget_set(amount: float, **said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-renegotiated", {"budget": amount, **said})


def amended(**said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-amended", said)


def warned(**said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-warned", said)


def delivered(**said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-delivered", said)


def accepted(**said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-accepted", said)


def rejected(**said: Any) -> Mapping[str, Any]:
    return _saying("troth.commitment-rejected", said)


def reopened() -> Mapping[str, Any]:
    return _saying("troth.commitment-reopened", {})


def revoked() -> Mapping[str, Any]:
    return _saying("troth.commitment-revoked", {})


def cancelled() -> Mapping[str, Any]:
    return _saying("troth.commitment-cancelled", {})


def retracted(nth: int) -> Mapping[str, Any]:
    """A retraction of the nth thing that happened in the story, counted from 1."""
    return _saying("troth.event-retracted", {"source": "story", "id": str(nth), "reason": "a mistake"})


def posted(nth: int, happening: Happening, subject: str = "c", source: str = "story") -> dict[str, Any]:
    """The CloudEvent of what happened as the nth thing."""
    when, what = happening
    return {"specversion": "1.0", "id": str(nth), "source": source, "subject": subject, "time": format_instant(at(when)), **what}


def events_of(happenings: Iterable[Happening], subject: str = "c") -> list[Event]:
    return [read_event(posted(nth, happening, subject), FAR_AHEAD) for nth, happening in enumerate(happenings, 1)]


# What is forecast of a team of which nothing is known.
UNKNOWN = Outlook(Odds({}, 0, Rules().half_life_days, 0.5), None)


def _saying(event_type: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = {"due": "due_at", "requested": "requested_at", "expected": "expected_at"}
    data = {
        fields.get(name, name): format_instant(at(value)) if name in fields and value is not None else value for name, value in said.items()
    }
    return {"type": event_type, "data": data}
