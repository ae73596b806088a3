"""What any ledger is given and what it answers: the words between the gateway, the ledgers and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from troth.domain.events import Event
from troth.domain.instants import Instant


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What came in one request: where from, when, what it was about, why it became nothing, and what of it is kept."""

    id: str
    source: str
    received_at: Instant
    what: str = ""
    reason: str = ""
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery: the name of each of its events, which of them are new, and how many were known (None: not told)."""

    delivery: str
    events: list[dict[str, str]]
    new: Sequence[Event]
    duplicates: int | None


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
