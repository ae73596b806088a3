"""`troth replica`: the ledger of a cluster, read from Kafka, with the same board and API."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from troth import __version__, wiring
from troth.gateway.app import Frame, create_app, reading_room
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.metrics.collector import BookCollector
from troth.metrics.instruments import Instruments, NoticesCollector
from troth.metrics.replica import ReplicaCollector
from troth.settings import Settings
from troth.stream.replica import ReplicaReader
from troth.wiring.kafka import broker_of, topics_of


def run(settings: Settings, ledger: Ledger, said: Callable[[str], None]) -> None:
    """Read and serve until SIGTERM; the ledger is closed after it. Raises OSError, and what only a person can mend of Kafka."""
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        os.kill(os.getpid(), signal.SIGTERM)

    reader = ReplicaReader(broker_of(settings), topics_of(settings), ledger, ZoneInfo(settings.zone), failed)
    wiring.serve(settings, application(settings, ledger, reader), said)
    if failures:
        raise failures[0]


def application(settings: Settings, ledger: Ledger, reader: ReplicaReader) -> FastAPI:
    """Everything of a replica: the ledger and its reader are started with it, and ended after it."""
    numbers = (
        NoticesCollector(ledger.notices_told),
        BookCollector(ledger.book, settings.relationship_metrics),
        ReplicaCollector(lambda: reader.lag, lambda: reader.skipped),
        wiring.target_of(settings),
    )
    access = wiring.access_of(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        ledger.start()
        reader.start()
        yield
        reader.stop()
        await ledger.stop()

    frame = Frame(access, Instruments(__version__, [], numbers).text, lambda: ledger.trouble() or reader.trouble(), lifespan)
    return create_app(frame, [reading_room(LedgerReading(ledger, wiring.clock), access, wiring.clock, settings.target)])
