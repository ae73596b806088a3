"""An item of a tool, as it is now, becomes events: the same ones whatever was heard of it before, and however often.

A tool's file reads the item from a payload; what it means is decided here, for all tools alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from troth.domain.instants import Instant
from troth.intake.choices import Local
from troth.intake.cloud_events import cloud_event
from troth.intake.delivery import ON_RECORD, Asked, Irrelevant, Mapped, Unmappable
from troth.intake.fields import value_of
from troth.intake.payloads import called
from troth.intake.texts import name_of, shown, title_of

UNSAID: Final = ""  # of a date, where the tool tells only what changed, and this did not


class Ending(NamedTuple):
    """How an item that is not open any more ended: delivered, revoked or cancelled, when, and why."""

    kind: str
    at: Instant
    reason: str = ""


class Says(NamedTuple):
    """What the tool's word for a change says beside the item's state.

    `undated` is why an item without a date may have had one, `gone` why it is no more, `warns` why it may slip. What `restores` an
    item opens it again unless it was done.
    """

    reopens: bool = False
    restores: bool = False
    undated: str = ""
    gone: str = ""
    warns: str = ""


class Change(NamedTuple):
    """What a tool's word for a change says, and the field that tells when."""

    says: Says = Says()
    time: str = "updated_at"


class Item(NamedTuple):
    """One thing of a tool as it is at `told_at`.

    `view` is what the user's expressions look into. `due_at` is RFC 3339, None where there is no date, or UNSAID. `container` is
    what it has its date from, such as a milestone: when that moves, so does this, and where the tool does not tell its date here,
    the ledger may know it. `had_date` is whether the payload itself shows that there was a date. `statuses`, `type` and `labels` are the
    tool's words, by which the user may choose. Of a `partial` item only what changed is told, its team perhaps not either: then
    `team_else` is what a promise that is not on record yet is given to.
    """

    subject: str
    where: str
    view: Mapping[str, Any]
    team: str
    title: str
    told_at: Instant
    due_at: str | None
    url: str = ""
    container: str = ""
    had_date: bool = False
    ending: Ending | None = None
    statuses: tuple[str, ...] = ()
    type: str = ""
    labels: tuple[str, ...] = ()
    partial: bool = False
    team_else: str = ""
    word: str = ""  # the customer's, accepted or rejected, where the tool's state says it
    terms: Mapping[str, Any] = {}  # customer, goal, weight and such, where the tool itself has them


class Told(NamedTuple):
    """What a delivery tells of one item: how it is, what the change says, and what is to be asked beside.

    Without an item it tells of `where` alone, a container that is no promise itself. A `quiet` one is told of only where it is on
    record.
    """

    item: Item | None
    says: Says = Says()
    asked: Sequence[Asked] = ()
    where: str = ""
    quiet: bool = False


class _Word(NamedTuple):
    """An event to be, and how sure it is: FACT is what the tool tells of this change, STATE what is, GUESS what may have been missed."""

    sure: int
    asked: Asked


_FACT, _STATE, _GUESS = range(3)


def map_items(source: str, native_id: str | None, what: str, things: Iterator[Told], local: Local, number: Any = None) -> Mapped:
    """What a delivery becomes that tells of these things: all of them, or, where one raises Unmappable, nothing and the reason.

    `number` is what people call the item, for where nothing else of it could be read.
    """
    what = title_of(what)[:100]
    parts = []
    try:
        for thing in things:
            parts.append(events_of(source, thing, local))
            what = f"{what} {thing.item.where if thing.item else thing.where}" if len(parts) == 1 else what
    except Unmappable as error:
        what = what if parts else f"{what} {called(number)}".rstrip()
        return Mapped([], str(error), native_id, what, fault=not isinstance(error, Irrelevant))
    events = [event for one in parts for event in one.events]
    reason = "" if events else "; ".join(dict.fromkeys(one.reason for one in parts))
    return Mapped(events, reason, native_id, what, [asked for one in parts for asked in one.asked])


