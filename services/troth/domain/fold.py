"""The fold: a commitment's events, in SCORING's order, to its standing (SCORING.md, "The fold").

Each rule returns what changes and, in words, what the event did or why nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain import events as ev
from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.standing import ACCEPTED, CANCELLED, DELIVERED, OPEN, REJECTED, REVOKED, Changes, Standing

Rule = Callable[[Standing, Event], tuple[Changes, str]]

_NOT_PROMISED: Final = "nothing: it was not promised yet"
_NOTHING_NEW: Final = "nothing: it says nothing new"
_WHERE_TIMELY: Final = ("team", "customer", "goal", "requested_at")
_CORRECTABLE: Final = (*_WHERE_TIMELY, "title", "url", "conditions")


def follows(standing: Standing, event: Event) -> bool:
    """Whether folding this event on top is the same as folding all again: it is last in order and nothing is retracted."""
    if event.rank == ev.RETRACTED or standing.retractions:
        return False
    if event.time > standing.last_time:
        return True
    return event[:4] > (standing.last_time, standing.last_rank, standing.last_source, standing.last_id)


def step(standing: Standing, event: Event) -> tuple[Standing, Changes, str]:
    """Fold one event that is last in order; returns the new standing, what changed, and the event's effect in words."""
    changes, effect = _RULES[event.rank](standing, event)
    if standing.first_time is None:
        changes["first_time"] = event.time
    changes["events"] = standing.events + 1
    changes["last_time"] = event.time
    changes["last_rank"] = event.rank
    changes["last_source"] = event.source
    changes["last_id"] = event.id
    return standing.but(changes), changes, effect


def extend(
    standing: Standing | None, events: Sequence[Event], everything: Callable[[], Iterable[Event]]
) -> tuple[Standing, list[Standing], Changes]:
    """The standing after more events of one commitment, the standings on the way with the one it began from, and what changed.

    Events last in order are folded step by step; where one is not, `everything` (all events, these too) is folded anew.
    """
    before = after = standing or Standing.blank(events[0].subject)
    passed = [after]
    changed: Changes = {}
    for event in sorted(events) if len(events) > 1 else events:
        if not follows(after, event):
            passed = [Standing(after.id), *(state for _, state, _ in walk(after.id, everything()))]
            return passed[-1], passed, before.difference(passed[-1])
        after, changes, _ = step(after, event)
        passed.append(after)
        changed = changed | changes if changed else changes
    return after, passed, changed


def fold(subject: str, events: Iterable[Event]) -> Standing:
    """The standing of a set of events of one commitment, given in any order and with duplicates (the first of a name stays)."""
    folded = Standing(subject)
    for _, standing, _ in walk(subject, events):
        folded = standing
    return folded


def walk(subject: str, events: Iterable[Event]) -> Iterator[tuple[Event, Standing, str]]:
    """Each event of a commitment in order, with the standing after it and its effect; a retracted one changes nothing."""
    named: dict[tuple[str, str], Event] = {}
    for event in events:
        named.setdefault(event.name, event)
    in_order = sorted(named.values())
    retracted = {(event.data["source"], event.data["id"]): event for event in in_order if event.rank == ev.RETRACTED}
    standing = Standing(subject)
    for event in in_order:
        if event.rank != ev.RETRACTED and event.name in retracted:
            standing = standing._replace(
                events=standing.events + 1,
                first_time=event.time if standing.first_time is None else standing.first_time,
                last_time=event.time,
            )
            yield event, standing, f"nothing: retracted ({retracted[event.name].data['reason']})"
        else:
            standing, _, effect = step(standing, event)
            yield event, standing, effect


def timely(standing: Standing, time: Instant, *, agreed: bool = False) -> bool:
    """Whether terms may change at `time`: open, and of a date in force at most nine tenths are gone, or with the customer all."""
    if standing.state != OPEN:
        return False
    if standing.due_at is None or standing.due_set_at is None:
        return True
    if agreed:
        return time <= standing.due_at
    return 10 * (time - standing.due_set_at) <= 9 * (standing.due_at - standing.due_set_at)


def _made(standing: Standing, event: Event) -> tuple[Changes, str]:
    if standing.made_at is not None:
        return _made_again(standing, event)
    changes = {**event.data, "made_at": event.time}  # a promise's fields are those of a standing
    due = changes.pop("due_at", None)
    in_force = due is not None and due > event.time
    if in_force:
        changes |= {"due_at": due, "due_set_at": event.time, "original_due_at": due, "original_set_at": event.time}
    if "budget" in changes:
        changes["original_budget"] = changes["budget"]
    effect = "promises, by a date" if in_force else "promises, without a date"
    if due is not None and not in_force:
        effect += ": the one named was not after the promise itself"
    if standing.state != OPEN:
        effect += f"; it was already {standing.state}, so it counts for nothing"
    return changes, effect


def _made_again(standing: Standing, event: Event) -> tuple[Changes, str]:
    corrections, corrected = _amended(standing, event)
    terms, renegotiated = _renegotiated(standing, event)
    said = [effect for effect in (corrected, renegotiated) if effect != _NOTHING_NEW]
    return corrections | terms, "; ".join(said) or _NOTHING_NEW


def _amended(standing: Standing, event: Event) -> tuple[Changes, str]:
    if standing.made_at is None:
        return {}, _NOT_PROMISED
    named = {name: event.data[name] for name in _CORRECTABLE if name in event.data and event.data[name] != getattr(standing, name)}
    in_time = timely(standing, event.time)
    kept_out = {name for name in named if name in _WHERE_TIMELY and not in_time}
    if "requested_at" in named and standing.requested_at is not None and event.time > standing.requested_at:
        kept_out.add("requested_at")
    changes = {name: value for name, value in named.items() if name not in kept_out}
    said = []
    if changes:
        said.append("corrects " + _listed(changes))
    if kept_out:
        said.append(f"comes too late to correct {_listed(kept_out)}")
    return changes, "; ".join(said) or _NOTHING_NEW


