"""What lies on troth.notices and troth.deliveries: a notice, and what became of a delivery, as records and back. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from troth.domain.events import Event
from troth.domain.instants import format_instant, parse_instant
from troth.domain.notices import KINDS, Notice
from troth.domain.recording import DeliveryRecord, EventName
from troth.stream.records import Unreadable

Names = Sequence[EventName]


class Record(NamedTuple):
    """A record's key and value."""

    key: bytes
    value: bytes


def notice_record(notice: Notice) -> Record:
    """A notice, with its commitment as the key, so that those of one stay in order."""
    times = {"date": format_instant(notice.date), "at": format_instant(notice.at)}
    return Record(notice.commitment.encode(), to_json({"id": notice.id, **notice._asdict(), **times}))


def read_notice(value: bytes | None) -> Notice:
    """A notice back from its record. Raises Unreadable."""
    said = _json(value)
    try:
        kind, commitment, team, title = (str(said[name]) for name in ("kind", "commitment", "team", "title"))
        customer, goal = (None if said.get(name) is None else str(said[name]) for name in ("customer", "goal"))
        notice = Notice(kind, commitment, parse_instant(said["date"]), parse_instant(said["at"]), team, customer, goal, title)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"it is not a notice: {error!r}") from None
    if kind not in KINDS:
        raise Unreadable(f"it is not a notice: its kind is {kind[:80]!r}, and there are {', '.join(KINDS)}")
    return notice


def delivery_record(delivery: DeliveryRecord, events: Iterable[Event]) -> Record:
    """What became of a delivery, with its id as the key."""
    document = {
        "id": delivery.id,
        "source": delivery.source,
        "received_at": format_instant(delivery.received_at),
        "what": delivery.what,
        "reason": delivery.reason,
        "kept": delivery.kept,
        "events": [{"source": event.source, "id": event.id, "subject": event.subject, "type": event.type} for event in events],
    }
    return Record(delivery.id.encode(), to_json(document))


def together(records: Sequence[Record]) -> Record:
    """The records of several deliveries as one, which costs Kafka and its readers as little as one: a list, with the key of the first."""
    return Record(records[0].key, b"[" + b",".join(record.value for record in records) + b"]")


def read_deliveries(value: bytes | None) -> list[tuple[DeliveryRecord, Names]]:
    """The deliveries of a record, which holds one or a list of them, each with the names of its events. Raises Unreadable."""
    said = _json(value)
    return [_delivery(one) for one in said] if isinstance(said, list) else [_delivery(said)]


def _delivery(said: Any) -> tuple[DeliveryRecord, Names]:
    try:
        names = [(str(name["source"]), str(name["id"]), str(name["subject"]), str(name["type"])) for name in said["events"]]
        texts = {name: str(said[name]) for name in ("id", "source", "what", "reason")}
        kept = None if said.get("kept") is None else str(said["kept"])
        return DeliveryRecord(**texts, received_at=parse_instant(said["received_at"]), kept=kept), names
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"it is not a delivery: {error!r}") from None


def _json(value: bytes | None) -> Any:
    try:
        return from_json(value or b"", allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable(f"it is not JSON: {error}") from None
