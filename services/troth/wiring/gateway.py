"""`troth gateway`: what is posted goes to Kafka, by way of a spool on disk while Kafka is away."""

import gc
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from troth import __version__
from troth.gateway.app import Frame, create_app, posting_room
from troth.gateway.posting import SOURCE, Inbox
from troth.gateway.webhooks import Tools
from troth.metrics import catalogue
from troth.metrics.instruments import GaugeCollector, Instruments
from troth.settings import Settings
from troth.stream.producer import Producer
from troth.stream.publisher import Publisher
from troth.stream.spool import Spool
from troth.stream.trouble import BrokerAway
from troth.wiring import access_of, clock, signed_with, sources_of
from troth.wiring.kafka import broker_of, topics_of


def open_publisher(settings: Settings, said: Callable[[str], None]) -> Publisher:
    """The spool of the data directory, and a first connection to Kafka; `said` is told where there is none yet.

    Raises SpoolTrouble, WrongSettings, BrokerTrouble or TopicMismatch.
    """
    gc.set_threshold(100_000)  # as for a ledger: hardly anything goes in circles
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what it has to say is in our own sentences
    topics = topics_of(settings)
    producer = Producer(broker_of(settings), (topics.events, topics.deliveries), topics.replication)
    with ExitStack() as unless_open:
        spool = unless_open.enter_context(closing(Spool(settings.data, settings.spool_megabytes)))
        try:
            producer.connect()
        except BrokerAway as away:
            said(f"{away} Until it is there, events are kept in the spool in {settings.data}.")
        unless_open.pop_all()
    return Publisher(producer, spool, topics)


def gateway(settings: Settings, publisher: Publisher) -> FastAPI:
    """Everything of one gateway: the publisher is started with it and closed after it."""
    sources = sources_of(settings)
    instruments = Instruments(__version__, [SOURCE, *sources], [GaugeCollector(catalogue.SPOOL, publisher.spooled)])
    inbox = Inbox(publisher, instruments, clock, ZoneInfo(settings.zone))
    access = access_of(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        publisher.start()
        yield
        await publisher.stop()

    room = posting_room(inbox, access, signed_with(settings), Tools(sources, settings.webhook_secrets, public_url=settings.public_url))
    return create_app(Frame(access, instruments.text, publisher.trouble, lifespan), [room])
