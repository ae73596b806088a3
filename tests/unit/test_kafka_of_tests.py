"""Which Kafka the tests take: the one that is named, else one of this machine's Java and Maven, else none, for a reason."""

from pathlib import Path

import pytest

from tests.kafka import shared_kafka


def test_the_one_that_is_named_is_taken_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka.example:9092")
    with shared_kafka(tmp_path / "kafka") as servers:
        assert servers == "kafka.example:9092"
    assert list(tmp_path.iterdir()) == []


def test_without_one_and_without_java_the_test_is_left_out_and_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"needs Kafka: KAFKA_BOOTSTRAP_SERVERS, or java to run one"), shared_kafka(tmp_path):
        pass
