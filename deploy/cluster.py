#!/usr/bin/env python3
"""A whole cluster on this machine without Docker: Kafka, gateway, two scorers and replica, and notifier where it is told whom to tell.

`make cluster` runs it.

It says where to post and where to look once all are ready, starts a scorer anew that gave way, and ends all on Ctrl-C or SIGTERM.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
TROTH = str(Path(sys.executable).with_name("troth"))
PROGRAMS = {"replica": 0, "gateway": 1, "scorer-1": 2, "scorer-2": 3}  # with their distance from the first port
NOTIFIER = 4  # its distance; it runs where somebody is to be told
GAVE_WAY = 70
END_SECONDS = 60


class Cluster:
    """Programs that run beside each other, each with a directory of its own."""

    def __init__(self, data: Path, port: int, token: str) -> None:
        self._data = data
        self._port = port
        self._token = token
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._servers = ""

    def start(self) -> dict[str, str]:
        """Start all; returns the address of each once all are ready."""
        kafka = [sys.executable, str(HERE / "kafka" / "kafka.py"), "run", "--data", str(self._data / "kafka")]
        self._servers = self._begin("kafka", kafka, {}, "Kafka is ready at ")
        told = any(name.startswith(("TROTH_ALERTMANAGER_URL", "TROTH_RECEIVER_")) for name in os.environ)
        return {"kafka": self._servers} | {name: self._start(name) for name in [*PROGRAMS, *(["notifier"] if told else [])]}

    def watch(self) -> NoReturn:
        """Start a scorer anew that gave way; exits with a sentence where any other program ends."""
        while True:
            for name, process in list(self._running.items()):
                status = process.poll()
                if status == GAVE_WAY:
                    self._start(name)
                elif status is not None:
                    sys.exit(f"{name} ended with status {status}, and so the cluster ends; {self._log(name)} says why.")
            time.sleep(0.2)

    def end(self) -> None:
        """End all, Kafka last, each after what it has accepted."""
        for process in reversed(self._running.values()):
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self, name: str) -> str:
        port = self._port + PROGRAMS.get(name, NOTIFIER) if self._port else 0
        flags = ["--data", str(self._data / name), "--port", str(port), "--kafka-bootstrap-servers", self._servers]
        return self._begin(name, [TROTH, name.partition("-")[0], *flags], {"TROTH_TOKENS": self._token}, "Troth is ready at ")

    def _begin(self, name: str, command: list[str], variables: dict[str, str], ready: str) -> str:
        # A session of its own, so that Ctrl-C comes to this script alone, which ends all in their order.
        with self._log(name).open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True, env={**os.environ, **variables}
            )
        self._running[name] = process
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        line = process.stdout.readline().strip()
        if not line.startswith(ready):
            sys.exit(f"{name} did not become ready; {self._log(name)} says why: {self._log(name).read_text('utf-8')[-1_000:].strip()}")
        return line.removeprefix(ready)

    def _log(self, name: str) -> Path:
        return self._data / f"{name}.log"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".troth-cluster"), help="directory of all (default: .troth-cluster)")
    parser.add_argument("--port", type=int, default=8080, help="port of the board, the others follow it; 0 picks free ones (default: 8080)")
    asked = parser.parse_args()
    data = asked.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    token = os.environ.get("TROTH_TOKENS") or secrets.token_urlsafe(16)
    cluster = Cluster(data, asked.port, token)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        show(cluster.start(), token)
        cluster.watch()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C does not leave half of them behind
        cluster.end()


def show(at: dict[str, str], token: str) -> None:
    """Say where to post and where to look."""
    own = (
        "the first of your TROTH_TOKENS"
        if os.environ.get("TROTH_TOKENS")
        else f"the token {token} (of this run; set TROTH_TOKENS to keep one)"
    )
    print(f"Post to    {at['gateway']}/v1/events, with {own}")
    print(f"Board      {at['replica']}")
    print(f"Numbers    {at['scorer-1']}/metrics and {at['scorer-2']}/metrics")
    print(f"Kafka      {at['kafka']}")
    print("Ctrl-C ends all.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
