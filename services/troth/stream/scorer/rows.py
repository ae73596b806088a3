"""How a commitment lies in the table of its partition: its standing, and the set of its events as they were posted.

A row is lines. The first is how far the log was read when it was written, and the standing as JSON; each other is an event:
its time, source, id and JSON, by tabs. What is posted is one line without tabs, or is written so. Of a commitment of many events the
row holds the last ones, and full segments lie beside it under keys of their own, so that an event never costs rewriting all. Pure.
"""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Final

from pydantic_core import from_json, to_json

from troth.domain.events import Event, recall_event
from troth.domain.standing import Standing

EVENTS_A_SEGMENT: Final = 64
BYTES_A_SEGMENT: Final = 256 << 10  # with one event of the largest, it fits a record of Kafka's
_BESIDE: Final = b"\x00"  # in no commitment's id, which has no control characters


class Row:
    """A commitment as it lies in the table. `standing` is None before its first event; `lines` are the events not in a segment."""

    __slots__ = ("_encoded_standing", "_standing", "full", "lines", "segments")

    def __init__(self, lines: list[bytes], encoded_standing: bytes = b"") -> None:
        self._encoded_standing = encoded_standing
        self._standing: Standing | None = None
        self.lines = lines
        self.full: dict[int, bytes] = {}
        self.segments = 0

    def standing(self, known: Standing | None = None) -> Standing | None:
        """How it stands; `known` spares reading it where the caller has it already."""
        if self._standing is None:
            if known is not None:
                self._standing = known
            elif self._encoded_standing:
                self._standing = Standing(*from_json(self._encoded_standing))
            self._encoded_standing = b""
        return self._standing

    def extend(self, standing: Standing, lines: Iterable[bytes]) -> None:
        """Add events, after which it stands so."""
        self._standing = standing
        for line in lines:
            if len(self.lines) >= EVENTS_A_SEGMENT or (self.lines and sum(map(len, self.lines)) + len(line) > BYTES_A_SEGMENT):
                self.full[self.segments] = b"\n".join(self.lines)
                self.segments += 1
                self.lines = []
            self.lines.append(line)

    def records(self, key: bytes, position: int) -> Iterator[tuple[bytes, bytes]]:
        """What to write to the table, segments first; they are then no longer `full`."""
        for number, segment in self.full.items():
            yield segment_key(key, number), b"%d\t\n" % position + segment
        self.full = {}
        yield key, b"\n".join((b"%d\t%d\t" % (position, self.segments) + to_json(self._standing), *self.lines))


def read_row(value: bytes) -> Row:
    """A row back from the table."""
    first, *lines = value.split(b"\n")
    _, segments, standing = first.split(b"\t", 2)
    row = Row(lines, standing)
    row.segments = int(segments)
    return row


def read_position(value: bytes) -> int:
    """How far the log was read when a row or segment was written."""
    return int(value[: value.index(b"\t")])


def is_row(key: bytes) -> bool:
    """Whether a key of the table is a commitment, and not one of what lies beside."""
    return _BESIDE not in key


def standing_of(value: bytes) -> Standing:
    """The standing of a row alone."""
    return Standing(*from_json(value.split(b"\n", 1)[0].split(b"\t", 2)[2]))


def segment_key(key: bytes, number: int) -> bytes:
    """Where a full segment of a commitment lies."""
    return key + _BESIDE + b"%d" % number


def segment_of(value: bytes) -> bytes:
    """The lines of a segment."""
    return value.split(b"\n", 1)[1]


def line_of(event: Event, posted: bytes) -> bytes:
    """An event as a line; `posted` is its JSON as it came."""
    if b"\n" in posted or b"\t" in posted or b"\r" in posted:
        posted = to_json(event.posted)
    return b"\t".join((b"%d" % event.time, name_of(event), posted))


def name_of(event: Event) -> bytes:
    """An event's source and id as they lie in a line."""
    return f"{event.source}\t{event.id}".encode()


def named(lines: Iterable[bytes]) -> dict[bytes, bytes]:
    """Lines by the names of their events."""
    return {line[line.index(b"\t") + 1 :].rsplit(b"\t", 1)[0]: line for line in lines}


def says_the_same(line: bytes, event: Event, posted: bytes) -> bool:
    """Whether a line is of this very event, whatever the spaces and the order of its fields."""
    there = line.rsplit(b"\t", 1)[1]
    return there == posted or from_json(there) == event.posted


def event_of(line: bytes, zone: tzinfo) -> Event:
    """An event back from its line."""
    time, _, _, posted = line.split(b"\t", 3)
    return recall_event(posted, int(time), zone)
