#!/usr/bin/env python3
"""A whole cluster on this machine without Docker: Kafka, gateway, two scorers and replica, and notifier where it is told whom to tell.

`make cluster` runs it.

It says where to post and where to look once all are ready, starts a scorer anew that gave way, and ends all on Ctrl-C or SIGTERM.
"""

import argparse
import os
import secrets
import signal
import sys
from pathlib import Path

from programs import Programs

HERE = Path(__file__).resolve().parent
TROTH = str(Path(sys.executable).with_name("troth"))
PROGRAMS = {"replica": 0, "gateway": 1, "scorer-1": 2, "scorer-2": 3}  # with their distance from the first port
NOTIFIER = 4  # its distance; it runs where somebody is to be told
GAVE_WAY = 70


class Cluster:
    """The programs of a cluster, each with a directory of its own."""

    def __init__(self, programs: Programs, data: Path, port: int, token: str) -> None:
        self._programs = programs
        self._data = data
        self._port = port
        self._token = token
        self._servers = ""

    def start(self) -> dict[str, str]:
        """Start all; returns the address of each once all are ready."""
        kafka = [sys.executable, str(HERE / "kafka" / "kafka.py"), "run", "--data", str(self._data / "kafka")]
        self._servers = self._programs.begin("kafka", kafka, "Kafka is ready at ")
        told = any(name.startswith(("TROTH_ALERTMANAGER_URL", "TROTH_RECEIVER_")) for name in os.environ)
        return {"kafka": self._servers} | {name: self._start(name) for name in [*PROGRAMS, *(["notifier"] if told else [])]}

    def anew(self, name: str, status: int) -> bool:
        """Start a scorer anew that gave way."""
        if status != GAVE_WAY:
            return False
        self._start(name)
        return True

    def _start(self, name: str) -> str:
        port = self._port + PROGRAMS.get(name, NOTIFIER) if self._port else 0
        flags = ["--data", str(self._data / name), "--port", str(port), "--kafka-bootstrap-servers", self._servers]
        return self._programs.begin(name, [TROTH, name.partition("-")[0], *flags], "Troth is ready at ", TROTH_TOKENS=self._token)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".troth-cluster"), help="directory of all (default: .troth-cluster)")
    parser.add_argument("--port", type=int, default=8080, help="port of the board, the others follow it; 0 picks free ones (default: 8080)")
    asked = parser.parse_args()
    data = asked.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    token = os.environ.get("TROTH_TOKENS") or secrets.token_urlsafe(16)
    programs = Programs(data)
    cluster = Cluster(programs, data, asked.port, token)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        show(cluster.start(), token)
        programs.watch(cluster.anew)
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C does not leave half of them behind
        programs.end()


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
