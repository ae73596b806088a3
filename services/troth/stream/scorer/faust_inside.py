"""What this program does with the insides of Faust, all of it: pinned to 0.15.3, and a test fails when their source changes.

Faust hands records over one by one, at four tasks a record. Here one pseudo record stands for up to CHUNK records of a partition,
which makes it twenty times faster. Scheduler, schema and transport are settings of Faust's own; the rest is listed in TOUCHED.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final

import aiokafka
import faust
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.drivers import aiokafka as driver
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

CHUNK: Final = 250
FETCH_WAIT_MILLISECONDS: Final = 250


class Chunks(DefaultSchedulingStrategy):
    """Gives a partition's records out in chunks."""

    def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
        """One pseudo record a chunk, in turns between topics and partitions."""
        return super().iterate({tp: [_chunk(some[at : at + CHUNK]) for at in range(0, len(some), CHUNK)] for tp, some in records.items()})


def _chunk(records: list[Any]) -> SimpleNamespace:
    last = records[-1]
    return SimpleNamespace(
        topic=last.topic,
        partition=last.partition,
        offset=last.offset,
        timestamp=last.timestamp,
        timestamp_type=last.timestamp_type,
        key=None,
        value=records,
        headers=(),
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
    )


class Untouched(faust.Schema[Any, Any]):
    """Hands a chunk through as it is."""

    def compile(self, app: Any, **_: Any) -> Callable[..., Awaitable[Any]]:
        """The decoder of a topic."""

        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001 - Faust's own signature
            return app.create_event(None, message.value, message.headers, message)

        return decode


class _Thread(driver.AIOKafkaConsumerThread):
    """Faust's thread with fetches that end sooner: a broker has one under way at a time, and a partition that is not in it waits."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MILLISECONDS  # noqa: SLF001 - Faust gives 1,500 and no setting for it
        return consumer


class Consumer(driver.Consumer):
    """Faust's consumer with that thread, which lets the full queue of a stream hold reading up by itself."""

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def on_buffer_full(self, tp: TP) -> None:
        """Nothing: the original takes the partition out of the fetcher, which then sleeps for a second."""


class Transport(driver.Transport):
    """Faust's transport with that consumer."""

    Consumer = Consumer


async def seek(app: faust.App, places: Mapping[TP, int]) -> None:
    """Go on reading at these offsets. `Consumer.seek` would do it in the wrong thread."""
    await app.consumer.seek_wait(places)


def pause(app: faust.App, partitions: Iterable[TP]) -> None:
    """Read nothing of these until they are resumed."""
    app.consumer.pause_partitions(partitions)


def resume(app: faust.App, partitions: Iterable[TP]) -> None:
    """Read these again."""
    app.consumer.resume_partitions(partitions)


# Whose source this file relies on; the test holds their hashes.
TOUCHED: Final = (
    DefaultSchedulingStrategy.iterate,
    DefaultSchedulingStrategy.records_iterator,
    faust.Schema.compile,
    BaseConsumer.getmany,
    BaseConsumer.on_buffer_full,
    BaseConsumer.on_buffer_drop,
    BaseConsumer.pause_partitions,
    BaseConsumer.resume_partitions,
    BaseConsumer._drain_messages,  # noqa: SLF001 - read, not called
    BaseConsumer._wait_next_records,  # noqa: SLF001 - as above
    driver.Consumer._new_consumer_thread,  # noqa: SLF001 - as above
    driver.AIOKafkaConsumerThread._create_worker_consumer,  # noqa: SLF001 - as above
    aiokafka.AIOKafkaConsumer.start,
    driver.AIOKafkaConsumerThread._seek_wait,  # noqa: SLF001 - as above
)
