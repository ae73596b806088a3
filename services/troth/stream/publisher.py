"""The gateway's ledger: what is posted is in Kafka, or in the spool behind all that waits there, before it is acknowledged."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from troth.domain.events import Event
from troth.domain.recording import Busy, DeliveryRecord, Receipt, Unwritable
from troth.stream.outgoing import Outgoing, Parcel, outgoing, parcel
from troth.stream.producer import PATIENCE_SECONDS, Producer
from troth.stream.spool import Spool
from troth.stream.topics import Topics
from troth.stream.worker import Worker

WAITING_REQUESTS: Final = 2_048
WAITING_BYTES: Final = 64_000_000
GROUP_EVENTS: Final = 2_000
RETRY_SECONDS: Final = 1.0
LONGEST_PATIENCE_SECONDS: Final = 10.0
SAID_AGAIN_SECONDS: Final = 60.0
REFUSAL_SECONDS: Final = 10.0
GIVE_WAY_SECONDS: Final = 1.0
CLOSE_SECONDS: Final = 2.0
_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Request:
    parcel: Parcel
    size: int
    arrived: float
    waiting: asyncio.Future[None]


class Publisher:
    """Takes deliveries on the event loop, and publishes their events and traces.

    Requests that wait go together. While Kafka answers and the spool is empty, they go to Kafka; else to the spool, which a
    task carries to Kafka in order. So a record never overtakes another, and each is in one of the two before its 202.
    """

    def __init__(self, producer: Producer, spool: Spool, topics: Topics) -> None:
        self._producer = producer
        self._spool = spool
        self._topics = topics
        self._line: deque[_Request] = deque()
        self._line_bytes = 0
        self._patience_seconds = PATIENCE_SECONDS
        self._spooling = False
        self._said, self._said_at = "", 0.0
        self._refusal, self._refused_at = "", -REFUSAL_SECONDS

    def start(self) -> None:
        """Begin to publish; called on the event loop that will `append`."""
        self._kafka, self._disk = Worker("troth-kafka"), Worker("troth-spool")
        self._arrived, self._idle, self._carried = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._idle.set()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._take_turns()), loop.create_task(self._carry_on())]

    async def stop(self) -> None:
        """Finish what `append` was given, and close. What is in the spool stays there for the next start."""
        await self._idle.wait()
        for task in self._tasks:
            task.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._kafka.do(self._producer.close), CLOSE_SECONDS)
        await self._disk.do(self._spool.close)

    def close(self) -> None:
        """Close what was never started."""
        self._producer.close()
        self._spool.close()

    def spooled(self) -> int:
        """How many events are in the spool, those for another topic prefix too: they came before it was set."""
        return sum(count for topic, count in self._spool.waiting.copy().items() if topic.endswith("events"))

    async def append(self, delivery: DeliveryRecord, events: list[Event]) -> Receipt:
        """Publish a delivery; returns once all of it is in Kafka or on disk. Raises TooLarge, Busy or Unwritable."""
        what = parcel(delivery, events, self._topics.events.name)
        size = what.size
        if self._line and (len(self._line) >= WAITING_REQUESTS or self._line_bytes + size > WAITING_BYTES):
            raise Busy(f"{len(self._line)} requests wait to be published; send again in a second.")
        request = _Request(what, size, time.monotonic(), asyncio.get_running_loop().create_future())
        self._line.append(request)
        self._line_bytes += size
        self._idle.clear()
        self._arrived.set()
        await request.waiting
        # What a log held before is not known here: only what one delivery says twice.
        return Receipt(delivery.id, events, events, len(events) - len({(event.subject, *event.name) for event in events}))

    def trouble(self) -> str:
        """Why nothing can be taken, in words; nothing where it can, be it by Kafka or by the spool."""
        return self._refusal if time.monotonic() - self._refused_at < REFUSAL_SECONDS else ""

    async def _take_turns(self) -> None:
        while True:
            await self._arrived.wait()
            while self._line:
                await self._turn(self._next_group())
            self._arrived.clear()
            self._idle.set()

    def _next_group(self) -> list[_Request]:
        group, events = [], 0
        while self._line and events < GROUP_EVENTS:
            group.append(request := self._line.popleft())
            events += len(request.parcel.events)
        return group

    async def _turn(self, group: list[_Request]) -> None:
        try:
            records = outgoing([request.parcel for request in group], self._topics.deliveries.name)
            if not self._spool.is_empty:
                await self._give_way(2 * len(records), group[0].arrived + GIVE_WAY_SECONDS)
            await self._store(records)
        except Unwritable as error:
            self._refusal, self._refused_at = str(error), time.monotonic()
            _end(group, error)
        except Exception as error:  # noqa: BLE001 - whoever waits is told, and the next are taken
            _end(group, error)
        else:
            _end(group, None)
        finally:
            self._line_bytes -= sum(request.size for request in group)

    async def _give_way(self, records: int, until: float) -> None:
        """Let so many records of the spool go first while Kafka takes them: so it comes to an end under any load."""
        enough = max(self._spool.waiting.total() - records, 0)
        while self._producer.connected and self._spool.waiting.total() > enough and (left := until - time.monotonic()) > 0:
            self._carried.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._carried.wait(), left)

    async def _store(self, records: Sequence[Outgoing]) -> None:
        if self._producer.connected and self._spool.is_empty:
            records = await self._kafka.do(self._producer.publish, records)
            if not records:
                return
        if not self._spooling:
            self._spooling = True
            _LOG.warning("Kafka does not take events (%s); they are spooled to disk until it does.", self._producer.why)
        await self._disk.do(self._spool.append, records)

    async def _carry_on(self) -> None:
        while True:
            try:
                going_well = await self._carry()
            except Exception as error:  # noqa: BLE001 - what is wrong with Kafka or a disk today may be mended tomorrow
                self._say(str(error))
                going_well = False
            if not going_well:
                await asyncio.sleep(RETRY_SECONDS)

    async def _carry(self) -> bool:
        """Connect where that is to be done, and carry the first records of the spool; tells whether there is more to do at once."""
        if not self._producer.connected:
            await self._kafka.do(self._producer.connect, self._patience_seconds)
        if not self._spool.is_empty:
            return await self._carry_first()
        if self._patience_seconds > PATIENCE_SECONDS:
            self._patience_seconds = PATIENCE_SECONDS
            await self._kafka.do(self._producer.connect, PATIENCE_SECONDS)
        if self._spooling:
            self._spooling, self._said = False, ""
            _LOG.warning("Kafka takes events again, and the spool is empty.")
        return False

    async def _carry_first(self) -> bool:
        chunk = await self._disk.do(self._spool.first)
        failed = await self._kafka.do(self._producer.publish, chunk.records)
        if failed:
            self._patience_seconds = min(2 * self._patience_seconds, LONGEST_PATIENCE_SECONDS)
        else:
            await self._disk.do(self._spool.forget, chunk)
        self._carried.set()
        return not failed

    def _say(self, trouble: str) -> None:
        if trouble != self._said or time.monotonic() - self._said_at >= SAID_AGAIN_SECONDS:
            self._said, self._said_at = trouble, time.monotonic()
            _LOG.warning("%s What is posted goes to the spool meanwhile, and this is tried again.", trouble)


def _end(group: list[_Request], error: Exception | None) -> None:
    for request in group:
        if request.waiting.done():
            continue
        if error is None:
            request.waiting.set_result(None)
        else:
            request.waiting.set_exception(error)
