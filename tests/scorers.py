"""How tests run scorers on a real Kafka: a log of their own, scorers that are started anew as a supervisor would, and what they show."""

import random
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx2
from kafka import KafkaProducer
from prometheus_client.parser import text_string_to_metric_families
from pydantic_core import to_json

from tests.running import Server, serving
from troth.domain.book import Book
from troth.domain.events import Event, read_event
from troth.domain.fold import fold
from troth.domain.instants import MICROSECONDS_A_DAY, Instant, format_instant
from troth.domain.verdict import Rules
from troth.metrics import catalogue
from troth.metrics.collector import BookCollector
from troth.stream.broker import Broker
from troth.stream.topics import MESSAGE_BYTES, Topics, make_or_check

PARTITIONS = 8
DEADLINE_SECONDS = 120
TO_BE_STARTED_ANEW = 70
_KINDS = ("made",) * 4 + ("reopened", "amended", "renegotiated", "renegotiated", "warned", "delivered", "delivered", "accepted", "rejected")
_OF_SUBJECTS = {metric.name for metric in (*catalogue.TEAM, catalogue.RELATIONSHIP, *catalogue.CUSTOMER, *catalogue.GOAL)} | {
    metric.name for metric in (*catalogue.ORGANISATION, catalogue.UNMADE)
}

Gauges = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def clock() -> Instant:
    return time.time_ns() // 1_000


def lives(seed: int, count: int, commitments: int = 120) -> Iterator[dict[str, Any]]:
    """Events of random lives, out of order, some twice, some retracted, with teams that change and dates about now."""
    chance = random.Random(seed)
    sent: list[dict[str, Any]] = []
    for number in range(count):
        if sent and chance.random() < 0.05:
            yield chance.choice(sent)
            continue
        retracted = chance.choice(sent) if sent and chance.random() < 0.05 else None
        kind = chance.choice(_KINDS)
        event = {
            "specversion": "1.0",
            "id": f"{seed}-{number}",
            "source": "lives",
            "type": f"troth.commitment-{kind}" if retracted is None else "troth.event-retracted",
            "subject": f"c-{chance.randrange(commitments)}" if retracted is None else retracted["subject"],
            "time": format_instant(clock() - int(abs(chance.gauss(0, 20)) * MICROSECONDS_A_DAY)),
            "data": _said(chance, kind) if retracted is None else {"source": "lives", "id": retracted["id"], "reason": "a mistake"},
        }
        sent.append(event)
        yield event


def _said(chance: random.Random, kind: str) -> dict[str, Any]:
    due = format_instant(clock() + int(chance.uniform(-30, 60) * MICROSECONDS_A_DAY))
    team, customer, goal = f"team-{chance.randrange(24)}", f"customer-{chance.randrange(3)}", f"goal-{chance.randrange(2)}"
    match kind:
        case "made":
            return {"team": team, "title": "a promise", "customer": customer, "goal": goal, "due_at": due, "budget": 100}
        case "amended":
            return {"team": team, "customer": customer}
        case "renegotiated":
            return {"due_at": due, "agreed": chance.random() < 0.7}
        case "delivered":
            return {"cost": chance.choice((50, 150))}
        case "accepted":
            return {"rating": chance.randrange(1, 6)}
        case _:
            return {}


def expected(posted: Iterable[Mapping[str, Any]]) -> Gauges:
    """What one process shows of these events now."""
    now = clock()
    by_commitment: dict[str, list[Event]] = {}
    for event in posted:
        by_commitment.setdefault(event["subject"], []).append(read_event(event, now))
    book = Book(Rules(), now)
    for commitment, events in by_commitment.items():
        book.replace(None, fold(commitment, events))
    book.forecast()
    families = BookCollector(lambda: nullcontext(book), 10_000).collect()
    return {_name(sample): sample.value for family in families for sample in family.samples if sample.name in _OF_SUBJECTS}


class Log:
    """A log of a test's own, with all that was put on it."""

    def __init__(self, servers: str, prefix: str, partitions: int = PARTITIONS) -> None:
        self.servers = servers
        self.prefix = prefix
        self.partitions = partitions
        self.topics = Topics(prefix, partitions)
        self.posted: list[Mapping[str, Any]] = []
        make_or_check(Broker(servers), self.topics.all())
        self._producer = KafkaProducer(bootstrap_servers=servers, max_request_size=int(MESSAGE_BYTES))

    def post(self, events: Iterable[Mapping[str, Any]], a_second: float = 1e9) -> None:
        """Put events on the log."""
        for event in events:
            self.put(event["subject"].encode(), to_json(event))
            self.posted.append(event)
            time.sleep(1 / a_second)
        self._producer.flush()

    def put(self, key: bytes | None, value: bytes | None) -> None:
        """Put anything on the log."""
        self._producer.send(self.topics.events.name, key=key, value=value)

    def close(self) -> None:
        self._producer.close()


