"""The notifier on a real Kafka: what the topics say reaches Alertmanager and chat, once, however many notifiers there are."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from kafka import KafkaProducer

from tests.alertmanager import own_alertmanager, until
from tests.kafka import new_prefix
from tests.receiver import Posted, receiving
from tests.running import Server, serving, troth
from tests.topics import records_of
from troth.domain.events import read_event
from troth.domain.instants import Instant, format_instant
from troth.domain.notices import SLIPPED, Notice
from troth.stream.broker import Broker
from troth.stream.records import EVENT_HEADERS, event_key, event_value
from troth.stream.topics import Topics, make_or_check
from troth.stream.traces import notice_record

SECOND = 1_000_000
NAMED = {"specversion": "1.0", "source": "test", "subject": "checkout"}


def now() -> Instant:
    return time.time_ns() // 1_000


class Cluster:
    """Topics of a test's own, on which it says what gateways and scorers would."""

    def __init__(self, servers: str) -> None:
        self.servers = servers
        self.prefix = new_prefix()
        self.topics = Topics(self.prefix, partitions=2)
        make_or_check(Broker(servers), self.topics.all())

    def flags(self) -> list[str]:
        return ["--kafka-bootstrap-servers", self.servers, "--topic-prefix", self.prefix, "--partitions", "2"]

    def slip(self, *commitments: str) -> None:
        """Promises that slipped a second ago, and the notices of it."""
        due = now() - SECOND
        producer = KafkaProducer(bootstrap_servers=self.servers)
        try:
            for commitment in commitments:
                data = {"team": "Web Shop", "customer": "Sales", "title": f"Thing {commitment}", "due_at": format_instant(due)}
                said = {"specversion": "1.0", "id": "1", "source": "test", "subject": commitment, "type": "troth.commitment-made"}
                event = read_event({**said, "time": format_instant(due - 60 * SECOND), "data": data}, now())
                notice = Notice(SLIPPED, commitment, due, due, "Web Shop", "Sales", None, f"Thing {commitment}")
                producer.send(self.topics.events.name, event_value(event), event_key(event), list(EVENT_HEADERS))
                record = notice_record(notice)
                producer.send(self.topics.notices.name, record.value, record.key)
            producer.flush(30)
        finally:
            producer.close()

    def told(self) -> list[Any]:
        return [json.loads(record.value) for record in records_of(self.servers, self.topics.told.name)]


@pytest.fixture
def cluster(kafka: str) -> Cluster:
    return Cluster(kafka)


@contextmanager
def notifier(cluster: Cluster, data: Path, chat: Posted, *flags: str) -> Iterator[Server]:
    variables = {"TROTH_RECEIVER_CHAT_URLS": f"json://{chat.place}"}
    with serving("notifier", data, *cluster.flags(), *flags, log=data.with_suffix(".log"), **variables) as server:
        until(lambda: httpx2.get(f"{server.url}/readyz").status_code == 200, "readiness")
        yield server


def test_what_slips_in_a_cluster_is_at_alertmanager_and_in_chat(cluster: Cluster, tmp_path: Path) -> None:
    with own_alertmanager(tmp_path / "alertmanager") as alertmanager, receiving() as chat:
        flags = ["--alertmanager-url", alertmanager.url, "--public-url", "https://troth.example"]
        with notifier(cluster, tmp_path / "data", chat, *flags):
            until(lambda: [said for said in cluster.told() if said["what"] == "since"], "the receiver's beginning")
            cluster.slip("checkout")
            [alert] = until(lambda: alertmanager.alerts(commitment="checkout"), "the alert")
            assert alert["labels"]["kind"] == "slipped"
            [text] = until(chat.texts, "the message")
            assert text.startswith("Web Shop: Slipped: Thing checkout\n")
            assert "Promised on " in text
            assert text.endswith("\nhttps://troth.example/commitments/checkout")


