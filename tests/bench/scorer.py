"""The scorer on a real Kafka, made and delivered, changelogs on, beside a bare loop, Quix Streams and idiomatic Faust on the same log.

Each side is a program of its own (tests/bench/scorers), timed from its first record to its last acknowledgement, each with a generation of
topics of its own. Quix Streams wants another pydantic than Troth: name the Python of an environment with it in QUIX_PYTHON, or it is left out.
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
from tests.bench.scorers.log import write_log
from tests.kafka import new_prefix, own_kafka
from troth.wiring import clock

_IDIOMATIC_SHARE = 20  # its events are so many times fewer: it would take minutes


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    commitments, rounds = (20_000, 1) if quick else (100_000, 3)
    posted = lives(commitments, clock())
    few = lives(commitments // _IDIOMATIC_SHARE, clock())
    with ExitStack() as running:
        servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or running.enter_context(own_kafka(work / "kafka")).servers
        ours = _side("ours", servers, work, posted)
        yield rate_row(
            "scorer, made and delivered | a bare loop in memory", alternate(rounds, ours, _side("bare", servers, work, posted)), 0.5
        )
        if quix := os.environ.get("QUIX_PYTHON"):
            paired = alternate(rounds, ours, _side("quix", servers, work, posted, quix))
            yield rate_row("scorer, made and delivered | Quix Streams with its state", paired, 1)
        else:
            yield Row("scorer, made and delivered | Quix Streams with its state", "-", "needs QUIX_PYTHON")
        paired = alternate(1, ours, _side("idiomatic", servers, work, few))
        yield rate_row("scorer, made and delivered | idiomatic Faust", paired, 8)


def _side(name: str, servers: str, work: Path, posted: Sequence[Posted], python: str = sys.executable) -> Callable[[int], float]:
    def events_a_second(_: int) -> float:
        prefix = new_prefix()
        write_log(servers, prefix, posted)
        command = [python, "-W", "ignore", "-m", f"tests.bench.scorers.{name}", servers, prefix, str(len(posted)), str(work / prefix)]
        said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        seconds, cpu_seconds = json.loads(said.splitlines()[-1])
        print(
            f"  {name}: {len(posted) / seconds:,.0f} events/s, {cpu_seconds / len(posted) * 1e6:.0f} us of the CPU an event",
            file=sys.stderr,
        )
        return float(len(posted) / seconds)

    return events_a_second
