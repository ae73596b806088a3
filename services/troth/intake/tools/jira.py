"""Jira, Cloud and Data Center: an issue with a due date is a promise; without one, an issue in a fix version with a release date.

An issue in a sprint is one by its end where `dates_from` names the sprint. Versions and sprints are no promises themselves: when
their date moves, those of their issues do. Also what Jira's automation sends as "issue data" is understood: the issue alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Irrelevant, Mapped, Unmappable
from troth.intake.items import Ending, Item, Says, Told, map_items, moved
from troth.intake.payloads import address, at, day, document, due, identity, instant, milliseconds, objects, part, text, texts
from troth.intake.texts import REMOVED, shown, title_of

NAME: Final = "jira"
PERSONS: Final = (
    *("user", "assignee", "reporter", "creator", "author", "updateAuthor", "actor", "lead", "accountId", "emailAddress", "displayName"),
    *("comment", "worklog", "attachment", "watches", "votes", "properties"),  # texts of people, and lists of them
)
HEADERS: Final = ("x-atlassian-webhook-identifier",)
DATES: Final = ("duedate", "fixVersions", "sprint")


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # Jira signs no time
    """Whether X-Hub-Signature is the body's, or, as automation rules send it, a secret is the bearer."""
    headers = delivery.headers
    if "x-hub-signature" in headers:
        return signatures.hmac_sha256(delivery.body, headers["x-hub-signature"], secrets, prefix="sha256=")
    return signatures.bearer(headers.get("authorization"), secrets)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are Jira's
    """The events of one delivery; `webhookEvent` says what it is of."""
    event = text(payload, "webhookEvent")
    what = event.removeprefix("jira:") or "issue"
    number = at(payload, "issue.key") or at(payload, "key")
    return map_items(NAME, delivery.headers.get("x-atlassian-webhook-identifier"), what, _read(event, payload, local), local, number)


def clean(payload: Any) -> Any:
    """Without mentions of people, and without those changes of fields that may name one: a picker of users shows its names there."""
    if not isinstance(payload, dict):
        return payload
    changes = [change for change in objects(payload, "changelog.items") if _field(change) in _SAFE_CHANGES]
    return _unmentioned({**payload, "changelog": {"items": changes}} if "changelog" in payload else payload)


