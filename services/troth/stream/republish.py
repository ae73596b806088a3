"""A new generation of the topics: what one prefix holds of log, deliveries, notices and of what was told, published anew under another."""

from collections.abc import Iterator
from typing import Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from troth.stream.broker import CONNECT_SECONDS, Broker, said_of
from troth.stream.topics import MESSAGE_BYTES, Topic, Topics, describe, make_or_check
from troth.stream.trouble import BrokerAway, TopicMismatch

_POLL_MS: Final = CONNECT_SECONDS * 1_000
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
    consumer = KafkaConsumer(**broker.kafka_python(), group_id=None, enable_auto_commit=False, max_poll_records=_POLL_RECORDS)
    producer = KafkaProducer(**broker.kafka_python(), acks="all", max_request_size=int(MESSAGE_BYTES))
    try:
        partitions = [TopicPartition(source.name, number) for number in sorted(consumer.partitions_for_topic(source.name) or ())]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            polled = consumer.poll(timeout_ms=_POLL_MS)
            if not polled:
                raise BrokerAway(f"Kafka at {broker.servers} fell silent while {source.name} was read. Do it again when it answers.")
            records = [record for some in polled.values() for record in some]
            sent = [producer.send(target.name, one.value, one.key, list(one.headers), timestamp_ms=one.timestamp) for one in records]
            producer.flush()
            for future in sent:
                future.get()
            yield target.name, len(records)
    finally:
        producer.close()
        consumer.close()
