"""The scorer on a real Kafka, made and delivered, changelogs on, beside a bare loop, Quix Streams and idiomatic Faust on the same log.

Each side is a program of its own (tests/bench/scorers), timed from its first record to its last acknowledgement, each with topics of its
own. A scorer that catches up says its tallies once, at the end; one that is there as events come says them at every flush, and that is the
dearer, so it is what stands beside all peers. Quix Streams wants another pydantic than Troth: name the Python of an environment with it,
and with the packages of Troth's requirements, in QUIX_PYTHON, or it is left out.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.life import Posted, lives
from tests.bench.rows import Row, alternate, rate_row
from tests.bench.scorers.log import make_topics, write_log
from tests.kafka import new_prefix, own_kafka
from troth.wiring import clock

_IDIOMATIC_SHARE = 20  # its events are so many times fewer: it would take minutes
_AT_LEAST = {"bare": 0.5, "quix": 1, "idiomatic": 8}
_PEERS = {"bare": "a bare loop in memory", "quix": "Quix Streams with its state", "idiomatic": "idiomatic Faust"}

Side = Callable[[int], float]


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    commitments, rounds = (20_000, 1) if quick else (100_000, 3)
    posted = lives(commitments, clock())
    few = lives(commitments // _IDIOMATIC_SHARE, clock())
    with ExitStack() as running:
        servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or running.enter_context(own_kafka(work / "kafka")).servers
        ours, bare = (_side(name, servers, work, posted, as_it_comes=True) for name in ("ours", "bare"))
        yield _row("as events come", "bare", rounds, ours, bare)
        yield _row("catching up", "bare", rounds, *(_side(name, servers, work, posted) for name in ("ours", "bare")))
        if quix := os.environ.get("QUIX_PYTHON"):
            yield _row("as events come", "quix", rounds, ours, _side("quix", servers, work, posted, quix))
        else:
            yield Row(f"scorer, as events come | {_PEERS['quix']}", "-", "needs QUIX_PYTHON")
        yield _row("as events come", "idiomatic", rounds, ours, _side("idiomatic", servers, work, few))


def _row(how: str, name: str, rounds: int, ours: Side, peer: Side) -> Row:
    return rate_row(f"scorer, {how} | {_PEERS[name]}", alternate(rounds, ours, peer), _AT_LEAST[name])


def _side(
    name: str, servers: str, work: Path, posted: Sequence[Posted], python: str = sys.executable, *, as_it_comes: bool = False
) -> Side:
    def events_a_second(_: int) -> float:
        prefix = new_prefix()
        topics = make_topics(servers, prefix)
        if not as_it_comes:
            write_log(servers, topics, posted)
        command = [python, "-W", "ignore", "-m", f"tests.bench.scorers.{name}", servers, prefix, str(len(posted)), str(work / prefix)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            if as_it_comes:
                process.stdout.readline()
                write_log(servers, topics, posted)
            said = process.stdout.read()
        seconds, cpu_seconds = json.loads(said.splitlines()[-1])
        how = f"{name}, as events come" if as_it_comes else name
        print(f"  {how}: {len(posted) / seconds:,.0f} events/s, {cpu_seconds / len(posted) * 1e6:.0f} us CPU an event", file=sys.stderr)
        return float(len(posted) / seconds)

    return events_a_second
