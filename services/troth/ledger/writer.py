"""The writer: requests that wait share a commit, and the event loop is not held up by a large or a slow one."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from troth.domain.recording import Busy
from troth.ledger.committer import Committer, Request, Result

WAITING_REQUESTS: Final = 2_048
REQUESTS_GATHERED: Final = 200
EVENTS_A_COMMIT: Final = 2_000
EVENTS_ON_THE_LOOP: Final = 200
SECONDS_ON_THE_LOOP: Final = 0.02
TICK_SECONDS: Final = 0.25
_LOG: Final = logging.getLogger(__name__)


class Writer:
    """Takes requests on the event loop and answers each once its commit is on disk; `trouble` says why time does not go on.

    A small commit runs on the loop itself: beside it, a thread would wait for the interpreter's lock at each statement,
    which costs three times what the statements do. A large one, one after a slow disk, or one while a reader holds the
    book, runs on a thread.
    """

    def __init__(self, committer: Committer) -> None:
        self._committer = committer
        self.trouble = ""
        self._waiting: list[Request] = []
        self._gathered = 0
        self._thread = ThreadPoolExecutor(1, "troth-writer")
        self._busy: asyncio.Future[list[tuple[Request, Result]]] | None = None
        self._last_seconds = 0.0
        self._ticks: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        """Let time go on; called on the event loop."""
        self._ticks = asyncio.get_running_loop().create_task(self._tick())

    def put(self, request: Request) -> None:
        """Let a request wait for its commit. Raises Busy."""
        if len(self._waiting) >= WAITING_REQUESTS:
            raise Busy(f"{WAITING_REQUESTS} requests wait to be written; send again in a second.")
        self._waiting.append(request)
        self._idle.clear()
        if len(self._waiting) == 1 and self._busy is None:
            # Behind the requests that arrived in the same turn of the loop, so that they share the commit.
            asyncio.get_running_loop().call_soon(self._turn)

    async def stop(self) -> None:
        """Finish what was put, keep a checkpoint, and end."""
        if self._ticks is not None:
            self._ticks.cancel()
        await self._idle.wait()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._committer.keep)
        self._thread.shutdown()

    def _turn(self) -> None:
        if self._busy is not None or not self._waiting:
            return
        if self._gathered < len(self._waiting) < REQUESTS_GATHERED:
            # As long as each turn of the loop brings more, they share the commit: on many connections two or three turns do.
            self._gathered = len(self._waiting)
            asyncio.get_running_loop().call_soon(self._turn)
            return
        self._gathered = 0
        requests, events = self._take()
        small = events <= EVENTS_ON_THE_LOOP and self._last_seconds < SECONDS_ON_THE_LOOP
        if small and self._committer.lock.acquire(blocking=False):
            try:
                _resolve(self._commit(requests))
            finally:
                self._committer.lock.release()
            self._go_on()
            return
        self._busy = asyncio.get_running_loop().run_in_executor(self._thread, self._commit, requests)
        self._busy.add_done_callback(self._landed)

    def _take(self) -> tuple[list[Request], int]:
        events = 0
        for number, request in enumerate(self._waiting, 1):
            events += len(request.events)
            if events >= EVENTS_A_COMMIT:
                taken, self._waiting = self._waiting[:number], self._waiting[number:]
                return taken, events
        taken, self._waiting = self._waiting, []
        return taken, events

    def _commit(self, requests: list[Request]) -> list[tuple[Request, Result]]:
        began = time.monotonic()
        try:
            return self._committer.commit(requests)
        except Exception as error:  # noqa: BLE001 - whoever waits is told, and the writer goes on
            return [(request, error) for request in requests]
        finally:
            self._last_seconds = time.monotonic() - began

    def _landed(self, commit: asyncio.Future[list[tuple[Request, Result]]]) -> None:
        self._busy = None
        _resolve(commit.result())
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._turn)
        else:
            self._idle.set()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._committer.pass_time)
                self.trouble = ""
            except Exception as error:  # noqa: BLE001 - readiness tells, and the next tick tries again
                self.trouble = f"Time does not go on in the ledger: {error!r}."
                _LOG.exception("The ledger's time could not be moved on; /readyz says so until it can.")


def _resolve(results: list[tuple[Request, Result]]) -> None:
    for request, result in results:
        if request.waiting is None or request.waiting.done():
            continue
        if isinstance(result, Exception):
            request.waiting.set_exception(result)
        else:
            request.waiting.set_result(result)
