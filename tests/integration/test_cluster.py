"""The whole cluster on a real Kafka beside one process: the same events in, in any order, and the same numbers out of each."""

import math
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.kafka import new_prefix, own_kafka
from tests.running import ADMIN_TOKEN, Server, serving
from troth.demo import simulate
from troth.domain.instants import MICROSECONDS_A_DAY
from troth.metrics import catalogue
from troth.wiring import clock

WAIT_SECONDS: Final = 180
PARTITIONS: Final = 4
EVENTS_A_BATCH: Final = 100
OUT_OF_PLACE: Final = 70
SHOWN: Final = tuple(
    metric.name
    for metric in (*catalogue.TEAM, catalogue.RELATIONSHIP, *catalogue.CUSTOMER, *catalogue.GOAL, *catalogue.ORGANISATION, catalogue.UNMADE)
)
Gauges = Mapping[str, float]


class ShownTwice(AssertionError):
    """Two scorers show a subject."""


class Cluster:
    """A gateway, scorers and a replica on topics of their own, each started as its program."""

    def __init__(self, opened: ExitStack, directory: Path, kafka: str) -> None:
        self._opened = opened
        self._directory = directory
        self._flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", new_prefix(), "--partitions", str(PARTITIONS)]
        self.gateway = self.start("gateway")
        self.scorers = {"one": self.start("scorer", "one"), "two": self.start("scorer", "two")}
        self.replica = self.start("replica")

    def start(self, program: str, name: str = "") -> Server:
        """A program that runs until the test ends."""
        data = self._directory / (name or program)
        return self._opened.enter_context(serving(program, data, *self._flags, log=data.with_suffix(".log")))

    def kill(self, scorer: str) -> None:
        """End a scorer at once, as a power cut would."""
        self.scorers.pop(scorer).end(signal.SIGKILL)

    def scored(self) -> Gauges:
        """What the scorers show together. A subject that two of them show fails the test."""
        together: dict[str, float] = {}
        for server in self.scorers.values():
            shown = gauges(server)
            both = together.keys() & shown.keys()
            if both:
                raise ShownTwice(sorted(both)[:3])
            together |= shown
        return together

    def start_anew(self) -> None:
        """Start those scorers anew that gave way to another, as compose does."""
        gone = [name for name, server in self.scorers.items() if server.process.poll() == OUT_OF_PLACE]
        for name in gone:
            self.scorers[name] = self.start("scorer", name)


@contextmanager
def cluster(directory: Path, kafka: str) -> Iterator[Cluster]:
    with ExitStack() as opened:
        yield Cluster(opened, directory, kafka)


def gauges(server: Server) -> Gauges:
    """The gauges of subjects on a program's /metrics, by name and labels."""
    lines = server.get("/metrics").decode().splitlines()
    samples = (line.rpartition(" ") for line in lines if line.startswith(SHOWN))
    return {name: float(value) for name, _, value in samples if name.partition("{")[0] in SHOWN}


def until(holds: Callable[[], str]) -> None:
    """Wait until there is nothing left to say; fails with what was said last."""
    end = time.monotonic() + WAIT_SECONDS
    while said := holds():
        assert time.monotonic() < end, said
        time.sleep(0.3)


def difference(one: Gauges, other: Gauges) -> str:
    """In words where two differ, as floats are equal; nothing where they do not."""
    names = one.keys() | other.keys()
    differing = sorted(name for name in names if not same(one.get(name), other.get(name)))
    return "; ".join(f"{name}: {one.get(name)} and {other.get(name)}" for name in differing[:5])


def same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))


def history(seed: int) -> list[dict[str, Any]]:
    """A year of a department that ended a month ago: out of order, in part twice, in part retracted, with teams that change."""
    chance = random.Random(seed)
    events = list(simulate(clock() - 30 * MICROSECONDS_A_DAY, seed=seed))
    struck = [retraction(event, number) for number, event in enumerate(chance.sample(events, len(events) // 50))]
    amended = [other_team(event, number) for number, event in enumerate(events) if event["type"] == "troth.commitment-made"][::20]
    events += [*struck, *amended]
    events += chance.sample(events, len(events) // 5)
    chance.shuffle(events)
    return events


def retraction(event: Mapping[str, Any], number: int) -> dict[str, Any]:
    data = {"source": event["source"], "id": event["id"], "reason": "entered by mistake"}
    said = {"type": "troth.event-retracted", "id": f"retraction-{number}", "source": "tests", "subject": event["subject"]}
    return {"specversion": "1.0", "time": event["time"], **said, "data": data}


def other_team(event: Mapping[str, Any], number: int) -> dict[str, Any]:
    said = {"type": "troth.commitment-amended", "id": f"move-{number}", "source": "tests", "subject": event["subject"]}
    return {"specversion": "1.0", "time": event["time"], **said, "data": {"team": "Moved here"}}


def batches(events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [events[start : start + EVENTS_A_BATCH] for start in range(0, len(events), EVENTS_A_BATCH)]


def post(server: Server, batch: list[dict[str, Any]]) -> None:
    assert server.post(batch, ADMIN_TOKEN) == 202


def settled(cluster: Cluster, alone: Server) -> None:
    """Wait until the scorers together, and the replica, show what one process shows, and all of it."""
    until(lambda: difference(gauges(alone), cluster.scored()))
    until(lambda: difference(gauges(alone), gauges(cluster.replica)))
    assert len(gauges(alone)) > 400


@pytest.mark.slow
def test_one_process_the_scorers_together_and_the_replica_show_the_same_and_so_after_a_scorer_was_killed(
    kafka: str, tmp_path: Path
) -> None:
    first, *rest = batches(history(seed=7))
    with serving("serve", tmp_path / "alone") as alone, cluster(tmp_path, kafka) as programs:
        for batch in (first, *rest[: len(rest) // 2]):
            post(alone, batch)
            post(programs.gateway, batch)
        programs.kill("one")
        for batch in rest[len(rest) // 2 :]:
            post(alone, batch)
            post(programs.gateway, batch)
        settled(programs, alone)
        programs.scorers["three"] = programs.start("scorer", "three")
        until(lambda: "" if gauges(programs.scorers["three"]) else "the third scorer shows nothing yet")
        settled(programs, alone)


@pytest.mark.slow
def test_a_broker_that_is_killed_takes_no_number_with_it(tmp_path: Path) -> None:
    some = batches(history(seed=11))[:12]
    with (
        own_kafka(tmp_path / "kafka") as broker,
        serving("serve", tmp_path / "alone") as alone,
        cluster(tmp_path, broker.servers) as programs,
    ):
        for batch in some[:6]:
            post(alone, batch)
            post(programs.gateway, batch)
        broker.kill()
        for batch in some[6:]:
            post(alone, batch)
            post(programs.gateway, batch)
        broker.start()
        settled_after_restart(programs, alone)


def settled_after_restart(programs: Cluster, alone: Server) -> None:
    until(lambda: differs_yet(programs, alone))
    settled(programs, alone)
    for server in (programs.gateway, programs.replica, *programs.scorers.values()):
        until(lambda server=server: "" if httpx2.get(f"{server.url}/readyz").status_code == 200 else f"{server.url} is not ready")  # type: ignore[misc]  # bound at once


def differs_yet(programs: Cluster, alone: Server) -> str:
    """A scorer that is back later than its session may find another in its place: both show it for a moment, or the late one ends."""
    programs.start_anew()
    try:
        return difference(gauges(alone), programs.scored())
    except (ShownTwice, httpx2.TransportError) as error:
        return repr(error)
