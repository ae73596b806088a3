"""What lies on troth.rejected: each record of the log that is no event, with its reason."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from troth.domain.instants import format_instant
from troth.stream.broker import Broker, said_of
from troth.stream.records import read_rejection, recorded_at
from troth.stream.topics import Topic, describe
from troth.stream.trouble import TopicMismatch
from troth.stream.whole import records_of

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
        for records in records_of(broker, topic, _POLL_RECORDS):
            for record in records:
                yield {"rejected_at": format_instant(recorded_at(record.timestamp)), **read_rejection(record.value)}
