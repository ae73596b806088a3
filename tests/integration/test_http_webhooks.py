"""POST /webhooks/{source}: verified over raw bytes, mapped, answered with 202, and kept without its people."""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SECRETS, Served, event, unchanged
from troth.ledger.store import FILE

GITHUB = SECRETS["github"][0]
MILESTONE: dict[str, Any] = {
    "action": "created",
    "milestone": {
        "id": 71,
        "number": 3,
        "title": "Checkout in Danish, asked for by jette@shop.example",
        "html_url": "https://github.example/octo/shop/milestone/3",
        "state": "open",
        "created_at": "2026-01-05T09:00:00Z",
        "updated_at": "2026-01-05T09:00:00Z",
        "closed_at": None,
        "due_on": "2026-02-27T08:00:00Z",
        "description": "Jette-Marie wants it",
        "creator": {"login": "jette-marie", "id": 4711, "type": "User", "email": "jette@shop.example"},
    },
    "repository": {"id": 9, "name": "shop", "full_name": "octo/shop", "owner": {"login": "octo", "type": "Organization"}},
    "sender": {"login": "jette-marie", "id": 4711, "type": "User"},
}


def github(served: Served, payload: Any, kind: str = "milestone", *, secret: str = GITHUB, **headers: str) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    sent = {"Content-Type": "application/json", "X-GitHub-Event": kind, "X-Hub-Signature-256": signature, "X-GitHub-Delivery": "d-1"}
    return served.http.post("/webhooks/github", content=body, headers={**sent, **headers})


def test_a_milestone_with_a_date_becomes_a_promise(serve: Callable[..., Served]) -> None:
    served = serve()
    answer = github(served, MILESTONE)
    assert answer.status_code == 202
    [name] = answer.json()["events"]
    promise = served.get(f"/v1/commitments/{name['subject']}")
    assert (promise["team"], promise["due_at"][:10], promise["state"]) == ("octo/shop", "2026-02-27", "open")
    assert github(served, MILESTONE).json()["duplicates"] == 1
    trace = served.get(f"/v1/deliveries/{answer.json()['delivery']}")
    assert (trace["source"], trace["result"]) == ("github", "mapped")


def test_what_is_kept_of_a_delivery_has_no_person_and_no_mail_address(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve()
    assert github(served, MILESTONE).status_code == 202
    assert github(served, MILESTONE | {"action": "pondered"}).status_code == 202
    said = json.dumps(served.holds()) + "".join(served.http.get(path).text for path in ("/", "/deliveries", "/metrics", "/commitments"))
    with sqlite3.connect(tmp_path / "ledger" / FILE) as connection:
        said += "\n".join(connection.iterdump())
    assert "octo/shop" in said
    for personal in ("jette", "Jette", "@shop", "4711", GITHUB, *SECRETS["events"]):
        assert personal not in said


def test_traces_are_listed_by_source_and_by_result_each_in_its_order(serve: Callable[..., Served]) -> None:
    served = serve()
    sent = [github(served, body).json()["delivery"] for body in (MILESTONE, MILESTONE, {"action": "pondered"}, MILESTONE)]
    by_hand = served.post(event(subject="by hand")).json()["delivery"]

    def listed(**asked: str) -> list[str]:
        return [one["id"] for one in served.get("/v1/deliveries", **asked)["deliveries"]]

    assert listed() == [by_hand, *sent[::-1]]
    assert listed(source="github") == sent[::-1]
    assert listed(source="events") == [by_hand]
    assert listed(source="gitlab") == []
    assert listed(result="mapped") == [by_hand, sent[0]]
    assert listed(result="duplicate") == [sent[3], sent[1]]
    assert listed(result="empty") == [sent[2]]
    assert listed(result="remapped") == []
    assert listed(source="github", result="mapped") == [sent[0]]
    page = served.http.get("/deliveries?source=github&result=empty").text
    assert f"/deliveries/{sent[2]}" in page
    assert f"/deliveries/{sent[0]}" not in page


@pytest.mark.parametrize("kind", ["ping", "push", "milestone", "issues", ""])
@pytest.mark.parametrize("payload", [{}, [], None, "text", 1, {"action": 1}, {"milestone": []}, {"zen": "x", "hook": {}}])
def test_whatever_maps_to_nothing_is_accepted_kept_and_explained(served: Served, kind: str, payload: Any) -> None:
    answer = github(served, payload, kind)
    assert (answer.status_code, answer.json()["events"]) == (202, [])
    trace = served.get(f"/v1/deliveries/{answer.json()['delivery']}")
    assert trace["result"] == "empty"
    assert trace["reason"]


@pytest.mark.parametrize("field", ["id", "number", "title", "due_on", "created_at", "state"])
@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "9" * 4_300, "0.1", "-1", "1e-400"])
def test_a_number_beyond_all_sense_is_accepted_kept_and_explained(served: Served, field: str, number: str) -> None:
    odd = MILESTONE | {"milestone": MILESTONE["milestone"] | {field: "ODD"}}
    answer = github(served, json.dumps(odd).replace('"ODD"', number).encode())
    assert answer.status_code == 202
    trace = served.get(f"/v1/deliveries/{answer.json()['delivery']}")
    assert trace["events"] or trace["reason"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha1=" + "0" * 40},
        {"X-Hub-Signature-256": hmac.new(GITHUB.encode(), b"other bytes", hashlib.sha256).hexdigest()},
        {"X-Hub-Signature-256": "sha256=" + hmac.new(GITHUB.encode(), b"other bytes", hashlib.sha256).hexdigest()},
        {"X-Hub-Signature-256": "\xff\xfe"},
        {"Authorization": f"Bearer {GITHUB}", "X-Hub-Signature-256": ""},
    ],
)
def test_a_signature_that_does_not_hold_is_refused_and_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    with unchanged(served):
        body = json.dumps(MILESTONE).encode()
        sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        answer = served.http.post("/webhooks/github", content=body, headers={b"Content-Type": b"application/json", **sent})
    assert answer.status_code == 401
    assert "TROTH_WEBHOOK_GITHUB_SECRETS" in answer.json()["detail"]
    assert GITHUB not in answer.text


