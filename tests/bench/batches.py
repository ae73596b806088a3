"""Batches of 500 events: checked, folded, scored and durable, beside checking and keeping raw rows, and beside pyeventsourcing."""

import http.client
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from pydantic_core import from_json, to_json

from tests.bench import event_sourced
from tests.bench.life import batched, lives
from tests.bench.raw_rows import RawRows
from tests.bench.rows import Row, alternate, rate_row, seconds_of
from tests.running import TOKEN, serving
from troth.domain.events import Event, read_event
from troth.domain.recording import DeliveryRecord
from troth.gateway.posting import new_delivery_id
from troth.ledger.ledger import Ledger
from troth.settings import read_settings
from troth.wiring import clock, open_ledger

EVENTS_A_BATCH = 500


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    commitments, rounds = (5_000, 3) if quick else (10_000, 5)
    apart, together = (_Work(work, name, commitments, together=name == "together") for name in ("apart", "together"))
    yield rate_row("batches of 500, delivered in a later batch | raw rows in SQLite", alternate(rounds, apart.ours, apart.raw), 0.4)
    yield rate_row("batches of 500, delivered in the same batch | raw rows in SQLite", alternate(rounds, together.ours, together.raw), 0.4)
    # An aggregate is saved with both of its events, so ours come in the same commits.
    paired = alternate(rounds, together.ours, together.sourced)
    yield rate_row("batches of 500, delivered in the same batch | pyeventsourcing 9.5", paired, 0.8)
    over_http = apart.over_http()
    yield Row("batches of 500 over HTTP, one client, delivered in a later batch", f"{over_http:,.0f} events/s")


class _Work:
    """The same promises and deliveries for each side; every measurement begins with an empty file, and gives events a second."""

    def __init__(self, directory: Path, name: str, commitments: int, *, together: bool) -> None:
        self._commitments = commitments
        self._events = 2 * commitments
        self._bodies = [to_json(batch) for batch in batched(lives(commitments, clock(), together=together), EVENTS_A_BATCH)]
        self._fresh = (directory / f"{name}-{number}" for number in count())

    def ours(self, _: int) -> float:
        with closing(open_ledger(read_settings({"data": next(self._fresh)}, {}))) as ledger:
            return self._events / seconds_of(lambda: append(ledger, self._bodies))

    def raw(self, _: int) -> float:
        with closing(RawRows(next(self._fresh))) as table:
            return self._events / seconds_of(lambda: insert(table, self._bodies))

    def sourced(self, _: int) -> float:
        return event_sourced.events_a_second(next(self._fresh), self._commitments, EVENTS_A_BATCH)

    def over_http(self) -> float:
        return self._events / post(next(self._fresh), self._bodies)


def append(ledger: Ledger, bodies: Sequence[bytes]) -> None:
    """Ours, a commit a batch."""
    for body in bodies:
        now = clock()
        ledger.append_now(DeliveryRecord(new_delivery_id(now), "events", now), _checked(body))


def insert(table: RawRows, bodies: Sequence[bytes]) -> None:
    """The peer, a commit a batch."""
    for body in bodies:
        table.insert(_checked(body))


def post(directory: Path, bodies: Sequence[bytes]) -> float:
    """The seconds that it takes a server to accept them, one after the other."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/cloudevents-batch+json"}
    with serving("serve", directory) as server:
        place = urlsplit(server.url)
        with closing(http.client.HTTPConnection(str(place.hostname), place.port)) as connection:
            return seconds_of(lambda: _post(connection, bodies, headers))


def _post(connection: http.client.HTTPConnection, bodies: Sequence[bytes], headers: dict[str, str]) -> None:
    for body in bodies:
        connection.request("POST", "/v1/events", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            raise RuntimeError(f"a batch was answered with {answer.status}")


def _checked(body: bytes) -> list[Event]:
    now = clock()
    return [read_event(posted, now) for posted in from_json(body)]
