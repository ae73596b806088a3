"""A thread beside the event loop, for what blocks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

_T = TypeVar("_T")


class Worker:
    """Does one thing at a time, in the order in which it was asked. The program's end does not wait for it."""

    def __init__(self, name: str) -> None:
        self._asked: SimpleQueue[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        Thread(target=self._work, name=name, daemon=True).start()

    async def do(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do it on the thread; returns or raises what it does."""
        done: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._asked.put((done, work, arguments))
        return await done

    def _work(self) -> None:
        while True:
            done, work, arguments = self._asked.get()
            result, error = None, None
            try:
                result = work(*arguments)
            except BaseException as raised:  # noqa: BLE001 - whoever asked is told
                error = raised
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                done.get_loop().call_soon_threadsafe(_tell, done, result, error)


def _tell(done: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if done.done():  # whoever asked has gone
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
