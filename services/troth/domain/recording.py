"""What any ledger is given and what it answers: the words between the gateway, the ledgers and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.notices import Notice

Posted = Mapping[str, Any]  # an event as it was posted
Place = tuple[int, str]  # in the log: the number of the next event when a delivery came, and the delivery's id


Partition = tuple[str, int]  # a topic and the number of one of its partitions
EventName = tuple[str, str, str, str]  # source, id, subject and type


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What came in one request: where from, when, what it was about, why it became nothing, and what of it is kept.

    `remap_of` names the delivery that this one is a later mapping of.
    """

    id: str
    source: str
    received_at: Instant
    what: str = ""
    reason: str = ""
    kept: str | None = None
    remap_of: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery: its events, which of them are new, and how many were known to who took it."""

    delivery: str
    events: Sequence[Event]
    new: Sequence[Event]
    duplicates: int

    @property
    def names(self) -> list[dict[str, str]]:
        """The name of each of its events, as the answer to its sender has it."""
        return [{"source": event.source, "id": event.id, "subject": event.subject} for event in self.events]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a replica read of a cluster's topics: events and notices with when each was recorded, deliveries with the names
    of their events, and the offset at which to go on in each partition that was read.
    """

    events: Sequence[tuple[Event, Instant]]
    notices: Sequence[tuple[Notice, Instant]]
    deliveries: Sequence[tuple[DeliveryRecord, Sequence[EventName]]]
    read_to: Mapping[Partition, int]


class Logged(NamedTuple):
    """An event in the log: its place there, and the source of what retracts it ("" where nothing does)."""

    seq: int
    posted: Posted
    struck_by: str


class Kept(NamedTuple):
    """A delivery of which a copy is kept (JSON with its `headers` and `payload`), and the events that it became so far.

    `place` is that in the log at which it came: what lies before was known then.
    """

    id: str
    source: str
    received_at: Instant
    what: str
    text: str
    place: Place
    said: list[Logged]


class Conflict(Exception):
    """A name that already stands for other content."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__(
            f"The event {event.id!r} of source {event.source!r} is on record for commitment {event.subject!r} with other content. "
            "Give the new event an id of its own; to strike the old one, retract it."
        )


class TooLarge(Exception):
    """An event that the log does not hold; the message says how large it may be."""


class Busy(Exception):
    """More requests wait than the ledger takes; try again in a moment."""


class Unwritable(Exception):
    """The log could not be written, such as with a full disk; nothing of the request was kept."""
