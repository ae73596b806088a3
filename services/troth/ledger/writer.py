"""The one writer: requests that wait share a transaction and its fsync; time goes on between them."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Final

from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.notices import Notice
from troth.domain.recording import Busy, Delivery, Receipt, Unwritable
from troth.ledger.appender import Appender
from troth.ledger.restore import Made, save_checkpoint

WAITING_REQUESTS: Final = 2_048
EVENTS_A_COMMIT: Final = 2_000
CHECKPOINT_EVENTS: Final = 100_000
CHECKPOINT_SECONDS: Final = 300
TICK_SECONDS: Final = 0.25

Result = Receipt | Exception


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A delivery with its events, and who waits for what becomes of it."""

    delivery: Delivery
    events: list[Event]
    waiting: asyncio.Future[Receipt] | None = None


class Writer:
    """A thread that appends what is put, in order, and lets the book's time go on. `lock` guards the book."""

    def __init__(
        self, connection: sqlite3.Connection, appender: Appender, made: Made, clock: Callable[[], Instant], untold: list[Notice]
    ) -> None:
        self.lock = threading.RLock()
        self._connection = connection
        self._appender = appender
        self._book = appender.book
        self._made = made
        self._clock = clock
        self._queue: Queue[Request | None] = Queue(WAITING_REQUESTS)
        self._untold = untold
        self._kept_position = 0
        self._kept_version = -1
        self._kept_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="troth-writer", daemon=True)

    def start(self) -> None:
        """Begin to take requests."""
        self._thread.start()

    def put(self, request: Request) -> None:
        """Let a request wait for its commit. Raises Busy."""
        try:
            self._queue.put_nowait(request)
        except Full:
            raise Busy(f"{WAITING_REQUESTS} requests wait to be written; send again in a second.") from None

    def stop(self) -> None:
        """Finish what was put, keep a checkpoint, and end."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        with self.lock:
            self.keep()

    def commit(self, requests: Iterable[Request]) -> list[tuple[Request, Result]]:
        """Append requests in one transaction; each is answered by its receipt, or by why it came to nothing."""
        with self.lock:
            requests = list(requests)
            try:
                results = self._transact(requests)
            except sqlite3.Error as error:
                self._roll_back()
                why = Unwritable(f"The ledger could not be written: {error}. Free space on its disk; then send again.")
                return [(request, why) for request in requests]
            except BaseException:
                self._roll_back()
                raise
            self._appender.settle()
            self._untold.clear()
            return results

    def keep(self) -> None:
        """Keep a checkpoint, so that the next start is quick. A file that cannot be written keeps its last one."""
        if self._appender.position == self._kept_position and self._book.version == self._kept_version:
            return
        self._kept_at = time.monotonic()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            save_checkpoint(self._connection, self._book, self._made, self._appender.position, self._kept_version)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            return
        self._kept_position, self._kept_version = self._appender.position, self._book.version

    def _run(self) -> None:
        going_on = True
        while going_on:
            waiting = self._take()
            going_on = None not in waiting
            requests = [request for request in waiting if request is not None]
            results = self.commit(requests) if requests else self._tick()
            _answer(results)
            if self._due_for_checkpoint():
                with self.lock:
                    self.keep()

    def _take(self) -> list[Request | None]:
        try:
            taken = [self._queue.get(timeout=TICK_SECONDS)]
        except Empty:
            return []
        events = 0
        while taken[-1] is not None and (events := events + len(taken[-1].events)) < EVENTS_A_COMMIT:
            try:
                taken.append(self._queue.get_nowait())
            except Empty:
                break
        return taken

    def _tick(self) -> list[tuple[Request, Result]]:
        with self.lock:
            self._untold += self._book.advance(self._clock())
        return self.commit([]) if self._untold else []

    def _transact(self, requests: list[Request]) -> list[tuple[Request, Result]]:
        self._connection.execute("BEGIN IMMEDIATE")
        self._untold += self._book.advance(self._clock())
        self._appender.tell(self._untold, self._book.now)
        results = [(request, self._append(request)) for request in requests]
        self._connection.execute("COMMIT")
        return results

    def _append(self, request: Request) -> Result:
        try:
            return self._appender.append(request.delivery, request.events)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - it is the answer to this request, and to no other
            return error

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._appender.undo()

    def _due_for_checkpoint(self) -> bool:
        if self._appender.position - self._kept_position >= CHECKPOINT_EVENTS:
            return True
        return time.monotonic() - self._kept_at >= CHECKPOINT_SECONDS


def _answer(results: list[tuple[Request, Result]]) -> None:
    # One call a commit, not one a request: waking the event loop is what costs.
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Receipt], Result]]] = {}
    for request, result in results:
        if request.waiting is not None:
            by_loop.setdefault(request.waiting.get_loop(), []).append((request.waiting, result))
    for loop, answers in by_loop.items():
        loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: list[tuple[asyncio.Future[Receipt], Result]]) -> None:
    for waiting, result in answers:
        if waiting.done():
            continue
        if isinstance(result, Exception):
            waiting.set_exception(result)
        else:
            waiting.set_result(result)
