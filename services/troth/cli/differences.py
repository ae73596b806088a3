"""What the deliveries that are kept say by the mapping there is now, and how it differs from what the log has of them."""

import json
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from troth.domain.events import DATE_FROM, MADE, Event, Malformed, read_event
from troth.domain.fold import fold
from troth.domain.instants import Instant
from troth.domain.recording import Kept, Logged, Place, Posted
from troth.domain.standing import Standing
from troth.intake.asking import Record, answered, ask
from troth.intake.delivery import Delivery, Source
from troth.intake.remapping import SOURCE, Difference, difference
from troth.ledger.kept import KeptDeliveries

Name = tuple[str, str, str]
_ANY_TIME: Final = 2**62  # a clock behind which every event lies: each has its own time


class Change(NamedTuple):
    """A delivery that says something else now; `why` is the mapping's reason where it says nothing."""

    kept: Kept
    difference: Difference
    why: str


class Differences(NamedTuple):
    """Of one source: how many deliveries were looked at, what changes, and which could not be mapped and why."""

    looked_at: int
    changes: list[Change]
    failed: list[tuple[Kept, str]]


class _Unmapped(Exception):
    """A kept delivery cannot be mapped by this version of Troth."""


def differences_of(source: Source, deliveries: KeptDeliveries, since: Instant, zone: tzinfo) -> Differences:
    """Map again what is kept of a source, all of it, in the order in which it came; of what came before `since` nothing changes."""
    planned = _Planned(deliveries, zone)
    found = Differences(0, [], [])
    looked_at = 0
    for kept in deliveries.of_source(source.name):
        planned.go_to(kept.place)
        looked_at += kept.received_at >= since
        try:
            wanted, why = _said_now(source, kept, planned, zone)
        except _Unmapped as error:
            planned.let_stand(kept.said, [])
            if kept.received_at >= since:
                found.failed.append((kept, str(error)))
            continue
        change = Change(kept, difference(kept.said, wanted, planned.log_of), why)
        planned.let_stand(kept.said, change.difference.strike)
        if kept.received_at >= since and (change.difference or change.difference.stays):
            planned.take(change.difference)
            found.changes.append(change)
    left = (planned.without_what_others_say(one) for one in found.changes)
    return Differences(looked_at, [one for one in left if one is not None], found.failed)


class _Planned:
    """The log as it will be, while one delivery after the other is looked at; and as intake asks it, of when that delivery came."""

    def __init__(self, deliveries: KeptDeliveries, zone: tzinfo) -> None:
        self._deliveries = deliveries
        self._zone = zone
        self._place: Place = (0, "")
        self._struck: set[Name] = set()
        self._added: dict[str, list[tuple[Place, dict[str, Any]]]] = {}
        self._said: set[Name] = set()

    def go_to(self, place: Place) -> None:
        """Answer from here on as of this place in the log."""
        self._place = place

    def standings(self, commitments: Sequence[str]) -> dict[str, Standing]:
        """Those of the commitments that there were."""
        lives = {commitment: self._life_of(commitment) for commitment in commitments}
        return {commitment: fold(commitment, life) for commitment, life in lives.items() if life}

    def members(self, source: str, container: str) -> list[Standing]:
        """The promises of a source that were open and had their date from a container."""
        added = [name for name, events in self._added.items() if any(event.get(DATE_FROM) == container for _, event in events)]
        found = []
        for commitment in sorted({*self._deliveries.dated_by(container), *added}):
            life = self._life_of(commitment)
            made = sorted(event for event in life if event.rank == MADE and event.source == source)
            if made and made[-1].posted.get(DATE_FROM) == container and (standing := fold(commitment, life)).is_open:
                found.append(standing)
        return found

    def log_of(self, commitment: str) -> list[Logged]:
        """A commitment's events, and what is going to strike them."""
        added = [Logged(0, event, "") for _, event in self._added.get(commitment, ())]
        log = [*self._deliveries.log_of(commitment), *added]
        return [one._replace(struck_by=SOURCE) if not one.struck_by and _name(one.posted) in self._struck else one for one in log]

    def take(self, change: Difference) -> None:
        """Count on a change at this place."""
        self._struck |= {_name(event) for event in change.strike}
        for event in change.add:
            self._added.setdefault(event["subject"], []).append((self._place, dict(event)))

    def let_stand(self, said: Iterable[Logged], strike: Iterable[Posted]) -> None:
        """Note what a delivery goes on saying."""
        self._said |= {_name(one.posted) for one in said} - {_name(event) for event in strike}

    def without_what_others_say(self, change: Change) -> Change | None:
        """The change without retracting what another delivery says still; None where nothing is left of it."""
        strike = [event for event in change.difference.strike if _name(event) not in self._said]
        left = change.difference._replace(strike=strike)
        return change._replace(difference=left) if left or left.stays else None

    def _life_of(self, commitment: str) -> list[Event]:
        life = [event for place, event in self._deliveries.life_of(commitment) if place < self._place]
        life = [event for event in life if (event.subject, *event.name) not in self._struck]
        added = [event for place, event in self._added.get(commitment, ()) if place < self._place]
        return life + [read_event(event, _ANY_TIME, self._zone) for event in added]


def _said_now(source: Source, kept: Kept, record: Record, zone: tzinfo) -> tuple[list[dict[str, Any]], str]:
    document = json.loads(kept.text)
    delivery = Delivery(source.name, document["headers"], to_json(document["payload"]))
    try:
        mapped = source.map(delivery, document["payload"], kept.received_at)
        mapped = answered(source.name, mapped, ask(record, source.name, mapped))
        named: dict[Name, dict[str, Any]] = {}
        for event in mapped.events:
            read_event(event, kept.received_at, zone)
            named.setdefault(_name(event), event)
    except Malformed as error:
        raise _Unmapped(f"it is mapped to an event that is refused: {error}") from None
    except Exception as error:  # noqa: BLE001 - a mistake of ours in one delivery may not keep the others from being mended
        raise _Unmapped(f"Troth failed at mapping it ({type(error).__name__}): report it, with what was sent") from None
    return list(named.values()), mapped.reason


def _name(event: Posted) -> Name:
    return event["subject"], event["source"], event["id"]
