"""GitHub's own examples, where they are at hand: each becomes events or a reason, and none a person."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from troth.domain.events import read_event
from troth.domain.instants import parse_instant
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.persons import strip
from troth.intake.sources import built_in

FOLDER = Path(__file__).parents[4] / "shared" / "payloads" / "github"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
NOW = parse_instant("2026-06-01T00:00:00Z")
SOURCE = built_in(Local())["github"]
pytestmark = pytest.mark.skipif(not FILES, reason="needs ../shared/payloads")
EXPECTED = {
    "issues.assigned.json": [],
    "issues.deleted.json": ["delivered", "revoked"],
    "issues.edited.json": ["made"],
    "issues.labeled.json": [],
    "issues.milestoned.json": [],
    "issues.opened.json": ["made"],
    "milestone.created.json": ["made"],
    "milestone.deleted.json": ["delivered", "revoked"],
}


def _mapped(file: Path, payload: Any) -> Mapped:
    return SOURCE.map(Delivery("github", {"x-github-event": file.name.split(".")[0]}, b""), payload, NOW)


def _called(payload: Any) -> Iterator[str]:
    if isinstance(payload, dict):
        if "login" in payload and payload.get("type") == "User":
            yield from (payload["login"], str(payload["id"]), payload["node_id"])
        for part in payload.values():
            yield from _called(part)
    elif isinstance(payload, list):
        for part in payload:
            yield from _called(part)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_example_becomes_events_or_a_reason(file: Path) -> None:
    mapped = _mapped(file, json.loads(file.read_bytes()))
    assert [event["type"].removeprefix("troth.commitment-") for event in mapped.events] == EXPECTED.get(file.name, [])
    assert bool(mapped.reason) != bool(mapped.events)
    for event in mapped.events:
        assert read_event(event, NOW).subject.startswith("github:")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_example_leaves_a_person(file: Path) -> None:
    payload = json.loads(file.read_bytes())
    mapped = _mapped(file, payload)
    left = json.dumps([mapped.events, mapped.reason, mapped.what, strip(payload, SOURCE.persons)])
    names = Counter(_called(payload))
    assert names
    assert not [name for name in names if name in left]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_was_kept_is_mapped_again_as_at_first(file: Path) -> None:
    payload = json.loads(file.read_bytes())
    assert _mapped(file, strip(payload, SOURCE.persons)) == _mapped(file, payload)
