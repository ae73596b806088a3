"""The past of one item, told as a tool would have told it then, becomes events: those that its webhooks gave, or would have given."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final, NamedTuple, Protocol

from pydantic_core import to_json

from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import CANCELLED, DELIVERED, MADE, REVOKED, WARNED, Event, Malformed, read_event
from troth.domain.fold import fold
from troth.domain.instants import MICROSECONDS_A_SECOND, Instant, parse_instant
from troth.domain.standing import Standing
from troth.intake.asking import answered, ask
from troth.intake.delivery import Delivery, Mapped, Source

_ENDS: Final = {EVENT_TYPES[rank] for rank in (DELIVERED, REVOKED, CANCELLED)}
_OF_THE_LOG: Final = ("events", "retractions", "first_time", "last_time", "last_rank", "last_source", "last_id")


class Step(NamedTuple):
    """A delivery as the tool would have sent it."""

    payload: Any
    headers: Mapping[str, str] = {}


class Past(NamedTuple):
    """What an export tells of one commitment: its deliveries in order; or, where it tells no changes, `latest`, that of how it is now.

    Then `steps` are two: it began, as it is now but for its end; and it ended, if it did. `needs` are deliveries of what it has its
    date from.
    """

    commitment: str
    steps: Sequence[Step]
    latest: Step | None = None
    needs: Sequence[Step] = ()


class OnRecord(Protocol):
    """A ledger as an import asks it."""

    def life(self, commitment: str) -> Sequence[Event]:
        """The events of a commitment, as they came."""


class Replayed(NamedTuple):
    """The events of an item, or in `reason` why none; `fault` is whether that is a mistake in the export."""

    events: list[dict[str, Any]]
    reason: str = ""
    fault: bool = False


def replay(source: Source, past: Past, record: OnRecord, now: Instant, zone: tzinfo) -> Replayed:
    """What a past becomes, beside what is on record: what a webhook told at the same instant stands as it was told then.

    Where the export tells no changes and the item is on record, only what is otherwise now is said. Never raises.
    """
    try:
        return _replayed(source, past, record, now, zone)
    except Malformed as error:
        return Replayed([], f"mapped to an event that is refused: {error}", fault=True)


def _replayed(source: Source, past: Past, record: OnRecord, now: Instant, zone: tzinfo) -> Replayed:
    memory = _Memory(record, zone)
    for needed in past.needs:
        memory.take(_mapped(source, needed, memory, now).events, now)
    memory.lives[past.commitment] = []  # of itself it knows what was replayed, and not what came of that since
    told = []
    for one in past.steps:
        told.append(_mapped(source, one, memory, now))
        memory.take(told[-1].events, now)
    as_now = [] if past.latest is None else [_mapped(source, past.latest, memory, now)]
    if fault := next((mapped.reason for mapped in (*as_now, *told) if mapped.fault), ""):
        return Replayed([], fault, fault=True)
    events = _known_of_now(told) if past.latest else [event for mapped in told for event in mapped.events]
    if not events:
        return Replayed([], told[-1].reason if told else "nothing is told of it")
    once = {(event["subject"], event["id"]): event for event in events}
    lives = {subject: list(record.life(subject)) for subject in dict.fromkeys(subject for subject, _ in once)}
    new: list[dict[str, Any]] = []
    if past.latest is None or not any(event.rank == MADE for life in lives.values() for event in life):
        new = [event for event in once.values() if not _is_told(event, lives[event["subject"]])]
    if past.latest is None:
        return Replayed(new)
    for posted in new:
        lives[posted["subject"]].append(read_event(posted, now, zone))
    new += _otherwise_now(source, past.latest, lives, now, zone)
    return Replayed(new, "" if new else "it is on record as it is now")


def _known_of_now(told: Sequence[Mapped]) -> list[dict[str, Any]]:
    """The events of an item whose changes are not told: that it began, and ended, if it did. Since when it is at risk is not known."""
    ended = any(event["type"] in _ENDS for mapped in told for event in mapped.events)
    events = [event for mapped in (told if ended else told[:1]) for event in mapped.events]
    return [event for event in events if event["type"] != EVENT_TYPES[WARNED]]


def _otherwise_now(source: Source, latest: Step, lives: Mapping[str, list[Event]], now: Instant, zone: tzinfo) -> Iterator[dict[str, Any]]:
    """What is otherwise now than these lives say."""
    memory = _Memory(None, zone)
    memory.lives |= lives
    for posted in _mapped(source, latest, memory, now).events:
        event = read_event(posted, now, zone)
        life = memory.lives.setdefault(event.subject, [])
        before, after = fold(event.subject, life), fold(event.subject, [*life, event])
        if event.time > before.last_time and _terms_of(before) != _terms_of(after):
            life.append(event)
            yield posted


class _Memory:
    """A ledger that holds what was replayed so far, and of the rest what is on record (intake.asking.Record)."""

    def __init__(self, record: OnRecord | None, zone: tzinfo) -> None:
        self.lives: dict[str, list[Event]] = {}
        self._record = record
        self._zone = zone

    def take(self, events: Iterable[Mapping[str, Any]], now: Instant) -> None:
        """Remember events."""
        for event in events:
            self.lives.setdefault(event["subject"], []).append(read_event(event, now, self._zone))

    def standings(self, commitments: Sequence[str]) -> dict[str, Standing]:
        """Those of the commitments that there are."""
        for commitment in commitments:
            if commitment not in self.lives:
                self.lives[commitment] = [] if self._record is None else list(self._record.life(commitment))
        return {name: fold(name, life) for name in commitments if (life := self.lives[name])}

    def members(self, source: str, container: str) -> Sequence[Standing]:  # noqa: ARG002 - each item is replayed by itself
        """None, as no export tells when a container moved."""
        return ()


def _mapped(source: Source, told: Step, memory: _Memory, now: Instant) -> Mapped:
    asking = source.map(Delivery(source.name, told.headers, to_json(told.payload)), told.payload, now)
    return replace(answered(source.name, asking, ask(memory, source.name, asking)), fault=asking.fault)


def _is_told(event: Mapping[str, Any], life: Iterable[Event]) -> bool:
    """Whether a webhook told the same under another name: at the same instant, or, the same words, within a second of it."""
    time = parse_instant(event["time"])
    for other in life:
        if other.type != event["type"] or other.source != event["source"] or other.id == event["id"]:
            continue
        apart = abs(other.time - time)
        if apart == 0 or (apart < MICROSECONDS_A_SECOND and other.posted.get("data") == event["data"]):
            return True
    return False


def _terms_of(standing: Standing) -> dict[str, Any]:
    return {name: value for name, value in standing._asdict().items() if name not in _OF_THE_LOG}
