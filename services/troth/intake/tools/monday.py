"""monday: an item with a date in its due date column is a promise, and its board is the team. Only what changed is told.

Boards are told by number: `teams` says what they are called. A status counts as done where monday says so, or `done` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped, Unmappable
from troth.intake.items import UNSAID, Ending, Item, Says, Told, map_items
from troth.intake.payloads import at, document, due, identity, instant, part, text
from troth.intake.texts import shown, title_of

NAME: Final = "monday"
PERSONS: Final = ("userId", "user", "creatorId", "personsAndTeams", "body", "textBody", "mentionedPeople", "shortLivedToken", "accountId")
HEADERS: Final = ()
DATES: Final = None  # any field of that name


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:
    """Whether Authorization is a JWT signed with the app's signing secret that has not expired."""
    return signatures.jwt_hs256(delivery.headers.get("authorization"), secrets, now)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are monday's
    """The events of one delivery; `event.type` says what it is of."""
    kind = text(payload, "event.type")
    number = at(payload, "event.pulseId") or at(payload, "event.itemId")
    return map_items(NAME, text(payload, "event.triggerUuid") or None, kind, _read(kind, payload, local), local, number)


def greet(delivery: Delivery, payload: Any) -> dict[str, str] | None:  # noqa: ARG001  # the body says all
    """The answer to monday's challenge, which proves that the address is ours."""
    challenge = at(payload, "challenge")
    return {"challenge": challenge} if isinstance(challenge, str) and len(challenge) <= 500 and len(payload) == 1 else None


_CREATED: Final = ("create_pulse", "create_item", "create_subitem")
_CHANGED: Final = ("update_column_value", "change_column_value", "change_status_column_value", "change_specific_column_value")
_RENAMED: Final = ("update_name", "change_name")
_GONE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("delete_pulse", "item_deleted", "delete_subitem"), "deleted"),
    **dict.fromkeys(("archive_pulse", "item_archived", "archive_subitem"), "archived"),
}
_RESTORED: Final = ("restore_pulse", "item_restored", "restore_subitem")
_DATES: Final = ("due date", "due", "deadline", "target date", "date", "timeline")
_DATE_TYPES: Final = ("date", "timeline", "timerange")
_STATUS_TYPES: Final = ("color", "status")


def _read(kind: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    if not kind:
        raise Unmappable("event.type is missing, which says what this is")
    event = part(payload, "event")
    if kind not in (*_CREATED, *_CHANGED, *_RENAMED, *_GONE, *_RESTORED):
        raise Unmappable(f"{title_of(kind)[:100]} changes nothing of a promise")
    number = "itemId" if event.get("pulseId") is None else "pulseId"
    board = identity(event, "boardId", "event")
    item = Item(
        subject=f"monday:items/{identity(event, number, 'event')}",
        where=f"board {board} item {event[number]}",
        view=event,
        team=board if board in local.teams else f"board {board}",
        title=_name(event),
        told_at=instant(event, "triggerTime", place="event"),
        due_at=UNSAID,
        partial=True,
        type="item",
    )
    if kind in _CREATED:
        yield Told(_with_columns(item, part(event, "columnValues", {}), local))
    elif kind in _CHANGED:
        yield _of_column(item, event, local)
    else:
        yield Told(item, Says(gone=_GONE.get(kind, ""), restores=kind in _RESTORED))


def _name(event: Mapping[str, Any]) -> str:
    return text(event, "value.name") or text(event, "pulseName") or text(event, "itemName")


def _of_column(item: Item, event: Mapping[str, Any], local: Local) -> Told:
    title, kind = text(event, "columnTitle"), text(event, "columnType")
    if kind in _STATUS_TYPES:
        return _of_status(item, event, local)
    if kind not in _DATE_TYPES or not _is_due(title, text(event, "columnId"), local):
        raise Unmappable(f"the column {shown(title)} is no due date: `dates_from` names those that are")
    due_at = _date(event.get("value"), local)
    item = item._replace(due_at=due_at, had_date=_date(event.get("previousValue"), local) is not None)
    return Told(item, Says(undated="its due date was taken away"))


def _of_status(item: Item, event: Mapping[str, Any], local: Local) -> Told:
    label, before = text(event, "value.label.text"), text(event, "previousValue.label.text")
    done, was_done = (_is_done(event, field, word, local) for field, word in (("value", label), ("previousValue", before)))
    at_risk = label.casefold() in local.at_risk_labels
    item = item._replace(statuses=(label,), ending=Ending("delivered", item.told_at) if done else None)
    return Told(item, Says(reopens=was_done and not done, warns=f"its status is {title_of(label)}" if at_risk else ""))


def _is_done(event: Mapping[str, Any], field: str, word: str, local: Local) -> bool:
    return at(event, f"{field}.label.is_done") is True or local.endings.get(word.casefold(), "" if local.endings else word.casefold()) in (
        "delivered",
        "done",
    )


def _with_columns(item: Item, columns: Mapping[str, Any], local: Local) -> Item:
    for name, value in columns.items():
        if isinstance(value, dict) and ("date" in value or "to" in value) and (local.dates_from is None or _is_due(name, name, local)):
            return item._replace(due_at=_date(value, local) or UNSAID)
    return item


def _is_due(title: str, column: str, local: Local) -> bool:
    named = _DATES if local.dates_from is None else [name.casefold() for name in local.dates_from]
    return title.casefold() in named or column.casefold() in named


def _date(value: Any, local: Local) -> str | None:
    """A date column's day, or its instant where it has a time of day (in UTC); of a timeline the last day."""
    if at(value, "to"):
        return due(at(value, "to"), "event.value.to", local.zone)
    day, time = at(value, "date"), at(value, "time")
    return due(f"{day}T{time}Z" if isinstance(day, str) and isinstance(time, str) and time else day, "event.value.date", local.zone)
