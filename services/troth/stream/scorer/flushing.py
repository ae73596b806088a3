"""A flush: tallies, notices and refusals acknowledged, and then the changelog of the table, whose last record is the place in the log."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from troth.domain.notices import Notice
from troth.stream.records import Place, rejection
from troth.stream.scorer.fence import Fence, end
from troth.stream.scorer.partition import Flush, Partition, Refused
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.writing import Pair, Writer
from troth.stream.tallies import NO_SUBJECT, part_key, partition_of, write_stated
from troth.stream.traces import notice_record


class Counting(Protocol):
    """Who counts what was said."""

    def refused(self, count: int) -> None:
        """So many records went to troth.rejected."""

    def told(self, notices: Sequence[Notice]) -> None:
        """Notices were sent."""


class Flusher:
    """Writes what partitions have to say. A table is never ahead of the tallies; `lock` is held while a flush is under way."""

    def __init__(self, writer: Writer, fence: Fence, plan: Plan, counting: Counting) -> None:
        self.lock: Final = asyncio.Lock()
        self._writer = writer
        self._fence = fence
        self._plan = plan
        self._counting = counting

    async def flush(self, partitions: Mapping[int, Partition]) -> None:
        """Write what there is to say of these partitions, each as of one moment; returns once all is acknowledged."""
        async with self.lock:
            flushes: list[tuple[Partition, Flush]] = []
            for number in list(partitions):
                await asyncio.sleep(0)  # under load each takes tens of milliseconds, in which nothing else is done
                if (partition := partitions.get(number)) is not None and (flush := partition.flush()) is not None:
                    flushes.append((partition, flush))
            self._fence.check()
            said = [flush for _, flush in flushes]
            await asyncio.gather(
                self.write_parts((subject, flush.partition, value) for flush in said for subject, value in flush.parts), self._tell(said)
            )
            await self._state(said)
            self._fence.check()
            await asyncio.gather(*(self._write_table(partition, flush) for partition, flush in flushes))

    async def write_parts(self, parts: Iterable[tuple[bytes, int, bytes]]) -> None:
        """Write tallies, each a subject, the partition of the log it is of, and its value."""
        by_partition: dict[int, list[Pair]] = defaultdict(list)
        for subject, source, value in parts:
            by_partition[partition_of(subject, self._plan.partitions)].append((part_key(subject, source), value))
        await self._write_all(self._plan.topics.tallies.name, by_partition)

    async def _state(self, flushes: Iterable[Flush]) -> None:
        stated = [(part_key(NO_SUBJECT, flush.partition), write_stated(flush.stated)) for flush in flushes if flush.stated is not None]
        if stated:
            await self._write_all(self._plan.topics.tallies.name, dict.fromkeys(range(self._plan.partitions), stated))

    async def write_scores(self, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Write scores, each a subject and its value."""
        by_partition: dict[int, list[Pair]] = defaultdict(list)
        for subject, value in records:
            by_partition[partition_of(subject, self._plan.partitions)].append((subject, value))
        await self._write_all(self._plan.topics.scores.name, by_partition)

    async def _write_all(self, topic: str, by_partition: Mapping[int, Iterable[Pair]]) -> None:
        await asyncio.gather(*(self._writer.write(topic, number, pairs) for number, pairs in by_partition.items()))

    async def _tell(self, flushes: Iterable[Flush]) -> None:
        notices = [notice for flush in flushes for notice in flush.notices]
        refused = [(one.record.key, _rejection(one)) for flush in flushes for one in flush.refused]
        await self._writer.send(self._plan.topics.notices.name, map(notice_record, notices))
        await self._writer.send(self._plan.topics.rejected.name, refused)
        self._counting.told(notices)
        self._counting.refused(len(refused))

    async def _write_table(self, partition: Partition, flush: Flush) -> None:
        topic, expected = self._plan.topics.standings.name, partition.table.written + 1
        for first, count in await self._writer.write(topic, flush.partition, flush.table.items()):
            if first != expected:
                end(f"Another scorer writes partition {flush.partition} of {topic}: what lies at {expected} there is not its own.")
            expected += count
        partition.table.keep(expected - 1)


def _rejection(refused: Refused) -> bytes:
    record = refused.record
    return rejection(Place(record.topic, record.partition, record.offset), record.key, record.value, record.timestamp, refused.reason)
