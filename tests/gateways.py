"""How tests run `troth gateway`, and put it under load."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.integration.conftest import event
from tests.running import TOKEN, Server, serving
from tests.topics import records_of

NOWHERE = "127.0.0.1:1"
DEADLINE_SECONDS = 120


def wait_for(holds: Callable[[], object], what: str) -> None:
    """Wait until a condition holds, for a long time."""
    until = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.05)


class Gateway:
    """A running gateway, its topics, and what it is asked."""

    def __init__(self, server: Server, servers: str, prefix: str) -> None:
        self.server = server
        self.servers = servers
        self.prefix = prefix
        self.http = httpx2.Client(base_url=server.url, timeout=DEADLINE_SECONDS, limits=httpx2.Limits(max_connections=None))

    def post(self, body: Any, **headers: str) -> httpx2.Response:
        """Post one event, or a batch."""
        kind = "application/cloudevents-batch+json" if isinstance(body, list) else "application/cloudevents+json"
        said = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind, **headers}
        return self.http.post("/v1/events", content=json.dumps(body), headers=said)

    def spooled(self) -> float:
        """What its own metric says."""
        lines = self.http.get("/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("troth_spool_events "))

    def log(self) -> list[Any]:
        """The records of troth.events."""
        return records_of(self.servers, f"{self.prefix}events")

    def wait_until_spool_is_empty(self) -> None:
        wait_for(lambda: self.spooled() == 0, "the spool to be empty")


@contextmanager
def publishing(data: Path, servers: str, prefix: str, *flags: str, log: Path | None = None, **variables: str) -> Iterator[Gateway]:
    """`troth gateway` on a free port, killed at the end where it still runs."""
    where = {"TROTH_KAFKA_BOOTSTRAP_SERVERS": servers, "TROTH_TOPIC_PREFIX": prefix, **variables}
    with serving("gateway", data, *flags, log=log, **where) as server:
        running = Gateway(server, servers, prefix)
        with running.http:
            yield running


class Load:
    """Clients that post one event after the other, each of a commitment of its own, until told to stop.

    `acknowledged` has the ids of each commitment for which there was a 202; `answers` counts the statuses.
    """

    def __init__(self, gateway: Gateway, name: str, clients: int = 8, batch: int = 1) -> None:
        self.acknowledged: dict[str, list[str]] = {f"{name}-{client}": [] for client in range(clients)}
        self.answers: dict[int, int] = {}
        self._gateway = gateway
        self._batch = batch
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(subject,)) for subject in self.acknowledged]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def count(self) -> int:
        """How many events were acknowledged."""
        return sum(map(len, self.acknowledged.values()))

    def wait_for_more(self, events: int) -> None:
        """Wait until so many more were acknowledged."""
        enough = self.count + events
        wait_for(lambda: self.count >= enough, f"{events} more events to be acknowledged")

    def _post(self, subject: str) -> None:
        number = 0
        with suppress(httpx2.TransportError):  # the server was killed
            while not self._stop.is_set():
                ids = [f"{number + nth:06}" for nth in range(self._batch)]
                status = self._gateway.post([event("commitment-warned", subject, id) for id in ids]).status_code
                self.answers[status] = self.answers.get(status, 0) + 1
                number += self._batch
                if status == 202:
                    self.acknowledged[subject] += ids


def told_first(records: list[Any]) -> dict[str, list[str]]:
    """The ids of each commitment in the order in which the log told each of them first: a record may be there twice."""
    told: dict[str, dict[str, None]] = {}
    for record in records:
        told.setdefault(record.key.decode(), {})[json.loads(record.value)["id"]] = None
    return {subject: list(ids) for subject, ids in told.items()}
