"""What Shortcut says, and what the ledger hears: golden pairs, and lives as they end."""

import hashlib
import hmac
from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, mapped_by, told
from troth.domain.events import read_event
from troth.domain.instants import format_instant
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.sources import built_in

REFERENCES = [
    {"id": "g-1", "entity_type": "group", "name": "Payments"},
    {"id": 8, "entity_type": "label", "name": "At risk"},
    {"id": 51, "entity_type": "workflow-state", "name": "Doing", "type": "started"},
    {"id": 52, "entity_type": "workflow-state", "name": "Live", "type": "done"},
]
AT, DUE = "2026-01-12T08:30:00.000000Z", "2026-03-31T23:59:59.999999Z"
URL = "https://app.shortcut.example/acme/story/12"
PROMISE = {"team": "Payments", "title": "Pay by invoice", "url": URL, "due_at": DUE}


def action(kind: str, entity: str = "story", id: int = 12, /, **fields: Any) -> dict[str, Any]:
    return {"id": id, "entity_type": entity, "action": kind, "name": "Pay by invoice", "story_type": "feature", "app_url": URL} | fields


def said(*actions: Any, at: str = "2026-01-12T08:30:00Z") -> Mapped:
    return mapped_by("shortcut", {"id": "n-1", "changed_at": at, "actions": list(actions), "references": REFERENCES, "member_id": "m-1"})


def updated(at: str = "2026-01-12T08:30:00Z", /, **changes: tuple[Any, Any]) -> Mapped:
    return said(action("update", changes={name: {"old": old, "new": new} for name, (old, new) in changes.items()}), at=at)


CREATED = said(action("create", deadline="2026-03-31T00:00:00Z", group_id="g-1"), at="2026-01-10T10:00:00Z")
DONE = updated("2026-03-20T16:00:00Z", completed=(False, True), workflow_state_id=(51, 52))
GOLDEN = [
    pytest.param(CREATED, [("made", "2026-01-10T10:00:00.000000Z", PROMISE)], id="created with a deadline and a team"),
    pytest.param(
        updated(deadline=("2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z")),
        [("renegotiated", AT, {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="its deadline moved, and its team is not told",
    ),
    pytest.param(
        updated(deadline=(None, "2026-03-31T00:00:00Z"), group_id=(None, "g-1")), [("made", AT, PROMISE)], id="a deadline and a team given"
    ),
    pytest.param(
        updated(deadline=("2026-03-31T00:00:00Z", None)),
        [("renegotiated", AT, {"due_at": None, "reason": "its deadline was taken away"})],
        id="its deadline taken away",
    ),
    pytest.param(
        said(*(action("create", "epic", id, deadline="2026-03-31T00:00:00Z", group_id="g-1") for id in (1, 2)), action("create", "branch")),
        [("made", AT, PROMISE), ("made", AT, PROMISE)],
        id="several at once",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert (mapped.reason, mapped.native_id) == ("", "n-1")
    for event in mapped.events:
        assert format_instant(read_event(event, NOW).time) == event["time"]


@pytest.mark.parametrize(
    ("later", "state"),
    [
        pytest.param([DONE], "delivered", id="done"),
        pytest.param([updated(workflow_state_id=(51, 52))], "delivered", id="done by its state alone"),
        pytest.param([DONE, updated("2026-03-21T00:00:00Z", workflow_state_id=(52, 51))], "open", id="reopened"),
        pytest.param([updated(archived=(False, True))], "revoked", id="archived"),
        pytest.param([updated(archived=(False, True)), updated("2026-02-01T00:00:00Z", archived=(True, False))], "open", id="restored"),
        pytest.param([said({"id": 12, "entity_type": "story", "action": "delete"})], "revoked", id="deleted"),
        pytest.param([DONE, updated("2026-03-21T00:00:00Z", name=("a", "b"))], "delivered", id="renamed when it was done"),
    ],
)
def test_a_life_ends_right_and_a_story_that_was_never_a_promise_begins_none(later: list[Mapped], state: str) -> None:
    ledger, other = Remembered("shortcut"), Remembered("shortcut")
    ledger.take(CREATED, *later)
    other.take(*later)
    assert (ledger.standing("shortcut:stories/12").state, ledger.standing("shortcut:stories/12").team) == (state, "Payments")
    assert other.events == {}


def test_a_promise_whose_team_was_never_told_is_the_workspaces_until_it_is() -> None:
    ledger = Remembered("shortcut")
    ledger.take(updated(deadline=(None, "2026-03-31T00:00:00Z")))
    assert ledger.standing("shortcut:stories/12").team == "acme"
    ledger.take(updated("2026-01-13T00:00:00Z", deadline=("2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"), group_id=(None, "g-1")))
    ledger.take(updated("2026-01-14T00:00:00Z", deadline=("2026-04-30T00:00:00Z", "2026-05-31T00:00:00Z")))
    assert ledger.standing("shortcut:stories/12").team == "Payments"


def test_a_label_at_risk_warns_once() -> None:
    ledger = Remembered("shortcut")
    labelled = said(action("update", changes={"label_ids": {"adds": [8]}}))
    ledger.take(CREATED, labelled, labelled)
    assert ledger.standing("shortcut:stories/12").warned_at is not None
    assert len(ledger.events) == 3  # made, its title again, and the warning


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(updated(deadline=(None, "2026-13-45")), "story #12: deadline is '2026-13-45', which is no time", id="no such day"),
        pytest.param(updated(started=(False, True)), "story 12: nothing that is said here makes a promise", id="begun"),
        pytest.param(said(action("create")), "story 12 has no due date: not a promise", id="created without a deadline"),
        pytest.param(
            said({"entity_type": "story-comment", "action": "create"}),
            "no story and no epic is created, changed or deleted: it changes nothing of a promise",
            id="a comment",
        ),
        pytest.param(
            said(action("create", deadline="2026-03-31T00:00:00Z"), action("create", deadline="soon")),
            "story #12: deadline is 'soon', which is no time",
            id="one of two is wrong: nothing of the delivery is taken",
        ),
        pytest.param(mapped_by("shortcut", {"actions": {}}), "actions is an object, not a list", id="actions of another type"),
        pytest.param(mapped_by("shortcut", {"actions": []}), "changed_at is empty, which is no time", id="no time"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def test_a_delivery_opens_only_when_it_is_signed() -> None:
    signature = hmac.new(b"s3cret", b"{}", hashlib.sha256).hexdigest()
    verify = built_in(Local())["shortcut"].verify
    assert verify(Delivery("shortcut", {"payload-signature": signature}, b"{}"), ["s3cret"], NOW)
    assert not verify(Delivery("shortcut", {"payload-signature": signature}, b"{} "), ["s3cret"], NOW)
