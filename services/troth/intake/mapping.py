"""A declarative mapping at work: a payload in, events out. The payload is a delivery's JSON or a row of a table.

Its file is read by mapping_file.py, and shaped as mapping_tables.py says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from troth.domain.events import CLOCK_SKEW_SECONDS
from troth.domain.instants import MICROSECONDS_A_SECOND, Instant
from troth.intake.cloud_events import cloud_event
from troth.intake.delivery import Delivery, Mapped, Source, Unmappable, Verify
from troth.intake.expressions import meant
from troth.intake.fields import Field, needed, value_of
from troth.intake.texts import shown

_SKEW: Final = CLOCK_SKEW_SECONDS * MICROSECONDS_A_SECOND


class Rule(NamedTuple):
    """One kind of event: when there is one, at which time, named how, saying what."""

    kind: str
    when: Field | None
    time: Field
    id: Field | None
    data: tuple[Field, ...]


@dataclass(frozen=True)
class Mapping:
    """A mapping as read from its file."""

    source: str
    subject: Field
    rules: tuple[Rule, ...]
    persons: tuple[str, ...]
    verify: Verify = field(repr=False)
    handshake: str = ""


def map_payload(mapping: Mapping, payload: Any, now: Instant) -> Mapped:
    """The events that a payload becomes, or the reason why none: all of them or nothing. Never raises."""
    what = ""
    try:
        rules = [rule for rule in mapping.rules if rule.when is None or value_of(rule.when, payload)]
        if not rules:
            asked = "; ".join(f"{rule.when.place} is `{rule.when.expression.text}`" for rule in mapping.rules if rule.when)
            return Mapped([], f"no rule applies: {asked}")
        subject = needed(mapping.subject, payload)
        what = f"{', '.join(rule.kind for rule in rules)} {subject}"
        return Mapped([_event(mapping, rule, subject, payload, now) for rule in rules], what=what)
    except Unmappable as error:
        return Mapped([], str(error), what=what)


def payload_of_row(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str | None]:
    """A row of a table as a payload: text by column, and null for an empty cell. Raises Unmappable where their numbers differ."""
    if len(cells) != len(columns):
        raise Unmappable(f"the row has {len(cells)} cells, and there are {len(columns)} columns")
    return {column: cell or None for column, cell in zip(columns, cells, strict=True)}


def column_faults(mapping: Mapping, columns: Sequence[str]) -> list[str]:
    """What is wrong with a table's columns for this mapping, a sentence each: those it asks for must be there, and once."""
    places: dict[str, str] = {}
    for one in _fields(mapping):
        for name in sorted(one.expression.names):
            places.setdefault(name, one.place)
    missing = [
        f"{place} asks for the column `{name}`, which is not there{meant(name, columns)}"
        for name, place in places.items()
        if name not in columns
    ]
    return missing + [
        f"{place} asks for the column `{name}`, which is there twice" for name, place in places.items() if columns.count(name) > 1
    ]


def source_of(mapping: Mapping) -> Source:
    """The mapping as a source of deliveries."""

    def map_delivery(delivery: Delivery, payload: Any, now: Instant) -> Mapped:
        mapped = map_payload(mapping, payload, now)
        return Mapped(mapped.events, mapped.reason, delivery.headers.get("webhook-id"), mapped.what)

    return Source(mapping.source, mapping.persons, ("webhook-id",), mapping.verify, map_delivery, handshake=mapping.handshake)


def _event(mapping: Mapping, rule: Rule, subject: str, payload: Any, now: Instant) -> dict[str, Any]:
    time = needed(rule.time, payload)
    if time > now + _SKEW:
        raise Unmappable(f"{rule.time.called} is still to come (found: {shown(rule.time.expression.read(payload))})")
    data = {}
    for one in rule.data:
        value = value_of(one, payload)
        if value is not None and value != "":
            data[one.name] = value
        elif one.keeps_null:
            data[one.name] = None
    if rule.kind == "made":
        if "team" not in data:
            raise Unmappable("[made] team is empty, and a promise is a team's")
        data.setdefault("title", subject)
    return cloud_event(mapping.source, rule.kind, subject, time, data, value_of(rule.id, payload) if rule.id else "")


def _fields(mapping: Mapping) -> Iterator[Field]:
    yield mapping.subject
    for rule in mapping.rules:
        yield from filter(None, (rule.when, rule.time, rule.id, *rule.data))
