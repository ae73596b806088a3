"""The numbers agree with those of an independent implementation of SCORING.md."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from troth.domain.book import Book
from troth.domain.events import Event, read_event
from troth.domain.fields import money_of
from troth.domain.fold import fold
from troth.domain.instants import format_instant, parse_instant
from troth.domain.standing import Standing
from troth.domain.summary import teams
from troth.domain.verdict import INFINITE_PACE, Rules, is_moved, is_told, outcome, verdicts

EXAMPLES = Path(__file__).parents[4] / "shared" / "conformance"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="needs ../shared/conformance")


def _lives() -> list[dict[str, Any]]:
    file = EXAMPLES / "lives.json"
    return json.loads(file.read_text()) if file.is_file() else []


@pytest.mark.parametrize("life", _lives(), ids=lambda life: life["name"])
def test_a_life_ends_with_the_terms_and_verdicts_of_the_reference(life: dict[str, Any]) -> None:
    now = parse_instant(life["now"])
    standing = fold(life["name"], [read_event(posted, now) for posted in life["events"]])
    expected = life["expect"]
    ours = _shown(standing, now)
    assert {name: ours[name] for name in expected} == expected


def _shown(standing: Standing, now: int) -> dict[str, Any]:
    judged = verdicts(standing, now, Rules().tolerance)
    result = outcome(standing, now, Rules().tolerance)
    pace = None if result is None else result.pace
    instants = ("due_at", "original_due_at", "requested_at", "closed_at")
    return {
        **{name: None if (value := getattr(standing, name)) is None else format_instant(value) for name in instants},
        "team": standing.team,
        "state": standing.shown_state,
        "weight": standing.weight / 10,
        "budget": money_of(standing.budget),
        "cost": money_of(standing.cost),
        "word": standing.word,
        "rating": standing.rating,
        "verdict": {basis: verdict.name for basis, verdict in judged.items()},
        "settled_at": None if (settled := judged["agreed"].settled_at) is None else format_instant(settled),
        "told": None if standing.due_at is None else is_told(standing),
        "moved": is_moved(standing),
        "pace": "infinite" if pace == INFINITE_PACE else pace,
    }


@pytest.mark.parametrize("seed", [None, 1, 2], ids=["as given", "shuffled", "shuffled otherwise"])
def test_three_teams_have_the_summaries_of_the_reference_in_any_order_of_arrival(seed: int | None) -> None:
    expected = json.loads((EXAMPLES / "teams.json").read_text())
    now = parse_instant(expected["now"])
    events = [read_event(json.loads(line), now) for line in (EXAMPLES / "teams.events.ndjson").read_text().splitlines()]
    if seed is not None:
        events += events[::3]
        random.Random(seed).shuffle(events)
    book = Book(Rules(), now)
    for commitment, its_events in _by_commitment(events).items():
        book.replace(None, fold(commitment, its_events))
    ours = {document["team"]: document for document in teams(book)["teams"]}
    assert ours.keys() == expected["teams"].keys()
    for team, summary in expected["teams"].items():
        _agree(ours[team], summary, team)


def _by_commitment(events: list[Event]) -> dict[str, list[Event]]:
    by_commitment: dict[str, list[Event]] = {}
    for event in events:
        by_commitment.setdefault(event.subject, []).append(event)
    return by_commitment


def _agree(ours: Any, expected: Any, where: str) -> None:
    if isinstance(expected, dict):
        for name, value in expected.items():
            _agree(ours[name], value, f"{where}.{name}")
    elif isinstance(expected, float):
        assert ours == pytest.approx(expected, abs=1e-9, rel=0), where
    else:
        assert ours == expected, where
