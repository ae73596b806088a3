"""The fence in time: a process that stood still as long as its session lasts is no longer what it thinks it is."""

import os
import sys
import time
from typing import Final, NoReturn

STATUS: Final = 70  # sysexits.h: EX_SOFTWARE; whoever supervises the process starts it anew
_SHARE_OF_SESSION: Final = 0.8


class Fence:
    """Beats while the event loop runs. After a stop of most of a session another may own what was ours."""

    def __init__(self, session_seconds: float) -> None:
        self._limit_seconds = session_seconds * _SHARE_OF_SESSION
        self._beat = time.monotonic()

    def beat(self) -> None:
        """The loop runs. Ends the process where it stood still for too long."""
        self.check()
        self._beat = time.monotonic()

    def begin(self) -> None:
        """The loop begins to beat: a start may have waited as long as it liked."""
        self._beat = time.monotonic()

    def check(self) -> None:
        """End the process where it stood still for too long; asked before anything is written."""
        if not self.awake:
            end("It stood still for as long as its session lasts, so another may have taken over.")

    @property
    def awake(self) -> bool:
        """Whether the loop ran a moment ago."""
        return time.monotonic() - self._beat < self._limit_seconds


def end(why: str) -> NoReturn:
    """End the process at once, without flushing or committing: what was not acknowledged is read again."""
    sys.stderr.write(f"troth: {why} It ends with status {STATUS}, to be started anew; nothing is lost.\n")
    sys.stderr.flush()
    os._exit(STATUS)
