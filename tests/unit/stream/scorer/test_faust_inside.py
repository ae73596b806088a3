"""What the scorer relies on inside Faust is what it was when it was written."""

import hashlib
import inspect
from typing import Any

import pytest

faust = pytest.importorskip("faust", reason="needs faust-streaming")
faust_inside = pytest.importorskip("troth.stream.scorer.faust_inside")

KNOWN = {
    "DefaultSchedulingStrategy.iterate": "aa1147fa5c2101b8",
    "DefaultSchedulingStrategy.records_iterator": "b23981c4d98568a5",
    "Schema.compile": "d46eec5ce3195b2c",
    "Consumer.getmany": "4b168d84882a70d6",
    "Consumer.on_buffer_full": "c8961679e0bcdce5",
    "Consumer.on_buffer_drop": "4b57e8a418d5ad9c",
    "Consumer.pause_partitions": "27a1c94bdacd54de",
    "Consumer.resume_partitions": "afe6b7c02a41d63c",
    "Consumer._drain_messages": "44a2500309e83c63",
    "Consumer._wait_next_records": "6218e1969a636b3f",
    "Consumer._new_consumer_thread": "0870ec53dea75083",
    "AIOKafkaConsumerThread._create_worker_consumer": "c2701bfc3e6f6cad",
    "AIOKafkaConsumer.start": "2f1ba70443327538",
    "AIOKafkaConsumerThread._seek_wait": "9d221e816d940467",
}


def _hash(part: Any) -> str:
    return hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]


def test_the_version_is_the_one_that_is_pinned() -> None:
    assert faust.__version__ == "0.15.3"


@pytest.mark.parametrize("part", faust_inside.TOUCHED, ids=lambda part: str(part.__qualname__))
def test_the_source_of_each_part_that_is_relied_on_is_known(part: Any) -> None:
    assert _hash(part) == KNOWN[part.__qualname__], (
        f"{part.__qualname__} has changed: read it, see to stream/scorer/faust_inside.py, then note its hash"
    )
