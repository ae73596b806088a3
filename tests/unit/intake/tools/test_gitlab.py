"""What GitLab says, and what the ledger hears: golden pairs, and lives as they end."""

from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.domain.instants import format_instant
from troth.intake.choices import Local
from troth.intake.delivery import Mapped

SHOP = {"id": 3, "name": "Shop", "path_with_namespace": "retail/shop", "web_url": "https://git.example/retail/shop"}
JDOE = {"id": 4, "name": "Jane Doe", "username": "jdoe", "email": "jdoe@git.example"}
ISSUE = {
    "id": 9001,
    "iid": 12,
    "title": "Pay by invoice",
    "url": "https://git.example/retail/shop/-/issues/12",
    "state": "opened",
    "due_date": "2026-03-31",
    "milestone_id": None,
    "health_status": None,
    "labels": [],
    "author_id": 4,
    "created_at": "2026-01-10 10:00:00 UTC",
    "updated_at": "2026-01-12T08:30:00Z",
    "closed_at": None,
}
MILESTONE = {
    "id": 501,
    "iid": 3,
    "title": "Spring release",
    "state": "active",
    "due_date": "2026-03-31",
    "created_at": "2026-01-05 09:00:00 UTC",
    "updated_at": "2026-01-05 09:00:00 UTC",
}
DUE = "2026-03-31T23:59:59.999999Z"
PROMISE = {"team": "retail/shop", "title": "Pay by invoice", "url": "https://git.example/retail/shop/-/issues/12", "due_at": DUE}
RELEASE = {"team": "retail/shop", "title": "Spring release", "due_at": DUE}
CLOSED = {"state": "closed", "updated_at": "2026-03-20 16:00:00 UTC", "closed_at": "2026-03-20 16:00:00 UTC"}


def issue(action: str, kind: str = "issue", of: Local | None = None, /, **said: Any) -> Mapped:
    beside = {name: said.pop(name) for name in ("project", "changes", "group") if name in said}
    attributes = ISSUE | said | {"action": action}
    payload = {"object_kind": kind, "user": JDOE, "project": SHOP, "object_attributes": attributes, "assignees": [JDOE]}
    return mapped_by("gitlab", payload | beside, of=of)


def milestone(action: str, **said: Any) -> Mapped:
    beside = {name: said.pop(name) for name in ("project", "group") if name in said}
    payload = {"object_kind": "milestone", "project": SHOP, "object_attributes": MILESTONE | said, "action": action}
    return mapped_by("gitlab", payload | beside)


