"""Writing batches: one future a batch, not one a record, and all acknowledged before the next step."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaProducer

BATCH_BYTES: Final = 256 << 10
PATIENCE_MILLISECONDS: Final = 120_000
Pair = tuple[bytes | None, bytes | None]


class Writer:
    """An idempotent producer."""

    def __init__(self, connection: Mapping[str, Any]) -> None:
        self._producer = AIOKafkaProducer(
            **connection, enable_idempotence=True, max_batch_size=BATCH_BYTES, request_timeout_ms=PATIENCE_MILLISECONDS
        )

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Send what is under way, and close."""
        await self._producer.stop()

    async def write(self, topic: str, partition: int, records: Iterable[Pair]) -> list[tuple[int, int]]:
        """Write records in order; returns, once all are acknowledged, the first offset and the size of each batch."""
        sent = []
        batch = self._producer.create_batch()
        for key, value in records:
            while batch.append(key=key, value=value, timestamp=None) is None:
                sent.append((await self._producer.send_batch(batch, topic, partition=partition), batch.record_count()))
                batch = self._producer.create_batch()
        if batch.record_count():
            sent.append((await self._producer.send_batch(batch, topic, partition=partition), batch.record_count()))
        return [((await future).offset, count) for future, count in sent]

    async def send(self, topic: str, records: Iterable[Pair]) -> None:
        """Send records of any keys, each to the partition of its key; returns once all are acknowledged."""
        waiting = [await self._producer.send(topic, key=key, value=value) for key, value in records]
        await asyncio.gather(*waiting)
