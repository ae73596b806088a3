"""What lies on troth.rejected: each record of the log that is no event, with its reason."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from troth.domain.instants import format_instant
from troth.stream.broker import CONNECT_SECONDS, Broker, said_of
from troth.stream.records import read_rejection, recorded_at
from troth.stream.topics import Topic, describe
from troth.stream.trouble import BrokerAway, TopicMismatch

_POLL_MS: Final = CONNECT_SECONDS * 1_000
_POLL_RECORDS: Final = 1_000


def rejections(broker: Broker, topic: Topic) -> Iterator[Mapping[str, Any]]:
    """What was rejected until now, of each partition the oldest first; `rejected_at` is when.

    Raises TopicMismatch where the topic is missing, BrokerAway or BrokerTrouble.
    """
    if "is missing" in describe(broker, [topic])[topic.name]:
        raise TopicMismatch(
            f"Kafka at {broker.servers} has no topic {topic.name}: set topic_prefix, or make it by `troth topics --create`."
        )
    with said_of(broker, f"be asked for {topic.name}"):
        consumer = KafkaConsumer(**broker.kafka_python(), group_id=None, enable_auto_commit=False, max_poll_records=_POLL_RECORDS)
        try:
            yield from _read(broker, consumer, topic)
        finally:
            consumer.close()


def _read(broker: Broker, consumer: KafkaConsumer, topic: Topic) -> Iterator[Mapping[str, Any]]:
    partitions = [TopicPartition(topic.name, number) for number in sorted(consumer.partitions_for_topic(topic.name) or ())]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        polled = consumer.poll(timeout_ms=_POLL_MS)
        if not polled:
            raise BrokerAway(f"Kafka at {broker.servers} fell silent while {topic.name} was read. Try again when it answers.")
        for records in polled.values():
            for record in records:
                yield {"rejected_at": format_instant(recorded_at(record.timestamp)), **read_rejection(record.value)}
