"""The replica's reader: a cluster's log, deliveries and notices into a ledger of its own, from where it left off."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any, Final, Protocol

from kafka import KafkaConsumer, TopicPartition

from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.notices import Notice
from troth.domain.recording import Arrived, DeliveryRecord, Partition, Unwritable
from troth.stream.broker import Broker, admin, said_of
from troth.stream.records import Unreadable, read_record, recorded_at
from troth.stream.topics import Topic, Topics, make_or_check
from troth.stream.traces import Names, read_deliveries, read_notice
from troth.stream.trouble import BrokerAway, TopicMismatch

RECORDS_AT_ONCE: Final = 2_000
POLL_MS: Final = 500
REQUEST_MS: Final = 5_000  # a broker that is gone holds up neither an end nor, where it is back, the reading
LOOK_SECONDS: Final = 1
AGAIN_SECONDS: Final = 1

Records = Mapping[TopicPartition, Sequence[Any]]


class Target(Protocol):
    """A ledger as the reader writes to it."""

    def follow(self, cluster: str) -> Mapping[Partition, int]:
        """Where to go on in each partition of a cluster. Raises where it holds what is of another."""

    def take(self, arrived: Arrived) -> int:
        """Take in what arrived, with where to go on, all or nothing; returns how many events it left out. Raises Unwritable."""


class ReplicaReader:
    """Reads on a thread of its own and outlives a broker's absence; `failed` is told of what only a person can mend.

    Without `deliveries` it leaves out what became of each delivery, which only pages show.

    `lag` is how many records it has not read yet (None: not known), `skipped` how many it could not take in since the start.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Topics,
        target: Target,
        zone: tzinfo,
        failed: Callable[[Exception], None],
        *,
        deliveries: bool = True,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._read = (topics.events, topics.notices, *((topics.deliveries,) if deliveries else ()))
        self._target = target
        self._zone = zone
        self._failed = failed
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="troth-replica")
        self._caught_up = False
        self._away = "It has not read anything since it started."
        self.lag: int | None = None
        self.skipped = 0

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being taken in."""
        self._ending.set()
        self._thread.join()

    def trouble(self) -> str:
        """Why it does not show all that was recorded when it started, in words; nothing once it does."""
        if self._caught_up:
            return ""
        return self._away or f"The replica has {self.lag} records to read yet."

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except (BrokerAway, Unwritable) as error:
                self.lag, self._away = None, str(error)
                self._ending.wait(AGAIN_SECONDS)
            except Exception as error:  # noqa: BLE001 - whoever runs the program has to know, and this thread is not heard
                self._failed(error)
                return

    def _follow(self) -> None:
        make_or_check(self._broker, self._read, self._topics.replication)
        with admin(self._broker) as client, said_of(self._broker, "be asked who it is"):
            cluster = f"the topics {self._topics.events.name.removesuffix('events')}* of cluster {client.describe_cluster()['cluster_id']}"
        places = self._target.follow(cluster)
        with self._consumer(self._read, places) as consumer:
            self._away = ""
            looked = 0.0
            while not self._ending.is_set():
                polled: Records = consumer.poll(timeout_ms=POLL_MS, max_records=RECORDS_AT_ONCE)
                if polled:
                    self._take(polled)
                if time.monotonic() - looked >= LOOK_SECONDS or not (polled or self._caught_up):
                    self._look(consumer)
                    looked = time.monotonic()

    @contextmanager
    def _consumer(self, topics: Sequence[Topic], places: Mapping[Partition, int]) -> Iterator[KafkaConsumer]:
        with said_of(self._broker, "be read"):
            consumer = KafkaConsumer(
                **self._broker.kafka_python(),
                client_id="troth-replica",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                request_timeout_ms=REQUEST_MS,
            )
            try:
                partitions = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
                consumer.assign(partitions)
                self._check(consumer.end_offsets(partitions), places)
                for partition in partitions:
                    consumer.seek(partition, places.get((partition.topic, partition.partition), 0))
                yield consumer
            finally:
                consumer.close()

    def _check(self, ends: Mapping[TopicPartition, int], places: Mapping[Partition, int]) -> None:
        for partition, end in ends.items():
            if places.get((partition.topic, partition.partition), 0) > end:
                raise TopicMismatch(
                    f"{partition.topic}, partition {partition.partition}, ends before what this replica has read of it: the topic was made "
                    "anew. Name an empty directory with --data, into which the replica reads all of it."
                )

    def _look(self, consumer: KafkaConsumer) -> None:
        ends: Mapping[TopicPartition, int] = consumer.end_offsets(consumer.assignment())
        self.lag = sum(max(0, end - consumer.position(partition)) for partition, end in ends.items())
        self._caught_up = self._caught_up or self.lag == 0

    def _take(self, polled: Records) -> None:
        events: list[tuple[Event, Instant]] = []
        notices: list[tuple[Notice, Instant]] = []
        deliveries: list[tuple[DeliveryRecord, Names]] = []
        skipped = 0
        for partition, records in polled.items():
            for record in records:
                try:
                    if partition.topic == self._topics.events.name:
                        event = read_record(record.key, record.value, record.headers, record.timestamp, self._zone)
                        events.append((event, recorded_at(record.timestamp)))
                    elif partition.topic == self._topics.notices.name:
                        notices.append((read_notice(record.value), recorded_at(record.timestamp)))
                    else:
                        deliveries += read_deliveries(record.value)
                except Unreadable:  # the scorer tells of it on the topic of what is rejected
                    skipped += 1
        read_to = {(partition.topic, partition.partition): records[-1].offset + 1 for partition, records in polled.items()}
        skipped += self._target.take(Arrived(events, notices, deliveries, read_to))
        self.skipped += skipped
