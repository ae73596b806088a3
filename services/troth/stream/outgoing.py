"""What a delivery becomes on its way to Kafka, whether by the producer or by way of the spool."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from troth.domain.events import Event
from troth.domain.recording import DeliveryRecord, TooLarge
from troth.stream.records import EVENT_BYTES, EVENT_HEADERS, event_key, event_value

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


def outgoing(delivery: DeliveryRecord, events: Sequence[Event], log: str) -> list[Outgoing]:
    """The records of a delivery: its events, for the topic `log`. Raises TooLarge."""
    # Rounded up: an event of this very millisecond would else be one of the record's future.
    timestamp_ms = -(-delivery.received_at // _MICROSECONDS_A_MILLISECOND)
    return [Outgoing(log, event_key(event), _value(event), EVENT_HEADERS, timestamp_ms) for event in events]


def _value(event: Event) -> bytes:
    value = event_value(event)
    if len(value) > EVENT_BYTES:
        raise TooLarge(
            f"The event {event.id!r} of source {event.source!r} has {len(value):,} bytes of JSON, and the log holds events of "
            f"{EVENT_BYTES:,} at most. Nothing was stored."
        )
    return value
