"""An event as the fold reads it, and how a posted CloudEvent becomes one or is refused with every fault named."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from math import isfinite
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from troth.domain.event_models import EVENT_TYPES, CloudEvent, PostedEvent
from troth.domain.fields import check_line
from troth.domain.instants import MICROSECONDS_A_SECOND, Instant, format_instant

CLOCK_SKEW_SECONDS: Final = 300
EVENTS_A_COMMITMENT: Final = 10_000
MADE, REOPENED, AMENDED, RENEGOTIATED, WARNED, DELIVERED, ACCEPTED, REJECTED, REVOKED, CANCELLED, RETRACTED = range(11)
DATE_FROM: Final = "datefrom"  # CloudEvents extension: what a promise has its date from, so that its members are found when it moves

_RANKS: Final = {event_type: rank for rank, event_type in enumerate(EVENT_TYPES)}
_ADAPTER: Final[TypeAdapter[CloudEvent]] = TypeAdapter(PostedEvent)
_EXTENSION_NAME: Final = re.compile(r"[a-z0-9]+", re.ASCII)


class Event(NamedTuple):
    """One event; tuples of one commitment sort in SCORING's order: time, row of the table, source, id.

    `time` is in microseconds; `data` holds what was said, amounts in ten-thousandths, weight in tenths; `posted` is
    the CloudEvent as its sender wrote it.
    """

    time: Instant
    rank: int
    source: str
    id: str
    subject: str
    data: Mapping[str, Any]
    posted: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The CloudEvents type, such as troth.commitment-made."""
        return EVENT_TYPES[self.rank]

    @property
    def name(self) -> tuple[str, str]:
        """What names the event within its commitment."""
        return self.source, self.id


class Fault(NamedTuple):
    """One thing wrong with what was posted: a JSON pointer to it, and what to do."""

    path: str
    message: str


class Malformed(ValueError):  # it names what the event is, as the standard's 4xx texts do
    """An event that cannot be taken; `faults` names each reason with its place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path or '/'}: {fault.message}" for fault in self.faults))


def read_event(posted: Mapping[str, Any], now: Instant, zone: tzinfo = UTC) -> Event:
    """Check a posted CloudEvent and give it its time: its own, or the clock's where absent or up to 5 minutes ahead.

    `zone` ends the days among its dates. Raises Malformed.
    """
    try:
        model = _ADAPTER.validate_python(posted, context={"zone": zone})
    except ValidationError as error:
        raise Malformed(_fault_of(detail) for detail in error.errors(include_url=False)) from None
    if model.__pydantic_extra__:
        _check_extensions(model.__pydantic_extra__)
    time = now if model.time is None else model.time
    if time > now:
        if time > now + CLOCK_SKEW_SECONDS * MICROSECONDS_A_SECOND:
            raise Malformed([Fault("/time", f"is in the future, after {format_instant(now)}; set the sender's clock")])
        time = now
    return Event(time, _RANKS[model.type], model.source, model.id, model.subject, model.data, posted)  # type: ignore[attr-defined]  # each of the union has both


def recall_event(posted: str | bytes, time: Instant, zone: tzinfo = UTC) -> Event:
    """Read an event back from the log: its text as stored, and the time it was given when it was taken."""
    model = _ADAPTER.validate_python(document := json.loads(posted), context={"zone": zone})
    return Event(time, _RANKS[model.type], model.source, model.id, model.subject, model.data, document)  # type: ignore[attr-defined]  # each of the union has both


def _check_extensions(extensions: Mapping[str, Any]) -> None:
    faults = []
    for name, value in extensions.items():
        if _EXTENSION_NAME.fullmatch(name) is None:
            faults.append(Fault(_pointer([name]), "is not an attribute of CloudEvents; an extension's name is a-z and 0-9"))
        elif isinstance(value, str):
            faults += _faults_of_text(name, value)
        elif not (isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value))):
            faults.append(Fault(_pointer([name]), "is not a text, a number or a boolean, as an extension's value is"))
    if faults:
        raise Malformed(faults)


def _faults_of_text(name: str, value: str) -> list[Fault]:
    try:
        check_line(value)
    except ValueError as error:
        return [Fault(_pointer([name]), str(error))]
    return []


def _pointer(place: Iterable[Any]) -> str:
    return "".join("/" + str(part)[:80].replace("~", "~0").replace("/", "~1") for part in place)


def _fault_of(detail: ErrorDetails) -> Fault:
    path = _pointer(detail["loc"][1:])  # behind the type, which is how the union names its members
    match detail["type"]:
        case "union_tag_invalid":
            return Fault("/type", f"is not a type of event; use one of {', '.join(EVENT_TYPES)}")
        case "union_tag_not_found":
            return Fault("/type", f"is missing; use one of {', '.join(EVENT_TYPES)}")
        case "extra_forbidden":
            return Fault(path, "is not a field of this event; remove it, or correct its name")
        case "missing":
            return Fault(path, "is missing")
        case "string_pattern_mismatch":
            return Fault(path, "is not a content type of JSON; leave it out, or write application/json")
        case "value_error":
            return Fault(path, str(detail["ctx"]["error"]))
        case _:
            return Fault(path, detail["msg"])
