"""A whole topic as it stands, read once by no group."""

from collections.abc import Iterator
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from troth.stream.broker import CONNECT_SECONDS, Broker
from troth.stream.topics import Topic
from troth.stream.trouble import BrokerAway

_POLL_MS: Final = CONNECT_SECONDS * 1_000


def records_of(broker: Broker, topic: Topic, at_once: int) -> Iterator[list[Any]]:
    """The records that were in a topic at the start, of each partition the oldest first, some at once. Raises BrokerAway."""
    consumer = KafkaConsumer(**broker.kafka_python(), group_id=None, enable_auto_commit=False, max_poll_records=at_once)
    try:
        partitions = [TopicPartition(topic.name, number) for number in sorted(consumer.partitions_for_topic(topic.name) or ())]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            polled = consumer.poll(timeout_ms=_POLL_MS)
            if not polled:
                raise BrokerAway(f"Kafka at {broker.servers} fell silent while {topic.name} was read. Try again when it answers.")
            yield [record for records in polled.values() for record in records]
    finally:
        consumer.close()
