"""kafka-python's producer, as the gateway uses it: a group of records is in Kafka, or it is told which of them are not."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from troth.stream.broker import Broker, said_of
from troth.stream.outgoing import Outgoing
from troth.stream.topics import MESSAGE_BYTES, Topic, make_or_check
from troth.stream.trouble import BrokerAway

PATIENCE_SECONDS: Final = 3.5  # with what it takes to write the spool, an answer comes within 5 s
_GROUP_BYTES: Final = 1_500_000
_OVERHEAD_BYTES: Final = 100
_LINGER_SECONDS: Final = 1.0
_CONNECT_SECONDS: Final = 5.0


class Producer:
    """Publishes records with acknowledgement by all replicas in sync, idempotently. Its methods block; one thread calls them.

    A group becomes one batch a partition, and the next is not sent before all of it is acknowledged: so no record overtakes
    one before it, even where Kafka refuses a batch. `why` says in words why it is not connected.
    """

    def __init__(self, broker: Broker, topics: Sequence[Topic], replication: int = 0) -> None:
        self._broker = broker
        self._topics = topics
        self._replication = replication
        self._producer: KafkaProducer | None = None
        self.patience_seconds = PATIENCE_SECONDS
        self.why = "it was not asked yet"

    @property
    def connected(self) -> bool:
        """Whether the last that was heard of Kafka was good."""
        return self._producer is not None

    def connect(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Begin anew, with topics made or checked, to wait so long for each acknowledgement.

        Raises BrokerAway, BrokerTrouble or TopicMismatch.
        """
        self.close()
        try:
            make_or_check(self._broker, self._topics, self._replication)
            with said_of(self._broker, "be published to"):
                self._producer = KafkaProducer(**self._broker.kafka_python(), **_configured(patience_seconds))
                for topic in self._topics:
                    self._producer.partitions_for(topic.name)
        except Exception as error:
            self.close()
            self.why = str(error)
            if isinstance(error, KafkaError):
                raise BrokerAway(f"Kafka at {self._broker.servers} could not be published to: {error}. It is tried again.") from None
            raise
        self.patience_seconds = patience_seconds

    def publish(self, records: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Publish records in their order; returns those that were not acknowledged, after which it is not connected."""
        began = time.monotonic()
        for start, group in _groups(records):
            if self._producer is None or (start and time.monotonic() - began >= self.patience_seconds):
                self.close()
                return records[start:]
            if failed := self._publish(self._producer, group):
                self.close()
                return [*failed, *records[start + len(group) :]]
        return []

    def close(self) -> None:
        """Let go of the connection, without waiting for what is still under way."""
        if self._producer is not None:
            # Closing flushes first, and fails where that does: and what Kafka does not acknowledge is in the spool by now.
            self._producer.flush = _nothing
            self._producer.close(timeout=0)
            self._producer = None

    def _publish(self, producer: KafkaProducer, group: Sequence[Outgoing]) -> list[Outgoing]:
        sent = []
        try:
            for topic, key, value, headers, timestamp_ms in group:
                sent.append(producer.send(topic, value, key, list(headers), timestamp_ms=timestamp_ms))
            producer.flush(self.patience_seconds)
        except KafkaError as error:
            self.why = str(error)
        failed = [record for record, future in zip(group, sent, strict=False) if not future.succeeded()]
        if errors := [future.exception for future in sent if future.exception is not None]:
            self.why = str(errors[0])
        return failed + list(group[len(sent) :])


def _nothing(_timeout: float | None = None) -> None:
    pass


def _configured(patience_seconds: float) -> dict[str, Any]:
    request_seconds = patience_seconds - _LINGER_SECONDS - 0.1
    return {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": _milliseconds(_LINGER_SECONDS),  # a group leaves when all of it is there, by `flush`
        "batch_size": _GROUP_BYTES,
        "max_request_size": int(MESSAGE_BYTES),
        "request_timeout_ms": _milliseconds(request_seconds),
        "delivery_timeout_ms": _milliseconds(patience_seconds),
        "max_block_ms": _milliseconds(request_seconds),
        "bootstrap_timeout_ms": _milliseconds(_CONNECT_SECONDS),
        "metrics_enabled": False,
    }


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1_000)  # a fraction would be sent to the broker as it is, and fail there


def _groups(records: Sequence[Outgoing]) -> Iterator[tuple[int, Sequence[Outgoing]]]:
    start = size = 0
    for place, record in enumerate(records):
        size += (own := record.size + _OVERHEAD_BYTES)
        if size > _GROUP_BYTES and place > start:
            yield start, records[start:place]
            start, size = place, own
    if start < len(records):
        yield start, records[start:]
