"""GitLab: an issue, an epic or another work item with a due date is a promise, and so is a milestone with one.

An issue without a date of its own has that of its milestone, where the ledger knows it: GitLab tells an issue's milestone by number
alone. It tells of milestones when they are created, closed, reopened or deleted, but not when their date moves.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Irrelevant, Mapped, Unmappable
from troth.intake.items import Change, Ending, Item, Says, Told, map_items, members
from troth.intake.payloads import address, at, day, document, identity, instant, instant_of, part, text, texts
from troth.intake.texts import shown, title_of

NAME: Final = "gitlab"
PERSONS: Final = (
    *("user", "assignee", "assignees", "author", "reviewers", "participants", "owner", "user_name", "user_username", "user_email"),
    *("assignee_id", "assignee_ids", "author_id", "updated_by_id", "last_edited_by_id", "closed_by_id", "user_id", "email", "avatar_url"),
)
HEADERS: Final = ("x-gitlab-event-uuid",)
DATES: Final = ()


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:
    """Whether X-Gitlab-Token is a secret, or the delivery is signed as newer GitLabs sign (Standard Webhooks)."""
    headers = delivery.headers
    if "webhook-signature" in headers:
        return signatures.standard_webhooks(headers, delivery.body, secrets, now)
    return signatures.token(headers.get("x-gitlab-token"), secrets)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are GitLab's
    """The events of one delivery; `object_kind` says what it is of."""
    kind, action = text(payload, "object_kind"), text(payload, "object_attributes.action") or text(payload, "action")
    what = f"{kind}.{action}" if action else kind
    number = at(payload, "object_attributes.iid")
    return map_items(NAME, delivery.headers.get("x-gitlab-event-uuid"), what, _read(kind, action, payload, local), local, number)


_OPENED: Final = Change(time="created_at")
_DELETED: Final = Change(Says(gone="deleted"))
_OF_ISSUES: Final[Mapping[str, Change]] = {
    "open": _OPENED,
    "update": Change(Says(undated="its due date was taken away")),
    "close": Change(),
    "reopen": Change(Says(reopens=True)),
    "delete": _DELETED,
}
_CHANGES: Final[Mapping[str, Mapping[str, Change]]] = {
    "issue": _OF_ISSUES,
    "work_item": _OF_ISSUES,
    "milestone": {"create": _OPENED, "close": Change(), "reopen": Change(Says(reopens=True)), "delete": _DELETED},
}
_AT_RISK: Final = ("at_risk", "atRisk")
_STATES: Final = ("opened", "closed", "active", "locked", "reopened")


def _read(kind: str, action: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    if not kind:
        raise Unmappable("object_kind is missing, which says what this is")
    changes = _CHANGES.get(kind)
    thing = part(payload, "object_attributes") if changes else {}
    change = changes.get(action) if changes else None
    if change is None:
        raise Irrelevant(f"{title_of(f'{kind}.{action}')[:100].rstrip('.')} changes nothing of a promise")
    if kind == "milestone":
        milestone = _milestone(thing, payload, change, local)
        yield Told(milestone, change.says, [members(milestone, change.says, "milestone")])
    else:
        newly_at_risk = thing.get("health_status") in _AT_RISK and at(payload, "changes.health_status.current") in _AT_RISK
        warns = "at risk by its health status" if newly_at_risk else ""
        yield Told(_issue(thing, payload, change, local), change.says._replace(warns=warns))


def _issue(issue: Mapping[str, Any], payload: Mapping[str, Any], change: Change, local: Local) -> Item:
    item = _item("issue", issue, payload, change)
    milestone = issue.get("milestone_id")
    labels = texts(issue, "labels", "title") or texts(payload, "labels", "title")
    return item._replace(
        due_at=day(issue.get("due_date"), "object_attributes.due_date", local.zone),
        container=f"gitlab:milestones/{identity(issue, 'milestone_id')}" if milestone and not issue.get("due_date") else "",
        had_date=bool(at(payload, "changes.due_date.previous")),
        type=text(issue, "type") or "Issue",
        labels=(*labels, "at risk") if issue.get("health_status") in _AT_RISK else labels,
    )


def _milestone(milestone: Mapping[str, Any], payload: Mapping[str, Any], change: Change, local: Local) -> Item:
    item = _item("milestone", milestone, payload, change)
    return item._replace(due_at=day(milestone.get("due_date"), "object_attributes.due_date", local.zone), type="Milestone")


def _item(kind: str, thing: Mapping[str, Any], payload: Mapping[str, Any], change: Change) -> Item:
    team = _team(thing, payload)
    number = identity(thing, "iid", "object_attributes")
    return Item(
        # The number in all of GitLab, not the one in its project: it outlives a rename, and exports have it, too.
        subject=f"gitlab:{kind}s/{identity(thing, 'id', 'object_attributes')}",
        where=f"{team}#{number}" if kind == "issue" else f"{team} milestone {number}",
        view={**thing, "kind": kind, "project": payload.get("project"), "group": payload.get("group")},
        team=team,
        title=text(thing, "title"),
        told_at=instant(thing, change.time, place="object_attributes"),
        due_at=None,
        url=address(thing, "url"),
        ending=_ending(thing, payload),
        statuses=(text(thing, "state"),),
    )


def _ending(thing: Mapping[str, Any], payload: Mapping[str, Any]) -> Ending | None:
    state = text(thing, "state")
    if state not in _STATES:
        raise Unmappable(f"object_attributes.state is {shown(state)}, which is none of {', '.join(_STATES)}")
    if state != "closed":
        return None  # an open one may still carry closed_at
    told = at(payload, "changes.closed_at.current") or thing.get("closed_at") or thing.get("updated_at")
    reason = "closed as a duplicate" if thing.get("duplicated_to_id") else "moved to another project" if thing.get("moved_to_id") else ""
    return Ending("revoked" if reason else "delivered", instant_of(told, "object_attributes.closed_at"), reason)


def _team(thing: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """The project's path, or the group's; of a group's epic the one in its address."""
    named = text(payload, "project.path_with_namespace") or text(payload, "group.full_path") or text(payload, "group.group_path")
    if named:
        return named
    path, found, _ = text(thing, "url").partition("/-/")
    place = path.split("/", 3)[3:] if found else []
    if not place:
        raise Unmappable("project.path_with_namespace is missing, and so is the group")
    return place[0].removeprefix("groups/")