def events_of(source: str, thing: Told, local: Local) -> Mapped:
    """The events of an item, and those that depend on what the ledger holds of it (`Mapped.asked`). Raises Unmappable.

    What is closed when it is first heard of is made an instant after its end: void, so that nothing is gained by it. An item that
    is no promise now goes on with the life of a promise where it was one before.
    """
    if thing.item is None:
        return Mapped([], f"{thing.where} is no promise itself, and none has its date from it", asked=thing.asked)
    item = _chosen(thing.item, local)
    words = list(_life(item, thing.says, local))
    refusal = _refusal(item, local)
    undated = item.due_at is None and not local.undated
    if refusal or undated:
        certain = [word for word in words if word.sure == _FACT and word.asked.kind == "renegotiated"]
    elif item.due_at == UNSAID:
        # Whoever cannot ask a ledger sends what happened: of an item that was never a promise it counts for nothing.
        words = [word._replace(asked=word.asked._replace(alone=word.sure == _FACT and not thing.quiet)) for word in words]
        certain = [word for word in words if item.had_date and word.sure == _FACT]
    else:
        certain = [word for word in words if word.sure != _GUESS]
    events = [cloud_event(source, one.kind, one.subject, one.time, one.data, container=one.container) for _, one in certain]
    asked = [word.asked for word in words if word not in certain]
    if undated and item.container and not refusal:
        asked = [one._replace(dated_by=item.container) if one.kind == "made" else one for one in asked]
    return Mapped(events, "" if events else refusal or _nothing(item), asked=[*asked, *thing.asked])


def _nothing(item: Item) -> str:
    if item.due_at == UNSAID:
        return f"{item.where}: nothing that is said here makes a promise"
    return f"{item.where} has no due date: not a promise"


def members(container: Item, says: Says, kind: str) -> Asked:
    """What is to be said of all that have their date from a container, a milestone or such, when that is told of."""
    return moved(container.subject, None if says.gone else container.due_at, container.told_at, kind, says.gone)


def moved(container: str, due_at: str | None, time: Instant, kind: str, gone: str = "") -> Asked:
    """The same of a container that is no promise itself. `gone` is what became of it."""
    return Asked("renegotiated", "", time, {"due_at": due_at, "reason": f"its {kind} {f'was {gone}' if gone else 'moved'}"}, container)


def _chosen(item: Item, local: Local) -> Item:
    if local.due_at is not None:
        item = item._replace(due_at=value_of(local.due_at, item.view) or (UNSAID if item.partial else None), container="")
    found = next(((status, kind) for status in item.statuses if (kind := local.endings.get(status.casefold()))), None)
    if found and (item.ending is None or item.ending.kind != found[1]):
        status, kind = found
        at = item.told_at if item.ending is None else item.ending.at
        item = item._replace(ending=Ending(kind, at, "" if kind == "delivered" else status))
    return item


def _refusal(item: Item, local: Local) -> str:
    """Why an item is no promise by what the user chose, or nothing."""
    if local.types and item.type.casefold() not in local.types:
        return f"{item.where} is of type {shown(item.type)}, which is not among `types`: not a promise"
    if local.labels and not local.labels.intersection(label.casefold() for label in item.labels):
        return f"{item.where} has none of the `labels`: not a promise"
    if local.promise is not None and not value_of(local.promise, item.view):
        return f"{item.where} does not meet {local.promise.called}: not a promise"
    return ""


def _life(item: Item, says: Says, local: Local) -> Iterator[_Word]:
    def word(sure: int, kind: str, time: Instant, data: Mapping[str, Any], container: str = "") -> _Word:
        return _Word(sure, Asked(kind, item.subject, time, data, container))

    told_at = item.told_at
    if item.ending:
        told_at = max(told_at, item.ending.at + 1)
        yield word(_FACT, item.ending.kind, item.ending.at, _of_ending(item, item.ending, local))
    if says.gone:
        yield word(_FACT, "revoked", told_at, {"reason": says.gone})
        return
    if item.due_at is None and not (local.undated and not says.undated):
        sure = _FACT if says.undated and item.had_date else _GUESS
        yield word(sure, "renegotiated", told_at, {"due_at": None, "reason": says.undated or "it has no due date any more"})
    yield from (_Word(sure, one) for sure, one in _terms(item, told_at, local))
    yield from (_Word(sure, one) for sure, one in _openings(item, says))
    yield from (_Word(sure, one) for sure, one in _opinions(item, says, local))