def test_a_delivery_without_a_signature_or_with_another_sources_secret_is_refused(served: Served) -> None:
    with unchanged(served):
        assert served.http.post("/webhooks/github", json=MILESTONE).status_code == 401
        for secret in SECRETS["events"]:
            assert github(served, MILESTONE, secret=secret).status_code == 401


@pytest.mark.parametrize("secrets", [{}, {"github": ()}, {"gitlab": ("a",)}, {"events": ("a",)}])
def test_a_source_without_a_secret_is_off(serve: Callable[..., Served], secrets: dict[str, tuple[str, ...]]) -> None:
    served = serve(webhook_secrets=secrets)
    for secret in ("", "a", "None"):
        assert github(served, MILESTONE, secret=secret).status_code == 401
    assert served.holds() == ([], [], [])


def test_several_secrets_hold_at_once_so_that_one_can_be_replaced(serve: Callable[..., Served]) -> None:
    served = serve(webhook_secrets={"github": ("old", "new")})
    assert [github(served, MILESTONE, secret=secret).status_code for secret in ("old", "new", "older")] == [202, 202, 401]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"payload=%7B%7D", "application/x-www-form-urlencoded", 415),
        (b"payload=%7B%7D", "application/x-www-form-urlencoded; charset=utf-8", 415),
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b" " * 10_000_001, "application/json", 413),
    ],
    ids=range(8),
)
def test_a_body_that_is_none_is_refused_though_it_is_signed(served: Served, body: bytes, kind: str, status: int) -> None:
    with unchanged(served):
        assert github(served, body, **{"Content-Type": kind}).status_code == status


def test_a_packed_delivery_is_verified_over_the_bytes_that_were_sent(served: Served) -> None:
    body = json.dumps({"zen": "packed"}).encode()
    with unchanged(served):
        assert github(served, body, **{"Content-Encoding": "gzip"}).status_code == 400
    with_mark = b"\xef\xbb\xbf" + body
    assert github(served, with_mark, "ping").status_code == 202


@pytest.mark.parametrize("source", ["nobody", "events", "Github", "github%20", "%00", "a" * 1_000])
def test_an_unknown_source_is_a_404_that_names_the_known_ones(served: Served, source: str) -> None:
    with unchanged(served):
        answer = served.http.post(f"/webhooks/{source}", json={})
    assert answer.status_code == 404
    assert "there are azure-devops, clickup, github" in answer.json()["detail"]
    assert len(answer.content) < 1_000
