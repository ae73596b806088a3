"""What grows with a cluster, on a real Kafka: how soon a scorer is back with many commitments, what each takes of its memory, and what
a second scorer beside the first brings. The programs are those that are run in earnest.

What they did is read from /metrics, without relationships and seldom, for a scrape while everything changes costs more than the rest.
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from tests.bench.life import lives
from tests.bench.rows import Row
from tests.bench.scorers.log import PARTITIONS, make_topics, write_log
from tests.kafka import new_prefix, own_kafka
from tests.running import Server, serving
from troth.metrics import catalogue
from troth.stream.topics import Topics
from troth.wiring import clock

_COMMITMENTS = 1_000_000
_COMMITMENTS_A_PART = 20_000
_COMMITMENTS_OF_WORKERS = 100_000
_EVENTS_A_LIFE = 1.9  # a tenth is open
_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 300
_EVENTS = f"{catalogue.EVENTS.name}_total".replace("_total_total", "_total")


def measure_recovery(work: Path, *, scale: float) -> Iterator[Row]:
    """A scorer with a table in memory, and one with a table on disk, fold a log from its beginning; then each is started again."""
    commitments = int(scale * _COMMITMENTS)
    with _kafka(work) as servers:
        for store in ("memory", "rocksdb"):
            house, prefix, data = f"{commitments:,} commitments, table {store}", new_prefix(), work / store
            yield from _fill(house, servers, prefix, data, store, commitments)
            for how in ("a stop", "kill -9"):  # the second ends as the first begins: by a kill
                began = time.perf_counter()
                with _scorer(servers, prefix, data, store) as server:
                    _wait_until_ready(server)
                    seconds, numbers = time.perf_counter() - began, _numbers(server)
                    rates = f"{commitments / seconds:,.0f} commitments/s, {_EVENTS_A_LIFE * commitments / seconds:,.0f} events/s"
                    cpu = f"{numbers['process_cpu_seconds_total']:.1f} s of the CPU"
                    yield Row(f"{house}: shown again after {how}", f"{seconds:.1f} s, {cpu}, {rates}")
                    yield Row(f"{house}: memory after {how}", f"{numbers['process_resident_memory_bytes'] / 1e6:,.0f} MB")
                    server.end(signal.SIGKILL)


def _fill(house: str, servers: str, prefix: str, data: Path, store: str, commitments: int) -> Iterator[Row]:
    topics, tenth = make_topics(servers, prefix), commitments // 10
    with _scorer(servers, prefix, data, store) as server:
        _wait_until_ready(server)
        empty = _numbers(server)
        began = time.perf_counter()
        events = _write(servers, topics, range(tenth))
        _wait_until_folded([server], events)
        some = _numbers(server)
        events += _write(servers, topics, range(tenth, commitments))
        _wait_until_folded([server], events)
        seconds, full = time.perf_counter() - began, _numbers(server)
        server.end()
    cpu = (full["process_cpu_seconds_total"] - empty["process_cpu_seconds_total"]) / events
    yield Row(
        f"{house}: folded as their {events:,} events came",
        f"{seconds:.0f} s, {events / seconds:,.0f} events/s, {cpu * 1e6:.0f} us CPU an event",
    )
    sizes = [numbers["process_resident_memory_bytes"] for numbers in (empty, some, full)]
    each = (sizes[2] - sizes[1]) / (commitments - tenth)  # what the subjects take is there after the first tenth
    yield Row(
        f"{house}: memory of none, a tenth, all", f"{' / '.join(f'{size / 1e6:,.0f}' for size in sizes)} MB, {each:,.0f} bytes a commitment"
    )


def measure_workers(work: Path, *, quick: bool) -> Iterator[Row]:
    """The same events as they come, to one scorer and to two."""
    commitments, rounds = (_COMMITMENTS_OF_WORKERS // 5, 1) if quick else (_COMMITMENTS_OF_WORKERS, 3)
    with _kafka(work) as servers:
        for _ in range(rounds):
            (one, one_cpu), (two, two_cpu) = (_rate(servers, work, commitments, number) for number in (1, 2))
            ours, peer = (f"{rate:,.0f} events/s, {cpu * 1e6:.0f} us CPU an event" for rate, cpu in ((two, two_cpu), (one, one_cpu)))
            yield Row(f"two scorers on {os.cpu_count()} processors | one scorer", ours, peer, two / one)


def _rate(servers: str, work: Path, commitments: int, scorers: int) -> tuple[float, float]:
    """Events a second, and seconds of the CPU an event."""
    prefix = new_prefix()
    topics = make_topics(servers, prefix)
    with ExitStack() as running:
        group = [running.enter_context(_scorer(servers, prefix, work / f"{prefix}{number}", "memory")) for number in range(scorers)]
        for server in group:
            _wait_until_ready(server)
        before = sum(_numbers(server)["process_cpu_seconds_total"] for server in group)
        began = time.perf_counter()
        events = _write(servers, topics, range(commitments))
        _wait_until_folded(group, events)
        seconds = time.perf_counter() - began
        cpu_seconds = sum(_numbers(server)["process_cpu_seconds_total"] for server in group) - before
    return events / seconds, cpu_seconds / events


@contextmanager
def _kafka(work: Path) -> Iterator[str]:
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    with own_kafka(work / "kafka") as kafka:
        yield kafka.servers


@contextmanager
def _scorer(servers: str, prefix: str, data: Path, store: str) -> Iterator[Server]:
    with serving(
        "scorer",
        data,
        TROTH_KAFKA_BOOTSTRAP_SERVERS=servers,
        TROTH_TOPIC_PREFIX=prefix,
        TROTH_PARTITIONS=str(PARTITIONS),
        TROTH_RELATIONSHIP_METRICS="0",
        TROTH_TABLE_STORE=store,
    ) as server:
        yield server


def _write(servers: str, topics: Topics, commitments: range) -> int:
    """Put the events of these commitments on the log, a tenth of them still open; returns how many events."""
    events = 0
    for start in commitments[::_COMMITMENTS_A_PART]:
        part = min(_COMMITMENTS_A_PART, commitments.stop - start)
        posted = lives(part, clock(), open_ones=part // 10, prefix=f"c-{start}")
        write_log(servers, topics, posted)
        events += len(posted)
    return events


def _wait_until_ready(server: Server) -> None:
    while httpx2.get(f"{server.url}/readyz", timeout=_PATIENCE_SECONDS).status_code != httpx2.codes.OK:
        time.sleep(_LOOK_SECONDS)


def _wait_until_folded(group: Sequence[Server], events: int) -> None:
    """Until all is folded by one or another of them, and shown."""
    while sum(_numbers(server)["folded"] for server in group) < events:
        time.sleep(_LOOK_SECONDS)
    for server in group:
        _wait_until_ready(server)


def _numbers(server: Server) -> Mapping[str, float]:
    """A scorer's own metrics without labels, and its events of all types together as `folded`."""
    numbers: dict[str, float] = {"folded": 0}
    for line in httpx2.get(f"{server.url}/metrics", timeout=_PATIENCE_SECONDS).text.splitlines():
        if line.startswith(f"{_EVENTS}{{"):
            numbers["folded"] += float(line.rsplit(" ", 1)[1])
        elif line and line[0] != "#" and "{" not in line:
            name, value = line.split()
            numbers[name] = float(value)
    return numbers
