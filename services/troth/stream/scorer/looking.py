"""Reading topics apart from the group: where they end, what is there from a place on, all of a changelog."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from troth.stream.scorer.cancelling import raise_if_cancelled

FETCH_BYTES: Final = 4 << 20
WAIT_MILLISECONDS: Final = 1_000
AGAIN_SECONDS: Final = 1.0


class Looker:
    """Consumers without a group, which take no part in a rebalance."""

    def __init__(self, connection: Mapping[str, Any]) -> None:
        self._connection = dict(connection)

    async def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Where each partition ends: the offset of its next record."""
        async with self._consumer() as consumer:
            return dict(await consumer.end_offsets(list(partitions)))

    async def first_from(self, partition: TopicPartition, place: int) -> int:
        """The offset of the first record at or behind a place; where the partition ends, where there is none."""
        async with self._consumer() as consumer:
            consumer.assign([partition])
            begin = (await consumer.beginning_offsets([partition]))[partition]
            end: int = (await consumer.end_offsets([partition]))[partition]
            place = max(place, begin)
            while place < end:
                consumer.seek(partition, place)
                for records in (await consumer.getmany(timeout_ms=WAIT_MILLISECONDS, max_records=1)).values():
                    return int(records[0].offset)
                place = max(place, await consumer.position(partition))  # what is left was compacted away, or is a transaction's marker
        return max(place, end)

    async def read(self, partition: TopicPartition, begin: int, end: int) -> AsyncIterator[list[Any]]:
        """All records from one place to before another, in pieces."""
        async with self._consumer() as consumer:
            consumer.assign([partition])
            consumer.seek(partition, begin)
            while await consumer.position(partition) < end:
                for records in (await consumer.getmany(timeout_ms=WAIT_MILLISECONDS, max_records=2_000)).values():
                    yield records

    async def follow(self, partitions: Iterable[TopicPartition]) -> AsyncIterator[tuple[list[Any], bool]]:
        """All records from the start and on and on; each time with whether all is read that was there in the beginning."""
        partitions = list(partitions)
        async with self._consumer() as consumer:
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await consumer.seek_to_beginning(*partitions)
            while True:
                found = await consumer.getmany(timeout_ms=WAIT_MILLISECONDS, max_records=2_000)
                whole = [await consumer.position(partition) >= ends[partition] for partition in partitions]
                yield [record for records in found.values() for record in records], all(whole)

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = await self._started()
        try:
            yield consumer
        finally:
            try:
                await consumer.stop()
            except asyncio.CancelledError:  # of a task of its own, which it cancelled before it had begun
                raise_if_cancelled()

    async def _started(self) -> AIOKafkaConsumer:
        """A consumer that is connected; where Kafka is away it is waited for."""
        while True:
            consumer = AIOKafkaConsumer(
                **self._connection, group_id=None, auto_offset_reset="earliest", max_partition_fetch_bytes=FETCH_BYTES
            )
            try:
                await consumer.start()
            except BaseException as error:
                await consumer.stop()
                if not isinstance(error, KafkaConnectionError):
                    raise
            else:
                return consumer
            await asyncio.sleep(AGAIN_SECONDS)
