"""The subjects whose tallies this process owns: the newest part from each partition of the log, and their sums."""

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from threading import Lock
from typing import Any, Final

from troth.domain.account import ORGANISATION, Subject
from troth.domain.instants import Instant
from troth.domain.verdict import Rules
from troth.stream.tallies import NO_SUBJECT, Sum, Version, partition_of, read_part, read_part_key, read_subject, read_version, subject_key

ORGANISATION_KEY: Final = subject_key(ORGANISATION)
_NEVER: Final = 2**63
_NOTHING: Final = (-1, 0)


class SubjectPartition:
    """One partition of troth.tallies, shown once it is read to `end`, where it ended when it was taken over."""

    def __init__(self) -> None:
        self.position = 0
        self.end = _NEVER
        self.parts: dict[bytes, dict[int, tuple[Version, bytes]]] = {}
        self.stale: set[tuple[bytes, int]] = set()
        self._stated: dict[int, Version] = {}

    @property
    def whole(self) -> bool:
        """Whether all parts are known that there were when it was taken over."""
        return self.position >= self.end

    def take(self, records: Iterable[Any]) -> set[bytes]:
        """Take over records, in order; returns the subjects that changed. The highest version stays, wherever it lies in the topic."""
        changed = set()
        for record in records:
            if record.offset < self.position:
                continue
            self.position = record.offset + 1
            subject, source = read_part_key(record.key)
            version = read_version(record.value)
            if subject == NO_SUBJECT:
                changed |= self._state(source, version)
            elif version >= self._stated.get(source, _NOTHING):
                changed |= self._put(subject, source, version, record.value)
        return changed

    def _put(self, subject: bytes, source: int, version: Version, value: bytes) -> set[bytes]:
        parts = self.parts.setdefault(subject, {})
        held = parts.get(source)
        if held is not None and version < held[0]:
            self.stale.add((subject, source))  # the cleaner would keep what is last
            return set()
        parts[source] = version, value
        self.stale.discard((subject, source))
        return {subject}

    def _state(self, source: int, version: Version) -> set[bytes]:
        """All that a partition has to say it said as of this version or since: the rest is of one that died halfway."""
        if version < self._stated.get(source, _NOTHING):
            return set()
        self._stated[source] = version
        gone = {subject for subject, parts in self.parts.items() if source in parts and parts[source][0] < version}
        for subject in gone:
            del self.parts[subject][source]
            self.stale.discard((subject, source))
        return gone


class Scores:
    """The sums of the subjects of all owned partitions that are whole (domain.scored.Scored). Other threads may read it."""

    def __init__(self, rules: Rules, clock: Callable[[], Instant], partitions: int) -> None:
        self.rules = rules
        self._clock = clock
        self._count = partitions
        self._owned: dict[int, SubjectPartition] = {}
        self._sums: dict[bytes, tuple[Subject, Sum]] = {}
        self._changed: set[bytes] = set()
        self._versions = count(1)
        self._lock = Lock()

    @property
    def now(self) -> Instant:
        """The present instant."""
        return self._clock()

    @property
    def unmade(self) -> int:
        """Commitments without a promise, all of them, where the organisation is ours."""
        organisation = self.account(ORGANISATION_KEY)
        return 0 if organisation is None else organisation.unmade

    @property
    def whole(self) -> bool:
        """Whether all that is owned is shown."""
        return all(partition.whole for partition in self._owned.values())

    @property
    def accounts(self) -> Mapping[Subject, Sum]:
        """The sums of all subjects that are shown."""
        shown: dict[Subject, Sum] = {}
        for key in self.subjects():
            account = self.account(key)
            if account is not None:
                shown[self._sums[key][0]] = account
        if self._shown(ORGANISATION_KEY):
            shown.setdefault(ORGANISATION, Sum((), 0))
        return shown

    def subjects(self) -> list[bytes]:
        """The subjects that are shown."""
        with self._lock:
            return [key for partition in self._owned.values() if partition.whole for key in partition.parts]

    def account(self, key: bytes) -> Sum | None:
        """The sum of a subject; None where it is not shown."""
        with self._lock:
            known = self._sums.get(key)
            if not self._shown(key):
                return None
            if known is not None and key not in self._changed:
                return known[1]
            parts = self._owned[partition_of(key, self._count)].parts.get(key)
            if parts is None:
                return None
            self._changed.discard(key)
            subject = read_subject(key) if known is None else known[0]
            account = Sum([read_part(value) for _, value in parts.values()], next(self._versions))
            self._sums[key] = subject, account
            return account

    def partition(self, number: int) -> SubjectPartition | None:
        """An owned partition."""
        return self._owned.get(number)

    def hide(self) -> None:
        """Show nothing until partitions are owned again: rather by nobody than by two."""
        with self._lock:
            for partition in self._owned.values():
                partition.end = _NEVER

    def own(self, ends: Mapping[int, int]) -> None:
        """These partitions are owned from now on, each read to be shown up to where it ends; those owned before go on."""
        with self._lock:
            owned = {number: self._owned.get(number) or SubjectPartition() for number in ends}
            for number, end in ends.items():
                owned[number].end = end
            self._owned = owned
            self._sums = {key: known for key, known in self._sums.items() if partition_of(key, self._count) in owned}
            self._changed = {key for key in self._changed if partition_of(key, self._count) in owned}

    def take(self, number: int, records: Iterable[Any]) -> set[bytes]:
        """Take over records of a partition, in order; returns the subjects that changed, none where it is not owned."""
        with self._lock:
            partition = self._owned.get(number)
            changed = set() if partition is None else partition.take(records)
            self._changed |= changed
            return changed

    def stale(self) -> list[tuple[bytes, int, bytes]]:
        """Parts behind which an older version lies in their topic: subject, source and value, to be written again."""
        with self._lock:
            return [
                (subject, source, partition.parts[subject][source][1])
                for partition in self._owned.values()
                if partition.whole
                for subject, source in partition.stale
            ]

    def _shown(self, key: bytes) -> bool:
        partition = self._owned.get(partition_of(key, self._count))
        return partition is not None and partition.whole
