"""The replica on a real Kafka: what is on the topics is on its pages, exactly once, whatever happens to either."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from kafka import KafkaProducer
from pydantic_core import from_json, to_json

from tests.kafka import Kafka, new_prefix, own_kafka
from tests.notation import at, delivered, posted, promised
from tests.running import Server, serving, troth
from troth.domain.events import read_event
from troth.domain.instants import format_instant
from troth.domain.notices import Notice
from troth.domain.recording import DeliveryRecord
from troth.stream.broker import Broker
from troth.stream.records import EVENT_HEADERS, event_key, event_value
from troth.stream.topics import Topics, make_or_check
from troth.stream.traces import delivery_record, notice_record

WAIT_SECONDS = 60
KEPT = [posted(1, ("day 0", promised(due="day 10"))), posted(2, ("day 9", delivered()))]


class Cluster:
    """Topics of a test's own on a broker, and records put on them."""

    def __init__(self, servers: str) -> None:
        self.servers = servers
        self.topics = Topics(new_prefix(), partitions=3)
        make_or_check(Broker(servers), self.topics.all())

    def flags(self) -> list[str]:
        prefix = self.topics.events.name.removesuffix("events")
        return ["--kafka-bootstrap-servers", self.servers, "--topic-prefix", prefix, "--partitions", "3"]

    def send(self, *records: tuple[str, bytes | None, bytes | None], when: str = "day 12") -> None:
        producer = KafkaProducer(bootstrap_servers=self.servers)
        try:
            for topic, key, value in records:
                producer.send(topic, value, key, list(EVENT_HEADERS), timestamp_ms=at(when) // 1_000).get(timeout=30)
        finally:
            producer.close()

    def publish(self, *events: dict[str, Any], when: str = "day 12") -> None:
        read = [read_event(event, at("day 12")) for event in events]
        self.send(*((self.topics.events.name, event_key(event), event_value(event)) for event in read), when=when)


@pytest.fixture
def cluster(kafka: str) -> Cluster:
    return Cluster(kafka)


@contextmanager
def replica(cluster: Cluster, data: Path) -> Iterator[Server]:
    with serving("replica", data, *cluster.flags(), TROTH_TOKENS="") as server:
        until(lambda: httpx2.get(f"{server.url}/readyz").status_code == 200)
        yield server


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; fails after a minute."""
    end = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.1)


def value(server: Server, metric: str) -> float:
    [line] = [line for line in server.get("/metrics").decode().splitlines() if line.startswith(f"{metric} ")]
    return float(line.split()[1])


def test_a_promise_on_the_log_is_judged_and_shown_with_when_it_was_recorded(cluster: Cluster, tmp_path: Path) -> None:
    cluster.publish(*KEPT)
    with replica(cluster, tmp_path / "data") as server:
        shown = from_json(server.get("/v1/commitments/c"))
        assert shown["verdict"]["agreed"] == "kept"
        assert [event["recorded_at"] for event in shown["history"]] == [format_instant(at("day 12"))] * 2
        assert b'troth_outcomes{team="Payments",verdict="kept"} 1.0' in server.get("/metrics") or b"troth_outcomes" in server.get(
            "/metrics"
        )
        assert value(server, "troth_replica_lag_records") == 0


def test_it_goes_on_where_it_left_off_after_kill_9_and_takes_nothing_twice(cluster: Cluster, tmp_path: Path) -> None:
    cluster.publish(KEPT[0])
    with replica(cluster, tmp_path / "data") as server:
        server.end(signal.SIGKILL)
    cluster.publish(KEPT[0], KEPT[1])
    with replica(cluster, tmp_path / "data") as server:
        shown = from_json(server.get("/v1/commitments/c"))
        assert [event["id"] for event in shown["history"]] == ["1", "2"]
        assert server.end() == 0
    assert troth("verify", "--data", tmp_path / "data", cwd=tmp_path).returncode == 0


def test_what_is_no_event_and_a_name_with_other_content_are_left_out_and_counted_and_the_rest_goes_on(
    cluster: Cluster, tmp_path: Path
) -> None:
    other = posted(1, ("day 0", promised(due="day 20")))
    bad = [(cluster.topics.events.name, b"c", b"not JSON"), (cluster.topics.events.name, b"x", to_json(KEPT[0]))]
    cluster.publish(KEPT[0])
    cluster.send(*bad, (cluster.topics.events.name, b"c", None))
    cluster.publish(other, KEPT[1])
    with replica(cluster, tmp_path / "data") as server:
        assert from_json(server.get("/v1/commitments/c"))["verdict"]["agreed"] == "kept"
        assert value(server, "troth_replica_skipped_records_total") == 4


def test_notices_and_deliveries_are_those_of_the_topics_and_none_of_its_own(cluster: Cluster, tmp_path: Path) -> None:
    slipped = posted(1, ("day 0", promised(due="day 3")))
    event = read_event(slipped, at("day 12"))
    cluster.publish(slipped)
    trace = delivery_record(DeliveryRecord("00000000000000-00000000-1", "github", at("day 1"), "issues.opened", kept="{}"), [event])
    notice = notice_record(Notice("slipped", "c", at("day 3"), at("day 3"), "Payments", None, None, "A promise"))
    cluster.send((cluster.topics.deliveries.name, *trace))
    with replica(cluster, tmp_path / "data") as server:
        assert from_json(server.get("/v1/notices"))["notices"] == []
        [delivery] = from_json(server.get("/v1/deliveries"))["deliveries"]
        assert (delivery["source"], delivery["what"], delivery["result"]) == ("github", "issues.opened", "mapped")
        assert [(name["id"], name["subject"]) for name in delivery["events"]] == [("1", "c")]
        cluster.send((cluster.topics.notices.name, *notice), (cluster.topics.notices.name, *notice))
        until(lambda: len(from_json(server.get("/v1/notices"))["notices"]) == 1)
        [told] = from_json(server.get("/v1/notices"))["notices"]
        assert (told["kind"], told["commitment"], told["date"][:10]) == ("slipped", "c", format_instant(at("day 3"))[:10])


def test_it_takes_no_events_itself(cluster: Cluster, tmp_path: Path) -> None:
    with replica(cluster, tmp_path / "data") as server:
        assert httpx2.post(f"{server.url}/v1/events", json=KEPT[0]).status_code in (404, 405)


def test_a_ledger_with_events_of_its_own_is_no_replica_and_a_replica_is_not_served(cluster: Cluster, tmp_path: Path) -> None:
    with serving("serve", tmp_path / "own") as server:
        assert server.post(KEPT) == 202
    refused = troth("replica", "--data", tmp_path / "own", *cluster.flags(), cwd=tmp_path)
    assert refused.returncode == 1
    assert "has events of its own" in refused.stderr.decode()
    with replica(cluster, tmp_path / "data"):
        pass
    refused = troth("serve", "--data", tmp_path / "data", cwd=tmp_path)
    assert refused.returncode == 1
    assert "is a replica of" in refused.stderr.decode()


def test_a_replica_of_another_log_is_refused_with_the_way_out(kafka: str, tmp_path: Path) -> None:
    first, second = Cluster(kafka), Cluster(kafka)
    with replica(first, tmp_path / "data"):
        pass
    refused = troth("replica", "--data", tmp_path / "data", "--port", "0", *second.flags(), cwd=tmp_path)
    assert refused.returncode == 1
    assert "Name an empty directory with --data" in refused.stderr.decode()


@pytest.mark.slow
def test_it_serves_what_it_has_while_kafka_is_away_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    with own_kafka(tmp_path / "kafka") as broker:
        _outlives(broker, tmp_path)


def _outlives(broker: Kafka, tmp_path: Path) -> None:
    cluster = Cluster(broker.servers)
    cluster.publish(KEPT[0])
    with replica(cluster, tmp_path / "data") as server:
        broker.kill()
        assert from_json(server.get("/v1/commitments/c"))["state"] == "open"
        broker.start()
        cluster.publish(KEPT[1])
        until(lambda: bool(from_json(server.get("/v1/commitments/c"))["state"] == "delivered"))
    broker.kill()
    with serving("replica", tmp_path / "data", *cluster.flags(), TROTH_TOKENS="") as server:
        assert from_json(server.get("/v1/commitments/c"))["state"] == "delivered"
        assert httpx2.get(f"{server.url}/readyz").status_code == 503
        broker.start()
        until(lambda: httpx2.get(f"{server.url}/readyz").status_code == 200)
