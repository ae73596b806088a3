"""What Azure DevOps says, and what the ledger hears: golden pairs, and lives as they end."""

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

DUE_DATE, TARGET = "Microsoft.VSTS.Scheduling.DueDate", "Microsoft.VSTS.Scheduling.TargetDate"
CLOSED_DATE = "Microsoft.VSTS.Common.ClosedDate"
JDOE = {"displayName": "Jane Doe", "uniqueName": "jdoe@fab.example", "id": "77-aa"}
FIELDS: dict[str, Any] = {
    "System.AreaPath": "Fabrikam\\Web Shop",
    "System.TeamProject": "Fabrikam",
    "System.IterationPath": "Fabrikam\\Sprint 3",
    "System.WorkItemType": "User Story",
    "System.State": "New",
    "System.Reason": "New",
    "System.Title": "Pay by invoice",
    "System.CreatedDate": "2026-01-10T10:00:00.1234567Z",
    "System.ChangedDate": "2026-01-12T08:30:00Z",
    "System.AssignedTo": JDOE,
    DUE_DATE: "2026-03-31T00:00:00Z",
}
AT, DUE = "2026-01-12T08:30:00.000000Z", "2026-03-31T23:59:59.999999Z"
URL = "https://dev.azure.example/fabrikam/_workitems/edit/5"
PROMISE = {"team": "Fabrikam\\Web Shop", "title": "Pay by invoice", "url": URL, "due_at": DUE}
CLOSED = {"System.State": "Closed", CLOSED_DATE: "2026-03-20T16:00:00Z"}


def item(event: str, of: Local | None = None, /, fields: dict[str, Any] | None = None, **beside: Any) -> Mapped:
    resource = {"id": 5, "rev": 1, "fields": FIELDS | (fields or {}), "_links": {"html": {"href": URL}}}
    return delivery(event, resource | beside, of)


def updated(changes: dict[str, tuple[Any, Any]], of: Local | None = None) -> Mapped:
    said = {
        name: {key: value for key, value in (("oldValue", old), ("newValue", new)) if value is not None}
        for name, (old, new) in changes.items()
    }
    revision = {"id": 5, "rev": 2, "fields": FIELDS, "_links": {"html": {"href": URL}}}
    return delivery("updated", {"id": 2, "workItemId": 0, "rev": 2, "fields": said, "revision": revision}, of)


def delivery(event: str, resource: Any, of: Local | None = None) -> Mapped:
    payload = {"id": "n-1", "eventType": f"workitem.{event}", "createdDate": "2026-02-02T19:16:25.6251162Z", "resource": resource}
    return mapped_by("azure-devops", payload, of=of)


