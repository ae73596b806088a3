"""What the board says of a promise's history: each event in words, and the promise's life as marks on an axis. Pure."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_DAY, Instant
from troth.gateway.board.timeline import Life, Mark, life
from troth.gateway.board.words import Calendar, amount, instant, sentence

Document = dict[str, Any]

EVENT_WORDS: Final = {
    "commitment-made": "Promised",
    "commitment-reopened": "Reopened",
    "commitment-amended": "Corrected",
    "commitment-renegotiated": "Renegotiated",
    "commitment-warned": "Warned",
    "commitment-delivered": "Delivered",
    "commitment-accepted": "Accepted",
    "commitment-rejected": "Rejected",
    "commitment-revoked": "Word taken back",
    "commitment-cancelled": "Cancelled",
    "event-retracted": "Struck from the record",
}
_DATE_FIELDS: Final = ("due_at", "expected_at", "requested_at")
_FIELD_WORDS: Final = {
    "title": "Title:",
    "due_at": "Due",
    "expected_at": "Expected",
    "requested_at": "Asked for by",
    "budget": "Budget",
    "cost": "Cost",
    "team": "Team:",
    "customer": "Customer:",
    "goal": "Goal:",
    "conditions": "Conditions:",
    "weight": "Weight:",
    "rating": "Rated",
    "agreed": "Agreed",
    "source": "Event",
    "reason": "Reason:",
}
_LATE_NEWS: Final = MICROSECONDS_A_DAY
_MOST_SHOWN: Final = 200
_MOST_DATES: Final = 8
_ALPHABET: Final = "ABCDEFGH"


class Entry(NamedTuple):
    """A line of the history; `inert` where it changed nothing, `late_news` where it was recorded over a day after it happened."""

    number: int
    time: str
    recorded_at: str
    late_news: bool
    title: str
    said: list[str]
    effect: str
    inert: bool
    source: str
    id: str


def history(commitment: Document) -> list[Entry]:
    """Each thing that was reported, in order, with what it said and did."""
    return [_entry(number, event, commitment) for number, event in enumerate(commitment["history"], 1)]


def shortened(entries: list[Entry]) -> tuple[list[Entry], int, list[Entry]]:
    """The beginning and the end of a history that is too long for a page, and how many lie between."""
    if len(entries) <= _MOST_SHOWN:
        return entries, 0, []
    half = _MOST_SHOWN // 2
    return entries[:half], len(entries) - _MOST_SHOWN, entries[-half:]


def _entry(number: int, event: Document, commitment: Document) -> Entry:
    recorded = event["recorded_at"]
    time = event.get("time") or recorded
    effect = event["effect"]
    return Entry(
        number,
        time,
        recorded,
        instant(recorded) - instant(time) > _LATE_NEWS,
        EVENT_WORDS[_kind(event)],
        list(_said(event.get("data") or {}, commitment["unit"], Calendar(instant(time)))),
        sentence(effect),
        effect.startswith("nothing"),
        event["source"],
        event["id"],
    )


def _kind(event: Document) -> str:
    return str(event["type"]).removeprefix("troth.")


def _said(data: Document, unit: str | None, calendar: Calendar) -> Iterator[str]:
    """What an event says, a sentence a field, in the order a reader asks for it."""
    for name, words in _FIELD_WORDS.items():
        if name not in data:
            continue
        value = data[name]
        if name in _DATE_FIELDS:
            yield f"{words} {calendar.day(value)}." if value else "The date is taken away."
        elif name in ("budget", "cost"):
            yield f"{words} {amount(value, data.get('unit', unit))}."
        elif name == "agreed":
            yield "The customer agreed." if value else "The customer refused."
        elif name == "source":
            yield f"Event {data['id']} of {value}."
        elif name == "rating":
            yield f"Rated {value} of 5."
        elif value != "" and not (name == "weight" and value == 1):
            yield f"{words} {sentence(str(value))}"


def first_budget(commitment: Document) -> float | None:
    """The budget first promised: the earliest one named in the history by an event that came into force."""
    for event in commitment["history"]:
        data = event.get("data") or {}
        if "budget" in data and _in_force(event):
            return float(data["budget"]) if isinstance(data["budget"], float) else data["budget"]
    return None


def _in_force(event: Document) -> bool:
    """Whether an event of terms changed them; the fold says so in its effect where one did not."""
    return not event["effect"].startswith("nothing") and "not in force" not in event["effect"]


def life_of(commitment: Document, calendar: Calendar) -> Life | None:
    """The chart of a promise's life; None where it was never made."""
    made = commitment["made_at"]
    if made is None:
        return None
    happened = [mark for mark in map(_mark, history(commitment), commitment["history"]) if mark is not None]
    due, closed = commitment["due_at"], commitment["closed_at"]
    end = instant(closed) if closed else calendar.now
    bar = (instant(made), max(end, instant(made)))
    today = None if closed else calendar.now
    return life(happened, list(_dates(commitment)), bar, instant(due) if due else None, today)


def _mark(entry: Entry, event: Document) -> Mark | None:
    if entry.inert:
        return None
    kind, data, calendar = _kind(event), event.get("data") or {}, Calendar(instant(entry.time))
    title, detail, look = entry.title, calendar.day(entry.time), ""
    if kind in ("commitment-made", "commitment-delivered", "commitment-accepted"):
        look = "on"
    if kind == "commitment-renegotiated":
        title, look = ("Terms changed", "on") if _in_force(event) else ("Not in force", "no")
        if data.get("due_at"):
            title = "Moved" if look == "on" else "Move refused" if data.get("agreed") is False else "Move not in force"
            detail += f", to {calendar.day(data['due_at'])}"
    if kind in ("commitment-rejected", "commitment-revoked", "commitment-reopened"):
        look = "no"
    if data.get("expected_at"):
        detail += f": expects {calendar.day(data['expected_at'])}"
    if "rating" in data:
        title += f", {data['rating']} of 5"
    return Mark(instant(entry.time), str(entry.number), title, detail, look)


def _dates(commitment: Document) -> Iterator[Mark]:
    """The dates in question, each once, in order, with letters."""
    named: dict[Instant, tuple[str, str]] = {}
    for event in commitment["history"]:
        date = (event.get("data") or {}).get("due_at")
        if date and _kind(event) == "commitment-renegotiated" and not event["effect"].startswith("nothing"):
            named[instant(date)] = ("Moved to", "") if _in_force(event) else ("Proposed, not in force", "refused")
    unmoved = commitment["due_at"] == commitment["original_due_at"]
    for name, title, look in (
        ("expected_at", "The team expects" if commitment["state"] == "open" else "Then expected", "expected"),
        ("requested_at", "Asked for", ""),
        ("original_due_at", "First promised", ""),
        ("due_at", "Promised for" if unmoved else "Agreed", "in"),
    ):
        if commitment[name]:
            named[instant(commitment[name])] = (title, look)
    calendar = Calendar(instant(commitment["made_at"]))
    latest = sorted(named)[-_MOST_DATES:]
    for letter, at in zip(_ALPHABET, latest, strict=False):
        title, look = named[at]
        yield Mark(at, letter, title, calendar.day(at), look)
