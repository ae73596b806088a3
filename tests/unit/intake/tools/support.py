"""What the tests of all tools share: what a delivery tells, and the life that its deliveries make in a ledger that answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from troth.domain.events import DATE_FROM, Event, read_event
from troth.domain.fold import fold
from troth.domain.instants import Instant, parse_instant
from troth.domain.standing import Standing
from troth.intake.asking import answered, ask
from troth.intake.choices import Choices, Local, local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.sources import built_in

NOW = parse_instant("2026-06-01T00:00:00Z")
Told = list[tuple[str, str, dict[str, Any]]]


def mapped_by(tool: str, payload: Any, headers: Mapping[str, str] | None = None, of: Local | None = None) -> Mapped:
    """What a tool's file makes of a payload."""
    return built_in(of or Local())[tool].map(Delivery(tool, headers or {}, b""), payload, NOW)


def chosen(**table: Any) -> Local:
    """What holds for a source whose table in troth.toml says this."""
    return local(Choices.model_validate(table), UTC)


def told(mapped: Mapped) -> Told:
    """The events of a delivery: kind, time and data."""
    return [(event["type"].removeprefix("troth.commitment-"), event["time"], event["data"]) for event in mapped.events]


class Remembered:
    """A ledger's record in memory: deliveries are answered by what came before them, and folded as the ledger folds them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.events: dict[tuple[str, str], Event] = {}

    def take(self, *deliveries: Mapped) -> None:
        """Record what the deliveries become, one after the other."""
        for mapped in deliveries:
            for posted in answered(self.source, mapped, ask(self, self.source, mapped)).events:
                event = read_event(posted, NOW)
                self.events.setdefault((event.subject, event.id), event)

    def standing(self, commitment: str) -> Standing:
        """How a commitment stands."""
        return fold(commitment, (event for event in self.events.values() if event.subject == commitment))

    def standings(self, commitments: Sequence[str]) -> dict[str, Standing]:
        """Those of the commitments that there are."""
        return {one: self.standing(one) for one in commitments if any(event.subject == one for event in self.events.values())}

    def members(self, source: str, container: str) -> list[Standing]:
        """The open promises whose last word has their date from a container."""
        made: dict[str, tuple[Instant, str]] = {}
        for event in self.events.values():
            if event.type == "troth.commitment-made":
                made[event.subject] = max(made.get(event.subject, (0, "")), (event.time, event.posted.get(DATE_FROM, "")))
        found = [self.standing(subject) for subject, (_, its_container) in sorted(made.items()) if its_container == container]
        return [standing for standing in found if standing.is_open]
