"""Linear: an issue with a due date is a promise, and so is a project with a target date.

An issue without a date of its own has that of its cycle or its project where `dates_from` names them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Asked, Delivery, Mapped, Unmappable
from troth.intake.items import Ending, Item, Says, Told, map_items, members, moved
from troth.intake.payloads import address, at, day, document, due, identity, instant, milliseconds, part, text, texts
from troth.intake.texts import shown, title_of

NAME: Final = "linear"
PERSONS: Final = (
    *("actor", "assignee", "creator", "subscribers", "lead", "members", "user", "delegate", "botActor", "externalUserCreator"),
    *("assigneeId", "creatorId", "subscriberIds", "leadId", "memberIds", "userId", "delegateId", "snoozedById", "snoozedBy", "ownerId"),
    *("descriptionData", "bodyData", "integrationSourceType", "owner", "reactionData"),
)
HEADERS: Final = ("linear-delivery",)
DATES: Final = ("dueDate", "cycle", "project")
TOLERANCE_SECONDS: Final = 60  # Linear's own advice


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:
    """Whether Linear-Signature is the body's, and the body's `webhookTimestamp` within a minute of now."""
    if not signatures.hmac_sha256(delivery.body, delivery.headers.get("linear-signature"), secrets):
        return False
    try:
        sent_at = milliseconds(at(from_json(delivery.body), "webhookTimestamp"), "webhookTimestamp")
    except ValueError:  # not JSON, or no time
        return False
    return signatures.is_recent(sent_at, now, TOLERANCE_SECONDS)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are Linear's
    """The events of one delivery; `type` and `action` say what it is of."""
    kind, action = text(payload, "type"), text(payload, "action")
    what = f"{kind}.{action}" if action else kind
    return map_items(
        NAME, delivery.headers.get("linear-delivery"), what, _read(kind, action, payload, local), local, at(payload, "data.number")
    )


_ACTIONS: Final = ("create", "update", "remove", "restore")
_ENDINGS: Final[Mapping[str, str]] = {"completed": "delivered", "canceled": "revoked", "duplicate": "revoked"}
_STATES: Final = frozenset({*_ENDINGS, "triage", "backlog", "unstarted", "planned", "started", "paused"})
_AT_RISK: Final[Mapping[str, str]] = {"atRisk": "at risk", "offTrack": "off track"}


def _read(kind: str, action: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    if not kind:
        raise Unmappable("type is missing, which says what this is")
    if kind not in ("Issue", "Project", "ProjectUpdate", "Cycle") or action not in _ACTIONS:
        raise Unmappable(f"{title_of(f'{kind}.{action}')[:100]} changes nothing of a promise")
    data = part(payload, "data")
    field = "createdAt" if action != "update" else "updatedAt"
    told_at = instant(payload, field) if action in ("remove", "restore") else instant(data, field, place="data")
    if kind == "ProjectUpdate":
        yield _of_project_update(data, told_at)
    elif kind == "Cycle":
        number = identity(data, "id", "data")
        due_at = None if action == "remove" else due(data.get("endsAt"), "data.endsAt", local.zone)
        asked = moved(f"linear:cycles/{number}", due_at, told_at, "cycle", "deleted" if action == "remove" else "")
        yield Told(None, asked=[asked], where=f"cycle {title_of(str(data.get('number')))}")
    else:
        before = part(payload, "updatedFrom", {})
        item = _issue(data, payload, told_at, local) if kind == "Issue" else _project(data, payload, told_at, local)
        field = "dueDate" if kind == "Issue" else "targetDate"
        item = item._replace(had_date=bool(before.get(field)))
        says = _says(action, data, before)
        yield Told(item, says, [members(item, says, "project")] if kind == "Project" else ())


def _issue(issue: Mapping[str, Any], payload: Mapping[str, Any], told_at: Instant, local: Local) -> Item:
    item = _item("issue", issue, payload, told_at, text(issue, "state.type"))
    team = text(issue, "team.name") or text(issue, "team.key")
    if not team:
        raise Unmappable("data.team.name is missing")
    due_at, container = _date(issue, local)
    return item._replace(
        where=f"{text(issue, 'team.key')}-{title_of(str(issue.get('number')))}",
        team=team,
        title=text(issue, "title"),
        due_at=due_at,
        container=container,
        statuses=(text(issue, "state.name"),),
        type="Issue",
        labels=texts(issue, "labels", "name"),
    )


def _project(project: Mapping[str, Any], payload: Mapping[str, Any], told_at: Instant, local: Local) -> Item:
    item = _item("project", project, payload, told_at, text(project, "status.type") or text(project, "state"))
    # A project names its teams by number alone: `teams` says what they are called, and else it stands for its team itself.
    numbered = next((number for number in texts(project, "teamIds") if number in local.teams), "")
    named = texts(project, "teams", "name")
    risk = _AT_RISK.get(text(project, "health"))
    return item._replace(
        where=f"project {title_of(text(project, 'name'))[:100]}",
        team=numbered or (named[0] if named else "") or text(project, "name"),
        title=text(project, "name"),
        due_at=day(project.get("targetDate"), "data.targetDate", local.zone),
        statuses=(text(project, "status.name"),),
        type="Project",
        labels=(*texts(project, "labels", "name"), *(["at risk"] if risk else [])),
    )


def _item(kind: str, thing: Mapping[str, Any], payload: Mapping[str, Any], told_at: Instant, state: str) -> Item:
    if state not in _STATES:
        raise Unmappable(f"the {kind}'s state is of type {shown(state)}, which is none of {', '.join(sorted(_STATES))}")
    ending = _ENDINGS.get(state)
    return Item(
        subject=f"linear:{kind}s/{identity(thing, 'id', 'data')}",
        where="",
        view=thing,
        team="",
        title="",
        told_at=told_at,
        due_at=None,
        url=address(payload, "url") or address(thing, "url"),
        ending=Ending(ending, _ended_at(thing, told_at), "" if ending == "delivered" else state) if ending else _archived(thing),
    )


def _ended_at(thing: Mapping[str, Any], told_at: Instant) -> Instant:
    field = next((field for field in ("completedAt", "canceledAt") if thing.get(field)), "")
    return instant(thing, field, place="data") if field else told_at


def _archived(thing: Mapping[str, Any]) -> Ending | None:
    return Ending("revoked", instant(thing, "archivedAt", place="data"), "archived") if thing.get("archivedAt") else None


def _date(issue: Mapping[str, Any], local: Local) -> tuple[str | None, str]:
    for name in local.dates_from or DATES[:1]:
        if name == "dueDate" and issue.get("dueDate"):
            return day(issue["dueDate"], "data.dueDate", local.zone), ""
        if name == "cycle" and at(issue, "cycle.endsAt"):
            return due(
                at(issue, "cycle.endsAt"), "data.cycle.endsAt", local.zone
            ), f"linear:cycles/{identity(issue['cycle'], 'id', 'cycle')}"
        if name == "project" and issue.get("projectId"):
            return None, f"linear:projects/{identity(issue, 'projectId', 'data')}"
    return None, ""


def _says(action: str, thing: Mapping[str, Any], before: Mapping[str, Any]) -> Says:
    ended_before = any(before.get(field) and not thing.get(field) for field in ("completedAt", "canceledAt", "archivedAt"))
    risk = _AT_RISK.get(text(thing, "health"), "")
    return Says(
        reopens=action == "restore"
        or (ended_before and not any(thing.get(field) for field in ("completedAt", "canceledAt", "archivedAt"))),
        undated="its due date was taken away",
        gone="deleted" if action == "remove" else "",
        warns=f"{risk} by its health" if risk and "health" in before else "",
    )


def _of_project_update(update: Mapping[str, Any], told_at: Instant) -> Told:
    number = identity(update, "projectId", "data") if update.get("projectId") else identity(part(update, "project"), "id", "data.project")
    risk = _AT_RISK.get(text(update, "health"), "")
    if not risk:
        raise Unmappable("a project update that is on track changes nothing of a promise")
    warned = Asked("warned", f"linear:projects/{number}", told_at, {"reason": f"{risk} by its project update"})
    return Told(None, asked=[warned], where=f"project {number}")
