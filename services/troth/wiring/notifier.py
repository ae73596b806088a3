"""`troth notifier`: tells Alertmanager, chat and mail what a cluster's notices say."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from troth import __version__, wiring
from troth.alerts.desk import Desk
from troth.gateway.app import Frame, create_app
from troth.ledger.ledger import Ledger
from troth.ledger.news import LedgerNews
from troth.metrics.alerts import AlertInstruments
from troth.metrics.instruments import Instruments, NoticesCollector
from troth.metrics.replica import ReplicaCollector
from troth.settings import Settings, WrongSettings
from troth.stream.replica import ReplicaReader
from troth.stream.turn import SharedTurn
from troth.wiring.alerts import desk_of, telling
from troth.wiring.kafka import broker_of, topics_of


def run(settings: Settings, ledger: Ledger, said: Callable[[str], None]) -> None:
    """Read and tell until SIGTERM; the ledger is closed after it.

    Raises WrongSettings where nobody is to be told, OSError, and what only a person can mend of Kafka.
    """
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        os.kill(os.getpid(), signal.SIGTERM)

    broker, topics = broker_of(settings), topics_of(settings)
    reader = ReplicaReader(broker, topics, ledger, ZoneInfo(settings.zone), failed, deliveries=False)
    turn = SharedTurn(broker, topics, LedgerNews(ledger), wiring.clock, failed, settings.topic_prefix)
    desk, counting = desk_of(settings, ledger, wiring.clock, lambda _: turn, lambda: not reader.trouble())
    if not desk.is_used:
        raise WrongSettings(
            "There is nobody to be told: set alertmanager_url, or put a receiver's addresses into TROTH_RECEIVER_<NAME>_URLS; "
            "docs/alerts.md tells more."
        )
    wiring.serve(settings, application(settings, ledger, reader, turn, desk, counting), said)
    if failures:
        raise failures[0]


def application(
    settings: Settings, ledger: Ledger, reader: ReplicaReader, turn: SharedTurn, desk: Desk, counting: AlertInstruments
) -> FastAPI:
    """Everything of a notifier: the ledger, its reader and the alerts are started with it, and ended after it."""
    numbers = (NoticesCollector(ledger.notices_told), ReplicaCollector(lambda: reader.lag, lambda: reader.skipped), counting)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        ledger.start()
        reader.start()
        async with telling(desk):
            yield
        reader.stop()
        await ledger.stop()

    def ready() -> str:
        return ledger.trouble() or reader.trouble() or turn.trouble()

    return create_app(Frame(wiring.access_of(settings), Instruments(__version__, [], numbers).text, ready, lifespan), [])
