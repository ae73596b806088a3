"""`troth gateway` on a real Kafka: what is posted is on the topics as it was posted, or waits on disk for the broker."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.gateways import NOWHERE, Gateway, publishing
from tests.integration.conftest import event
from tests.integration.test_http_webhooks import MILESTONE
from tests.kafka import new_prefix
from tests.running import ADMIN_TOKEN, troth
from tests.topics import records_of
from troth.stream.traces import read_deliveries

SECRET = "a-secret-of-github"


@pytest.fixture
def gateway(kafka: str, tmp_path: Path) -> Iterator[Gateway]:
    with publishing(tmp_path / "data", kafka, new_prefix()) as running:
        yield running


def test_an_event_is_on_the_log_as_it_was_posted_under_its_commitment_when_the_202_is_there(gateway: Gateway) -> None:
    posted = event(subject="Zusage ☂/1", title="ein Versprechen", traceparent="00-ab") | {"traceparent": "00-ab"}
    before = time.time() * 1_000
    posted["data"].pop("traceparent")
    answer = gateway.post(posted)
    assert answer.status_code == 202, answer.text
    assert answer.json()["events"] == [{"source": "test", "id": "1", "subject": "Zusage ☂/1"}]
    assert answer.json()["duplicates"] == 0
    [record] = gateway.log()
    assert record.key.decode() == "Zusage ☂/1"
    assert json.loads(record.value) == posted
    assert dict(record.headers) == {"content-type": b"application/cloudevents+json"}
    assert before <= record.timestamp <= time.time() * 1_000 + 1


def test_the_events_of_a_batch_are_all_there_and_those_of_a_commitment_in_order(gateway: Gateway) -> None:
    batch = [event("commitment-warned", f"c-{number % 7}", f"{number:05}") for number in range(5_000)]
    assert gateway.post(batch).status_code == 202
    records = gateway.log()
    assert len(records) == 5_000
    assert {record.partition for record in records} > {0}
    for subject in range(7):
        told = [json.loads(record.value)["id"] for record in records if record.key == b"c-%d" % subject]
        assert told == [one["id"] for one in batch if one["subject"] == f"c-{subject}"]


def test_what_one_delivery_says_twice_is_counted(gateway: Gateway) -> None:
    answer = gateway.post([event(), event(id="2"), event()]).json()
    assert (len(answer["events"]), answer["duplicates"]) == (3, 1)


def test_what_is_refused_leaves_nothing_on_the_log(gateway: Gateway) -> None:
    retraction = event("event-retracted", id="2", source="test", reason="a slip") | {"source": "test"}
    retraction["data"] = {"source": "test", "id": "1", "reason": "a slip"}
    assert gateway.post([event(), event(id="2", nonsense=1)]).status_code == 422
    assert gateway.post(event(), Authorization="Bearer wrong").status_code == 401
    assert gateway.post(retraction).status_code == 403
    assert gateway.post(event() | {f"x{number}": "y" * 190 for number in range(6_000)}).status_code == 413
    assert gateway.log() == []
    assert gateway.post(retraction, Authorization=f"Bearer {ADMIN_TOKEN}").status_code == 202
    assert len(gateway.log()) == 1


def test_an_event_near_the_limit_and_a_batch_of_ten_megabytes_are_taken(gateway: Gateway) -> None:
    large = [event(subject=f"c-{n}") | {f"x{number}": "y" * 190 for number in range(4_800)} for n in range(10)]
    assert gateway.post(large).status_code == 202
    assert sorted(record.key for record in gateway.log()) == [b"c-%d" % n for n in range(10)]


def test_each_delivery_leaves_a_trace_and_a_tool_s_delivery_becomes_events(kafka: str, tmp_path: Path) -> None:
    with publishing(tmp_path / "data", kafka, new_prefix(), TROTH_WEBHOOK_GITHUB_SECRETS=SECRET) as gateway:
        accepted = gateway.post([event(), event("commitment-delivered", id="2")]).json()["delivery"]
        opened, pinged = github(gateway, MILESTONE), github(gateway, {"zen": "x"}, "ping")
        assert github(gateway, MILESTONE, secret="a-wrong-one").status_code == 401
        traces = [trace for record in records_of(kafka, f"{gateway.prefix}deliveries") for trace in read_deliveries(record.value)]
        told = {delivery.id: (delivery, [name[:3] for name in names]) for delivery, names in traces}
        assert told.keys() == {accepted, opened.json()["delivery"], pinged.json()["delivery"]}
        assert told[accepted][1] == [("test", "1", "c-1"), ("test", "2", "c-1")]
        assert told[opened.json()["delivery"]][1] == [tuple(name.values()) for name in opened.json()["events"]]
        assert told[opened.json()["delivery"]][0].kept
        assert told[pinged.json()["delivery"]][0].reason
        assert {record.key.decode() for record in gateway.log()} == {"c-1", opened.json()["events"][0]["subject"]}


def github(gateway: Gateway, payload: Any, kind: str = "milestone", secret: str = SECRET) -> httpx2.Response:
    body = json.dumps(payload).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-GitHub-Event": kind, "X-Hub-Signature-256": signature, "X-GitHub-Delivery": "d-1"}
    return gateway.http.post("/webhooks/github", content=body, headers=headers)


def test_it_serves_no_pages_and_says_so_in_its_openapi_document(gateway: Gateway) -> None:
    document = json.loads(gateway.server.get("/openapi.json"))
    assert set(document["paths"]) == {"/v1/events", "/webhooks/{source}", "/metrics", "/healthz", "/readyz"}
    assert b"/v1/events" in gateway.server.get("/docs")
    assert json.loads(gateway.server.get("/readyz")) == {"status": "ok"}
    assert gateway.http.get("/").status_code == 404
    assert gateway.http.get("/v1/teams").status_code == 404


def test_without_a_broker_it_is_ready_takes_events_and_hands_them_on_when_it_is_started_with_one(kafka: str, tmp_path: Path) -> None:
    prefix, log = new_prefix(), tmp_path / "log"
    with publishing(tmp_path / "data", NOWHERE, prefix, log=log) as alone:
        assert json.loads(alone.server.get("/readyz")) == {"status": "ok"}
        assert [alone.post(event(subject=f"c-{number}")).status_code for number in range(3)] == [202] * 3
        assert alone.spooled() == 3
        assert alone.server.end() == 0
    assert f"Kafka at {NOWHERE}" in log.read_text()
    assert "spool" in log.read_text()
    with publishing(tmp_path / "data", kafka, prefix) as there:
        there.wait_until_spool_is_empty()
        assert sorted(record.key for record in there.log()) == [b"c-0", b"c-1", b"c-2"]


def test_what_waits_for_another_topic_prefix_is_still_counted(tmp_path: Path) -> None:
    for expected in (1, 2):
        with publishing(tmp_path / "data", NOWHERE, new_prefix()) as gateway:
            assert gateway.post(event(subject=f"c-{expected}")).status_code == 202
            assert gateway.spooled() == expected


def test_a_second_gateway_on_the_same_directory_ends_with_a_sentence(gateway: Gateway, tmp_path: Path) -> None:
    ended = troth("gateway", "--kafka-bootstrap-servers", gateway.servers, "--port", "0", "--data", "data", cwd=tmp_path)
    assert ended.returncode == 1
    assert b"is held by another troth" in ended.stderr
    assert b"Traceback" not in ended.stderr