@pytest.mark.slow
def test_a_slip_of_a_posted_promise_goes_through_gateway_scorer_and_notifier_to_alertmanager_and_chat_and_so_does_its_recovery(
    cluster: Cluster, tmp_path: Path
) -> None:
    with own_alertmanager(tmp_path / "alertmanager") as alertmanager, receiving() as chat, ExitStack() as running:
        gateway = running.enter_context(serving("gateway", tmp_path / "gateway", *cluster.flags()))
        running.enter_context(serving("scorer", tmp_path / "scorer", *cluster.flags()))
        running.enter_context(notifier(cluster, tmp_path / "notifier", chat, "--alertmanager-url", alertmanager.url))
        due = now() + 8 * SECOND
        data = {"team": "Web Shop", "title": "The checkout", "due_at": format_instant(due)}
        assert gateway.post([{**NAMED, "id": "1", "type": "troth.commitment-made", "data": data}]) == 202
        until(lambda: alertmanager.alerts(commitment="checkout"), "the alert")
        assert now() > due
        until(lambda: "Slipped: The checkout" in "".join(chat.texts()), "the message")
        assert gateway.post([{**NAMED, "id": "2", "type": "troth.commitment-delivered", "data": {}}]) == 202
        until(lambda: not alertmanager.alerts(commitment="checkout"), "the end of the alert")
        until(lambda: "Recovered: The checkout" in "".join(chat.texts()), "the message of the recovery")
        assert len(chat.taken) == 2


@pytest.mark.slow
def test_of_two_notifiers_one_tells_and_the_other_takes_over_and_tells_the_rest_once(cluster: Cluster, tmp_path: Path) -> None:
    with receiving() as chat, notifier(cluster, tmp_path / "one", chat) as one:
        until(lambda: [said for said in cluster.told() if said["what"] == "since"], "the receiver's beginning")
        with notifier(cluster, tmp_path / "two", chat) as two:
            cluster.slip("a", "b")
            until(lambda: "Thing b" in "".join(chat.texts()), "the first message")
            assert one.end() == 0
            cluster.slip("c")
            until(lambda: "Thing c" in "".join(chat.texts()), "the message of who took over")
            with notifier(cluster, tmp_path / "one", chat):
                assert two.end() == 0
                cluster.slip("d")
                until(lambda: "Thing d" in "".join(chat.texts()), "the message of who came back")
        said = "\n".join(chat.texts())
        assert [said.count(f"Thing {name}") for name in "abcd"] == [1, 1, 1, 1], said
        assert "repetition" not in said


@pytest.mark.slow
def test_one_that_stood_still_while_another_took_over_tells_nothing_twice(cluster: Cluster, tmp_path: Path) -> None:
    with receiving() as chat, notifier(cluster, tmp_path / "one", chat) as one:
        until(lambda: [said for said in cluster.told() if said["what"] == "since"], "the receiver's beginning")
        with notifier(cluster, tmp_path / "two", chat) as two:
            first, *_, last = [said["by"] for said in cluster.told() if said["what"] == "claim"] * 2
            still = one if first == last else two
            still.process.send_signal(signal.SIGSTOP)
            cluster.slip("a", "b")
            until(lambda: "Thing b" in "".join(chat.texts()), "the message of who took over")
            still.process.send_signal(signal.SIGCONT)
            cluster.slip("c")
            until(lambda: "Thing c" in "".join(chat.texts()), "the next message")
            time.sleep(3)
        said = "\n".join(chat.texts())
        assert [said.count(f"Thing {name}") for name in "abc"] == [1, 1, 1], said


def test_without_anyone_to_be_told_it_says_what_to_set(cluster: Cluster, tmp_path: Path) -> None:
    refused = troth("notifier", "--data", tmp_path / "data", "--port", "0", *cluster.flags(), cwd=tmp_path)
    assert refused.returncode == 2
    assert "There is nobody to be told: set alertmanager_url" in refused.stderr.decode()
