"""The scorer's readers apart from its group, on a real broker that goes away."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from tests.kafka import Kafka, new_prefix, own_kafka
from troth.stream.broker import Broker
from troth.stream.scorer.looking import Looker
from troth.stream.topics import Topics, make_or_check


@pytest.mark.slow
def test_a_look_that_begins_while_kafka_is_away_waits_for_it(tmp_path: Path) -> None:
    with own_kafka(tmp_path / "kafka") as broker:
        topic = Topics(new_prefix(), partitions=2).events
        make_or_check(Broker(broker.servers), [topic])
        partition = TopicPartition(topic.name, 1)
        broker.kill()
        assert asyncio.run(_looked(broker, partition)) == {partition: 0}


async def _looked(broker: Kafka, partition: TopicPartition) -> dict[TopicPartition, int]:
    looking = asyncio.create_task(Looker({"bootstrap_servers": broker.servers}).ends([partition]))
    await asyncio.to_thread(broker.start)
    return await looking
