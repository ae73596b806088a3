"""Trello: a card with a due date is a promise, and its board is the team. Only what changed of a card is told.

A card is done where its due date is marked complete, or where it comes into a list named in `done` ("Done" unless chosen).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped, Unmappable
from troth.intake.items import UNSAID, Ending, Item, Says, Told, map_items
from troth.intake.payloads import address, at, document, due, identity, instant, part, text
from troth.intake.texts import title_of

NAME: Final = "trello"
PERSONS: Final = (
    *("memberCreator", "idMemberCreator", "member", "idMember", "idMembers", "idMemberAdded", "appCreator", "display", "entities"),
    *("text", "memberInviter"),
)
HEADERS: Final = ()
DATES: Final = ()


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # Trello signs no time
    """Whether X-Trello-Webhook is of the body and the callback's address, as the setting public_url makes it."""
    signed = delivery.body + delivery.url.encode("utf-8", "surrogateescape")
    return signatures.hmac_sha1_base64(signed, delivery.headers.get("x-trello-webhook"), secrets)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are Trello's
    """The events of one delivery; `action.type` says what it is of."""
    kind = text(payload, "action.type")
    return map_items(
        NAME, text(payload, "action.id") or None, kind, _read(kind, payload, local), local, at(payload, "action.data.card.idShort")
    )


_SAYS: Final[Mapping[str, Says]] = {
    **dict.fromkeys(("createCard", "copyCard", "emailCard", "convertToCardFromCheckItem", "moveCardToBoard"), Says()),
    **dict.fromkeys(("updateCard", "addLabelToCard"), Says(undated="its due date was taken away")),
    "deleteCard": Says(gone="deleted"),
}
_DONE: Final = "done"


def _read(kind: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    says = _SAYS.get(kind)
    if says is None:
        raise Unmappable(
            f"{title_of(kind)[:100]} changes nothing of a promise" if kind else "action.type is missing, which says what this is"
        )
    action = part(payload, "action")
    data = part(action, "data")
    card, old = part(data, "card"), part(data, "old", {})
    board = text(data, "board.name")
    if not board:
        raise Unmappable("action.data.board.name is missing")
    told_at = instant(action, "date", place="action")
    into = text(data, "listAfter.name") or (text(data, "list.name") if kind != "updateCard" else "")
    label = text(data, "label.name") or text(data, "text")
    item = Item(
        subject=f"trello:cards/{identity(card, 'id', 'action.data.card')}",
        where=f"{title_of(board)[:100]} card {title_of(str(card.get('idShort', '')))}".strip(),
        view={**card, "board": data.get("board"), "list": data.get("listAfter") or data.get("list"), "label": label},
        team=board,
        title=text(card, "name"),
        told_at=told_at,
        due_at=due(card["due"], "action.data.card.due", local.zone) if "due" in card else UNSAID,
        url=address({"url": f"https://trello.com/c/{text(card, 'shortLink')}"}, "url") if text(card, "shortLink").isalnum() else "",
        # Only what has a date can be complete.
        had_date=bool(old.get("due")) or card.get("dueComplete") is True or old.get("dueComplete") is True,
        ending=_ending(card, into, told_at, local),
        statuses=(into,),
        labels=(label,) if kind == "addLabelToCard" and label else (),
        partial=True,
    )
    yield Told(item, _told(says, old, item, data, local))


def _ending(card: Mapping[str, Any], into: str, told_at: Instant, local: Local) -> Ending | None:
    if card.get("dueComplete") is True or (into.casefold() == _DONE and not local.endings):
        return Ending("delivered", told_at)
    return Ending("revoked", told_at, "archived") if card.get("closed") is True else None


def _told(says: Says, old: Mapping[str, Any], item: Item, data: Mapping[str, Any], local: Local) -> Says:
    before, after = text(data, "listBefore.name").casefold(), text(data, "listAfter.name").casefold()
    left = before == _DONE if not local.endings else local.endings.get(before) == "delivered"
    out_of_done = bool(after) and left and item.ending is None and after not in local.endings
    risk = next((label for label in item.labels if label.casefold() in local.at_risk_labels), "")
    return says._replace(
        reopens=old.get("dueComplete") is True or out_of_done,
        restores=old.get("closed") is True,
        warns=f"labelled {title_of(risk)}" if risk else "",
    )
