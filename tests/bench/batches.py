"""Batches of 500 events: checked, folded, scored and durable, beside checking and keeping raw rows, and beside pyeventsourcing."""

import http.client
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
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
from troth.settings import read_settings
from troth.wiring import clock, open_ledger

EVENTS_A_BATCH = 500


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    commitments, rounds = (5_000, 3) if quick else (20_000, 5)
    posted = lives(commitments, clock())
    bodies = [to_json(batch) for batch in batched(posted, EVENTS_A_BATCH)]

    def ours(number: int) -> float:
        return len(posted) / seconds_of(lambda: append(work / f"batches-{number}", bodies))

    def raw(number: int) -> float:
        return len(posted) / seconds_of(lambda: insert(work / f"raw-{number}.db", bodies))

    yield rate_row("batches of 500, in process | raw rows in SQLite", alternate(rounds, ours, raw), 0.4)
    paired = alternate(
        rounds,
        lambda number: ours(rounds + number),
        lambda number: event_sourced.events_a_second(work / f"sourced-{number}.db", commitments, EVENTS_A_BATCH),
    )
    yield rate_row("batches of 500, in process | pyeventsourcing 9.5", paired, 0.8)
    over_http = [len(posted) / post(work / f"http-{number}", bodies) for number in range(1 if quick else 3)]
    yield Row("batches of 500 over HTTP, one client", f"{median(over_http):,.0f} events/s")


def append(directory: Path, bodies: Sequence[bytes]) -> None:
    """Ours: into a fresh ledger, a commit a batch."""
    with closing(open_ledger(read_settings({"data": directory}, {}))) as ledger:
        for body in bodies:
            now = clock()
            ledger.append_now(DeliveryRecord(new_delivery_id(now), "events", now), _checked(body))


def insert(path: Path, bodies: Sequence[bytes]) -> None:
    """The peer: into a fresh table, a commit a batch."""
    with closing(RawRows(path)) as table:
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
