"""What lies on the topics: an event as a record of the log and back, and a record that is none as what is said of it. Pure."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from pydantic_core import from_json, to_json

from troth.domain.events import Event, Malformed, read_event
from troth.domain.instants import Instant, format_instant

CONTENT_TYPE: Final = "content-type"
CLOUD_EVENT: Final = "application/cloudevents+json"
EVENT_HEADERS: Final = ((CONTENT_TYPE, CLOUD_EVENT.encode()),)
EVENT_BYTES: Final = 1_000_000
QUOTED_BYTES: Final = 10_000
_MICROSECONDS_A_MILLISECOND: Final = 1_000

Headers = Iterable[tuple[str, bytes | None]]


class Unreadable(ValueError):
    """A record that is no event; the message is the reason, in words that name the place and the mend."""


class Place(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


def event_key(event: Event) -> bytes:
    """The key of an event's record: its commitment, so that the events of one stay in order."""
    return event.subject.encode()


def event_value(event: Event) -> bytes:
    """The value of an event's record: the CloudEvent as it was posted."""
    return to_json(event.posted)


def recorded_at(timestamp_ms: int) -> Instant:
    """A record's timestamp as the instant at which its event was recorded."""
    return timestamp_ms * _MICROSECONDS_A_MILLISECOND


def read_record(key: bytes | None, value: bytes | None, headers: Headers, timestamp_ms: int, zone: tzinfo) -> Event:
    """The event of a record; one without a time of its own takes the record's. Raises Unreadable."""
    if value is None:
        raise Unreadable("a tombstone, which is no event: the log keeps all; to strike an event, publish a retraction of it")
    if key is None:
        raise Unreadable("it has no key: publish an event with its subject as the key")
    if len(value) > EVENT_BYTES:
        raise Unreadable(f"it has {len(value)} bytes, and an event has {EVENT_BYTES} at most")
    content_type = next((said for name, said in headers if name.lower() == CONTENT_TYPE), None)
    if content_type is not None and content_type.partition(b";")[0].strip().lower() != CLOUD_EVENT.encode():
        raise Unreadable(f"its header {CONTENT_TYPE} is {content_type[:80]!r}: publish {CLOUD_EVENT}")
    event = _event_of(value, timestamp_ms, zone)
    if event.subject.encode() != key:
        raise Unreadable(f"its key is {key[:80]!r}, and its subject {event.subject[:80]!r}: publish an event with its subject as the key")
    return event


def _event_of(value: bytes, timestamp_ms: int, zone: tzinfo) -> Event:
    try:
        posted = from_json(value, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable(f"it is not JSON: {error}") from None
    if not isinstance(posted, dict):
        raise Unreadable("it is not a JSON object: publish one CloudEvent a record")
    try:
        return read_event(posted, recorded_at(timestamp_ms), zone)
    except Malformed as error:
        raise Unreadable(str(error)) from None


def rejection(place: Place, key: bytes | None, value: bytes | None, timestamp_ms: int, reason: str) -> bytes:
    """The value of a record of troth.rejected: where the record lies, why it is rejected, and what it was."""
    return to_json(
        {
            "reason": reason,
            **place._asdict(),
            "recorded_at": format_instant(recorded_at(timestamp_ms)),
            "key": _quoted(key),
            "value": _quoted(value),
            "bytes": len(value or b""),
        }
    )


def read_rejection(value: bytes) -> Mapping[str, Any]:
    """What a record of troth.rejected says."""
    found: Mapping[str, Any] = from_json(value)
    return found


def _quoted(said: bytes | None) -> dict[str, str] | None:
    """As text, or base64 where it is none; no more than the first bytes: the whole lies where it was."""
    if said is None:
        return None
    try:
        return {"text": said[:QUOTED_BYTES].decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(said[:QUOTED_BYTES]).decode()}
