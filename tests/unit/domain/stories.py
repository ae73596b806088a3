"""How a table of stories is checked: what happened, in order of time, then what is to be said of it, and when it is looked at."""

from typing import Any, NamedTuple

import pytest

from tests.notation import Happening, at, day, events_of
from troth.domain.events import Event
from troth.domain.fields import money_of
from troth.domain.fold import extend, fold
from troth.domain.standing import Standing
from troth.domain.verdict import INFINITE_PACE, Rules, is_moved, is_told, outcome, verdicts


class Story(NamedTuple):
    happened: tuple[Happening, ...]
    then: dict[str, Any]
    seen: str


def story(name: str, *happened: Happening, seen: str = "day 100", **then: Any) -> Any:
    """A story by its name; `seen` is the day on which it is judged."""
    assert then, f"{name!r} says nothing"
    return pytest.param(Story(happened, then, seen), id=name)


def check(told: Story) -> None:
    """The story ends as it says, whichever way its events come: doubled, one by one from behind, or with any one of them last."""
    events = events_of(told.happened)
    standing = fold("c", events)
    assert fold("c", [*reversed(events), *events]) == standing
    assert _one_by_one(events[::-1]) == standing
    for late in range(len(events)):
        assert _one_by_one([*events[:late], *events[late + 1 :], events[late]]) == standing
    ending = _ending(standing, told.seen)
    assert {name: ending[name] for name in told.then} == told.then


def _one_by_one(events: list[Event]) -> Standing:
    standing: Standing | None = None
    known: list[Event] = []
    for event in events:
        known.append(event)
        standing, _, _ = extend(standing, [event], known.copy)
    assert standing is not None
    return standing


def _ending(standing: Standing, seen: str) -> dict[str, Any]:
    judged = verdicts(standing, at(seen), Rules().tolerance)
    result = outcome(standing, at(seen), Rules().tolerance)
    pace = None if result is None else result.pace
    return {
        **{basis: verdict.name for basis, verdict in judged.items()},
        "settled": day(judged["agreed"].settled_at),
        "settled_on_original": day(judged["original"].settled_at),
        "settled_on_requested": day(judged["requested"].settled_at),
        "due": day(standing.due_at),
        "first_due": day(standing.original_due_at),
        "asked_for": day(standing.requested_at),
        "expected": day(standing.expected_at),
        "closed": day(standing.closed_at),
        "budget": money_of(standing.budget),
        "first_budget": money_of(standing.original_budget),
        "cost": money_of(standing.cost),
        "told": is_told(standing),
        "moved": is_moved(standing),
        "pace": "infinite" if pace == INFINITE_PACE else pace,
        "state": standing.shown_state,
        **{name: getattr(standing, name) for name in ("team", "customer", "goal", "title", "url", "conditions", "unit", "word", "rating")},
        "weight": standing.weight / 10,
    }
