"""The commit: on a thread of its own where it is large, so that its caller has something done in the meantime."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

EVENTS_BESIDE: Final = 100  # fewer are on disk before another thread has begun


class Landing:
    """Brings a connection's transaction to disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "troth-commit")

    def commit(self, events: int, meanwhile: Callable[[], None]) -> None:
        """Commit so many events, and do what there is to do meanwhile. Raises what either raises, once both have ended."""
        if events < EVENTS_BESIDE:
            self._connection.execute("COMMIT")
            return
        begun = threading.Event()
        landed = self._thread.submit(self._commit, begun)
        begun.wait()  # it lets go of the interpreter as soon as it writes, and would not get it before
        try:
            meanwhile()
        finally:
            landed.result()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _commit(self, begun: threading.Event) -> None:
        begun.set()
        self._connection.execute("COMMIT")
