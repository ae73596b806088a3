"""What the peers do with an event: into its life, and out what that changes of its team's tally. One subject only, the team."""

from typing import Any

from pydantic_core import from_json, to_json

from troth.domain.events import Event, recall_event
from troth.domain.fold import extend
from troth.domain.instants import Instant
from troth.domain.standing import Standing
from troth.domain.tally import CELLS, change_of
from troth.domain.verdict import Rules, outcome

RULES = Rules()
Changed = dict[str, Any]


def fold(held: bytes | None, event: Event, posted: bytes, now: Instant) -> tuple[bytes, Changed]:
    """The life after an event, and the change of its team's tally."""
    standing, events = (None, []) if held is None else from_json(held)
    old = None if standing is None else Standing(*standing)
    if not any(name == [event.source, event.id] for name, _, _ in events):
        events.append([[event.source, event.id], event.time, posted.decode()])
    new, _, _ = extend(old, [event], lambda: [recall_event(text, time) for _, time, text in events])
    return to_json([new, events]), {"team": new.team, "cells": _change(old, new, now), "made": old is None or old.made_at is None}


def add(held: Changed | None, change: Changed) -> Changed:
    """A team's tally with a change added."""
    if held is None:
        held = {"cells": [0] * len(CELLS), "made": 0}
    for cell, amount in change["cells"]:
        held["cells"][cell] += amount
    held["made"] += change["made"]
    return held


def _change(old: Standing | None, new: Standing, now: Instant) -> list[tuple[int, int]]:
    changes: list[tuple[int, int]] = []
    for standing, sign in ((old, -1), (new, 1)):
        result = None if standing is None else outcome(standing, now, RULES.tolerance)
        if result is not None:
            change = change_of(result, RULES.half_life_days).times(sign)
            changes += [*((cell, change.weight) for cell in change.cells), *change.amounts]
    return changes
