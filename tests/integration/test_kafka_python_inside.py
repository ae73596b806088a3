"""What the notifier works around in kafka-python is still as it was when that was written."""

import time

from kafka import KafkaConsumer, TopicPartition

from tests.alertmanager import until
from tests.kafka import new_prefix
from troth.stream.broker import Broker
from troth.stream.topics import Topics, make_or_check


def test_a_join_begun_by_new_metadata_that_outlasts_a_poll_is_forgotten_until_a_rejoin_is_asked_for(kafka: str) -> None:
    told = Topics(new_prefix(), partitions=1).told
    make_or_check(Broker(kafka), [told])
    consumer = KafkaConsumer(bootstrap_servers=kafka, group_id=f"{told.name}-group", enable_auto_commit=False)
    try:
        consumer.subscribe([told.name])
        until(lambda: consumer.poll(timeout_ms=500) or consumer.assignment(), "the first join")
        consumer.poll(timeout_ms=500)
        coordinator = consumer._coordinator
        coordinator._assignment_snapshot = {}  # as where the topic was not known yet when it was assigned
        consumer.poll(timeout_ms=0)
        assert coordinator.rejoining
        time.sleep(1)
        for _ in range(10):
            consumer.poll(timeout_ms=100)
        assert coordinator.rejoining, "kafka-python looks at the answer now: what stream/turn.py asks of it in _stay may go"
        coordinator.request_rejoin()
        until(lambda: consumer.poll(timeout_ms=500) or not coordinator.rejoining, "the mended join")
        assert consumer.assignment() == {TopicPartition(told.name, 0)}
    finally:
        consumer.close(timeout_ms=2_000)
