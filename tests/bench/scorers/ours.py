"""Ours: one worker, until all is folded, its table and tallies are acknowledged, and the organisation is shown with all of it."""

import asyncio
import gc
import os
import time
from collections.abc import Sequence
from datetime import UTC

import uvloop

from tests.bench.scorers.clock import Clock, asked
from tests.bench.scorers.log import PARTITIONS
from troth.domain.events import Event
from troth.domain.notices import Notice
from troth.domain.verdict import Rules
from troth.stream.broker import Broker
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.scoring import ORGANISATION_KEY
from troth.stream.scorer.table import memory_table
from troth.stream.scorer.worker import Worker
from troth.stream.topics import Topics


class _Counting:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.events = 0

    def folded(self, events: Sequence[Event]) -> None:
        self._clock.begin()
        self.events += len(events)

    def refused(self, count: int) -> None:
        pass

    def told(self, notices: Sequence[Notice]) -> None:
        pass


async def main() -> None:
    given, clock = asked(), Clock()
    gc.set_threshold(100_000)
    counting = _Counting(clock)
    topics = Topics(given.prefix, PARTITIONS, 1)
    plan = Plan(f"{given.prefix}scorer", Broker(given.servers), topics, PARTITIONS, Rules(), UTC, given.directory)
    worker = Worker(plan, lambda: time.time_ns() // 1_000, memory_table, counting)
    await worker.start()
    while True:
        await asyncio.sleep(0.02)
        organisation = worker.scores.account(ORGANISATION_KEY) if counting.events >= given.events else None
        if organisation is not None and organisation.made >= given.events // 2 and not worker.missing():
            break
    clock.end()
    os._exit(0)


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
