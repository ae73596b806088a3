"""The ledger in one process: opened once to write, with readers beside it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from troth.domain.book import Book
from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.recording import Arrived, DeliveryRecord, Partition, Receipt
from troth.ledger.appender import Appender
from troth.ledger.committer import Committer, Request
from troth.ledger.following import check_role, follow
from troth.ledger.landing import Landing
from troth.ledger.restore import Made, needs_rebuild, rebuild, restore
from troth.ledger.store import Lock, Readers, open_writer
from troth.ledger.writer import Writer


class Ledger:
    """Everything that is written goes through `append`; `readers` and `book` are for what is read.

    Opening it raises Held where another process writes to the directory, StrangeFile where its file is not for us.
    """

    def __init__(self, directory: Path, made: Made, clock: Callable[[], Instant], kept_days: int = 30, *, replica: bool = False) -> None:
        self.made = made
        with ExitStack() as opened:
            opened.callback(Lock(directory).close)
            connection = opened.enter_context(closing(open_writer(directory)))
            check_role(connection, directory, replica=replica)
            if needs_rebuild(connection, made):
                rebuild(connection, made)
            self._book, notices = restore(connection, made, clock())
            landing = opened.enter_context(closing(Landing(connection)))
            self.readers = opened.enter_context(closing(Readers(directory)))
            self._opened = opened.pop_all()
        self._connection = connection
        self._appender = Appender(connection, self._book, made.zone, tells=not replica)
        self._committer = Committer(connection, landing, self._appender, made, clock, untold=notices, kept_days=kept_days)
        self._committer.keep()  # at once, so that whoever reads beside this process knows what the file is made with
        self._writer = Writer(self._committer)

    def start(self) -> None:
        """Let time go on; called on the event loop that will `append`."""
        self._writer.start()

    async def stop(self) -> None:
        """Finish what `append` was given, and close."""
        await self._writer.stop()
        self.close()

    async def append(self, delivery: DeliveryRecord, events: list[Event]) -> Receipt:
        """Record a delivery; returns once it is on disk. Raises Conflict, Malformed, Busy or Unwritable."""
        waiting: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._writer.put(Request(delivery, events, waiting))
        return await waiting

    def append_now(self, delivery: DeliveryRecord, events: list[Event]) -> Receipt:
        """The same for a program that only appends, without an event loop: one commit a call."""
        [(_, result)] = self._committer.commit([Request(delivery, events)])
        self._committer.keep_if_due()
        if isinstance(result, Exception):
            raise result
        return result

    def take(self, arrived: Arrived) -> int:
        """As a replica, take in what a cluster's topics say, in one commit; returns how many events it left out. Raises Unwritable."""
        return self._committer.take(arrived)

    def follow(self, cluster: str) -> dict[Partition, int]:
        """As a replica of a cluster, where to go on reading in each partition. Raises OtherCluster where it follows another."""
        with self._committer.lock:
            return follow(self._connection, cluster)

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The book, which stays as it is while it is held. Only for reading."""
        with self._committer.lock:
            self._committer.look_ahead()
            yield self._book

    def trouble(self) -> str:
        """Why the ledger cannot do its work, in words; nothing where it can."""
        return self._writer.trouble

    def notices_told(self) -> Mapping[str, int]:
        """How many notices of each kind were recorded since the start."""
        return self._appender.told

    def close(self) -> None:
        """Keep a checkpoint, and let another process write."""
        self._committer.keep()
        self._opened.close()
