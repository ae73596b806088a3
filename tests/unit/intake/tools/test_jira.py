"""What Jira says, and what the ledger hears: golden pairs, and lives as they end."""

import json
from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.domain.instants import format_instant
from troth.intake.choices import Local
from troth.intake.delivery import Mapped
from troth.intake.persons import strip
from troth.intake.sources import built_in

JDOE = {"accountId": "557058:aa", "displayName": "Jane Doe", "emailAddress": "jdoe@acme.example", "avatarUrls": {}}
TO_DO = {"name": "To Do", "statusCategory": {"key": "new"}}
DONE = {"name": "Done", "statusCategory": {"key": "done"}}
SPRING = {"id": "10100", "name": "Spring", "releaseDate": "2026-03-31", "released": False, "archived": False}
AUTUMN = SPRING | {"id": "10200", "name": "Autumn", "releaseDate": "2026-10-31"}
FIELDS: dict[str, Any] = {
    "summary": "Pay by invoice",
    "project": {"id": "10000", "key": "PAY", "name": "Payments"},
    "issuetype": {"name": "Story"},
    "status": TO_DO,
    "resolution": None,
    "resolutiondate": None,
    "duedate": "2026-03-31",
    "fixVersions": [],
    "labels": [],
    "reporter": JDOE,
    "created": "2026-01-10T11:00:00.000+0100",
    "updated": "2026-01-12T09:30:00.000+0100",
}
DUE = "2026-03-31T23:59:59.999999Z"
PROMISE = {"team": "Payments", "title": "Pay by invoice", "url": "https://acme.example/jira/browse/PAY-12", "due_at": DUE}
RESOLVED = {"status": DONE, "resolution": {"name": "Done"}, "resolutiondate": "2026-03-20T17:00:00.000+0100"}
AT, END = "2026-01-12T08:30:00.000000Z", "2026-03-20T16:00:00.000000Z"


def issue(event: str, changes: list[dict[str, Any]] | None = None, of: Local | None = None, /, **fields: Any) -> Mapped:
    whole = {"id": "9001", "key": "PAY-12", "self": "https://acme.example/jira/rest/api/2/issue/9001", "fields": FIELDS | fields}
    payload = {"timestamp": 1768206600123, "webhookEvent": f"jira:issue_{event}", "user": JDOE, "issue": whole}
    return mapped_by("jira", payload | ({"changelog": {"items": changes}} if changes else {}), of=of)


def change(field: str, before: str | None, after: str | None) -> list[dict[str, Any]]:
    return [{"field": field, "fieldId": field, "from": before, "fromString": before, "to": after, "toString": after}]


def container(event: str, **thing: Any) -> Mapped:
    return mapped_by("jira", {"timestamp": 1770000000000, "webhookEvent": event} | thing)


