"""What lies on troth.rejected, on the command line."""

import json
from pathlib import Path

from kafka import KafkaProducer

from tests.kafka import new_prefix
from tests.notation import at
from tests.running import troth
from troth.stream.broker import Broker
from troth.stream.records import Place, rejection
from troth.stream.topics import Topics, make_or_check

REJECTED_MS = at("day 4") // 1_000
RECORDED_MS = at("day 3") // 1_000


def reject(kafka: str, topics: Topics, *values: tuple[bytes | None, bytes, str]) -> None:
    make_or_check(Broker(kafka), [topics.rejected])
    producer = KafkaProducer(bootstrap_servers=kafka)
    for offset, (key, value, reason) in enumerate(values):
        record = rejection(Place(topics.events.name, 1, offset), key, value, RECORDED_MS, reason)
        producer.send(topics.rejected.name, record, key, partition=0, timestamp_ms=REJECTED_MS + offset)
    producer.close()


def test_what_was_rejected_is_shown_with_its_place_and_its_reason(kafka: str, tmp_path: Path) -> None:
    topics = Topics(new_prefix(), partitions=2)
    reject(kafka, topics, (b"c-1", b'{"type": "newer"}', "/type: is not a type of event"), (None, b"\xff\x00", "it has no key"))
    flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", topics.events.name.removesuffix("events"), "--partitions", "2"]
    shown = troth("rejected", *flags, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr.decode()
    text = shown.stdout.decode()
    for part in (f"{topics.events.name}[1] at 0", "c-1", '{"type": "newer"}', "it has no key", "2 records rejected."):
        assert part in text

    lines = [json.loads(line) for line in troth("rejected", "--json", *flags, cwd=tmp_path).stdout.splitlines()]
    assert [(line["offset"], line["reason"], line["rejected_at"]) for line in lines] == [
        (0, "/type: is not a type of event", "2026-01-05T00:00:00.000000Z"),
        (1, "it has no key", "2026-01-05T00:00:00.001000Z"),
    ]
    assert lines[1]["value"] == {"base64": "/wA="}


def test_what_a_stranger_wrote_cannot_speak_to_the_terminal(kafka: str, tmp_path: Path) -> None:
    topics = Topics(new_prefix(), partitions=1)
    reject(kafka, topics, (b"\x1b[2J", b"\x1b]0;owned\x07", "said \x1b[31mred"))
    flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", topics.events.name.removesuffix("events"), "--partitions", "1"]
    shown = troth("rejected", *flags, cwd=tmp_path)
    assert b"owned" in shown.stdout
    assert b"\x1b" not in shown.stdout


def test_a_cluster_without_the_topic_is_told_how_to_get_it(kafka: str, tmp_path: Path) -> None:
    asked = troth("rejected", "--kafka-bootstrap-servers", kafka, "--topic-prefix", "nowhere.", cwd=tmp_path)
    assert asked.returncode == 1
    assert asked.stderr.decode() == (
        f"troth: Kafka at {kafka} has no topic nowhere.rejected: set topic_prefix, or make it by `troth topics --create`.\n"
    )
