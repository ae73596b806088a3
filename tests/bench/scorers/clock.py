"""What each side is asked, and how it tells what it took."""

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Asked(NamedTuple):
    """The arguments of a side."""

    servers: str
    prefix: str
    events: int
    directory: Path


def asked() -> Asked:
    servers, prefix, events, directory = sys.argv[1:]
    return Asked(servers, prefix, int(events), Path(directory))


class Clock:
    """Seconds from the first record on, of the wall and of the CPU."""

    def __init__(self) -> None:
        self._began: tuple[float, float] | None = None

    def begin(self) -> None:
        if self._began is None:
            self._began = time.perf_counter(), time.process_time()

    def end(self) -> None:
        assert self._began is not None
        print(json.dumps([time.perf_counter() - self._began[0], time.process_time() - self._began[1]]), file=sys.__stdout__, flush=True)
