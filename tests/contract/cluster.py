"""A cluster whose time is a test's own: the parts of gateway, scorer and replica, joined as their programs join them, on a real Kafka."""

import asyncio
import gc
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any, Final, TypeVar

from kafka import KafkaConsumer, TopicPartition
from pydantic_core import from_json

from tests.kafka import new_prefix
from tests.topics import records_of
from troth.domain import summary
from troth.domain.instants import Instant
from troth.domain.verdict import Rules
from troth.gateway.reading import Document
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.restore import Made
from troth.ledger.store import FILE
from troth.metrics.scorer import ScorerInstruments
from troth.stream.broker import Broker
from troth.stream.producer import Producer
from troth.stream.publisher import Publisher
from troth.stream.replica import ReplicaReader
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.table import memory_table
from troth.stream.scorer.worker import Worker
from troth.stream.spool import Spool
from troth.stream.topics import Topic, Topics, make_or_check

PARTITIONS: Final = 2
DEADLINE_SECONDS: Final = 120
T = TypeVar("T")


class Cluster:
    """A gateway's publisher, a scorer and a replica, whose data and topic prefix lie in a directory; all on an event loop of their own.

    `failed` has what only a person could mend.
    """

    def __init__(self, servers: str, directory: Path, clock: Callable[[], Instant]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        (named := directory / "prefix").exists() or named.write_text(new_prefix(), "utf-8")
        self.failed: list[Exception] = []
        self._servers = servers
        self.topics = topics = Topics(prefix := named.read_text("utf-8"), PARTITIONS)
        self._directory = directory
        broker, rules = Broker(servers), Rules()
        make_or_check(broker, topics.all())
        producer = Producer(broker, (topics.events, topics.deliveries))
        producer.connect()
        self.publisher = Publisher(producer, Spool(directory / "gateway", 100), topics)
        self._ledger = Ledger(directory / "replica", Made(rules, UTC), clock, replica=True)
        self._reader = ReplicaReader(broker, topics, self._ledger, UTC, self.failed.append)
        self.reading = LedgerReading(self._ledger, clock)
        self._looking = KafkaConsumer(bootstrap_servers=servers, group_id=None)
        self._looking.assign(_partitions(*topics.all()))  # of others it would not know where they end
        plan = Plan(f"{prefix}scorer", broker, topics, PARTITIONS, rules, UTC, directory / "scorer")
        self._worker = Worker(plan, clock, memory_table, ScorerInstruments("test"))

    async def start(self) -> None:
        self.publisher.start()
        self._ledger.start()
        self._reader.start()
        await self._worker.start()

    async def stop(self) -> None:
        await self.publisher.stop()
        await self._worker.stop()
        self._reader.stop()
        await self._ledger.stop()
        self._looking.close()

    async def catch_up(self) -> None:
        """Wait until all that is on the log is scored, and all that is on the topics is in the replica."""
        until = time.monotonic() + DEADLINE_SECONDS
        while left := await self._left():
            assert time.monotonic() < until, left
            assert not self.failed, self.failed
            await asyncio.sleep(0.02)

    async def _left(self) -> str:
        partitions = self._worker._ownership.partitions
        for (_, number), end in self._ends(self.topics.events).items():
            partition = partitions.get(number)
            if partition is None or partition._place[0] < end:
                return f"the scorer is not at {end} of partition {number}: {self._worker.missing()}"
        async with self._worker._flusher.lock:  # what was said up to there is acknowledged
            pass
        read_to = self._read_to()
        for place, end in self._ends(self.topics.events, self.topics.deliveries, self.topics.notices).items():
            if read_to.get(place, 0) < end:
                return f"the replica is not at {end} of {place}: {self._reader.trouble()}"
        return ""

    def _ends(self, *topics: Topic) -> dict[tuple[str, int], int]:
        return {(place.topic, place.partition): end for place, end in self._looking.end_offsets(_partitions(*topics)).items()}

    def records(self, name: str) -> int:
        """How many records a topic has."""
        return sum(self._ends(getattr(self.topics, name)).values())

    def _read_to(self) -> dict[tuple[str, int], int]:
        with closing(sqlite3.connect(self._directory / "replica" / FILE)) as file:
            return {(topic, partition): end for topic, partition, end in file.execute("SELECT topic, partition, next FROM read_to")}

    def rejected(self) -> list[Document]:
        """What was rejected, with its reason."""
        return [from_json(record.value) for record in records_of(self._servers, self.topics.rejected.name)]

    async def agree(self) -> None:
        """Wait until the scorer shows of every subject what the replica does."""
        await self.catch_up()
        until = time.monotonic() + DEADLINE_SECONDS
        while (scored := self._scored()) != (read := self._shown()):
            assert time.monotonic() < until, [pair for pair in zip(scored, read, strict=False) if pair[0] != pair[1]][:3]
            await asyncio.sleep(0.1)

    def _scored(self) -> list[Document]:
        scores = self._worker.scores
        accounts = [(subject, account) for subject, account in scores.accounts.items() if not subject.is_pair and account.made]
        return _in_order(summary.summary(scores, subject, account) for subject, account in accounts)

    def _shown(self) -> list[Document]:
        reading = self.reading
        whole = {name: value for name, value in reading.organisation(None).items() if name != "trend"}
        parts = [*reading.teams(None)["teams"], *reading.customers(None)["customers"], *reading.goals(None)["goals"]]
        return _in_order([*([whole] if parts else []), *parts])


def _partitions(*topics: Topic) -> list[TopicPartition]:
    return [TopicPartition(topic.name, number) for topic in topics for number in range(PARTITIONS)]


def _in_order(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: [document.get(kind, "") for kind in ("team", "customer", "goal")])


class Remote:
    """Calls what lives on an event loop of a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cluster")
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it there, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it there, from another loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class WhenCaughtUp:
    """A reading that waits, before each question, until the cluster shows all that was appended."""

    def __init__(self, cluster: Cluster, remote: Remote) -> None:
        self._cluster = cluster
        self._remote = remote
        self.behind = True

    def __getattr__(self, name: str) -> Any:
        if self.behind:
            self._remote.call(self._cluster.catch_up())
            self.behind = False
        return getattr(self._cluster.reading, name)


@contextmanager
def running(servers: str, directory: Path, clock: Callable[[], Instant]) -> Iterator[tuple[Cluster, Remote]]:
    """A cluster that runs until the block ends."""
    cluster, remote = Cluster(servers, directory, clock), Remote()
    try:
        remote.call(cluster.start())
        try:
            yield cluster, remote
        finally:
            remote.call(cluster.stop())
    finally:
        remote.end()
        del cluster, remote
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # a connection that Faust leaves open where its process does not end
            gc.collect()
