"""Ours: one worker, until all is folded, its table and tallies are acknowledged, and the organisation is shown with all of it.

It says `ready` once it has its partitions. A log that is written before is caught up with, and one that is written then is lived through:
only then are tallies written at every flush.
"""

import asyncio
import gc
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC

import uvloop
from pydantic_core import from_json

from tests.bench.scorers.clock import Clock, asked
from tests.bench.scorers.log import PARTITIONS
from troth.domain.events import Event
from troth.domain.notices import Notice
from troth.domain.verdict import Rules
from troth.stream.broker import Broker
from troth.stream.scorer.partition import PLACE
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.scoring import ORGANISATION_KEY
from troth.stream.scorer.table import MemoryTable
from troth.stream.scorer.worker import Worker
from troth.stream.topics import Topics


class _Counting:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def folded(self, events: Sequence[Event]) -> None:
        if events:
            self._clock.begin()

    def refused(self, count: int) -> None:
        pass

    def told(self, notices: Sequence[Notice]) -> None:
        pass


class _Table(MemoryTable):
    """Tells how far in the log it is acknowledged."""

    position = 0

    def keep(self, written: int) -> None:
        super().keep(written)
        place = self.get(PLACE)
        self.position = 0 if place is None else from_json(place)[0]


async def main() -> None:
    given, clock = asked(), Clock()
    gc.set_threshold(100_000)
    topics = Topics(given.prefix, PARTITIONS, 1)
    plan = Plan(f"{given.prefix}scorer", Broker(given.servers), topics, PARTITIONS, Rules(), UTC, given.directory)
    tables: dict[int, _Table] = {}
    worker = Worker(plan, lambda: time.time_ns() // 1_000, lambda number: tables.setdefault(number, _Table()), _Counting(clock))
    await worker.start()
    await _until(lambda: len(tables) == PARTITIONS)
    print("ready", flush=True)
    await _until(lambda: sum(table.position for table in tables.values()) == given.events and _shows_all(worker, given.events // 2))
    clock.end()
    os._exit(0)


async def _until(holds: Callable[[], bool]) -> None:
    while True:
        await asyncio.sleep(0.02)
        if holds():
            return


def _shows_all(worker: Worker, commitments: int) -> bool:
    organisation = worker.scores.account(ORGANISATION_KEY)
    return organisation is not None and organisation.made == commitments and not sum(organisation.states(worker.scores.now).values())


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
