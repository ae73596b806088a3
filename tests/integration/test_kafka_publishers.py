"""Publishers that are not ours: who has the broker's rights puts events on the log as they like, and they count all the same."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from kafka import KafkaProducer, codec
from kafka.record import default_records

from tests.kafka import new_prefix
from tests.running import serving
from tests.scorers import Log, Scorers, lives, scorers_of

pytestmark = pytest.mark.slow
PARTITIONS = 2


@pytest.fixture
def log(kafka: str) -> Iterator[Log]:
    with closing(Log(kafka, new_prefix(), PARTITIONS)) as log:
        yield log


@pytest.fixture
def scorers(log: Log, tmp_path: Path) -> Iterator[Scorers]:
    with scorers_of(log, tmp_path / "scorers") as running:
        yield running


def zstandard(payload: bytes) -> bytes:
    """A frame of Zstandard (RFC 8878), which knows runs of one byte and nothing else."""
    blocks = [run[0] for run in re.finditer(rb" {200,100000}|(?:(?! {200}).){1,100000}", payload, re.DOTALL)]
    framed = b"\x28\xb5\x2f\xfd" + b"\x00\x58"
    for number, block in enumerate(blocks, 1):
        is_run = len(block) > 1 and block == block[:1] * len(block)
        head = (number == len(blocks)) | (is_run << 1) | (len(block) << 3)
        framed += head.to_bytes(3, "little") + (block[:1] if is_run else block)
    return framed


def test_what_was_published_in_a_compression_that_our_clients_cannot_read_counts(
    log: Log, scorers: Scorers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec, "has_zstd", lambda: True)
    monkeypatch.setattr(default_records, "zstd_encode", zstandard)
    monkeypatch.setitem(KafkaProducer._COMPRESSORS, "zstd", (lambda: True, KafkaProducer._COMPRESSORS["zstd"][1]))
    events = list(islice(lives(21, 200), 200))
    with closing(KafkaProducer(bootstrap_servers=log.servers, compression_type="zstd")) as producer:
        for event in events:
            producer.send(log.topics.events.name, key=event["subject"].encode(), value=json.dumps(event).encode() + b" " * 1_000)
    log.posted += events
    scorers.start("one")
    scorers.wait_until_equal()


def test_what_was_published_in_a_transaction_counts_though_the_log_ends_with_its_marker(log: Log, scorers: Scorers, tmp_path: Path) -> None:
    events = list(lives(22, 200))
    producer = KafkaProducer(bootstrap_servers=log.servers, transactional_id=f"{log.prefix}publisher")
    with closing(producer):
        producer.init_transactions()
        for some in (events[:100], events[100:]):
            producer.begin_transaction()
            for event in some:
                producer.send(log.topics.events.name, key=event["subject"].encode(), value=json.dumps(event).encode())
            producer.commit_transaction()
    log.posted += events
    scorers.start("one")
    scorers.wait_until_equal()
    flags = ["--kafka-bootstrap-servers", log.servers, "--topic-prefix", log.prefix, "--partitions", str(PARTITIONS)]
    with serving("replica", tmp_path / "replica", *flags) as replica:
        scorers.wait_until_shown_by(replica)
