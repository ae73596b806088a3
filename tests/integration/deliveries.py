"""A delivery of each tool that makes a promise, and where in it is what tests change."""

from copy import deepcopy
from typing import Any, Final, NamedTuple

DAY, TIME = "2036-03-31", "2026-01-10T10:00:00Z"


class Sent(NamedTuple):
    """A tool's delivery of a promise, and where in it are its date, its time, its team, and something that is no text."""

    payload: dict[str, Any]
    promise: str
    due: tuple[Any, ...]
    time: tuple[Any, ...]
    team: tuple[Any, ...]
    object: tuple[Any, ...]


def in_fields(*names: str) -> tuple[Any, ...]:
    return ("issue", "fields", *names)


SENT: Final[dict[str, Sent]] = {
    "github": Sent(
        {
            "action": "opened",
            "repository": {"full_name": "Shop", "owner": {"type": "Organization"}},
            "issue": {
                "id": 1,
                "number": 1,
                "title": "Pay",
                "state": "open",
                "created_at": TIME,
                "milestone": {"id": 5, "due_on": f"{DAY}T07:00:00Z"},
            },
        },
        "github:issues/1",
        ("issue", "milestone", "due_on"),
        ("issue", "created_at"),
        ("repository", "full_name"),
        ("issue", "milestone"),
    ),
    "gitlab": Sent(
        {
            "object_kind": "issue",
            "project": {"path_with_namespace": "Shop"},
            "object_attributes": {
                "action": "open",
                "id": 1,
                "iid": 1,
                "title": "Pay",
                "state": "opened",
                "due_date": DAY,
                "created_at": TIME,
            },
        },
        "gitlab:issues/1",
        ("object_attributes", "due_date"),
        ("object_attributes", "created_at"),
        ("project", "path_with_namespace"),
        ("object_attributes",),
    ),
    "jira": Sent(
        {
            "webhookEvent": "jira:issue_updated",
            "issue": {
                "id": "1",
                "key": "PAY-1",
                "fields": {
                    "summary": "Pay",
                    "duedate": DAY,
                    "updated": TIME,
                    "project": {"name": "Shop"},
                    "status": {"name": "To Do", "statusCategory": {"key": "new"}},
                },
            },
        },
        "jira:issues/1",
        in_fields("duedate"),
        in_fields("updated"),
        in_fields("project", "name"),
        in_fields(),
    ),
    "azure-devops": Sent(
        {
            "eventType": "workitem.created",
            "resource": {
                "id": 1,
                "fields": {
                    "System.AreaPath": "Shop",
                    "System.Title": "Pay",
                    "System.State": "New",
                    "System.CreatedDate": TIME,
                    "Microsoft.VSTS.Scheduling.DueDate": f"{DAY}T00:00:00Z",
                },
            },
        },
        "azure-devops:workitems/1",
        ("resource", "fields", "Microsoft.VSTS.Scheduling.DueDate"),
        ("resource", "fields", "System.CreatedDate"),
        ("resource", "fields", "System.AreaPath"),
        ("resource", "fields"),
    ),
    "linear": Sent(
        {
            "type": "Issue",
            "action": "create",
            "data": {
                "id": "1",
                "number": 1,
                "title": "Pay",
                "dueDate": DAY,
                "createdAt": TIME,
                "state": {"name": "Todo", "type": "unstarted"},
                "team": {"key": "S", "name": "Shop"},
            },
        },
        "linear:issues/1",
        ("data", "dueDate"),
        ("data", "createdAt"),
        ("data", "team"),
        ("data",),
    ),
    "servicenow": Sent(
        {
            "table": "dmn_demand",
            "operation": "insert",
            "record": {
                "sys_id": "1",
                "number": "D1",
                "short_description": "Pay",
                "assignment_group": "Shop",
                "due_date": DAY,
                "sys_created_on": TIME,
            },
        },
        "servicenow:dmn_demand/1",
        ("record", "due_date"),
        ("record", "sys_created_on"),
        ("record", "assignment_group"),
        ("record",),
    ),
    "shortcut": Sent(
        {
            "changed_at": TIME,
            "actions": [{"id": 1, "entity_type": "story", "action": "create", "name": "Pay", "group_id": "g", "deadline": DAY}],
            "references": [{"id": "g", "name": "Shop"}],
        },
        "shortcut:stories/1",
        ("actions", 0, "deadline"),
        ("changed_at",),
        ("references", 0, "name"),
        ("actions",),
    ),
    "trello": Sent(
        {
            "action": {
                "type": "createCard",
                "date": TIME,
                "data": {"board": {"name": "Shop"}, "card": {"id": "1", "name": "Pay", "due": f"{DAY}T16:00:00Z"}},
            }
        },
        "trello:cards/1",
        ("action", "data", "card", "due"),
        ("action", "date"),
        ("action", "data", "board", "name"),
        ("action", "data", "card"),
    ),
    "monday": Sent(
        {
            "event": {
                "type": "update_column_value",
                "boardId": "Shop",
                "pulseId": 1,
                "pulseName": "Pay",
                "columnType": "date",
                "columnTitle": "Due",
                "value": {"date": DAY},
                "triggerTime": TIME,
            }
        },
        "monday:items/1",
        ("event", "value", "date"),
        ("event", "triggerTime"),
        ("event", "boardId"),
        ("event",),
    ),
    "clickup": Sent(
        {"task_id": "1", "history_items": [{"field": "due_date", "date": "1768039200000", "after": "2090592000000"}]},
        "clickup:tasks/1",
        ("history_items", 0, "after"),
        ("history_items", 0, "date"),
        ("task_id",),
        ("history_items",),
    ),
}


def changed(sent: Sent, place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The delivery with another value in a place."""
    payload = deepcopy(sent.payload)
    inside: Any = payload
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = value
    return payload


def later(sent: Sent, place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The same, told an hour later."""
    return changed(sent._replace(payload=changed(sent, place, value)), sent.time, "2026-01-10T11:00:00Z")