class Scorers:
    """The scorers of a log. `seen_twice` gathers the samples that two of them showed at once."""

    def __init__(self, log: Log, data: Path, settings: Mapping[str, str]) -> None:
        self._log = log
        self._data = data
        self._settings = settings
        self._running: dict[str, tuple[ExitStack, Server]] = {}
        self.seen_twice: list[Any] = []

    def start(self, name: str, **settings: str) -> Server:
        """Start one, or start it anew, with these settings beside those of all. Raises NotReady where it ends before it is ready."""
        self._running.pop(name, (ExitStack(), None))[0].close()
        opened = ExitStack()
        kafka = {
            "TROTH_KAFKA_BOOTSTRAP_SERVERS": self._log.servers,
            "TROTH_TOPIC_PREFIX": self._log.prefix,
            "TROTH_PARTITIONS": str(self._log.partitions),
        }
        log = self._data / f"{name}.log"
        server = opened.enter_context(serving("scorer", self._data / name, log=log, **kafka, **self._settings, **settings))
        self._running[name] = opened, server
        return server

    def stop(self, name: str) -> int:
        """End one as its supervisor would, and return its status."""
        opened, server = self._running.pop(name)
        status = server.end()
        opened.close()
        return status

    def send(self, name: str, number: int) -> None:
        """Send a signal to one."""
        self._running[name][1].process.send_signal(number)

    def close(self) -> None:
        for name, (opened, server) in self._running.items():
            server.process.send_signal(signal.SIGCONT)
            opened.close()
            print(name, (self._data / f"{name}.log").read_text("utf-8"))

    def shares(self) -> dict[str, set[str]]:
        """By scorer, the teams it shows."""
        return {
            name: {labels[0][1] for (metric, labels) in _gauges_of(server) if metric == "troth_reliability_ratio"}
            for name, (_, server) in self._running.items()
        }

    def gauges(self) -> Gauges:
        """What they show together."""
        together: Gauges = {}
        for _, server in self._running.values():
            gauges = _gauges_of(server)
            self.seen_twice += together.keys() & gauges.keys()
            together |= gauges
        return together

    def wait_until_equal(self) -> None:
        """Wait until they show together what one process would; those that gave way are started anew."""
        until = time.monotonic() + DEADLINE_SECONDS
        wrong: Any = "nothing was read"
        while time.monotonic() < until:
            for name, (_, server) in list(self._running.items()):
                if server.process.poll() == TO_BE_STARTED_ANEW:
                    self.start(name)
            if all(_ready(server) for _, server in self._running.values()):
                wrong = _differences(expected(self._log.posted), self.gauges())
                if not wrong:
                    return
            time.sleep(0.3)
        raise AssertionError(f"they show other than one process would: {wrong[:10]}")

    def wait_until_shown_by(self, server: Server) -> None:
        """Wait until another program, which shows all subjects, shows what one process would."""
        until = time.monotonic() + DEADLINE_SECONDS
        while wrong := not _ready(server) or _differences(expected(self._log.posted), _gauges_of(server)):
            assert time.monotonic() < until, f"{server.url} shows other than one process would: {wrong}"
            time.sleep(0.3)


def _differences(wanted: Gauges, shown: Gauges) -> list[Any]:
    return [(name, wanted.get(name), shown.get(name)) for name in wanted.keys() | shown.keys() if not _same(name, wanted, shown)]


def _same(name: Any, wanted: Gauges, shown: Gauges) -> bool:
    return (
        name in wanted and name in shown and (wanted[name] == shown[name] or (wanted[name] != wanted[name] and shown[name] != shown[name]))
    )


def _ready(server: Server) -> bool:
    try:
        return httpx2.get(f"{server.url}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def _gauges_of(server: Server) -> Gauges:
    try:
        text = httpx2.get(f"{server.url}/metrics", timeout=5).text
    except httpx2.HTTPError:
        return {}
    return {
        _name(sample): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in _OF_SUBJECTS
    }


def _name(sample: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    return sample.name, tuple(sorted(sample.labels.items()))


@contextmanager
def scorers_of(log: Log, data: Path, **settings: str) -> Iterator[Scorers]:
    """Scorers that end with the block."""
    data.mkdir(exist_ok=True)
    scorers = Scorers(log, data, settings)
    try:
        yield scorers
    finally:
        scorers.close()
