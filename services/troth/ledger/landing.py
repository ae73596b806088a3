"""The commit: while a large one is written to disk, something that waited for its caller is done on a thread beside it."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

EVENTS_BESIDE: Final = 100  # fewer are on disk before another thread has begun


class Landing:
    """Brings a connection's transaction to disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "troth-beside-commit")

    def commit(self, events: int, meanwhile: Callable[[], None]) -> None:
        """Commit so many events, and where they are many do something meanwhile. Raises what either raises, once both have ended."""
        if events < EVENTS_BESIDE:
            self._connection.execute("COMMIT")
            return
        beside = self._thread.submit(meanwhile)  # it begins as soon as the commit writes, which lets go of the interpreter
        try:
            self._connection.execute("COMMIT")
        finally:
            beside.result()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()
