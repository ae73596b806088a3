"""The scorer as a Faust app: two agents, and what is done as partitions come and go and time passes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

import faust
from aiokafka import TopicPartition
from faust.types import TP

from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.scored import Scored
from troth.stream.scorer import faust_inside, flushing
from troth.stream.scorer.cancelling import raise_if_cancelled
from troth.stream.scorer.fence import Fence, end
from troth.stream.scorer.flushing import Flusher
from troth.stream.scorer.looking import Looker
from troth.stream.scorer.outlooks import Outlooks
from troth.stream.scorer.ownership import Ownership
from troth.stream.scorer.places import Places
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.publishing import Publisher
from troth.stream.scorer.scoring import Scores
from troth.stream.scorer.table import Table
from troth.stream.scorer.writing import Writer

TICK_SECONDS: Final = 0.25
SLOWEST_FLUSH_SECONDS: Final = 2.0
EVENTS_A_FLUSH: Final = 40_000
MOST_EVENTS_A_FLUSH: Final = 60_000  # folding goes on while a flush is acknowledged, up to here


class Counting(flushing.Counting, Protocol):
    """Who counts what happened here."""

    def folded(self, events: Sequence[Event]) -> None:
        """Events were folded."""


class Worker:
    """Reads its share of the log, says its tallies, and adds up its share of the subjects.

    `scores` is what it shows; `missing` says in words why that is not all of its share yet.
    """

    def __init__(self, plan: Plan, clock: Callable[[], Instant], new_table: Callable[[int], Table], counting: Counting) -> None:
        self._plan = plan
        self._clock = clock
        self._counting = counting
        self._fence = Fence(plan.session_seconds)
        self.scores = Scores(plan.rules, clock, plan.partitions)
        self._publisher = Publisher(self.scores)
        self._outlooks = Outlooks(self._publisher.read_back)
        self._looker = Looker(plan.aiokafka())
        self._app = _app(plan)
        self._places = Places(self._app, self._looker)
        self._ownership = Ownership(plan, self._looker, self._places, self.scores, self._outlooks, clock=clock, new_table=new_table)
        self._since_flush = 0
        self._tasks: list[asyncio.Task[None]] = []
        _connect(self._app, plan, self)

    @contextmanager
    def shown(self) -> Iterator[Scored]:
        """What may be shown: nothing where the process stood still, for another may show it by now."""
        yield self.scores if self._fence.awake else Scores(self._plan.rules, self._clock, self._plan.partitions)

    def missing(self) -> str:
        """Why not all of its share is shown; nothing where it is."""
        if self._ownership.missing:
            return self._ownership.missing
        if not all(partition.caught_up for partition in self._ownership.partitions.values()):
            return f"It catches up: {self.behind()} events of the log are still to be read."
        return "" if self.scores.whole else "It reads the tallies of its subjects."

    def behind(self) -> int:
        """How many events of its partitions are in the log and not folded yet, as far as it knows."""
        behind = 0
        for number, partition in list(self._ownership.partitions.items()):
            end = max(partition.end, self._app.consumer.highwater(TP(self._plan.topics.events.name, number)) or 0)
            behind += max(0, end - partition.position)
        return behind

    async def start(self) -> None:
        """Join the group and begin."""
        self._plan.data.mkdir(parents=True, exist_ok=True)
        self._writer = Writer(self._plan.aiokafka())
        await self._writer.start()
        self._flusher = Flusher(self._writer, self._fence, self._plan, self._counting)
        self._fence.begin()
        self._tasks = [_begun(self._tick())]  # it beats from now on: joining may take as long as the session of one that died
        await self._app.start()
        self._tasks += [_begun(self._flushes()), _begun(self._places.keep()), _begun(self._read_scores())]

    async def stop(self) -> None:
        """Say what there is to say, and leave the group."""
        ticking, *tasks = self._tasks
        async with self._flusher.lock:  # a flush that is cut off would be lost to the next one, which says only what came after it
            for task in tasks:
                task.cancel()
        await self._flusher.flush(self._ownership.partitions)
        ticking.cancel()
        self._ownership.give_away()
        await self._app.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._writer.stop()

    async def fold(self, tp: TP, records: Sequence[Any]) -> None:
        """The first agent: fold records of the log into the book of their partition."""
        partition = self._ownership.partitions.get(tp.partition)
        if not self._places.follows(tp, records) or partition is None:
            return
        partition.fold(records, self._clock())
        self._counting.folded(partition.folded)
        partition.folded.clear()
        self._since_flush += len(records)
        if self._since_flush >= MOST_EVENTS_A_FLUSH:
            await self._flush()

    async def add_up(self, tp: TP, records: Sequence[Any]) -> None:
        """The second agent: take over tallies of the subjects that are ours."""
        partition = self.scores.partition(tp.partition)
        if not self._places.follows(tp, records) or partition is None:
            return
        was_whole = partition.whole
        changed = self.scores.take(tp.partition, records)
        self._publisher.changed(changed if was_whole else partition.parts if partition.whole else ())

    async def revoked(self) -> None:
        """Partitions go: first of all nothing is shown any more, then the flush under way ends."""
        self._ownership.give_away()
        async with self._flusher.lock:
            pass

    def assigned(self, partitions: Iterable[TP]) -> None:
        """Partitions come."""
        self._ownership.take_over(partitions, self._app.consumer_generation_id)
        self._publisher.restart()

    async def _flush(self) -> None:
        self._since_flush = 0
        await self._flusher.flush(self._ownership.partitions)

    async def _tick(self) -> None:
        while True:
            self._fence.beat()
            if self._app.crashed:
                end(f"Faust gave up: {self._app.crash_reason!r}.")
            now, thresholds = self._clock(), self._outlooks.changes()
            for partition in self._ownership.partitions.values():
                partition.advance(now)
                partition.adopt(thresholds)
            await asyncio.sleep(TICK_SECONDS)

    async def _flushes(self) -> None:
        while True:
            began = time.monotonic()
            await self._flush()
            await self._flusher.write_parts(self.scores.stale())
            self._publisher.organisation = self._outlooks.organisation
            await self._flusher.write_scores(self._publisher.turn())
            took_seconds = time.monotonic() - began
            await self._rest(until=time.monotonic() + min(SLOWEST_FLUSH_SECONDS, 6 * took_seconds))  # a seventh of the time at most

    async def _rest(self, until: float) -> None:
        """Let events gather for so long, or until they are many, or no more of them come."""
        gathered = -1
        while self._since_flush < EVENTS_A_FLUSH and self._since_flush != gathered:
            gathered = self._since_flush or -1
            await asyncio.sleep(TICK_SECONDS)
            if time.monotonic() >= until:
                return

    async def _read_scores(self) -> None:
        partitions = [TopicPartition(self._plan.topics.scores.name, number) for number in range(self._plan.partitions)]
        async for records, whole in self._looker.follow(partitions):
            self._outlooks.take(records)
            if whole:
                self._outlooks.whole.set()


def _app(plan: Plan) -> faust.App:
    session = plan.session_seconds
    app = faust.App(
        plan.group,
        **plan.faust(),
        ConsumerScheduler=faust_inside.Chunks,
        broker_heartbeat_interval=session / 6,
        broker_rebalance_timeout=session * 2,
        broker_session_timeout=session,
        datadir=str(plan.data / "faust"),
        env_prefix="TROTH_FAUST_",
        store="memory://",
        stream_buffer_maxsize=64,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=plan.partitions,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.transport = faust_inside.Transport(app.conf.broker_consumer, app)
    return app


def _connect(app: faust.App, plan: Plan, worker: Worker) -> None:
    schema = faust_inside.Untouched(key_type=bytes, value_type=bytes)

    @app.agent(app.topic(plan.topics.events.name, schema=schema, acks=False))
    async def folder(stream: Any) -> None:
        async for event in stream.events():
            await _or_end(worker.fold(event.message.tp, event.value))

    @app.agent(app.topic(plan.topics.tallies.name, schema=schema, acks=False))
    async def scorer(stream: Any) -> None:
        async for event in stream.events():
            await _or_end(worker.add_up(event.message.tp, event.value))

    @app.on_partitions_revoked.connect(weak=False)
    async def on_revoked(*_: Any, **__: Any) -> None:
        await worker.revoked()

    @app.on_partitions_assigned.connect(weak=False)
    async def on_assigned(_: Any, assigned: Any, **__: Any) -> None:
        worker.assigned(assigned)


def _begun(work: Awaitable[None]) -> asyncio.Task[None]:
    return asyncio.create_task(_or_end(work))


async def _or_end(work: Awaitable[None]) -> None:
    try:
        await work
    except asyncio.CancelledError as error:
        raise_if_cancelled()
        end(f"Its work was cut off: {error!r}.")
    except Exception as error:  # noqa: BLE001 - Faust would go on behind an event that was not folded
        end(f"It met what it did not expect: {error!r}.")
