"""POST /v1/events, one event a request on 64 connections, each durable before its 202: beside a FastAPI route that only answers."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.rows import Row, alternate, rate_row
from tests.gateways import publishing
from tests.kafka import new_prefix, shared_kafka
from tests.running import TOKEN, serving
from troth.domain.instants import MICROSECONDS_A_DAY, format_instant
from troth.wiring import clock

_SCRIPT = str(Path(__file__).with_name("post.lua"))


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    rounds, seconds = (3, 2) if quick else (5, 4)
    with serving("serve", work / "single-events") as troth, _bare_route() as bare:
        paired = alternate(
            rounds,
            lambda number: accepted_a_second(troth.url, seconds, f"ours-{number}"),
            lambda number: accepted_a_second(bare, seconds, f"peer-{number}"),
        )
    yield rate_row("POST /v1/events, one event | bare FastAPI route", paired, 0.45)


def measure_gateway(work: Path, *, quick: bool) -> Iterator[Row]:
    """The same with `troth gateway`: acknowledged by a real Kafka, with its trace, before its 202."""
    rounds, seconds = (3, 2) if quick else (5, 4)
    with shared_kafka(work / "kafka") as kafka, publishing(work / "gateway", kafka, new_prefix()) as gateway, _bare_route() as bare:
        accepted_a_second(gateway.server.url, 2 * seconds, "warm-up")  # a JVM's first seconds are not its usual ones
        paired = alternate(
            rounds,
            lambda number: accepted_a_second(gateway.server.url, seconds, f"ours-{number}"),
            lambda number: accepted_a_second(bare, seconds, f"peer-{number}"),
        )
        assert gateway.spooled() == 0, "events went by way of the spool: Kafka was too slow to be measured"
    yield rate_row("troth gateway, one event, acks=all | bare FastAPI route", paired, 0.4)


def accepted_a_second(url: str, seconds: int, run: str) -> float:
    """The rate at which a server accepts the same events: by wrk, or by our own generator where there is none."""
    now = clock()
    events = [TOKEN, run, format_instant(now - MICROSECONDS_A_DAY), format_instant(now + 30 * MICROSECONDS_A_DAY)]
    place = urlsplit(url)
    if shutil.which("wrk") is None:
        command = [sys.executable, "-m", "tests.bench.generator", str(place.hostname), str(place.port), str(seconds), *events]
        return float(_said(command))
    said = _said(["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", _SCRIPT, url, "--", *events])
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"not all of the events were accepted:\n{said}")
    found = re.search(r"Requests/sec: +([0-9.]+)", said)
    if found is None:
        raise RuntimeError(f"wrk says no rate:\n{said}")
    return float(found[1])


@contextmanager
def _bare_route() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.bare_route"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
