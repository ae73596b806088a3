"""The topic troth.tallies: what each partition of the log says of a subject, and how the parts make the whole.

Key: the subject's JSON and the partition of the log, `["a-team",null,null]|3`; its partition is a hash of the subject
alone, so that the parts of a subject meet. Value: JSON. The vector is absolute, so that a replay sets and never adds;
`version` says how far the partition is read, and as of which instant. Where the key names no subject, `|3`, the partition
has stated all it has to say as of that version: what it said of before, and not since, is no more. Pure.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple
from zlib import crc32

from pydantic_core import from_json, to_json

from troth.domain.account import Account, Subject
from troth.domain.instants import Instant
from troth.domain.tally import CELLS, Tally, total

Version = tuple[int, Instant]
NO_SUBJECT: Final = b""
_SUBJECTS: Final = 32_768  # that are said again and again; a key costs a third of a kilobyte
_VERSION_OPENS: Final = b'{"version":['
_CELLS: Final = b" ".join([b"%x"] * len(CELLS))
_PACE: Final = b"%d:%x"
_PART: Final = (  # a part is written for nearly every event under load, and a format is twice as fast as writing JSON of a dictionary
    _VERSION_OPENS
    + b'%d,%d],"made":%d,"unmade":%d,"undated":%d,"dated":%d,"overdue":%d,"at_risk":%d,"next_due":%s,"oldest_overdue":%s,'
    + b'"cells":"'
    + _CELLS
    + b'","paces":"%s"}'
)


class Part(NamedTuple):
    """What one partition of the log says of a subject: its tally, and how its commitments stand at the version's instant.

    `dated` counts the open ones with a date, of which some are at risk or overdue; `unmade` is the partition's whole, and
    is carried by the organisation.
    """

    version: Version
    made: int
    unmade: int
    undated: int
    dated: int
    overdue: int
    at_risk: int
    next_due: Instant | None
    oldest_overdue: Instant | None
    tally: Tally


class Sum:
    """A subject's account as the sum of its parts, each of which speaks of its own instant (domain.scored.SubjectAccount)."""

    __slots__ = ("_next_due", "_oldest_overdue", "_states", "made", "tally", "undated", "unmade", "version")

    def __init__(self, parts: Iterable[Part], version: int) -> None:
        parts = list(parts)
        at_risk, overdue = sum(part.at_risk for part in parts), sum(part.overdue for part in parts)
        self.version = version
        self.tally = total(part.tally for part in parts)
        self.made = sum(part.made for part in parts)
        self.unmade = sum(part.unmade for part in parts)
        self.undated = sum(part.undated for part in parts)
        self._states = {"pending": sum(part.dated for part in parts) - overdue - at_risk, "at_risk": at_risk, "overdue": overdue}
        self._next_due = min((part.next_due for part in parts if part.next_due is not None), default=None)
        self._oldest_overdue = min((part.oldest_overdue for part in parts if part.oldest_overdue is not None), default=None)

    def states(self, now: Instant) -> dict[str, int]:  # noqa: ARG002 - the parts are as of their own now
        """How many of the open dated ones are pending, at risk and overdue."""
        return self._states

    def next_due(self, now: Instant) -> Instant | None:  # noqa: ARG002 - as above
        """The earliest date in force that has not passed."""
        return self._next_due

    def oldest_overdue(self, now: Instant) -> Instant | None:  # noqa: ARG002 - as above
        """The earliest date in force that has passed."""
        return self._oldest_overdue


def part_of(account: Account, version: Version, unmade: int = 0) -> Part:
    """What a partition's book says of a subject."""
    now = version[1]
    return Part(
        version,
        account.made,
        unmade,
        account.undated,
        len(account.dues),
        account.overdue(now),
        account.at_risk,
        account.next_due(now),
        account.oldest_overdue(now),
        account.tally,
    )


def write_part(part: Part) -> bytes:
    """The value of a record. Sums are in hexadecimal, for they are larger than JSON's numbers."""
    *numbers, next_due, oldest_overdue, tally = part[1:]
    instants = [b"null" if instant is None else b"%d" % instant for instant in (next_due, oldest_overdue)]
    paces = tally.paces
    each_pace = b" ".join([_PACE] * len(paces)) % tuple(chain.from_iterable(paces.items()))
    return _PART % (*part.version, *numbers, *instants, *tally.cells, each_pace)


def write_stated(version: Version) -> bytes:
    """The value of a record that says that all was stated as of a version."""
    return _VERSION_OPENS + b"%d,%d]}" % version


def read_part(value: bytes) -> Part:
    """A part back from its record."""
    document: dict[str, Any] = from_json(value)
    cells = [int(cell, 16) for cell in document.pop("cells").split()]
    paces = dict(_pace(text) for text in document.pop("paces").split())
    return Part(tuple(document.pop("version")), **document, tally=Tally(cells, paces))


def read_version(value: bytes) -> Version:
    """The version of a record alone, which is its first field."""
    position, now = value[len(_VERSION_OPENS) : value.index(b"]")].split(b",")
    return int(position), int(now)


@lru_cache(maxsize=_SUBJECTS)
def subject_key(subject: Subject) -> bytes:
    """A subject as a key: JSON of team, customer and goal."""
    return to_json(subject)


@lru_cache(maxsize=_SUBJECTS)
def read_subject(key: bytes) -> Subject:
    """A subject back from its key."""
    return Subject(*from_json(key))


def part_key(subject: bytes, source: int) -> bytes:
    """The key of what a partition of the log says of a subject."""
    return subject + b"|%d" % source


def read_part_key(key: bytes) -> tuple[bytes, int]:
    """The subject's key and the partition of the log."""
    subject, _, source = key.rpartition(b"|")
    return subject, int(source)


def partition_of(subject: bytes, partitions: int) -> int:
    """Where a subject's parts and scores lie: by the subject alone."""
    return crc32(subject) % partitions


def _pace(text: str) -> tuple[int, int]:
    pace, _, weight = text.partition(":")
    return int(pace), int(weight, 16)
