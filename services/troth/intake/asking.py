"""What depends on the ledger's record: of which commitments a mapping asks, and which of its events then hold.

A pure function cannot know what is on record. So it says what it asks about, the gateway asks, and hands the answer back as a value.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from troth.domain.instants import format_instant, parse_instant
from troth.domain.standing import ACCEPTED, DELIVERED, OPEN, REJECTED, Standing
from troth.intake.cloud_events import cloud_event
from troth.intake.delivery import ON_RECORD, Asked, Mapped

NO_LEDGER: Final = "what depends on the record was left out, as no ledger can be asked here"
_OF_WHAT_WAS: Final = ("made", "amended", "reopened", "renegotiated", "accepted", "rejected")
_WORDS: Final = {"accepted": ACCEPTED, "rejected": REJECTED}


class Record(Protocol):
    """A ledger as intake asks it."""

    def standings(self, commitments: Sequence[str]) -> Mapping[str, Standing]:
        """Those of the commitments that there are."""

    def members(self, source: str, container: str) -> Sequence[Standing]:
        """The open promises of a source that have their date from a container."""


class Known(NamedTuple):
    """A ledger's answer: standings by commitment, and the open members of each container."""

    standings: Mapping[str, Standing]
    members: Mapping[str, Sequence[Standing]]


def ask(record: Record, source: str, mapped: Mapped) -> Known:
    """What a ledger knows of all that a mapping asks about."""
    if not mapped.asked:
        return Known({}, {})
    subjects = {name for one in mapped.asked for name in (one.subject, one.dated_by) if name}
    containers = {one.container for one in mapped.asked if not one.subject}
    return Known(record.standings(sorted(subjects)), {name: record.members(source, name) for name in sorted(containers)})


def answered(source: str, mapped: Mapped, known: Known | None) -> Mapped:
    """The mapping with those of the asked events that hold. Without a ledger (None) none does, and where nothing is left it says so."""
    if not mapped.asked:
        return mapped
    if known is None:
        sent = [
            cloud_event(source, one.kind, one.subject, one.time, one.data, container=one.container) for one in mapped.asked if one.alone
        ]
        reason = f"{mapped.reason}; {NO_LEDGER}".removeprefix("; ")
        events = [*mapped.events, *sent]
        return Mapped(events, "" if events else reason, mapped.native_id, mapped.what)
    events = [*mapped.events, *_holding(source, mapped, known)]
    return Mapped(events, "" if events else mapped.reason or "nothing on record depends on it", mapped.native_id, mapped.what)


def _holding(source: str, mapped: Mapped, known: Known) -> Iterator[dict[str, Any]]:
    made = {event["subject"] for event in mapped.events if event["type"] == "troth.commitment-made"}
    for one in sorted(mapped.asked, key=_comes_last):
        if not one.subject:
            for member in known.members[one.container]:
                if _holds(one, member, made_here=False):
                    yield cloud_event(source, one.kind, member.id, one.time, one.data)
            continue
        standing = known.standings.get(one.subject)
        data = one.data
        if one.dated_by and (due_at := _date_of(known.standings.get(one.dated_by))):
            data = {**data, "due_at": due_at}
        if (one.dated_by and "due_at" in data) or _holds(one, standing, made_here=one.subject in made):
            if one.kind == "made":
                made.add(one.subject)
            yield cloud_event(source, one.kind, one.subject, one.time, data, container=one.container)


def _comes_last(one: Asked) -> bool:
    """What may make a promise is looked at first, as the rest depends on it."""
    return not (one.dated_by or one.unless == ON_RECORD)


def _date_of(standing: Standing | None) -> str | None:
    return None if standing is None or standing.due_at is None else format_instant(standing.due_at)


def _holds(one: Asked, standing: Standing | None, *, made_here: bool) -> bool:
    """Whether an event says something of a commitment as it stands, or would if it was made by the same delivery."""
    if standing is None or standing.made_at is None:
        if one.kind == "made" and one.unless == ON_RECORD:
            return True
        return made_here and one.kind not in _OF_WHAT_WAS
    match "reopened" if one.reopens else one.kind:
        case "made":
            # What an item was before it was promised, heard of late, is no promise either.
            return not made_here and one.unless != ON_RECORD and one.time >= standing.made_at
        case "amended":
            return True
        case "reopened":
            accepted = standing.state == DELIVERED and standing.word == ACCEPTED
            return standing.closed_at is not None and standing.closed_at < one.time and not accepted and standing.state != one.unless
        case "renegotiated":
            due_at = one.data.get("due_at")
            return standing.state == OPEN and not made_here and standing.due_at != (due_at and parse_instant(due_at))
        case "warned":
            return standing.state == OPEN and standing.warned_at is None
        case "accepted" | "rejected":
            return standing.word != _WORDS[one.kind]
        case _:
            return standing.closed_at is None or standing.closed_at >= one.time
