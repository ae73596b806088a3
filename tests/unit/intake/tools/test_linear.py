"""What Linear says, and what the ledger hears: golden pairs, lives as they end, and who may say it."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.domain.instants import format_instant, parse_instant
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.sources import built_in

ISSUE: dict[str, Any] = {
    "id": "aa-11",
    "number": 12,
    "title": "Pay by invoice",
    "dueDate": "2026-03-31",
    "state": {"name": "Todo", "type": "unstarted"},
    "team": {"key": "PAY", "name": "Payments"},
    "labels": [],
    "createdAt": "2026-01-10T10:00:00.000Z",
    "updatedAt": "2026-01-12T08:30:00.000Z",
}
PROJECT: dict[str, Any] = {
    "id": "bb-22",
    "name": "Checkout",
    "targetDate": "2026-03-31",
    "status": {"name": "In progress", "type": "started"},
    "teamIds": ["cc-33"],
    "health": "onTrack",
    "createdAt": "2026-01-05T09:00:00.000Z",
    "updatedAt": "2026-01-12T08:30:00.000Z",
}
DUE, AT, REMOVED = "2026-03-31T23:59:59.999999Z", "2026-01-12T08:30:00.000000Z", "2026-02-01T00:00:00.000000Z"
PROMISE = {"team": "Payments", "title": "Pay by invoice", "url": "https://linear.example/pay/issue/PAY-12", "due_at": DUE}
LAUNCH = {"team": "Checkout", "title": "Checkout", "url": "https://linear.example/pay/issue/PAY-12", "due_at": DUE}
COMPLETED = {"state": {"name": "Done", "type": "completed"}, "completedAt": "2026-03-20T16:00:00.000Z"}
CANCELED = {"state": {"name": "Canceled", "type": "canceled"}, "canceledAt": "2026-03-20T16:00:00.000Z"}
END = "2026-03-20T16:00:00.000000Z"


def said(kind: str, action: str, data: Any, before: Any = None, of: Local | None = None) -> Mapped:
    payload = {"type": kind, "action": action, "data": data, "createdAt": "2026-02-01T00:00:00.000Z", "url": PROMISE["url"]}
    return mapped_by("linear", payload | ({"updatedFrom": before} if before else {}), {"linear-delivery": "d-1"}, of)


def issue(action: str, before: Any = None, of: Local | None = None, /, **fields: Any) -> Mapped:
    return said("Issue", action, ISSUE | fields, before, of)


def project(action: str, before: Any = None, of: Local | None = None, /, **fields: Any) -> Mapped:
    return said("Project", action, PROJECT | fields, before, of)


GOLDEN = [
    pytest.param(issue("create"), [("made", "2026-01-10T10:00:00.000000Z", PROMISE)], id="created with a due date"),
    pytest.param(
        issue("update", {"dueDate": "2026-03-31"}, dueDate="2026-04-30"),
        [("made", AT, PROMISE | {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="its date moved",
    ),
    pytest.param(
        issue("update", {"dueDate": "2026-03-31"}, dueDate=None),
        [("renegotiated", AT, {"due_at": None, "reason": "its due date was taken away"})],
        id="its date taken away",
    ),
    pytest.param(
        issue("update", {"stateId": "x"}, **COMPLETED),
        [("delivered", END, {}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="done",
    ),
    pytest.param(
        issue("update", {"stateId": "x"}, **CANCELED),
        [("revoked", END, {"reason": "canceled"}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="canceled: by the team, as nothing speaks for the customer",
    ),
    pytest.param(
        issue("update", {"completedAt": "2026-01-11T00:00:00.000Z"}, completedAt=None),
        [("made", AT, PROMISE), ("reopened", AT, {}), ("renegotiated", AT, {"due_at": PROMISE["due_at"]})],
        id="reopened",
    ),
    pytest.param(
        issue("update", archivedAt="2026-03-01T00:00:00.000Z"),
        [("revoked", "2026-03-01T00:00:00.000000Z", {"reason": "archived"}), ("made", "2026-03-01T00:00:00.000001Z", PROMISE)],
        id="archived before it was done",
    ),
    pytest.param(issue("remove"), [("revoked", REMOVED, {"reason": "deleted"})], id="deleted"),
    pytest.param(
        issue("restore"),
        [("made", REMOVED, PROMISE), ("reopened", REMOVED, {}), ("renegotiated", REMOVED, {"due_at": PROMISE["due_at"]})],
        id="restored",
    ),
    pytest.param(
        issue("update", {"teamId": "x"}, team={"key": "WEB", "name": "Web 🚀"}),
        [("made", AT, PROMISE | {"team": "Web 🚀"})],
        id="moved to a team with a picture in its name",
    ),
    pytest.param(
        issue(
            "update",
            None,
            chosen(dates_from=["dueDate", "cycle"]),
            dueDate=None,
            cycle={"id": "dd-44", "endsAt": "2026-02-12T18:30:00.000Z"},
        ),
        [("made", AT, PROMISE | {"due_at": "2026-02-12T18:30:00.000000Z"})],
        id="in a cycle, where the user chose cycles",
    ),
    pytest.param(project("create"), [("made", "2026-01-05T09:00:00.000000Z", LAUNCH)], id="a project with a target date"),
    pytest.param(
        project("update", {"targetDate": "2026-02-28"}, chosen(teams={"cc-33": "Payments"})),
        [("made", AT, LAUNCH | {"team": "Payments"})],
        id="a project of a team that the user named",
    ),
    pytest.param(
        project("update", {"health": "onTrack"}, health="atRisk"),
        [("made", AT, LAUNCH), ("warned", AT, {"reason": "at risk by its health"})],
        id="a project at risk",
    ),
    pytest.param(
        project("update", {"statusId": "x"}, status={"type": "completed"}, completedAt="2026-03-20T16:00:00.000Z"),
        [("delivered", END, {}), ("made", "2026-03-20T16:00:00.000001Z", LAUNCH)],
        id="a project completed",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert (mapped.reason, mapped.native_id) == ("", "d-1")
    for event in mapped.events:
        assert format_instant(read_event(event, NOW).time) == event["time"]


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(issue("update", dueDate=None), "PAY-12 has no due date: not a promise", id="no date"),
        pytest.param(issue("update", dueDate="2026-13-45"), "data.dueDate is '2026-13-45', which is no time", id="no such day"),
        pytest.param(issue("update", team=None), "data.team.name is missing", id="without a team"),
        pytest.param(
            issue("update", state={"type": "limbo"}),
            "the issue's state is of type 'limbo', which is none of backlog, canceled, completed, duplicate, paused, planned, started,"
            " triage, unstarted",
            id="an unknown status",
        ),
        pytest.param(issue("update", updatedAt=None), "data.updatedAt is empty, which is no time", id="no time"),
        pytest.param(said("Comment", "create", {}), "Comment.create changes nothing of a promise", id="a comment"),
        pytest.param(
            said("ProjectUpdate", "create", {"projectId": "bb-22", "health": "onTrack", "createdAt": "2026-02-01T00:00:00Z"}),
            "a project update that is on track changes nothing of a promise",
            id="a project update that is on track",
        ),
        pytest.param(mapped_by("linear", {}), "type is missing, which says what this is", id="nothing"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def test_a_project_update_at_risk_warns_of_the_project_once() -> None:
    ledger = Remembered("linear")
    update = {"projectId": "bb-22", "health": "offTrack", "createdAt": "2026-02-01T00:00:00Z"}
    ledger.take(said("ProjectUpdate", "create", update))
    assert ledger.events == {}
    ledger.take(project("create"), said("ProjectUpdate", "create", update), said("ProjectUpdate", "create", update))
    assert ledger.standing("linear:projects/bb-22").warned_at == parse_instant("2026-02-01T00:00:00Z")
    assert len(ledger.events) == 2


def test_a_cycle_or_a_project_that_moves_takes_its_issues_along() -> None:
    cycle = {"id": "dd-44", "number": 3, "endsAt": "2026-02-12T18:30:00.000Z"}
    ours = chosen(dates_from=["cycle", "project"])
    ledger = Remembered("linear")
    ledger.take(project("create"), issue("create", None, ours, dueDate=None, cycle=cycle))
    ledger.take(issue("create", None, ours, id="ee-55", dueDate=None, projectId="bb-22"))
    ledger.take(said("Cycle", "update", cycle | {"endsAt": "2026-02-19T18:30:00.000Z", "updatedAt": "2026-01-15T00:00:00Z"}))
    ledger.take(project("update", {"targetDate": "2026-03-31"}, targetDate="2026-04-30"))
    due = {name: ledger.standing(f"linear:issues/{name}").due_at for name in ("aa-11", "ee-55")}
    assert due == {"aa-11": parse_instant("2026-02-19T18:30:00Z"), "ee-55": parse_instant("2026-04-30T23:59:59.999999Z")}


@pytest.mark.parametrize(
    ("age_seconds", "secret", "opens"),
    [(0, "s3cret", True), (59, "s3cret", True), (-59, "s3cret", True), (61, "s3cret", False), (-61, "s3cret", False), (0, "other", False)],
)
def test_a_delivery_opens_only_when_it_is_signed_and_new(age_seconds: int, secret: str, opens: bool) -> None:
    body = json.dumps({"webhookTimestamp": NOW // 1000 - age_seconds * 1000}).encode()
    headers = {"linear-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
    assert built_in(Local())["linear"].verify(Delivery("linear", headers, body), ["s3cret"], NOW) is opens


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"webhookTimestamp": "soon"}', b"\xff"])
def test_a_signed_body_without_a_time_does_not_open(body: bytes) -> None:
    headers = {"linear-signature": hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()}
    assert not built_in(Local())["linear"].verify(Delivery("linear", headers, body), ["s3cret"], NOW)
