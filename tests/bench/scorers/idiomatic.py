"""A peer: Faust as its documentation has it, one event at a time, a table with its changelog; the tallies stay in memory."""

import logging
import os
import time
from datetime import UTC
from typing import Any

import faust
from pydantic_core import from_json, to_json

from tests.bench.scorers.clock import Clock, asked
from tests.bench.scorers.log import PARTITIONS
from troth.domain.book import Book
from troth.domain.events import recall_event
from troth.domain.fold import extend
from troth.domain.standing import Standing
from troth.domain.verdict import Rules
from troth.stream.records import read_record

given, clock, book = asked(), Clock(), Book(Rules(), time.time_ns() // 1_000)
app = faust.App(
    f"{given.prefix}faust",
    broker=f"kafka://{given.servers}",
    store="memory://",
    datadir=str(given.directory),
    topic_partitions=PARTITIONS,
    topic_disable_leader=True,
    table_standby_replicas=0,
    web_enabled=False,
    worker_redirect_stdouts=False,
)
log = app.topic(f"{given.prefix}events", key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
lives = app.Table("lives", key_type=bytes, value_type=bytes, partitions=PARTITIONS)
done = [0]


@app.agent(log)
async def fold(stream: Any) -> None:
    async for one in stream.events():
        clock.begin()
        record = one.message
        event = read_record(one.key, one.value, (), int(record.timestamp * 1_000), UTC)
        held = lives.get(one.key)
        standing, events = (None, []) if held is None else from_json(held)
        old = None if standing is None else Standing(*standing)
        if not any(from_json(posted)["id"] == event.id for _, posted in events):
            events.append([event.time, one.value.decode()])
            everything = [recall_event(posted, at) for at, posted in events]
            new, _ = extend(old, [event], everything.copy)
            book.replace(old, new)
            lives[one.key] = to_json([new, events])
        done[0] += 1
        if done[0] >= given.events:
            await app.producer.flush()
            clock.end()
            os._exit(0)


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.CRITICAL)
    import sys

    sys.argv = [sys.argv[0], "worker", "-l", "error"]
    app.main()
