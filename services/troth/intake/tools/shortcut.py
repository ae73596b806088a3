"""Shortcut: a story or an epic with a deadline is a promise. Only what changed is told, of several stories at once.

A story's team is told when it is created or changes teams. Until then a promise is the project's, or the workspace's.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped, Unmappable
from troth.intake.items import UNSAID, Ending, Item, Says, Told, map_items
from troth.intake.payloads import address, called, day_in, document, identity, instant, instant_of, objects, part, text
from troth.intake.texts import kind_of, title_of

NAME: Final = "shortcut"
PERSONS: Final = (
    *("member_id", "owner_ids", "follower_ids", "requested_by_id", "author_id", "mention_ids", "member_mention_ids", "owner_id"),
    *("text", "comment", "vote_ids"),
)
HEADERS: Final = ()
DATES: Final = ()


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # Shortcut signs no time
    """Whether Payload-Signature is the body's."""
    return signatures.hmac_sha256(delivery.body, delivery.headers.get("payload-signature"), secrets)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are Shortcut's
    """The events of one delivery; each of its `actions` is of one story or epic."""
    first = next((action for action in objects(payload, "actions") if text(action, "entity_type") in _ENTITIES), {})
    what = f"{text(first, 'entity_type')}.{text(first, 'action')}".strip(".")
    return map_items(NAME, text(payload, "id") or None, what or "delivery", _read(payload, local), local)


_ENTITIES: Final[Mapping[str, str]] = {"story": "stories", "epic": "epics"}
_ACTIONS: Final = ("create", "update", "delete")


def _read(payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    actions = payload.get("actions")
    if not isinstance(actions, list):
        raise Unmappable(f"actions is {kind_of(actions)}, not a list")
    references = {str(one.get("id")): one for one in objects(payload, "references")}
    told_at = instant(payload, "changed_at")
    found = False
    for action in objects(payload, "actions"):
        if text(action, "entity_type") in _ENTITIES and text(action, "action") in _ACTIONS:
            found = True
            yield _named(action, references, told_at, local)
    if not found:
        raise Unmappable("no story and no epic is created, changed or deleted: it changes nothing of a promise")


def _named(action: Mapping[str, Any], references: Mapping[str, Mapping[str, Any]], told_at: Instant, local: Local) -> Told:
    """What is told of one story of several; where that is wrong, which one it is."""
    try:
        return _told(action, references, told_at, local)
    except Unmappable as error:
        which = f"{action['entity_type']} {called(action.get('id'))}".rstrip()
        raise Unmappable(f"{which}: {error}") from None


def _told(action: Mapping[str, Any], references: Mapping[str, Mapping[str, Any]], told_at: Instant, local: Local) -> Told:
    kind, created = text(action, "entity_type"), action.get("action") == "create"
    changes = part(action, "changes", {})
    new = {**(action if created else {}), **{name: change.get("new") for name, change in changes.items() if isinstance(change, dict)}}
    old = {name: change.get("old") for name, change in changes.items() if isinstance(change, dict)}
    state, state_before = (_state(values, references) for values in (new, old))
    deadline = day_in(new["deadline"], "deadline", local.zone) if "deadline" in new else None if created else UNSAID
    done = new.get("completed") is True or state.get("type") == "done"
    workspace = text(action, "app_url").split("/")[3:4]
    item = Item(
        subject=f"shortcut:{_ENTITIES[kind]}/{identity(action, 'id', 'actions')}",
        where=f"{kind} {action['id']}",
        view={**new, "id": action["id"], "entity_type": kind, "state": state, "team": _name(new, "group_id", references)},
        team=_name(new, "group_id", references),
        team_else=_name(new, "project_id", references) or (workspace[0] if workspace else "") or "Shortcut",
        title=text(new, "name") or text(action, "name"),
        told_at=told_at,
        due_at=deadline,
        url=address(action, "app_url"),
        had_date=bool(old.get("deadline")),
        ending=_ending(new, told_at, done=done),
        statuses=(text(state, "name"),),
        type=text(new, "story_type") or text(action, "story_type") or kind,
        labels=_labels(changes, references),
        partial=not created,
    )
    return Told(item, _says(action, old, state_before, item))


def _says(action: Mapping[str, Any], old: Mapping[str, Any], state_before: Mapping[str, Any], item: Item) -> Says:
    was_done = old.get("completed") is True or state_before.get("type") == "done"
    return Says(
        reopens=was_done and item.ending is None,
        restores=old.get("archived") is True,
        undated="its deadline was taken away",
        gone="deleted" if action.get("action") == "delete" else "",
    )


def _ending(new: Mapping[str, Any], told_at: Instant, *, done: bool) -> Ending | None:
    if done:
        ended_at = instant_of(new["completed_at"], "completed_at") if new.get("completed_at") else told_at
        return Ending("delivered", ended_at)
    return Ending("revoked", told_at, "archived") if new.get("archived") is True else None


def _state(values: Mapping[str, Any], references: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    number = values.get("workflow_state_id") or values.get("epic_state_id")
    return references.get(str(number), {})


def _name(values: Mapping[str, Any], field: str, references: Mapping[str, Mapping[str, Any]]) -> str:
    return title_of(text(references.get(str(values.get(field)), {}), "name"))


def _labels(changes: Mapping[str, Any], references: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    change = changes.get("label_ids")
    added = change.get("adds") if isinstance(change, dict) else None
    return tuple(text(references.get(str(number), {}), "name") for number in added) if isinstance(added, list) else ()