GOLDEN = [
    pytest.param(issue("created"), [("made", "2026-01-10T10:00:00.000000Z", PROMISE)], id="created with a due date"),
    pytest.param(
        issue("updated", change("duedate", "2026-03-31", "2026-04-30"), duedate="2026-04-30"),
        [("made", AT, PROMISE | {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="its date moved",
    ),
    pytest.param(
        issue("updated", change("duedate", "2026-03-31", None), duedate=None),
        [("renegotiated", AT, {"due_at": None, "reason": "its due date was taken away"})],
        id="its date taken away",
    ),
    pytest.param(
        issue(
            "updated", change("Fix Version", "10100", "10200"), duedate=None, fixVersions=[AUTUMN, AUTUMN | {"releaseDate": "2027-01-31"}]
        ),
        [("made", AT, PROMISE | {"due_at": "2026-10-31T23:59:59.999999Z"})],
        id="moved to another fix version: the earliest of several",
    ),
    pytest.param(
        issue("updated", change("status", "1", "2"), **RESOLVED),
        [("delivered", END, {}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="done",
    ),
    pytest.param(
        issue("updated", change("resolution", None, "2"), **RESOLVED | {"resolution": {"name": "Won’t Do"}}),
        [("revoked", END, {"reason": "Won’t Do"}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="won't do",
    ),
    pytest.param(
        issue("updated", change("resolution", "10000", None)),
        [("made", AT, PROMISE), ("reopened", AT, {}), ("renegotiated", AT, {"due_at": PROMISE["due_at"]})],
        id="reopened",
    ),
    pytest.param(issue("deleted"), [("revoked", "2026-01-12T08:30:00.123000Z", {"reason": "deleted"})], id="deleted"),
    pytest.param(
        issue("updated", change("Key", "PAY-12", "WEB-3"), project={"name": "Web"}),
        [("made", AT, PROMISE | {"team": "Web"})],
        id="moved to another project",
    ),
    pytest.param(
        issue("updated", change("labels", "a", "a At-Risk"), labels=["a", "At-Risk"]),
        [("made", AT, PROMISE), ("warned", AT, {"reason": "labelled At-Risk"})],
        id="labelled at risk",
    ),
    pytest.param(
        issue("updated", change("Flagged", None, "Impediment")),
        [("made", AT, PROMISE), ("warned", AT, {"reason": "flagged as an impediment"})],
        id="flagged",
    ),
    pytest.param(
        issue(
            "updated", None, chosen(dates_from=["sprint"]), customfield_7=[{"id": 5, "boardId": 1, "endDate": "2026-02-06T16:00:00.000Z"}]
        ),
        [("made", AT, PROMISE | {"due_at": "2026-02-06T16:00:00.000000Z"})],
        id="in a sprint of Cloud, where the user chose sprints",
    ),
    pytest.param(
        issue(
            "updated",
            None,
            chosen(dates_from="sprint"),
            customfield_7=[
                "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=5,rapidViewId=1,goal=<null>,endDate=2026-02-06T17:00:00.000+01:00]"
            ],
        ),
        [("made", AT, PROMISE | {"due_at": "2026-02-06T16:00:00.000000Z"})],
        id="in a sprint of Data Center",
    ),
    pytest.param(
        mapped_by("jira", {"id": "9001", "key": "PAY-12", "fields": FIELDS}),
        [("made", AT, {name: value for name, value in PROMISE.items() if name != "url"})],
        id="the issue alone, as an automation rule sends it",
    ),
    pytest.param(
        issue(
            "updated",
            None,
            chosen(
                customer="fields.customer.value",
                budget="fields.budget",
                requested_at="fields.wanted",
                done=["in review"],
                cost="fields.spent",
            ),
            customer={"value": "Sales"},
            budget=1200.5,
            wanted="2026-02-28",
            spent="900",
            status={"name": "In Review", "statusCategory": {"key": "indeterminate"}},
        ),
        [
            ("delivered", AT, {"cost": 900}),
            (
                "made",
                "2026-01-12T08:30:00.000001Z",
                PROMISE | {"customer": "Sales", "budget": 1200.5, "requested_at": "2026-02-28T23:59:59.999999Z"},
            ),
        ],
        id="what the user says of terms and statuses",
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
        pytest.param(issue("updated", duedate=None), "PAY-12 has no due date: not a promise", id="no date"),
        pytest.param(issue("updated", duedate="2026-13-45"), "issue.fields.duedate is '2026-13-45', which is no time", id="no such day"),
        pytest.param(issue("updated", updated=1768206600), "issue.fields.updated is 1768206600, which is no time", id="a number as a time"),
        pytest.param(issue("updated", project=None), "issue.fields.project.name is missing", id="without a project"),
        pytest.param(
            issue("updated", status={"statusCategory": {"key": "limbo"}}),
            "issue.fields.status.statusCategory.key is 'limbo', which is none of new, indeterminate, done, undefined",
            id="an unknown status",
        ),
        pytest.param(
            issue("updated", None, chosen(budget="fields.summary")),
            "budget (`fields.summary`) is not a number such as 1234.5 (found: 'Pay by invoice')",
            id="a budget that is a text",
        ),
        pytest.param(
            issue("updated", None, chosen(customer="fields.reporter.emailAddress")),
            "customer (`fields.reporter.emailAddress`) looks like a mail address, so like a person; name a unit of an organisation"
            " (found: '[removed]')",
            id="a person as a customer",
        ),
        pytest.param(
            mapped_by("jira", {"webhookEvent": "comment_created"}), "comment_created changes nothing of a promise", id="a comment"
        ),
        pytest.param(
            mapped_by(
                "jira",
                {"webhookEvent": "jira:issue_deleted", "timestamp": 1768206600, "issue": {"id": "1", "key": "A-1", "fields": FIELDS}},
            ),
            "timestamp is 1768206600, which is no time in milliseconds between 1971 and 2199",
            id="seconds where milliseconds are meant",
        ),
        pytest.param(mapped_by("jira", {}), "fields is empty, not an object", id="nothing"),
        pytest.param(
            container("jira:version_updated", version={"id": "1", "releaseDate": "soon"}),
            "version.releaseDate is 'soon', which is no time",
            id="a version's date in words",
        ),
        pytest.param(
            container("sprint_closed", sprint={"id": 5, "endDate": "2026-02-06T16:00:00.000Z"}),
            "sprint 5 is no promise itself, and none has its date from it",
            id="a sprint",
        ),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def test_a_version_or_a_sprint_that_moves_takes_its_issues_along() -> None:
    ledger = Remembered("jira")
    ledger.take(issue("created", duedate=None, fixVersions=[SPRING]))
    ledger.take(container("jira:version_updated", version=SPRING | {"releaseDate": "2026-04-30"}))
    due_at = ledger.standing("jira:issues/9001").due_at
    assert due_at is not None
    assert format_instant(due_at) == "2026-04-30T23:59:59.999999Z"


def test_an_end_that_is_told_before_its_promise_ends_right() -> None:
    life = [issue("created"), issue("updated", change("status", "1", "2"), **RESOLVED | {"updated": RESOLVED["resolutiondate"]})]
    ledger = Remembered("jira")
    ledger.take(*reversed(life))
    standing = ledger.standing("jira:issues/9001")
    assert (standing.state, standing.made_at is not None, standing.due_at is not None) == ("delivered", True, True)


def test_what_is_kept_has_no_person_in_its_changes_mentions_or_pickers() -> None:
    payload = {
        "webhookEvent": "jira:issue_updated",
        "issue": {"fields": {"customfield_9": [JDOE], "description": "Ask [~accountid:557058:bb] or [~mroe]", "summary": "For Jane Doe"}},
        "changelog": {
            "items": [*change("customfield_8", "Max Roe", "Jane Doe"), *change("assignee", None, "mroe"), *change("duedate", None, "x")]
        },
    }
    source = built_in(Local())["jira"]
    kept = strip(source.clean(payload), source.persons)
    assert not [name for name in ("557058", "Roe", "mroe", "Jane", "jdoe") if name in json.dumps(kept)]
    assert [one["field"] for one in kept["changelog"]["items"]] == ["duedate"]
    shapes: list[Any] = [None, [], "x", {"changelog": {"items": []}}]
    assert [source.clean(odd) for odd in shapes] == shapes
