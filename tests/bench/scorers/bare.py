"""The limit: a loop of aiokafka that validates, folds and tallies in memory, and keeps nothing.

`python -m tests.bench.scorers.bare SERVERS PREFIX EVENTS DIRECTORY` prints `ready`, then the seconds of wall and CPU from the first
record to the last.
"""

import asyncio
import gc
import time
from datetime import UTC
from typing import Any

import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.bench.scorers.clock import Clock, asked
from tests.bench.scorers.log import PARTITIONS
from troth.domain.book import Book
from troth.domain.events import Event
from troth.domain.fold import extend
from troth.domain.standing import Standing
from troth.domain.verdict import Rules
from troth.stream.records import read_record

CHUNK = 500


class Folded:
    """Standings and event sets in memory, and a book."""

    def __init__(self) -> None:
        self.book = Book(Rules(), time.time_ns() // 1_000)
        self.events = 0
        self._lives: dict[str, tuple[Standing, dict[tuple[str, str], Event]]] = {}

    def fold(self, records: list[Any]) -> None:
        for record in records:
            event = read_record(record.key, record.value, record.headers, record.timestamp, UTC)
            old, known = self._lives.get(event.subject, (None, {}))
            if event.name not in known:
                known[event.name] = event
                new, _, _ = extend(old, [event], known.values().__iter__)
                self.book.replace(old, new)
                self._lives[event.subject] = new, known
        self.events += len(records)

    def sum_up(self) -> None:
        """Add up what waits for a reader: who has its tallies has read them."""
        for account in self.book.accounts.values():
            account.sum_up()


async def main() -> None:
    gc.set_threshold(100_000)  # as ours
    given, clock, folded = asked(), Clock(), Folded()
    async with AIOKafkaConsumer(
        bootstrap_servers=given.servers, auto_offset_reset="earliest", max_partition_fetch_bytes=1 << 20
    ) as consumer:
        consumer.assign([TopicPartition(f"{given.prefix}events", number) for number in range(PARTITIONS)])
        print("ready", flush=True)
        while folded.events < given.events:
            for records in (await consumer.getmany(timeout_ms=1_000, max_records=CHUNK)).values():
                clock.begin()
                folded.fold(records)
    folded.sum_up()
    clock.end()


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
