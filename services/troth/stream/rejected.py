"""What lies on troth.rejected, read from its beginning or an instant to its present end."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from troth.domain.instants import Instant
from troth.stream.broker import Broker, admin, said_of
from troth.stream.records import read_rejection
from troth.stream.topics import Topic
from troth.stream.trouble import BrokerAway, BrokerTrouble

POLL_MS: Final = 500
PATIENCE: Final = 60  # polls in a row without a record, before it is said that the brokers do not answer
_MICROSECONDS_A_MILLISECOND: Final = 1_000


def rejections(broker: Broker, topic: Topic, since: Instant | None = None) -> Iterator[Mapping[str, Any]]:
    """Each record of troth.rejected, of each partition in order; with `since` only what was rejected at that instant or later.

    Raises BrokerAway, or BrokerTrouble, also where the topic is missing.
    """
    with admin(broker) as client, said_of(broker, "look for the topic"):  # says in a sentence what the consumer would wait for
        if topic.name not in client.list_topics():
            raise BrokerTrouble(
                f"Kafka at {broker.servers} has no topic {topic.name}: make it with `troth topics --create`, or set topic_prefix."
            )
    with said_of(broker, f"be read, topic {topic.name}"):
        consumer = KafkaConsumer(**broker.kafka_python(), group_id=None, client_id="troth", enable_auto_commit=False)
        try:
            yield from _to_the_end(consumer, topic, since)
        finally:
            consumer.close()


def _to_the_end(consumer: KafkaConsumer, topic: Topic, since: Instant | None) -> Iterator[Mapping[str, Any]]:
    partitions = [TopicPartition(topic.name, number) for number in sorted(consumer.partitions_for_topic(topic.name) or ())]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    begins = _begins(consumer, partitions, since)
    for partition in partitions:
        consumer.seek(partition, begins[partition])
    silent = 0
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        polled = consumer.poll(timeout_ms=POLL_MS)
        silent = 0 if polled else silent + 1
        if silent == PATIENCE:
            raise BrokerAway(f"Kafka sent nothing of the topic {topic.name} for {PATIENCE * POLL_MS // 1_000} s; look at its brokers.")
        for partition, records in polled.items():
            yield from (read_rejection(record.value) for record in records if record.value and record.offset < ends[partition])


def _begins(consumer: KafkaConsumer, partitions: list[TopicPartition], since: Instant | None) -> Mapping[TopicPartition, int]:
    if since is None:
        found: Mapping[TopicPartition, int] = consumer.beginning_offsets(partitions)
        return found
    from_then = consumer.offsets_for_times(dict.fromkeys(partitions, since // _MICROSECONDS_A_MILLISECOND))
    ends = consumer.end_offsets(partitions)
    return {partition: ends[partition] if (then := from_then.get(partition)) is None else then.offset for partition in partitions}
