"""How tests run the command line: in this process, or as the program itself beside it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx2

TROTH = str(Path(sys.executable).with_name("troth"))
TOKEN = "a-token-of-the-tests"
ADMIN_TOKEN = "an-admin-token-of-the-tests"
READY = "Troth is ready at "


def environment(**variables: str) -> dict[str, str]:
    """The environment without any setting of Troth but these."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")} | variables


def troth(*arguments: str | Path, cwd: Path, typed: bytes | None = None, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    command = [TROTH, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, input=typed, env=environment(**variables), capture_output=True, check=False)


class Server:
    """A server that is ready: its process and its address."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url

    def post(self, events: Sequence[Mapping[str, Any]], token: str = TOKEN) -> int:
        """Post a batch and return the status."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents-batch+json"}
        return httpx2.post(f"{self.url}/v1/events", content=json.dumps(events), headers=headers, timeout=30).status_code

    def get(self, path: str) -> bytes:
        """The body of an answer."""
        return httpx2.get(self.url + path, timeout=30).raise_for_status().content

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait()


class NotReady(AssertionError):
    """A program that ended before it was ready, with its status."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"status {status}: {said}")
        self.status = status


@contextmanager
def serving(command: str, data: Path, *flags: str, log: Path | None = None, **variables: str) -> Iterator[Server]:
    """`troth serve` or `troth demo` on a free port, killed at the end where it still runs. `log` takes what it says on stderr."""
    settings = {"TROTH_TOKENS": TOKEN, "TROTH_ADMIN_TOKENS": ADMIN_TOKEN} | variables
    arguments = ["troth", command, "--data", str(data), "--port", "0", *flags]
    with (log or Path(os.devnull)).open("ab") as stderr, starting(arguments, data.parent, stderr, **settings) as server:
        yield server


@contextmanager
def starting(command: Sequence[str], place: Path, log: IO[bytes], **variables: str) -> Iterator[Server]:
    """A program of Troth with these settings and no others, once it says that it is ready; killed at the end where it still runs."""
    process = subprocess.Popen(
        [TROTH if part == "troth" else part for part in command],
        cwd=place,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line.startswith(READY):
            process.kill() if line else process.wait()
            raise NotReady(process.wait(), f"{line!r} is not the ready line; on {log.name}: {Path(log.name).read_text('utf-8')[-2_000:]}")
        yield Server(process, line.removeprefix(READY))
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
