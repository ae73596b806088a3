"""What a delivery becomes on its way to Kafka, whether by the producer or by way of the spool."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from troth.domain.events import Event
from troth.domain.recording import DeliveryRecord, TooLarge
from troth.stream.records import EVENT_BYTES, EVENT_HEADERS, event_key, event_value
from troth.stream.topics import Topics
from troth.stream.traces import delivery_record

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


def outgoing(delivery: DeliveryRecord, events: Sequence[Event], topics: Topics) -> list[Outgoing]:
    """The records of a delivery: its events, and behind them its trace. Raises TooLarge for an event."""
    # Rounded up: an event of this very millisecond would else be one of the record's future.
    timestamp_ms = -(-delivery.received_at // _MICROSECONDS_A_MILLISECOND)
    log, key, trace = topics.events.name, delivery.id.encode(), _trace(delivery, events)
    return [
        *(Outgoing(log, event_key(event), _value(event), EVENT_HEADERS, timestamp_ms) for event in events),
        Outgoing(topics.deliveries.name, key, trace, (), timestamp_ms),
    ]


def _trace(delivery: DeliveryRecord, events: Sequence[Event]) -> bytes:
    value = delivery_record(delivery, events).value
    if len(value) <= TRACE_BYTES:
        return value
    # What is left out of a trace is lost to nobody: the events are on the log, and the tool has what it sent.
    left_out = " Too large to be kept." if delivery.kept else ""
    shorter = replace(delivery, kept=None, reason=f"{delivery.reason}{left_out}".strip())
    named = len(events)
    while len(value := delivery_record(shorter, events[:named]).value) > TRACE_BYTES:
        named //= 2
        shorter = replace(shorter, reason=f"{delivery.reason}{left_out} Of its {len(events)} events the first {named} are named.".strip())
    return value


def _value(event: Event) -> bytes:
    value = event_value(event)
    if len(value) > EVENT_BYTES:
        raise TooLarge(
            f"The event {event.id!r} of source {event.source!r} has {len(value):,} bytes of JSON, and the log holds events of "
            f"{EVENT_BYTES:,} at most. Nothing was stored."
        )
    return value