def _terms(item: Item, told_at: Instant, local: Local) -> Iterator[tuple[int, Asked]]:
    """What is promised. Where its team is not told, a promise on record keeps the one it has."""
    promise = _promise(item, local)
    if item.team or not item.team_else:
        yield _STATE, Asked("made", item.subject, told_at, promise, item.container)
        return
    if item.due_at:
        yield _STATE, Asked("renegotiated", item.subject, told_at, {"due_at": item.due_at})
        yield _GUESS, Asked("made", item.subject, told_at, promise, unless=ON_RECORD)
    if item.title:
        yield _GUESS, Asked("amended", item.subject, told_at, {name: promise[name] for name in ("title", "url") if name in promise})


def _openings(item: Item, says: Says) -> Iterator[tuple[int, Asked]]:
    """That it is open again: told, or seen from its state, where it may have gone unheard."""
    if item.ending:
        if not item.partial:
            yield _GUESS, Asked("reopened", item.subject, item.ending.at - 1, {}, unless=item.ending.kind)
        return
    if not says.reopens and not says.restores and item.partial:
        return
    sure = _FACT if says.reopens else _GUESS
    unless = "delivered" if says.restores and not says.reopens else ""
    yield sure, Asked("reopened", item.subject, item.told_at, {}, unless=unless)
    if item.due_at and not item.partial:
        # Its terms of this instant come before it is open again, and a date that it got while it was closed would be history.
        restated = Asked("renegotiated", item.subject, item.told_at, {"due_at": item.due_at}, unless=unless, reopens=True)
        yield _STATE if sure == _FACT else _GUESS, restated


def _of_ending(item: Item, ending: Ending, local: Local) -> dict[str, Any]:
    if ending.kind != "delivered":
        return {"reason": ending.reason} if ending.reason else {}
    cost = None if local.cost is None else value_of(local.cost, item.view)
    return {} if cost is None else {"cost": cost}


def _opinions(item: Item, says: Says, local: Local) -> Iterator[tuple[int, Asked]]:
    """What is said of it: that it may slip, that the customer is satisfied or is not."""
    risk = says.warns or _risk(item, local)
    if risk and not item.ending:
        yield _FACT if says.warns else _GUESS, Asked("warned", item.subject, item.told_at, {"reason": risk})
    for kind, condition in (("accepted", local.accepted), ("rejected", local.rejected)):
        if item.word == kind or (condition is not None and value_of(condition, item.view)):
            yield _GUESS, Asked(kind, item.subject, item.told_at, {})


def _risk(item: Item, local: Local) -> str:
    for label in item.labels:
        if label.casefold() in local.at_risk_labels:
            return f"labelled {title_of(label)}"
    return "at risk" if local.at_risk is not None and value_of(local.at_risk, item.view) else ""


def _promise(item: Item, local: Local) -> dict[str, Any]:
    team = (value_of(local.team, item.view) if local.team else "") or item.team or item.team_else
    promise: dict[str, Any] = {
        "team": _team(local.teams.get(team, team)),
        "title": title_of(item.title) or title_of(item.where) or item.subject,
    }
    if item.url:
        promise["url"] = item.url
    promise.update(item.terms)
    for term in local.terms:
        value = value_of(term, item.view)
        if value is not None and value != "":
            promise[term.name] = value
    if item.due_at:
        promise["due_at"] = item.due_at
    return promise


def _team(team: str) -> str:
    try:
        name = name_of(team)
    except Unmappable as error:
        raise Unmappable(f"the team's name {error}") from None
    if not name:
        raise Unmappable("no team is named, and a promise is a team's: say in `team` where it is")
    return name