def _listed(names: Iterable[str]) -> str:
    return ", ".join({"requested_at": "the requested date"}.get(name, name) for name in _CORRECTABLE if name in names)


def _renegotiated(standing: Standing, event: Event) -> tuple[Changes, str]:
    if standing.made_at is None:
        return {}, _NOT_PROMISED
    data = event.data
    new_date = "due_at" in data and data["due_at"] != standing.due_at
    new_budget = "budget" in data and data["budget"] != standing.budget
    if not new_date and not new_budget:
        return {}, _NOTHING_NEW
    hindrance = _hindrance(standing, event.time, data, new_date=new_date)
    if hindrance:
        changes = _telling(standing, event.time)
        if data.get("due_at") is not None:
            changes["expected_at"] = data["due_at"]
        return changes, f"history, not in force: {hindrance}"
    changes = {}
    said = []
    if new_date:
        changes |= _date_in_force(standing, data["due_at"], event.time)
        said.append("takes the date away" if data["due_at"] is None else "sets the date")
    if new_budget:
        changes["budget"] = data["budget"]
        if standing.original_budget is None:
            changes["original_budget"] = data["budget"]
        said.append("sets the budget")
    return changes, " and ".join(said)


def _hindrance(standing: Standing, time: Instant, data: Mapping[str, Any], *, new_date: bool) -> str:
    agreed = data.get("agreed")
    if standing.state != OPEN:
        return f"it was {standing.state}"
    if agreed is False:
        return "the customer refused"
    if not timely(standing, time, agreed=agreed is True):
        return "the date had passed" if agreed else "over nine tenths of the time had gone, and the customer had not agreed"
    if new_date and data["due_at"] is None and agreed is not True:
        return "a date is taken away only with the customer"
    if new_date and data["due_at"] is not None and data["due_at"] <= time:
        return "the new date was not after the renegotiation itself"
    return ""


def _date_in_force(standing: Standing, due: Instant | None, time: Instant) -> Changes:
    changes: Changes = {"due_at": due, "due_set_at": None if due is None else time, "expected_at": None, "warned_at": None, "told_at": None}
    if standing.original_due_at is None:
        changes |= {"original_due_at": due, "original_set_at": time}
    return changes


def _telling(standing: Standing, time: Instant) -> Changes:
    return {"told_at": time} if standing.due_at is not None and standing.told_at is None else {}


def _warned(standing: Standing, event: Event) -> tuple[Changes, str]:
    if standing.made_at is None:
        return {}, _NOT_PROMISED
    changes = _telling(standing, event.time) | {"warned_at": event.time}
    if "expected_at" in event.data:
        changes["expected_at"] = event.data["expected_at"]
    return changes, "warns that it may slip"


def _delivered(standing: Standing, event: Event) -> tuple[Changes, str]:
    cost = event.data.get("cost")
    changes: Changes = {}
    said = []
    if cost is not None and (standing.cost is None or cost > standing.cost):
        changes["cost"] = cost
        said.append("reports the cost")
    if standing.state == OPEN:
        changes |= {"state": DELIVERED, "closed_at": event.time}
        said.insert(0, "delivers")
    return changes, " and ".join(said) or f"nothing: it was already {standing.state}"


def _accepted(standing: Standing, event: Event) -> tuple[Changes, str]:
    changes: Changes = {"word": ACCEPTED, "rating": event.data.get("rating")}
    if standing.state != OPEN:
        return changes, "the customer is satisfied"
    return changes | {"state": DELIVERED, "closed_at": event.time}, "the customer is satisfied, which delivers it"


def _rejected(standing: Standing, event: Event) -> tuple[Changes, str]:
    changes: Changes = {"word": REJECTED, "rating": event.data.get("rating")}
    if standing.state != DELIVERED:
        return changes, "the customer is not satisfied"
    return changes | {"state": OPEN, "closed_at": None}, "the customer is not satisfied: open again"


def _reopened(standing: Standing, event: Event) -> tuple[Changes, str]:  # noqa: ARG001  # a rule takes the event
    if standing.state == OPEN:
        return {}, "nothing: it was open"
    if standing.state == DELIVERED and standing.word == ACCEPTED:
        return {}, "nothing: the customer had accepted it"
    return {"state": OPEN, "closed_at": None}, "open again"


def _revoked(standing: Standing, event: Event) -> tuple[Changes, str]:
    if standing.state != OPEN:
        return {}, f"nothing: it was already {standing.state}"
    told = {} if standing.made_at is None else _telling(standing, event.time)
    return told | {"state": REVOKED, "closed_at": event.time}, "the team takes its word back"


def _cancelled(standing: Standing, event: Event) -> tuple[Changes, str]:
    if standing.state != OPEN:
        return {}, f"nothing: it was already {standing.state}"
    return {"state": CANCELLED, "closed_at": event.time}, "the customer no longer wants it"


def _retracted(standing: Standing, event: Event) -> tuple[Changes, str]:
    return {"retractions": standing.retractions + 1}, f"strikes the event {event.data['id']} of {event.data['source']} from the record"


# By the rank of events.py, which is SCORING's order.
_RULES: Final[tuple[Rule, ...]] = (
    _made,
    _reopened,
    _amended,
    _renegotiated,
    _warned,
    _delivered,
    _accepted,
    _rejected,
    _revoked,
    _cancelled,
    _retracted,
)
