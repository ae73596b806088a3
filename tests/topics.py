"""How tests look at a topic: all its records, of each partition in order."""

from typing import Any

from kafka import KafkaConsumer, TopicPartition


def records_of(servers: str, topic: str) -> list[Any]:
    """Every record of a topic from its beginning to its present end: key, value, headers, timestamp, partition, offset."""
    consumer = KafkaConsumer(bootstrap_servers=servers, group_id=None, max_poll_records=10_000)
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        assert partitions, f"there is no topic {topic}"
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            for read in consumer.poll(timeout_ms=1_000).values():
                found += read
        return found
    finally:
        consumer.close()
