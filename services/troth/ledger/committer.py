"""Commits: requests that share a transaction and its fsync, the passing of time, and the checkpoints between them."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from troth.domain.events import Event, Malformed
from troth.domain.instants import MICROSECONDS_A_DAY, Instant
from troth.domain.notices import Notice
from troth.domain.recording import Arrived, Conflict, DeliveryRecord, Receipt, Unwritable
from troth.ledger.appender import Appender
from troth.ledger.landing import Landing
from troth.ledger.restore import Made, save_checkpoint

CHECKPOINT_EVENTS: Final = 100_000
CHECKPOINT_SECONDS: Final = 300

Result = Receipt | Exception


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A delivery with its events, and who waits for what becomes of it."""

    delivery: DeliveryRecord
    events: list[Event]
    waiting: asyncio.Future[Receipt] | None = None


class Committer:
    """Writes requests and the book's time to disk, on the caller's thread. `lock` guards the book and the connection."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        landing: Landing,
        appender: Appender,
        made: Made,
        clock: Callable[[], Instant],
        *,
        untold: list[Notice],
        kept_days: int,
    ) -> None:
        self.lock = threading.RLock()
        self._connection = connection
        self._landing = landing
        self._appender = appender
        self._book = appender.book
        self._made = made
        self._clock = clock
        self._untold = untold
        self._kept_days = kept_days
        self._kept_position = 0
        self._kept_version = -1
        self._kept_at = time.monotonic()

    def commit(self, requests: Iterable[Request]) -> list[tuple[Request, Result]]:
        """Append requests in one transaction; each is answered by its receipt, or by why it came to nothing."""
        with self.lock:
            requests = list(requests)
            try:
                results = self._transact(requests)
            except sqlite3.Error as error:
                self._roll_back()
                return [(request, _unwritable(error)) for request in requests]
            except BaseException:
                self._roll_back()
                raise
            self._appender.settle()
            self._untold.clear()
            return results

    def take(self, arrived: Arrived) -> int:
        """Take in what a cluster's topics say, with how far they are read, in one transaction; returns how many events it left out.

        Raises Unwritable, and then nothing of it is kept.
        """
        with self.lock:
            try:
                left_out = self._take(arrived)
            except sqlite3.Error as error:
                self._roll_back()
                raise _unwritable(error) from None
            except BaseException:
                self._roll_back()
                raise
            self._appender.settle()
            self.keep_if_due()
            return left_out

    def pass_time(self) -> None:
        """Let the book's time go on, record what that tells, and keep a checkpoint where one is due."""
        with self.lock:
            self._untold += self._book.advance(self._clock())
            self.look_ahead()
            if self._untold:
                self.commit([])
            self.keep_if_due()

    def look_ahead(self) -> None:
        """Bring the forecast up to date with the outcomes; what that tells is recorded with the next commit."""
        self._untold += self._book.forecast()

    def keep_if_due(self) -> None:
        """Keep a checkpoint every so many events or minutes, and forget the deliveries that were kept long enough."""
        if self._due_for_checkpoint():
            self._kept_at = time.monotonic()
            self.keep()
            self._forget()

    def keep(self) -> None:
        """Keep a checkpoint, so that the next start is quick. A file that cannot be written keeps its last one."""
        if self._appender.position == self._kept_position and self._book.version == self._kept_version and not self._untold:
            return
        self._kept_at = time.monotonic()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            # What the book's time has told goes along: the next start begins behind it.
            self._appender.tell(self._untold, self._book.now)
            save_checkpoint(self._connection, self._book, self._made, self._appender.position, self._kept_version)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            return
        self._appender.settle()
        self._untold.clear()
        self._kept_position, self._kept_version = self._appender.position, self._book.version

    def _forget(self) -> None:
        since = self._clock() - self._kept_days * MICROSECONDS_A_DAY
        with suppress(sqlite3.Error):  # it is tried again with the next checkpoint
            self._connection.execute("UPDATE deliveries SET kept = NULL WHERE kept IS NOT NULL AND received_at < ?", (since,))

    def _transact(self, requests: list[Request]) -> list[tuple[Request, Result]]:
        self._connection.execute("BEGIN IMMEDIATE")
        self._untold += self._book.advance(self._clock())
        self._appender.tell(self._untold, self._book.now)
        before = self._appender.position
        results = [(request, self._append(request)) for request in requests]
        self._landing.commit(self._appender.position - before, self._book.count)
        return results

    def _take(self, arrived: Arrived) -> int:
        self._connection.execute("BEGIN IMMEDIATE")
        self._book.advance(self._clock())  # what that tells comes by way of the topic
        left_out = self._appender.take(arrived.events) if arrived.events else 0
        self._appender.note(arrived.notices)
        for delivery, names in arrived.deliveries:
            self._appender.trace(delivery, names)
        places = [(topic, partition, offset) for (topic, partition), offset in arrived.read_to.items()]
        self._connection.executemany("INSERT OR REPLACE INTO read_to (topic, partition, next) VALUES (?, ?, ?)", places)
        self._landing.commit(len(arrived.events), self._book.count)
        return left_out

    def _append(self, request: Request) -> Result:
        try:
            return self._appender.append(request.delivery, request.events)
        except (Conflict, Malformed) as error:  # refused before the first write: the answer to this request, and to no other
            return error

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._appender.undo()

    def _due_for_checkpoint(self) -> bool:
        if self._appender.position - self._kept_position >= CHECKPOINT_EVENTS:
            return True
        return time.monotonic() - self._kept_at >= CHECKPOINT_SECONDS


def _unwritable(error: sqlite3.Error) -> Unwritable:
    return Unwritable(f"The ledger could not be written: {error}. Free space on its disk; then send again.")