GOLDEN = [
    pytest.param(item("created"), [("made", "2026-01-10T10:00:00.123456Z", PROMISE)], id="created with a due date"),
    pytest.param(
        item("created", fields={DUE_DATE: None, TARGET: "2026-04-30T00:00:00Z"}),
        [("made", "2026-01-10T10:00:00.123456Z", PROMISE | {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="created with a target date",
    ),
    pytest.param(
        item("created", chosen(zone="Europe/Berlin"), fields={DUE_DATE: "2026-03-30T22:00:00Z"}),
        [("made", "2026-01-10T10:00:00.123456Z", PROMISE | {"due_at": "2026-03-31T21:59:59.999999Z"})],
        id="midnight in Berlin means its day there",
    ),
    pytest.param(
        updated({DUE_DATE: ("2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"), "System.ChangedDate": (None, "2026-01-20T08:00:00Z")}),
        [("made", "2026-01-20T08:00:00.000000Z", PROMISE | {"due_at": "2026-04-30T23:59:59.999999Z"})],
        id="its date moved, though the revision shows it as it was",
    ),
    pytest.param(
        updated({DUE_DATE: ("2026-03-31T00:00:00Z", None)}),
        [("renegotiated", AT, {"due_at": None, "reason": "its due date was taken away"})],
        id="its date taken away",
    ),
    pytest.param(
        updated({"System.State": ("Active", "Closed"), CLOSED_DATE: (None, "2026-03-20T16:00:00Z")}),
        [("delivered", "2026-03-20T16:00:00.000000Z", {}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="closed",
    ),
    pytest.param(
        updated({"System.State": ("Active", "Removed"), "System.Reason": ("x", "Removed from the backlog")}),
        [
            ("revoked", AT, {"reason": "Removed from the backlog"}),
            ("made", "2026-01-12T08:30:00.000001Z", PROMISE),
        ],
        id="removed",
    ),
    pytest.param(
        updated({"System.State": ("Closed", "Active")}),
        [("made", AT, PROMISE), ("reopened", AT, {}), ("renegotiated", AT, {"due_at": PROMISE["due_at"]})],
        id="reopened by its states",
    ),
    pytest.param(item("deleted"), [("revoked", "2026-02-02T19:16:25.625116Z", {"reason": "deleted"})], id="deleted"),
    pytest.param(
        item("restored"),
        [
            ("made", "2026-02-02T19:16:25.625116Z", PROMISE),
            ("reopened", "2026-02-02T19:16:25.625116Z", {}),
            ("renegotiated", "2026-02-02T19:16:25.625116Z", {"due_at": PROMISE["due_at"]}),
        ],
        id="restored",
    ),
    pytest.param(
        updated({"System.AreaPath": ("Fabrikam\\Web Shop", "Fabrikam\\Ops")}, chosen(teams={"Fabrikam\\Ops": "Operations"})),
        [("made", AT, PROMISE | {"team": "Operations"})],
        id="moved to another area, which has a name of its own here",
    ),
    pytest.param(
        item("created", chosen(dates={"Fabrikam\\Sprint 3": "2026-02-06"}), fields={DUE_DATE: None}),
        [("made", "2026-01-10T10:00:00.123456Z", PROMISE | {"due_at": "2026-02-06T23:59:59.999999Z"})],
        id="in an iteration whose date the user says",
    ),
    pytest.param(
        updated(
            {"System.State": ("Active", "Resolved")},
            chosen(done="Resolved", types="User Story", customer='"Custom.Customer"', promise="\"System.State\" != 'New'"),
        ),
        [("delivered", AT, {}), ("made", "2026-01-12T08:30:00.000001Z", PROMISE)],
        id="a state that the user counts as done",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert (mapped.reason, mapped.native_id) == ("", "n-1")
    for event in mapped.events:
        assert event["subject"] == "azure-devops:workitems/5"
        assert format_instant(read_event(event, NOW).time) == event["time"]


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(item("created", fields={DUE_DATE: None}), "Fabrikam #5 has no due date: not a promise", id="no date"),
        pytest.param(item("created", fields={DUE_DATE: "2026-13-45"}), f"{DUE_DATE} is '2026-13-45', which is no time", id="no such day"),
        pytest.param(item("created", fields={DUE_DATE: 20260331}), f"{DUE_DATE} is 20260331, which is no time", id="a number"),
        pytest.param(
            item("created", fields={"System.AreaPath": None, "System.TeamProject": None}),
            "System.AreaPath and System.TeamProject are missing",
            id="without a project",
        ),
        pytest.param(
            item("created", fields={"System.CreatedDate": "0001-01-01T00:00:00"}),
            "System.CreatedDate is '0001-01-01T00:00:00', which is no time",
            id="a time without a zone",
        ),
        pytest.param(
            item("created", chosen(types=["Feature"])),
            "Fabrikam #5 is of type 'User Story', which is not among `types`: not a promise",
            id="another type",
        ),
        pytest.param(
            delivery("created", {"id": 5, "url": "https://x"}),
            "the fields of the work item are missing: let the subscription send all resource details",
            id="minimal details",
        ),
        pytest.param(delivery("created", {"id": 0, "fields": FIELDS}), "resource.id is 0, which names nothing", id="number 0"),
        pytest.param(
            delivery("updated", {"fields": {"System.State": "New"}, "revision": {"id": 5, "fields": FIELDS}}),
            "resource.fields.System.State is a text, not an object",
            id="a change that changed its type",
        ),
        pytest.param(delivery("commented", {}), "workitem.commented changes nothing of a promise", id="a comment"),
        pytest.param(mapped_by("azure-devops", {}), "eventType is missing, which says what this is", id="nothing"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def test_what_is_closed_otherwise_than_before_ends_as_it_is_now() -> None:
    ledger = Remembered("azure-devops")
    ledger.take(item("created"))
    ledger.take(updated({"System.State": ("New", "Removed"), "System.ChangedDate": (None, "2026-02-01T00:00:00Z")}))
    ledger.take(updated({"System.State": ("Removed", "Closed"), CLOSED_DATE: (None, "2026-03-20T16:00:00Z")}))
    assert ledger.standing("azure-devops:workitems/5").state == "delivered"


def test_what_is_kept_has_no_identity_in_whatever_field() -> None:
    payload = {"resource": {"fields": {**FIELDS, "Custom.Owner": "Jane Doe <FAB\\jdoe>", "Custom.Buyer": JDOE, "System.Title": "Hi <b>"}}}
    source = built_in(Local())["azure-devops"]
    kept = strip(source.clean(payload), source.persons)
    assert not [name for name in ("Jane", "jdoe", "77-aa") if name in json.dumps(kept)]
    assert kept["resource"]["fields"]["System.Title"] == "Hi <b>"
