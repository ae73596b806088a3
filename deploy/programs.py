"""Programs that run beside each other, each with a log of its own, until one of them ends or all are told to."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

END_SECONDS = 60
READY_SECONDS = 60


class Programs:
    """What runs, in the order in which it was begun. Exits with a sentence where a program does not do its part."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._running: dict[str, subprocess.Popen[str]] = {}

    def begin(self, name: str, command: Sequence[str], ready: str, **variables: str) -> str:
        """Start one, or start it anew; returns what follows `ready` on the line with which it says that it is."""
        process = self._start(name, command, variables, subprocess.PIPE)
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        line = next((line for line in process.stdout if line.startswith(ready)), "")
        if not line:
            self._give_up(name)
        return line.removeprefix(ready).strip()

    def begin_silent(self, name: str, command: Sequence[str], url: str) -> None:
        """Start one that does not say when it is ready; returns once `url` answers with 200."""
        process = self._start(name, command, {}, subprocess.DEVNULL)
        until = time.monotonic() + READY_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > until:
                self._give_up(name)
            time.sleep(0.1)

    def watch(self, anew: Callable[[str, int], bool] = lambda *_: False) -> NoReturn:
        """Wait until a program ends that `anew`, given its name and status, does not start again; then exit with a sentence."""
        while True:
            for name, process in list(self._running.items()):
                status = process.poll()
                if status is not None and not anew(name, status):
                    sys.exit(f"{name} ended with status {status}, and so all end; {self._log(name)} says why.")
            time.sleep(0.2)

    def end(self) -> None:
        """End all, the first one last, each after what it has accepted."""
        for process in reversed(self._running.values()):
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self, name: str, command: Sequence[str], variables: Mapping[str, str], output: int) -> "subprocess.Popen[str]":
        # A session of its own, so that Ctrl-C comes to this script alone, which ends all in their order.
        with self._log(name).open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, stdout=output, stderr=log, text=True, start_new_session=True, env={**os.environ, **variables}
            )
        self._running[name] = process
        return process

    def _give_up(self, name: str) -> NoReturn:
        log = self._log(name)
        sys.exit(f"{name} did not become ready; {log} says why: {log.read_text('utf-8')[-1_000:].strip()}")

    def _log(self, name: str) -> Path:
        return self._data / f"{name}.log"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of our own
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
