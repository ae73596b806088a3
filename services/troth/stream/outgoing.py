"""What a delivery becomes on its way to Kafka, whether by the producer or by way of the spool."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from troth.domain.events import Event
from troth.domain.recording import DeliveryRecord, TooLarge
from troth.stream.records import EVENT_BYTES, EVENT_HEADERS, event_key, event_value
from troth.stream.traces import Record, delivery_record, together

TRACE_BYTES: Final = 1_400_000

_MICROSECONDS_A_MILLISECOND: Final = 1_000


class Outgoing(NamedTuple):
    """One record: its topic's full name, key, value, headers, and when it was recorded, in milliseconds since 1970 UTC."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key) + len(self.value)


class Parcel(NamedTuple):
    """What one delivery becomes: the records of its events, and its trace."""

    events: list[Outgoing]
    trace: Record
    timestamp_ms: int

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return sum(record.size for record in self.events) + len(self.trace.value)


def parcel(delivery: DeliveryRecord, events: Sequence[Event], log: str) -> Parcel:
    """What a delivery becomes, its events for the topic `log`. Raises TooLarge for an event."""
    # Rounded up: an event of this very millisecond would else be one of the record's future.
    timestamp_ms = -(-delivery.received_at // _MICROSECONDS_A_MILLISECOND)
    records = [Outgoing(log, event_key(event), _value(event), EVENT_HEADERS, timestamp_ms) for event in events]
    return Parcel(records, _trace(delivery, events), timestamp_ms)


def outgoing(parcels: Sequence[Parcel], deliveries: str) -> list[Outgoing]:
    """The records of what goes together: all events in order, and behind them the traces, for the topic `deliveries`."""
    records = [record for each in parcels for record in each.events]
    together_now: list[Record] = []
    size = 0
    for each in parcels:
        size += len(each.trace.value)
        if together_now and size > TRACE_BYTES:
            records.append(Outgoing(deliveries, *together(together_now), (), each.timestamp_ms))
            together_now, size = [], len(each.trace.value)
        together_now.append(each.trace)
    return [*records, Outgoing(deliveries, *together(together_now), (), parcels[-1].timestamp_ms)]


def _trace(delivery: DeliveryRecord, events: Sequence[Event]) -> Record:
    record = delivery_record(delivery, events)
    if len(record.value) <= TRACE_BYTES:
        return record
    # What is left out of a trace is lost to nobody: the events are on the log, and the tool has what it sent.
    left_out = " Too large to be kept." if delivery.kept else ""
    shorter = replace(delivery, kept=None, reason=f"{delivery.reason}{left_out}".strip())
    named = len(events)
    while len((record := delivery_record(shorter, events[:named])).value) > TRACE_BYTES:
        named //= 2
        shorter = replace(shorter, reason=f"{delivery.reason}{left_out} Of its {len(events)} events the first {named} are named.".strip())
    return record


def _value(event: Event) -> bytes:
    value = event_value(event)
    if len(value) > EVENT_BYTES:
        raise TooLarge(
            f"The event {event.id!r} of source {event.source!r} has {len(value):,} bytes of JSON, and the log holds events of "
            f"{EVENT_BYTES:,} at most. Nothing was stored."
        )
    return value
