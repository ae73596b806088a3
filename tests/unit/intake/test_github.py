"""What GitHub says, and what the ledger hears: golden pairs, and lives as they end in the fold."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.intake.github_said import CLOSED, DUE, ISSUE, LATE_MARCH, NOW, PROMISE, SHOP, map_issue, map_milestone, map_payload
from troth.domain.events import read_event
from troth.domain.instants import format_instant
from troth.intake.choices import Local
from troth.intake.delivery import Mapped


def _told(mapped: Mapped) -> list[tuple[str, str, dict[str, Any]]]:
    return [(event["type"].removeprefix("troth.commitment-"), event["time"], event["data"]) for event in mapped.events]


MADE_MILESTONE = {"team": "octo/shop", "title": "Spring release", "url": "https://github.com/octo/shop/milestone/3", "due_at": DUE}
GOLDEN = [
    pytest.param(map_issue("opened"), [("made", "2026-01-10T10:00:00.000000Z", PROMISE)], id="opened in a dated milestone"),
    pytest.param(map_issue("milestoned"), [("made", "2026-01-12T08:30:00.000000Z", PROMISE)], id="put into a dated milestone"),
    pytest.param(
        map_issue("edited", title="Pay by invoice or card"),
        [("made", "2026-01-12T08:30:00.000000Z", PROMISE | {"title": "Pay by invoice or card"})],
        id="a new title",
    ),
    pytest.param(
        map_issue("demilestoned", milestone=None),
        [("renegotiated", "2026-01-12T08:30:00.000000Z", {"due_at": None, "reason": "taken out of its milestone"})],
        id="taken out of its milestone",
    ),
    pytest.param(
        map_issue("demilestoned", milestone=LATE_MARCH | {"id": 502, "due_on": "2026-04-30T07:00:00Z"}),
        [("made", "2026-01-12T08:30:00.000000Z", PROMISE | {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="taken out of one milestone and already in another",
    ),
    pytest.param(
        map_issue("closed", **CLOSED),
        [("delivered", "2026-03-20T16:00:00.000000Z", {}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="closed",
    ),
    pytest.param(
        map_issue("closed", **CLOSED, state_reason="not_planned"),
        [
            ("revoked", "2026-03-20T16:00:00.000000Z", {"reason": "closed as not planned"}),
            ("made", "2026-03-20T16:00:00.000001Z", PROMISE),
        ],
        id="closed as not planned",
    ),
    pytest.param(
        map_issue("closed", **CLOSED, state_reason="duplicate"),
        [
            ("revoked", "2026-03-20T16:00:00.000000Z", {"reason": "closed as a duplicate"}),
            ("made", "2026-03-20T16:00:00.000001Z", PROMISE),
        ],
        id="closed as a duplicate",
    ),
    pytest.param(
        map_issue("reopened", closed_at="2026-01-11T00:00:00Z", state_reason="reopened"),
        [
            ("made", "2026-01-12T08:30:00.000000Z", PROMISE),
            ("reopened", "2026-01-12T08:30:00.000000Z", {}),
            ("renegotiated", "2026-01-12T08:30:00.000000Z", {"due_at": PROMISE["due_at"]}),
        ],
        id="reopened, and closed_at is still there",
    ),
    pytest.param(map_issue("deleted"), [("revoked", "2026-01-12T08:30:00.000000Z", {"reason": "deleted"})], id="deleted"),
    pytest.param(
        map_issue("transferred"),
        [("revoked", "2026-01-12T08:30:00.000000Z", {"reason": "moved to another repository"})],
        id="moved to another repository",
    ),
    pytest.param(
        map_issue("opened", changes={"old_issue": {"id": 4}, "old_repository": {"id": 5}}),
        [("made", "2026-01-12T08:30:00.000000Z", PROMISE)],
        id="moved here: not promised when it was created elsewhere",
    ),
    pytest.param(map_milestone("created"), [("made", "2026-01-05T09:00:00.000000Z", MADE_MILESTONE)], id="a milestone with a date"),
    pytest.param(
        map_milestone("edited", due_on="2026-04-14T07:00:00Z", updated_at="2026-02-01T12:00:00Z"),
        [("made", "2026-02-01T12:00:00.000000Z", MADE_MILESTONE | {"due_at": "2026-04-14T23:59:59.999999Z"})],
        id="a milestone moved",
    ),
    pytest.param(
        map_milestone("edited", due_on=None, updated_at="2026-02-01T12:00:00Z", changes={"due_on": {"from": "2026-03-31T07:00:00Z"}}),
        [("renegotiated", "2026-02-01T12:00:00.000000Z", {"due_at": None, "reason": "its due date was taken away"})],
        id="a milestone's date taken away",
    ),
    pytest.param(
        map_milestone("closed", **CLOSED),
        [("delivered", "2026-03-20T16:00:00.000000Z", {}), ("made", "2026-03-20T16:00:00.000001Z", MADE_MILESTONE)],
        id="a milestone closed",
    ),
    pytest.param(
        map_milestone("opened", updated_at="2026-03-25T08:00:00Z", closed_at="2026-03-20T16:00:00Z"),
        [
            ("made", "2026-03-25T08:00:00.000000Z", MADE_MILESTONE),
            ("reopened", "2026-03-25T08:00:00.000000Z", {}),
            ("renegotiated", "2026-03-25T08:00:00.000000Z", {"due_at": MADE_MILESTONE["due_at"]}),
        ],
        id="a milestone opened again",
    ),
    pytest.param(map_milestone("deleted"), [("revoked", "2026-01-05T09:00:00.000000Z", {"reason": "deleted"})], id="a milestone deleted"),
    pytest.param(
        map_issue("opened", title="", html_url="javascript:alert(1)", repository=SHOP | {"owner": {"login": "jdoe", "type": "User"}}),
        [("made", "2026-01-10T10:00:00.000000Z", {"team": "shop", "title": "shop#12", "due_at": DUE})],
        id="a person's own repository goes by its bare name",
    ),
    pytest.param(
        map_issue("opened", title="Cafe\u0301\x07\x00for\njdoe@octo.example" + "!" * 3000),
        [("made", "2026-01-10T10:00:00.000000Z", PROMISE | {"title": "Café for [removed]"})],
        id="a title as the ledger takes it",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: list[tuple[str, str, dict[str, Any]]]) -> None:
    assert _told(mapped) == expected
    assert mapped.reason == ""


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_every_event_is_one_that_the_ledger_takes(mapped: Mapped, expected: Any) -> None:
    for event in mapped.events:
        assert format_instant(read_event(event, NOW).time) == event["time"]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_no_person_comes_out(mapped: Mapped, expected: Any) -> None:
    told = json.dumps([mapped.events, mapped.reason, mapped.what])
    assert not [name for name in ("jdoe", "mroe", "@") if name in told]


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(map_issue("opened", milestone=None), "octo/shop#12 has no due date: not a promise", id="no milestone"),
        pytest.param(
            map_issue("closed", **CLOSED, milestone=LATE_MARCH | {"due_on": None}),
            "octo/shop#12 has no due date: not a promise",
            id="a milestone without a date",
        ),
        pytest.param(
            map_milestone("edited", due_on=None, changes={"title": {"from": "x"}}),
            "octo/shop milestone 3 has no due date: not a promise",
            id="never dated",
        ),
        pytest.param(map_issue("labeled"), "issues.labeled changes nothing of a promise", id="a label"),
        pytest.param(
            map_issue("opened", pull_request={"url": "x"}),
            "a pull request, not an issue: of its end nothing would be heard here",
            id="a pull request",
        ),
        pytest.param(map_payload("ping", {"zen": "Keep it simple."}), "ping changes nothing of a promise", id="a ping"),
        pytest.param(
            map_payload("issue_comment", {"action": "deleted", "issue": ISSUE, "repository": SHOP}),
            "issue_comment.deleted changes nothing of a promise",
            id="a comment deleted",
        ),
        pytest.param(
            map_payload("", {"action": "opened"}),
            "there is no X-GitHub-Event header, which says what this is: let it pass through to Troth",
            id="no header",
        ),
        pytest.param(map_payload("issues", [1]), "the body is a list, not an object", id="a list"),
        pytest.param(map_payload("issues", None), "the body is empty, not an object", id="null"),
        pytest.param(
            map_payload("issues", {"action": "opened", "issue": "twelve", "repository": SHOP}),
            "issue is a text, not an object",
            id="an issue that is a text",
        ),
        pytest.param(map_payload("issues", {"action": "opened", "issue": ISSUE}), "repository is empty, not an object", id="no repository"),
        pytest.param(map_issue("opened", repository={"id": 1}), "repository.full_name is missing", id="a repository without a name"),
        pytest.param(map_issue("opened", milestone="v1"), "milestone is a text, not an object", id="a milestone that is a text"),
        pytest.param(
            map_issue("opened", milestone={"due_on": "2026-13-45T00:00:00Z"}),
            "issue.milestone.due_on is '2026-13-45T00:00:00Z', which is no time",
            id="a day that does not exist",
        ),
        pytest.param(
            map_issue("opened", milestone={"due_on": "next Friday"}),
            "issue.milestone.due_on is 'next Friday', which is no time",
            id="a day in words",
        ),
        pytest.param(
            map_issue("milestoned", updated_at=1768206600), "issue.updated_at is 1768206600, which is no time", id="a number as a time"
        ),
        pytest.param(map_issue("closed", state="closed"), "issue.closed_at is empty, which is no time", id="closed and not said when"),
        pytest.param(map_issue("opened", id="9001"), "issue.id is '9001', not a whole number", id="an id that is a text"),
        pytest.param(map_issue("opened", number=10**400), "issue.number is a number beyond all of GitHub's", id="a number beyond all"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def test_a_delivery_says_what_it_was_and_what_github_calls_it() -> None:
    assert (map_issue("closed", **CLOSED).what, map_issue("closed", **CLOSED).native_id) == ("issues.closed octo/shop#12", "6f1c-guid")


def test_the_same_thing_told_twice_has_the_same_names_and_other_content_another() -> None:
    opened, milestoned = map_issue("opened", updated_at="2026-01-10T10:00:00Z"), map_issue("milestoned", updated_at="2026-01-10T10:00:00Z")
    assert opened.events == milestoned.events
    assert opened.events[0]["id"] != map_issue("opened", title="Other").events[0]["id"]


def test_the_due_day_ends_in_the_sources_zone() -> None:
    mapped = map_issue("opened", Local(ZoneInfo("Europe/Berlin"), {"octo/shop": "Payments"}), milestone={"due_on": "2026-11-05T08:00:00Z"})
    assert mapped.events[0]["data"]["due_at"] == "2026-11-05T22:59:59.999999Z"
    assert mapped.events[0]["data"]["team"] == "Payments"
