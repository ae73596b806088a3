"""The log that all sides read: promises made and delivered, as records of troth.events."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from kafka.partitioner import murmur2
from pydantic_core import to_json

from tests.bench.life import Posted
from troth.stream.broker import Broker
from troth.stream.topics import Topics, make_or_check

PARTITIONS = 8


def make_topics(servers: str, prefix: str) -> Topics:
    """The topics of a prefix, made."""
    topics = Topics(prefix, PARTITIONS, 1)
    make_or_check(Broker(servers), topics.all(), 1)
    return topics


def write_log(servers: str, topics: Topics, posted: Sequence[Posted]) -> None:
    """Put events on the log, in large batches."""
    by_partition: dict[int, list[tuple[bytes, bytes]]] = {number: [] for number in range(PARTITIONS)}
    for event in posted:
        key = event["subject"].encode()
        by_partition[(murmur2(key) & 0x7FFFFFFF) % PARTITIONS].append((key, to_json(event)))
    asyncio.run(_write(servers, topics.events.name, by_partition))


async def _write(servers: str, topic: str, by_partition: dict[int, list[tuple[bytes, bytes]]]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers, max_batch_size=1 << 19) as producer:
        for number, records in by_partition.items():
            batch = producer.create_batch()
            for key, value in records:
                while batch.append(key=key, value=value, timestamp=None) is None:
                    await producer.send_batch(batch, topic, partition=number)
                    batch = producer.create_batch()
            await producer.send_batch(batch, topic, partition=number)
        await producer.flush()
