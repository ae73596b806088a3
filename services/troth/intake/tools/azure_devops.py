"""Azure DevOps Boards: a work item with a due date or a target date is a promise, and its area path is the team.

Of iterations no date is told: `dates` says them, by path. States are named freely, so `done` and `wont_do` add what a process calls so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped, Unmappable
from troth.intake.items import Ending, Item, Says, Told, map_items
from troth.intake.payloads import address, at, day_in, document, due, identity, instant, instant_of, part, text
from troth.intake.texts import REMOVED, kind_of, shown, title_of

NAME: Final = "azure-devops"
PERSONS: Final = (
    *("System.AssignedTo", "System.CreatedBy", "System.ChangedBy", "System.AuthorizedAs", "System.History", "revisedBy"),
    *(f"Microsoft.VSTS.Common.{word}By" for word in ("Activated", "Resolved", "Closed", "Reviewed", "Approved", "Accepted")),
    *("message", "detailedMessage", "createdBy", "identity"),  # the first two are sentences that name people
)
HEADERS: Final = ()
DATES: Final = ("DueDate", "TargetDate", "FinishDate", "iteration")


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # basic authentication has no time
    """Whether user and password are those of a secret, `user:password`."""
    return signatures.basic(delivery.headers.get("authorization"), secrets)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all that matters is in the body
    """The events of one delivery; `eventType` says what it is of."""
    event = text(payload, "eventType")
    number = at(payload, "resource.revision.id") or at(payload, "resource.id")
    return map_items(NAME, text(payload, "id") or None, event, _read(event, payload, local), local, number)


def clean(payload: Any) -> Any:
    """Without what is written as an identity is, "Name <address>", in whatever field."""
    if isinstance(payload, str):
        return REMOVED if _IDENTITY.fullmatch(payload) else payload
    if isinstance(payload, dict):
        return {name: clean(value) for name, value in payload.items()}
    return [clean(value) for value in payload] if isinstance(payload, list) else payload


_IDENTITY: Final = re.compile(r"[^<>\n]{1,200} <[^<>\s@\\]{1,200}[@\\][^<>\s]{1,200}>")
_SAYS: Final[Mapping[str, Says]] = {
    "workitem.created": Says(),
    "workitem.updated": Says(undated="its due date was taken away"),
    "workitem.deleted": Says(gone="deleted"),
    "workitem.restored": Says(reopens=True),
}
_SCHEDULING: Final = "Microsoft.VSTS.Scheduling."
_DATES_UNLESS_CHOSEN: Final = ("DueDate", "TargetDate", "iteration")
_DONE: Final = frozenset({"done", "closed", "completed"})
_GIVEN_UP: Final = frozenset({"removed", "cut", "abandoned", "cancelled", "canceled"})
_REASONS_TO_GIVE_UP: Final = frozenset(
    {"abandoned", "cut", "duplicate", "obsolete", "rejected", "won't fix", "cannot reproduce", "as designed"}
)


def _read(event: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    says = _SAYS.get(event)
    if says is None:
        raise Unmappable(
            f"{title_of(event)[:100]} changes nothing of a promise" if event else "eventType is missing, which says what this is"
        )
    resource = part(payload, "resource")
    changes = part(resource, "fields", {}) if event == "workitem.updated" else {}
    whole = part(resource, "revision") if event == "workitem.updated" else resource
    if not isinstance(whole.get("fields"), dict):
        raise Unmappable("the fields of the work item are missing: let the subscription send all resource details")
    fields = _now(whole["fields"], changes)
    if event in ("workitem.deleted", "workitem.restored"):
        told_at = instant(payload, "createdDate")
    else:
        told_at = _field_instant(fields, *("System.CreatedDate",) if event == "workitem.created" else ("System.ChangedDate",))
    number = identity(whole, "id", "resource")
    if number == "0":
        raise Unmappable("resource.id is 0, which names nothing")
    item = item_of(number, fields, told_at, local)
    item = item._replace(
        url=address(whole, "_links.html.href") or address(resource, "_links.html.href"),
        had_date=any(_old(changes, _SCHEDULING + name) for name in DATES[:3]),
    )
    was_closed = _closes(str(_old(changes, "System.State")), "", local)
    yield Told(item, says._replace(reopens=says.reopens or bool(was_closed and item.ending is None)))


def item_of(number: str, fields: Mapping[str, Any], told_at: Instant, local: Local) -> Item:
    """A work item by its number and fields, as they are at an instant; queries and exports have the same. Raises Unmappable."""
    team = text_of(fields, "System.AreaPath") or text_of(fields, "System.TeamProject")
    if not team:
        raise Unmappable("System.AreaPath and System.TeamProject are missing")
    state, reason = text_of(fields, "System.State"), text_of(fields, "System.Reason")
    due_at, container = _date(fields, local)
    return Item(
        subject=f"azure-devops:workitems/{number}",
        where=f"{text_of(fields, 'System.TeamProject')} #{number}".strip(),
        view=fields,
        team=team,
        title=text_of(fields, "System.Title"),
        told_at=told_at,
        due_at=due_at,
        container=container,
        ending=_ending(fields, state, reason, told_at, local),
        statuses=(state, reason),
        type=text_of(fields, "System.WorkItemType"),
        labels=tuple(tag.strip() for tag in text_of(fields, "System.Tags").split(";") if tag.strip()),
    )


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """A field's text; the names have points in them, so they are no path."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _now(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields as they are after the changes: the revision beside them may show them as they were before."""
    if not changes:
        return fields
    after = dict(fields)
    for name, change in changes.items():
        if change is None:
            continue  # a person's field, as it is kept
        if not isinstance(change, dict):
            raise Unmappable(f"resource.fields.{name} is {kind_of(change)}, not an object")
        if change.get("newValue") is None:
            after.pop(name, None)
        else:
            after[name] = change["newValue"]
    return after


def _old(changes: Mapping[str, Any], name: str) -> Any:
    change = changes.get(name)
    return change.get("oldValue") or "" if isinstance(change, dict) else ""


def _date(fields: Mapping[str, Any], local: Local) -> tuple[str | None, str]:
    for name in local.dates_from or _DATES_UNLESS_CHOSEN:
        if name == "iteration":
            path = text_of(fields, "System.IterationPath")
            if path in local.dates:
                return due(local.dates[path], f"the date of {shown(path)}", local.zone), ""
        elif fields.get(_SCHEDULING + name):
            return day_in(fields[_SCHEDULING + name], _SCHEDULING + name, local.zone), ""
    return None, ""


def _ending(fields: Mapping[str, Any], state: str, reason: str, told_at: Instant, local: Local) -> Ending | None:
    kind = _closes(state, reason, local)
    if not kind:
        return None
    names = ("Microsoft.VSTS.Common.ClosedDate", "Microsoft.VSTS.Common.StateChangeDate", "System.ChangedDate")
    at = _field_instant(fields, *names) if any(fields.get(name) for name in names) else told_at
    return Ending(kind, at, "" if kind == "delivered" else reason or state)


def _closes(state: str, reason: str, local: Local) -> str:
    chosen = local.endings.get(state.casefold())
    if chosen:
        return chosen
    if state.casefold() in _GIVEN_UP or (state.casefold() in _DONE and reason.casefold() in _REASONS_TO_GIVE_UP):
        return "revoked"
    return "delivered" if state.casefold() in _DONE else ""


def _field_instant(fields: Mapping[str, Any], *names: str) -> Instant:
    name = next((name for name in names if fields.get(name)), names[0])
    return instant_of(fields.get(name), name)