GOLDEN = [
    pytest.param(issue("open"), [("made", "2026-01-10T10:00:00.000000Z", PROMISE)], id="opened with a due date"),
    pytest.param(
        issue("update", due_date="2026-04-30", changes={"due_date": {"previous": "2026-03-31", "current": "2026-04-30"}}),
        [("made", "2026-01-12T08:30:00.000000Z", PROMISE | {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="its date moved",
    ),
    pytest.param(
        issue("update", due_date=None, changes={"due_date": {"previous": "2026-03-31", "current": None}}),
        [("renegotiated", "2026-01-12T08:30:00.000000Z", {"due_at": None, "reason": "its due date was taken away"})],
        id="its date taken away",
    ),
    pytest.param(
        issue("close", **CLOSED),
        [("delivered", "2026-03-20T16:00:00.000000Z", {}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="closed",
    ),
    pytest.param(
        issue("close", **CLOSED, duplicated_to_id=7),
        [
            ("revoked", "2026-03-20T16:00:00.000000Z", {"reason": "closed as a duplicate"}),
            ("made", "2026-03-20T16:00:00.000001Z", PROMISE),
        ],
        id="closed as a duplicate",
    ),
    pytest.param(
        issue("close", **CLOSED, moved_to_id=7),
        [
            ("revoked", "2026-03-20T16:00:00.000000Z", {"reason": "moved to another project"}),
            ("made", "2026-03-20T16:00:00.000001Z", PROMISE),
        ],
        id="moved to another project",
    ),
    pytest.param(
        issue("reopen", closed_at="2026-01-11 00:00:00 UTC"),
        [
            ("made", "2026-01-12T08:30:00.000000Z", PROMISE),
            ("reopened", "2026-01-12T08:30:00.000000Z", {}),
            ("renegotiated", "2026-01-12T08:30:00.000000Z", {"due_at": PROMISE["due_at"]}),
        ],
        id="reopened, and closed_at is still there",
    ),
    pytest.param(
        issue("update", health_status="at_risk", changes={"health_status": {"previous": "on_track", "current": "at_risk"}}),
        [
            ("made", "2026-01-12T08:30:00.000000Z", PROMISE),
            ("warned", "2026-01-12T08:30:00.000000Z", {"reason": "at risk by its health status"}),
        ],
        id="now at risk",
    ),
    pytest.param(
        issue("open", "work_item", type="Epic", project=None, url="https://git.example/groups/retail/web/-/work_items/12"),
        [
            (
                "made",
                "2026-01-10T10:00:00.000000Z",
                PROMISE | {"team": "retail/web", "url": "https://git.example/groups/retail/web/-/work_items/12"},
            )
        ],
        id="an epic of a group",
    ),
    pytest.param(milestone("create"), [("made", "2026-01-05T09:00:00.000000Z", RELEASE)], id="a milestone with a date"),
    pytest.param(
        milestone("close", **CLOSED),
        [("delivered", "2026-03-20T16:00:00.000000Z", {}), ("made", "2026-03-20T16:00:00.000001Z", RELEASE)],
        id="a milestone closed",
    ),
    pytest.param(
        milestone("delete", project=None, group={"full_path": "retail"}, updated_at="2026-02-01 12:00:00 UTC"),
        [("revoked", "2026-02-01T12:00:00.000000Z", {"reason": "deleted"})],
        id="a group's milestone deleted",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert mapped.reason == ""
    for event in mapped.events:
        assert format_instant(read_event(event, NOW).time) == event["time"]


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(issue("open", due_date=None), "retail/shop#12 has no due date: not a promise", id="no date"),
        pytest.param(
            issue("open", due_date="2026-13-45"), "object_attributes.due_date is '2026-13-45', which is no time", id="no such day"
        ),
        pytest.param(issue("open", due_date="next Friday"), "object_attributes.due_date is 'next Friday', which is no time", id="in words"),
        pytest.param(issue("open", due_date=20260331), "object_attributes.due_date is 20260331, which is no time", id="a number"),
        pytest.param(
            issue("update", state="pondered"),
            "object_attributes.state is 'pondered', which is none of opened, closed, active, locked, reopened",
            id="a state that GitLab never had",
        ),
        pytest.param(
            issue("open", project=None, url=None), "project.path_with_namespace is missing, and so is the group", id="without a project"
        ),
        pytest.param(issue("open", id=None), "object_attributes.id is empty, which names nothing", id="without a number"),
        pytest.param(issue("open", created_at=None), "object_attributes.created_at is empty, which is no time", id="without a time"),
        pytest.param(issue("approve"), "issue.approve changes nothing of a promise", id="an action that says nothing"),
        pytest.param(mapped_by("gitlab", {"object_kind": "note"}), "note changes nothing of a promise", id="a comment"),
        pytest.param(mapped_by("gitlab", {}), "object_kind is missing, which says what this is", id="nothing"),
        pytest.param(mapped_by("gitlab", ["issue"]), "the body is a list, not an object", id="a list"),
        pytest.param(
            mapped_by("gitlab", {"object_kind": "issue", "object_attributes": "x", "action": "open"}),
            "object_attributes is a text, not an object",
            id="a field that changed its type",
        ),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


IN_MILESTONE = {"due_date": None, "milestone_id": 501}


def test_an_issue_takes_the_date_of_its_milestone_where_the_ledger_knows_it() -> None:
    ledger = Remembered("gitlab")
    ledger.take(issue("open", **IN_MILESTONE))
    assert ledger.standing("gitlab:issues/9001").made_at is None
    ledger.take(milestone("create"), issue("update", **IN_MILESTONE))
    due_at = ledger.standing("gitlab:issues/9001").due_at
    assert due_at is not None
    assert format_instant(due_at) == DUE


def test_a_milestone_that_moves_takes_its_issues_along() -> None:
    ledger = Remembered("gitlab")
    ledger.take(milestone("create"), issue("update", **IN_MILESTONE), issue("open", id=9002, iid=13))
    ledger.take(milestone("reopen", due_date="2026-04-30", updated_at="2026-02-01 12:00:00 UTC"))
    moved, own = (ledger.standing(f"gitlab:issues/{number}").due_at for number in (9001, 9002))
    assert moved is not None
    assert own is not None
    assert (format_instant(moved)[:10], format_instant(own)[:10]) == ("2026-04-30", "2026-03-31")


def test_what_lost_its_date_and_was_then_closed_is_delivered_where_it_was_a_promise() -> None:
    ledger = Remembered("gitlab")
    ledger.take(issue("open"), issue("close", **CLOSED | {"due_date": None}), issue("close", **CLOSED, id=9002, due_date=None))
    assert ledger.standing("gitlab:issues/9001").state == "delivered"
    assert ledger.standings(["gitlab:issues/9002"]) == {}


def test_a_reopening_that_was_never_heard_of_is_seen_in_the_next_word() -> None:
    ledger = Remembered("gitlab")
    ledger.take(issue("open"), issue("close", **CLOSED), issue("update", updated_at="2026-03-22 09:00:00 UTC"))
    assert ledger.standing("gitlab:issues/9001").is_open


def test_nothing_happens_twice() -> None:
    life = [issue("open"), issue("close", **CLOSED), issue("reopen", updated_at="2026-03-22 09:00:00 UTC")]
    once, again = Remembered("gitlab"), Remembered("gitlab")
    once.take(*life)
    again.take(*life, *reversed(life), *life)
    assert again.events == once.events


def test_the_user_says_what_is_a_promise_and_what_its_team_is_called() -> None:
    ours = chosen(labels=["promise"], customer="project.name", teams={"retail/shop": "Web Shop"}, zone="Europe/Berlin")
    assert issue("open", "issue", ours).reason == "retail/shop#12 has none of the `labels`: not a promise"
    [(kind, _, data)] = told(issue("open", "issue", ours, labels=[{"title": "Promise"}]))
    assert (kind, data["team"], data["customer"], data["due_at"]) == ("made", "Web Shop", "Shop", "2026-03-31T21:59:59.999999Z")
