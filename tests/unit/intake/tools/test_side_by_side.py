"""All tools side by side: what may befall an item, and how its promise stands then. A sentence says what a tool does not tell."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pytest

from tests.unit.intake import github_said as github
from tests.unit.intake.tools import test_azure_devops as azure
from tests.unit.intake.tools import test_gitlab as gitlab
from tests.unit.intake.tools import test_jira as jira
from tests.unit.intake.tools import test_linear as linear
from tests.unit.intake.tools import test_monday as monday
from tests.unit.intake.tools import test_servicenow as servicenow
from tests.unit.intake.tools import test_shortcut as shortcut
from tests.unit.intake.tools import test_trello as trello
from tests.unit.intake.tools.support import NOW, Remembered, chosen, mapped_by
from troth.domain.instants import format_instant
from troth.intake.delivery import Mapped
from troth.intake.mapping import map_payload
from troth.intake.sources import TOOLS
from troth.wiring import shipped_mappings

LATER, AFTER_IT = "2026-03-22T00:00:00Z", "2026-03-23T00:00:00Z"
APRIL: Final = "2026-04-30"


class Tool(NamedTuple):
    """A commitment, what makes it a promise by 31 March, and what then may befall it."""

    commitment: str
    first: Mapped
    befalls: dict[str, Sequence[Mapped] | str]


# How a promise stands afterwards: its state, its date, its team, or a kind of event that it has got.
STANDS: Final = {
    "its date moved": f"due {APRIL}",
    "its date taken away": "renegotiated",
    "done": "delivered",
    "reopened": "open",
    "given up": "revoked",
    "deleted": "revoked",
    "restored": "open",
    "to another team": "team Ops",
    "at risk": "warned",
    "accepted": "accepted",
}


def _github(action: str, **beside: Any) -> Mapped:
    return github.map_payload("issues", {"action": action, "issue": github.ISSUE, "repository": github.SHOP} | beside)


def _clickup(field: str, before: Any, after: Any, date: str = "1768206600000") -> Mapped:
    [mapping] = [one for one in shipped_mappings() if one.source == "clickup"]
    change = {"field": field, "date": date, "before": before, "after": after}
    return map_payload(mapping, {"event": "taskUpdated", "task_id": "t1", "history_items": [change]}, NOW)


RESTORED: Final = mapped_by(
    "azure-devops", {"eventType": "workitem.restored", "createdDate": LATER, "resource": {"id": 5, "fields": azure.FIELDS}}
)
OPEN_AGAIN: Final = {"completedAt": "2026-03-20T16:00:00.000Z"}
DROPPED: Final = {"wont_do": ["Dropped"]}
TO_APRIL: Final = {"date": APRIL, "time": None}
CLICKUP_DONE: Final = _clickup("status", {"type": "custom"}, {"type": "closed"}, "1774022400000")

SIDE_BY_SIDE: Final[dict[str, Tool]] = {
    "github": Tool(
        "github:issues/9001",
        github.map_issue("opened"),
        {
            "its date moved": [github.map_issue("milestoned", milestone=github.LATE_MARCH | {"id": 502, "due_on": f"{APRIL}T07:00:00Z"})],
            "its date taken away": [_github("demilestoned", issue=github.ISSUE | {"milestone": None}, milestone=github.LATE_MARCH)],
            "done": [github.map_issue("closed", **github.CLOSED)],
            "reopened": [github.map_issue("closed", **github.CLOSED), github.map_issue("reopened", updated_at=LATER)],
            "given up": [github.map_issue("closed", **github.CLOSED, state_reason="not_planned")],
            "deleted": [github.map_issue("deleted")],
            "restored": "what is deleted in GitHub does not come back; of what is archived in a project test_github_projects tells",
            "to another team": [github.map_issue("edited", repository=github.SHOP | {"full_name": "Ops"})],
            "at risk": [_github("labeled", label={"name": "At risk"})],
            "accepted": [github.map_issue("edited", chosen(accepted="number"))],
        },
    ),
    "gitlab": Tool(
        "gitlab:issues/9001",
        gitlab.issue("open"),
        {
            "its date moved": [gitlab.issue("update", due_date=APRIL)],
            "its date taken away": [gitlab.issue("update", due_date=None, changes={"due_date": {"previous": "2026-03-31"}})],
            "done": [gitlab.issue("close", **gitlab.CLOSED)],
            "reopened": [gitlab.issue("close", **gitlab.CLOSED), gitlab.issue("reopen", updated_at=LATER)],
            "given up": [gitlab.issue("close", **gitlab.CLOSED, duplicated_to_id=7)],
            "deleted": [gitlab.issue("delete")],
            "restored": "what is deleted in GitLab does not come back",
            "to another team": [gitlab.issue("update", project={"path_with_namespace": "Ops"})],
            "at risk": [gitlab.issue("update", health_status="at_risk")],
            "accepted": [gitlab.issue("update", "issue", chosen(accepted="iid"))],
        },
    ),
    "jira": Tool(
        "jira:issues/9001",
        jira.issue("created"),
        {
            "its date moved": [jira.issue("updated", jira.change("duedate", "2026-03-31", APRIL), duedate=APRIL)],
            "its date taken away": [jira.issue("updated", jira.change("duedate", "2026-03-31", None), duedate=None)],
            "done": [jira.issue("updated", **jira.RESOLVED)],
            "reopened": [jira.issue("updated", **jira.RESOLVED), jira.issue("updated", updated=LATER)],
            "given up": [jira.issue("updated", **jira.RESOLVED | {"resolution": {"name": "Won't Do"}})],
            "deleted": [jira.issue("deleted")],
            "restored": "what is deleted in Jira does not come back",
            "to another team": [jira.issue("updated", jira.change("Key", "PAY-12", "OPS-3"), project={"name": "Ops"})],
            "at risk": [jira.issue("updated", jira.change("labels", "", "at-risk"), labels=["at-risk"])],
            "accepted": [jira.issue("updated", None, chosen(accepted="fields.happy"), happy=True)],
        },
    ),
    "azure-devops": Tool(
        "azure-devops:workitems/5",
        azure.item("created"),
        {
            "its date moved": [azure.updated({azure.DUE_DATE: ("2026-03-31T00:00:00Z", f"{APRIL}T00:00:00Z")})],
            "its date taken away": [azure.updated({azure.DUE_DATE: ("2026-03-31T00:00:00Z", None)})],
            "done": [azure.updated({"System.State": ("Active", "Closed")})],
            "reopened": [
                azure.updated({"System.State": ("Active", "Closed")}),
                azure.updated({"System.State": ("Closed", "Active"), "System.ChangedDate": (None, LATER)}),
            ],
            "given up": [azure.updated({"System.State": ("Active", "Closed"), "System.Reason": ("", "Duplicate")})],
            "deleted": [azure.item("deleted")],
            "restored": [azure.item("deleted"), RESTORED],
            "to another team": [azure.updated({"System.AreaPath": ("Fabrikam\\Web Shop", "Ops")})],
            "at risk": [azure.updated({"System.Tags": ("", "shop; At risk")})],
            "accepted": [azure.updated({"Custom.Happy": (None, "yes")}, chosen(accepted='"Custom.Happy"'))],
        },
    ),
    "linear": Tool(
        "linear:issues/aa-11",
        linear.issue("create"),
        {
            "its date moved": [linear.issue("update", {"dueDate": "2026-03-31"}, dueDate=APRIL)],
            "its date taken away": [linear.issue("update", {"dueDate": "2026-03-31"}, dueDate=None)],
            "done": [linear.issue("update", {"stateId": "x"}, **linear.COMPLETED)],
            "reopened": [linear.issue("update", None, **linear.COMPLETED), linear.issue("update", OPEN_AGAIN, updatedAt=LATER)],
            "given up": [linear.issue("update", {"stateId": "x"}, **linear.CANCELED)],
            "deleted": [linear.issue("remove")],
            "restored": [linear.issue("update", archivedAt="2026-01-20T00:00:00.000Z"), linear.issue("restore")],
            "to another team": [linear.issue("update", {"teamId": "x"}, team={"key": "OPS", "name": "Ops"})],
            "at risk": [linear.issue("update", {"labelIds": []}, labels=[{"name": "At risk"}])],
            "accepted": [linear.issue("update", None, chosen(accepted="number"))],
        },
    ),
    "servicenow": Tool(
        "servicenow:change_request/46c8b1",
        servicenow.record("insert"),
        {
            "its date moved": [servicenow.record("update", end_date=f"{APRIL} 16:00:00")],
            "its date taken away": [servicenow.record("update", {"end_date": "x"}, end_date="")],
            "done": [servicenow.record("update", **servicenow.CLOSED)],
            "reopened": [
                servicenow.record("update", **servicenow.CLOSED),
                servicenow.record("update", {"state": "Closed"}, sys_updated_on="2026-03-26 00:00:00"),
            ],
            "given up": [servicenow.record("update", state="Canceled")],
            "deleted": [servicenow.record("delete")],
            "restored": "what is deleted in ServiceNow does not come back under its number",
            "to another team": [servicenow.record("update", assignment_group="Ops")],
            "at risk": [servicenow.record("update", None, chosen(at_risk="on_hold == 'true'"), on_hold="true")],
            "accepted": [servicenow.record("update", None, chosen(accepted="approval"))],
        },
    ),
    "shortcut": Tool(
        "shortcut:stories/12",
        shortcut.CREATED,
        {
            "its date moved": [shortcut.updated(deadline=("2026-03-31T00:00:00Z", f"{APRIL}T00:00:00Z"))],
            "its date taken away": [shortcut.updated(deadline=("2026-03-31T00:00:00Z", None))],
            "done": [shortcut.DONE],
            "reopened": [shortcut.DONE, shortcut.updated(LATER, completed=(True, False))],
            "given up": [shortcut.updated(archived=(False, True))],
            "deleted": [shortcut.said(shortcut.action("delete"))],
            "restored": [shortcut.updated(archived=(False, True)), shortcut.updated(LATER, archived=(True, False))],
            "to another team": "a test of Shortcut's own tells of teams: they are referred to by number",
            "at risk": [shortcut.said(shortcut.action("update", changes={"label_ids": {"adds": [8]}}))],
            "accepted": "a delivery of Shortcut tells one changed field, and none of its own speaks for a customer",
        },
    ),
    "trello": Tool(
        "trello:cards/aa11",
        trello.DATED,
        {
            "its date moved": [trello.card("updateCard", {"due": "x"}, due=f"{APRIL}T16:00:00.000Z", date=LATER)],
            "its date taken away": [trello.card("updateCard", {"due": "2026-03-31T16:00:00.000Z"}, due=None, date=LATER)],
            "done": [trello.DONE],
            "reopened": [trello.DONE, trello.card("updateCard", {"dueComplete": True}, dueComplete=False, date=LATER)],
            "given up": [trello.card("updateCard", {"closed": False}, closed=True)],
            "deleted": [trello.card("deleteCard")],
            "restored": [
                trello.card("updateCard", {"closed": False}, closed=True, date=LATER),
                trello.card("updateCard", {"closed": True}, closed=False, date=AFTER_IT),
            ],
            "to another team": [trello.card("moveCardToBoard", due="2026-03-31T16:00:00.000Z", board={"name": "Ops"}, date=LATER)],
            "at risk": [trello.card("addLabelToCard", label={"name": "At risk"})],
            "accepted": [trello.card("updateCard", None, chosen(accepted="list.name == 'Liked'"), listAfter={"name": "Liked"})],
        },
    ),
    "monday": Tool(
        "monday:items/12",
        monday.DATED,
        {
            "its date moved": [monday.column("Due date", "date", TO_APRIL, monday.DAY, at=LATER)],
            "its date taken away": [monday.column("Due date", "date", None, monday.DAY)],
            "done": [monday.status("Done", "Working on it")],
            "reopened": [monday.status("Done", "x"), monday.status("Working on it", "Done", LATER)],
            "given up": [monday.status("Dropped", "x", of=chosen(**DROPPED))],
            "deleted": [monday.event("item_deleted")],
            "restored": [monday.event("archive_pulse", at=LATER), monday.event("restore_pulse", at=AFTER_IT)],
            "to another team": "monday tells of a move to another board as of a new item",
            "at risk": [monday.status("At risk", "Working on it")],
            "accepted": [monday.column("Happy", "color", {"label": {"text": "Yes"}}, None, chosen(accepted="value.label.text == 'Yes'"))],
        },
    ),
    "clickup": Tool(
        "clickup:tasks/t1",
        _clickup("due_date", None, "1774915200000", "1768039200000"),
        {
            "its date moved": [_clickup("due_date", "1774915200000", "1777507200000")],
            "its date taken away": [_clickup("due_date", "1774915200000", None)],
            "done": [CLICKUP_DONE],
            "reopened": [CLICKUP_DONE, _clickup("status", {"type": "closed"}, {"type": "open"}, "1774108800000")],
            "given up": "ClickUp has one type of status for all ends; a copy of the mapping tells them apart by name",
            "deleted": "ClickUp tells of deletions without a time",
            "restored": "ClickUp does not tell of it",
            "to another team": "ClickUp tells a task's number alone: one for all, or a copy of the mapping for each team",
            "at risk": "a copy of the mapping says which field speaks so",
            "accepted": "a copy of the mapping says which field speaks so",
        },
    ),
}
CELLS: Final = [
    pytest.param(tool, what, id=f"{tool}: {what}")
    for tool, row in SIDE_BY_SIDE.items()
    for what in STANDS
    if not isinstance(row.befalls[what], str)
]


@pytest.mark.parametrize(("tool", "what"), CELLS)
def test_a_promise_stands_as_its_item_does(tool: str, what: str) -> None:
    row = SIDE_BY_SIDE[tool]
    ledger = Remembered(tool)
    ledger.take(row.first)
    made = ledger.standing(row.commitment)
    assert made.due_at is not None
    assert (made.state, format_instant(made.due_at)[:10]) == ("open", "2026-03-31")
    befalls = [one for one in row.befalls[what] if isinstance(one, Mapped)]
    ledger.take(*befalls)
    standing = ledger.standing(row.commitment)
    stands = {standing.state, f"team {standing.team}", f"due {format_instant(standing.due_at or 0)[:10]}"}
    stands |= {event.type.removeprefix("troth.commitment-") for event in ledger.events.values()} - {"delivered", "revoked"}
    assert STANDS[what] in stands
    events = len(ledger.events)
    ledger.take(row.first, *befalls)
    assert len(ledger.events) == events


def test_every_tool_says_of_everything_what_becomes_of_it_or_why_nothing() -> None:
    assert SIDE_BY_SIDE.keys() == {tool.NAME for tool in TOOLS} | {mapping.source for mapping in shipped_mappings()}
    assert all(row.befalls.keys() == STANDS.keys() for row in SIDE_BY_SIDE.values())
