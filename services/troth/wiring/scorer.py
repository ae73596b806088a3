"""`troth scorer`: its share of the log goes in, its share of the subjects comes out on /metrics."""

import gc
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from troth import __version__
from troth.gateway.app import Frame, create_app
from troth.metrics import catalogue
from troth.metrics.collector import BookCollector
from troth.metrics.instruments import GaugeCollector
from troth.metrics.scorer import ScorerInstruments
from troth.settings import Settings
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.table import Table, memory_table
from troth.stream.scorer.worker import Worker
from troth.stream.topics import make_or_check
from troth.wiring import access_of, clock, made_with, target_of
from troth.wiring.kafka import broker_of, topics_of


def scorer(settings: Settings) -> FastAPI:
    """Everything of one scorer: it joins its group when the application starts and leaves it after it.

    Raises WrongSettings, BrokerAway, BrokerTrouble or TopicMismatch.
    """
    gc.set_threshold(100_000)  # as for a ledger: hardly anything goes in circles
    for name in ("kafka", "aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they have to say is in our own sentences
    broker, topics, made = broker_of(settings), topics_of(settings), made_with(settings)
    make_or_check(broker, topics.all(), topics.replication)
    plan = Plan(
        f"{settings.topic_prefix}scorer",
        broker,
        topics,
        settings.partitions,
        made.rules,
        ZoneInfo(settings.zone),
        settings.data,
        settings.session_seconds,
    )
    instruments = ScorerInstruments(__version__)
    worker = Worker(plan, clock, _tables(settings), instruments)
    scores = BookCollector(worker.shown, settings.relationship_metrics, whole=False)
    instruments.watch(scores, target_of(settings), GaugeCollector(catalogue.BEHIND, worker.behind))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await worker.start()
        yield
        await worker.stop()

    return create_app(Frame(access_of(settings), instruments.text, worker.missing, lifespan), [])


def _tables(settings: Settings) -> Callable[[int], Table]:
    if settings.table_store == "memory":
        return memory_table
    from troth.stream.scorer.rocks import RocksTable  # noqa: PLC0415 - who keeps the table in memory need not have its package

    return lambda number: RocksTable(settings.data / "table" / f"{settings.topic_prefix}{number}")