_CONTAINERS: Final = {
    **dict.fromkeys(("jira:version_updated", "jira:version_released", "jira:version_unreleased", "jira:version_moved"), "version"),
    **dict.fromkeys(("jira:version_created", "jira:version_deleted"), "version"),
    **dict.fromkeys(("sprint_created", "sprint_updated", "sprint_started", "sprint_closed", "sprint_deleted"), "sprint"),
}
_DATES_UNLESS_CHOSEN: Final = ("duedate", "fixVersions")
_SAFE_CHANGES: Final = ("status", "resolution", "duedate", "fixVersions", "sprint", "labels", "flagged", "project", "issuetype", "key")
# Jira's own resolutions, and those that nearly everybody adds, for what was not done. `wont_do` and `done` say otherwise.
_NOT_DONE: Final = frozenset(
    {
        *("won't do", "won't fix", "wont do", "wont fix", "duplicate", "declined", "rejected", "cannot reproduce", "incomplete"),
        *("invalid", "obsolete", "abandoned", "cancelled", "canceled", "not a bug", "works as designed"),
    }
)
_CATEGORIES: Final = ("new", "indeterminate", "done", "undefined")
_OLD_SPRINT: Final = re.compile(r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@\w+\[(.*)\]", re.DOTALL)
_MENTION: Final = re.compile(r"\[~[^\]\n]{1,200}\]")


def _read(event: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    if kind := _CONTAINERS.get(event):
        yield _container(kind, event, payload, local)
        return
    if event not in ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted", ""):
        raise Irrelevant(f"{title_of(event)[:100]} changes nothing of a promise")
    issue = part(payload, "issue") if event or "issue" in payload else payload
    fields = part(issue, "fields")
    if event == "jira:issue_deleted":
        told_at = milliseconds(payload.get("timestamp"), "timestamp")
    else:
        field = "created" if event == "jira:issue_created" else "updated"
        told_at = instant(fields, field, place="issue.fields") if fields.get(field) else milliseconds(payload.get("timestamp"), "timestamp")
    item = issue_item(issue, told_at, local)
    changes = {_field(change): change for change in objects(payload, "changelog.items")}
    yield Told(item._replace(had_date=_was(changes, "duedate")), _says(event, item, changes, local))


def issue_item(issue: Mapping[str, Any], told_at: Instant, local: Local) -> Item:
    """An issue as Jira's webhooks, exports and API have it, as it is at an instant. Raises Unmappable."""
    fields = part(issue, "fields")
    number, key = identity(issue, "id", "issue"), identity(issue, "key", "issue")
    team = text(fields, "project.name") or text(fields, "project.key")
    if not team:
        raise Unmappable("issue.fields.project.name is missing")
    due_at, container = _date(fields, local)
    site, _, _ = address(issue, "self").partition("/rest/")
    return Item(
        # Jira's own number of the issue, not its key: it outlives a move to another project.
        subject=f"jira:issues/{number}",
        where=key,
        view=issue,
        team=team,
        title=text(fields, "summary"),
        told_at=told_at,
        due_at=due_at,
        url=f"{site}/browse/{key}" if site else "",
        container=container,
        ending=_ending(fields, told_at),
        statuses=(text(fields, "status.name"), text(fields, "resolution.name")),
        type=text(fields, "issuetype.name"),
        labels=texts(fields, "labels"),
    )


def _date(fields: Mapping[str, Any], local: Local) -> tuple[str | None, str]:
    """The first date there is, and what it is had from: of several versions the earliest date, of sprints that of the last."""
    for name in local.dates_from or _DATES_UNLESS_CHOSEN:
        if name == "duedate" and fields.get("duedate"):
            return day(fields["duedate"], "issue.fields.duedate", local.zone), ""
        found = _of_versions(fields, local) if name == "fixVersions" else _of_sprint(fields, local) if name == "sprint" else None
        if found:
            return found
    return None, ""


def _of_versions(fields: Mapping[str, Any], local: Local) -> tuple[str, str] | None:
    dated = [
        (due_at, f"jira:versions/{identity(version, 'id', 'fixVersions')}")
        for version in objects(fields, "fixVersions")
        if (due_at := day(version.get("releaseDate"), "fixVersions.releaseDate", local.zone)) and not version.get("archived")
    ]
    return min(dated, default=None)


def _of_sprint(fields: Mapping[str, Any], local: Local) -> tuple[str, str] | None:
    sprints = [sprint for value in fields.values() if isinstance(value, list) for one in value if (sprint := _sprint(one))]
    for sprint in sorted(sprints, key=lambda sprint: str(sprint.get("endDate")), reverse=True):
        if sprint.get("endDate"):
            return due(sprint["endDate"], "sprint.endDate", local.zone) or "", f"jira:sprints/{identity(sprint, 'id', 'sprint')}"
    return None


def _sprint(value: Any) -> Mapping[str, Any]:
    """A sprint as Cloud has it, or as Data Center writes it into a text; empty for what is none."""
    if isinstance(value, dict):
        return value if "endDate" in value and ("boardId" in value or "originBoardId" in value or "rapidViewId" in value) else {}
    found = _OLD_SPRINT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return {}
    pairs = (pair.partition("=") for pair in found[1].split(","))
    return {name: value for name, _, value in pairs if value != "<null>"}


def _ending(fields: Mapping[str, Any], told_at: Instant) -> Ending | None:
    category = at(fields, "status.statusCategory.key")
    if category is not None and category not in _CATEGORIES:
        raise Unmappable(f"issue.fields.status.statusCategory.key is {shown(category)}, which is none of {', '.join(_CATEGORIES)}")
    if category != "done" and (category is not None or not fields.get("resolutiondate")):
        return None
    field = next((field for field in ("resolutiondate", "statuscategorychangedate", "updated") if fields.get(field)), "")
    resolution = text(fields, "resolution.name")
    given_up = resolution.casefold().replace("’", "'") in _NOT_DONE
    return Ending(
        "revoked" if given_up else "delivered",
        instant(fields, field, place="issue.fields") if field else told_at,
        resolution if given_up else "",
    )


def _says(event: str, item: Item, changes: Mapping[str, Mapping[str, Any]], local: Local) -> Says:
    warns = "flagged as an impediment" if at(changes, "flagged.toString") else ""
    before = text(changes, "labels.fromString").casefold().split(" ")
    for label in item.labels if "labels" in changes else ():
        if label.casefold() in local.at_risk_labels and label.casefold() not in before:
            warns = f"labelled {title_of(label)}"
    return Says(
        reopens=_was(changes, "resolution") and item.ending is None,
        undated="its due date was taken away" if _was(changes, "duedate") else "",
        gone="deleted" if event == "jira:issue_deleted" else "",
        warns=warns,
    )


def _was(changes: Mapping[str, Mapping[str, Any]], field: str) -> bool:
    """Whether a field had a value that it lost."""
    change = changes.get(field, {})
    return bool(change.get("from")) and not change.get("to")


def _field(change: Mapping[str, Any]) -> str:
    name = change.get("fieldId") or change.get("field")
    known = {"sprint": "sprint", "flagged": "flagged", "fix version": "fixVersions", "key": "key"}
    return known.get(str(change.get("field")).casefold(), name if isinstance(name, str) else "")


def _container(kind: str, event: str, payload: Mapping[str, Any], local: Local) -> Told:
    thing = part(payload, kind)
    number = identity(thing, "id", kind)
    field = "releaseDate" if kind == "version" else "endDate"
    read = day if kind == "version" else due
    gone = "deleted" if event.endswith("_deleted") else ""
    due_at = None if gone else read(thing.get(field), f"{kind}.{field}", local.zone)
    told_at = milliseconds(payload.get("timestamp"), "timestamp")
    return Told(None, asked=[moved(f"jira:{kind}s/{number}", due_at, told_at, kind, gone)], where=f"{kind} {number}")


def _unmentioned(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return _MENTION.sub(REMOVED, value) if "[~" in value else value
    if depth > 100:
        return None
    if isinstance(value, dict):
        return {name: _unmentioned(part, depth + 1) for name, part in value.items()}
    return [_unmentioned(part, depth + 1) for part in value] if isinstance(value, list) else value
