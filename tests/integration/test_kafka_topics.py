"""The topics of a cluster on a real Kafka: made, checked, and refused in a sentence where they are not as they have to be."""

from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from tests.gateways import wait_for
from tests.kafka import new_prefix
from tests.running import serving, troth
from troth.stream.broker import Broker
from troth.stream.topics import Topics, describe, make_or_check
from troth.stream.trouble import BrokerAway, TopicMismatch


def test_topics_are_made_once_and_are_then_as_declared(kafka: str) -> None:
    broker, topics = Broker(kafka), Topics(new_prefix(), partitions=3)
    names = [topic.name for topic in topics.all()]
    assert make_or_check(broker, topics.all()) == names
    assert make_or_check(broker, topics.all()) == []
    assert describe(broker, topics.all()) == {name: [] for name in names}


def test_a_topic_with_other_partitions_or_another_retention_is_refused_with_all_that_differs(kafka: str) -> None:
    broker, topics = Broker(kafka), Topics(new_prefix(), partitions=3)
    shorter = tuple((name, "86400000" if name == "retention.ms" else value) for name, value in topics.events.config)
    make_or_check(broker, [replace(topics.events, partitions=2, config=shorter)])
    with pytest.raises(TopicMismatch) as refused:
        make_or_check(broker, topics.all())
    assert f"{topics.events.name} has 2 partitions, not 3" in str(refused.value)
    assert f"{topics.events.name} has retention.ms=86400000, not -1" in str(refused.value)


def test_a_broker_that_is_not_there_is_told_from_one_that_will_not_do() -> None:
    with pytest.raises(BrokerAway, match=r"Kafka at 127\.0\.0\.1:1 could not be connected to"):
        make_or_check(Broker("127.0.0.1:1"), Topics().all())


def test_the_command_shows_what_is_missing_and_makes_it(kafka: str, tmp_path: Path) -> None:
    flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", new_prefix()]
    shown = troth("topics", *flags, cwd=tmp_path)
    assert shown.returncode == 1
    assert shown.stdout.decode().count("is missing") == len(Topics().all())
    made = troth("topics", "--create", *flags, cwd=tmp_path)
    assert made.returncode == 0, made.stderr.decode()
    assert made.stdout.decode().count("as it should be") == len(Topics().all())


def test_the_command_says_in_a_sentence_that_no_broker_answers(tmp_path: Path) -> None:
    asked = troth("topics", "--kafka-bootstrap-servers", "127.0.0.1:1", cwd=tmp_path)
    assert asked.returncode == 1
    assert asked.stderr.decode().startswith("troth: Kafka at 127.0.0.1:1 could not be connected to")


def test_a_user_without_a_name_is_asked_for_one(tmp_path: Path) -> None:
    asked = troth("topics", "--kafka-security-protocol", "SASL_SSL", cwd=tmp_path)
    assert asked.returncode == 2
    assert "set kafka_sasl_username" in asked.stderr.decode()


@pytest.fixture(scope="module")
def narrow(kafka: str) -> str:
    """The prefix of topics of two partitions."""
    make_or_check(Broker(kafka), Topics(prefix := new_prefix(), partitions=2).all())
    return prefix


@pytest.mark.parametrize("program", ["gateway", "scorer", "replica"])
def test_each_program_ends_with_a_sentence_where_a_topic_is_not_as_it_has_to_be(
    kafka: str, narrow: str, tmp_path: Path, program: str
) -> None:
    flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", narrow]
    ended = troth(program, *flags, "--port", "0", "--data", "data", cwd=tmp_path, TROTH_TOKENS="a-token")
    assert ended.returncode == 1
    assert f"{narrow}events has 2 partitions, not 8".encode() in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("program", ["gateway", "scorer", "replica"])
def test_each_program_makes_the_topics_that_it_uses_and_that_are_missing(kafka: str, tmp_path: Path, program: str) -> None:
    topics = Topics(new_prefix(), partitions=2)
    used = {"gateway": (topics.events, topics.deliveries), "replica": (topics.events, topics.deliveries, topics.notices)}
    prefix = topics.events.name.removesuffix("events")
    flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", prefix, "--partitions", "2"]
    with serving(program, tmp_path / "data", *flags) as server:
        wait_for(lambda: httpx2.get(f"{server.url}/readyz").status_code == 200, f"the {program} to be ready")
        found = describe(Broker(kafka), topics.all())
    assert {name for name, differs in found.items() if not differs} == {topic.name for topic in used.get(program, topics.all())}


def test_a_scorer_without_a_broker_ends_with_a_sentence(tmp_path: Path) -> None:
    ended = troth("scorer", "--kafka-bootstrap-servers", "127.0.0.1:1", "--port", "0", "--data", "data", cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.decode().startswith("troth: Kafka at 127.0.0.1:1 could not be connected to")
    assert b"Traceback" not in ended.stderr
