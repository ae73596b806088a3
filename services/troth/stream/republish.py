"""A new generation of the topics: what one prefix holds of log, deliveries, notices and of what was told, published anew under another."""

from collections.abc import Iterator
from typing import Final

from kafka import KafkaProducer

from troth.stream.broker import Broker, said_of
from troth.stream.topics import MESSAGE_BYTES, Topic, Topics, describe, make_or_check
from troth.stream.trouble import TopicMismatch
from troth.stream.whole import records_of

_POLL_RECORDS: Final = 2_000


def republish(broker: Broker, old: Topics, new: Topics) -> Iterator[tuple[str, int]]:
    """Publish every record of the old topics to the new ones, which are made where they are missing; yields topic and how many, as it goes.

    Key, value, headers and time stay, and so does the order of a key. Done twice it changes no number: an event counts once.
    What was told and the notices go first, so that nothing is told anew. Raises TopicMismatch, BrokerAway or BrokerTrouble.
    """
    pairs = [(old.told, new.told), (old.notices, new.notices), (old.deliveries, new.deliveries), (old.events, new.events)]
    differences = describe(broker, [topic for topic, _ in pairs])
    if missing := [name for name, differs in differences.items() if "is missing" in differs]:
        raise TopicMismatch(
            f"Kafka at {broker.servers} has no topic {missing[0]}: name the prefix of the topics that are to be published anew."
        )
    make_or_check(broker, new.all(), new.replication)
    for source, target in pairs:
        with said_of(broker, f"publish {source.name} anew"):
            yield from _copy(broker, source, target)


def _copy(broker: Broker, source: Topic, target: Topic) -> Iterator[tuple[str, int]]:
    producer = KafkaProducer(**broker.kafka_python(), acks="all", max_request_size=int(MESSAGE_BYTES))
    try:
        for records in records_of(broker, source, _POLL_RECORDS):
            sent = [producer.send(target.name, one.value, one.key, list(one.headers), timestamp_ms=one.timestamp) for one in records]
            producer.flush()
            for future in sent:
                future.get()
            yield target.name, len(records)
    finally:
        producer.close()
