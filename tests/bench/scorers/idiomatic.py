"""A peer: Faust as its documentation has it: an event at a time, a table by commitment, sent on by team, a table by team; changelogs on."""

import json
import os
import sys
import time
from datetime import UTC
from typing import Any

import faust

from tests.bench.scorers import naive
from tests.bench.scorers.clock import Clock, asked
from tests.bench.scorers.log import PARTITIONS
from troth.stream.records import read_record

given, clock = asked(), Clock()
done = [0]
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
changes = app.topic(
    f"{given.prefix}faust-changes",
    internal=True,
    partitions=PARTITIONS,
    key_type=bytes,
    value_type=bytes,
    key_serializer="raw",
    value_serializer="raw",
)
lives: Any = app.Table("lives", key_type=bytes, value_type=bytes, partitions=PARTITIONS)
tallies: Any = app.Table("tallies", key_type=bytes, value_type=bytes, partitions=PARTITIONS)


@app.agent(log)
async def fold(stream: Any) -> None:
    async for one in stream.events():
        clock.begin()
        event = read_record(one.key, one.value, (), int(one.message.timestamp * 1_000), UTC)
        lives[one.key], change = naive.fold(lives.get(one.key), event, one.value, time.time_ns() // 1_000)
        await changes.send(key=str(change["team"]).encode(), value=json.dumps(change).encode())  # type: ignore[unused-awaitable]  # as documented


@app.agent(changes)
async def add(stream: Any) -> None:
    async for one in stream.events():
        held = tallies.get(one.key)
        tallies[one.key] = json.dumps(naive.add(None if held is None else json.loads(held), json.loads(one.value))).encode()
        done[0] += 1
        if done[0] >= given.events:
            await app.producer.flush()
            clock.end()
            os._exit(0)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "-l", "error", "--without-web"]
    app.main()
