"""POST /webhooks/{source}: verified over raw bytes, mapped, answered with 202, and kept without its people."""

import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SECRETS, Served, event, unchanged
from troth.intake.mapping_file import BadMapping
from troth.ledger.store import FILE
from troth.settings import Settings, WrongSettings
from troth.wiring import sources_of

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


DESK = """\
source = "service-desk"
subject = "number"
persons = ["caller"]

[made]
when = "kind == 'promised'"
time = "at"
team = "team"
title = "what"
due_at = "due"
customer = "unit"

[delivered]
when = "kind == 'done'"
time = "at"

"""
TICKET: dict[str, Any] = {
    "number": "T-1",
    "kind": "promised",
    "at": "2026-01-05T09:00:00Z",
    "team": "Desk",
    "what": "A laptop",
    "due": "2026-01-09",
}
TICKET |= {"unit": "Sales", "caller": {"name": "Jette Marie", "email": "jette@shop.example"}}


def desk(tmp_path: Path, verify: str) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(DESK + verify, "utf-8")
    return path


def hexadecimal(body: bytes) -> str:
    return hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()


def base64_of(body: bytes) -> str:
    return base64.b64encode(hmac.new(b"s3cret", body, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    ("verify", "secret", "header", "right", "wrong"),
    [
        ('scheme = "hmac-sha256"\nheader = "X-Sum"', "s3cret", "X-Sum", hexadecimal, base64_of),
        ('scheme = "hmac-sha256"\nheader = "X-Sum"\nprefix = "sum="', "s3cret", "X-Sum", lambda b: "sum=" + hexadecimal(b), hexadecimal),
        ('scheme = "hmac-sha256"\nheader = "X-Sum"\nencoding = "base64"', "s3cret", "X-Sum", base64_of, hexadecimal),
        ('scheme = "token"\nheader = "X-Token"', "s3cret", "X-Token", lambda _: "s3cret", lambda _: "s3cre"),
        ('scheme = "bearer"', "s3cret", "Authorization", lambda _: "Bearer s3cret", lambda _: "s3cret"),
        (
            'scheme = "basic"',
            "desk:s3cret",
            "Authorization",
            lambda _: "Basic " + base64.b64encode(b"desk:s3cret").decode(),
            lambda _: "Basic " + base64.b64encode(b"desk:").decode(),
        ),
    ],
    ids=["hex", "prefixed", "base64", "token", "bearer", "basic"],
)  # fmt: skip
def test_a_tool_of_ones_own_posts_by_a_mapping_and_its_own_proof(
    serve: Callable[..., Served],
    tmp_path: Path,
    verify: str,
    secret: str,
    header: str,
    right: Callable[[bytes], str],
    wrong: Callable[[bytes], str],
) -> None:
    served = serve(mappings=(desk(tmp_path, f"[verify]\n{verify}\n"),), webhook_secrets={"service-desk": (secret,)})
    body = json.dumps(TICKET).encode()

    def post(proof: dict[str, str]) -> Any:
        return served.http.post("/webhooks/service-desk", content=body, headers={"Content-Type": "application/json", **proof})

    for refused in (post({}), post({header: wrong(body)}), post({header: right(body) + "x"}), post({header: ""})):
        assert refused.status_code == 401
        assert "TROTH_WEBHOOK_SERVICE_DESK_SECRETS" in refused.json()["detail"]
    assert served.holds() == ([], [], [])
    assert post({header: right(body)}).status_code == 202
    promise = served.get("/v1/commitments/T-1")
    assert (promise["team"], promise["customer"], promise["title"], promise["state"]) == ("Desk", "Sales", "A laptop", "open")
    with sqlite3.connect(served.settings.data / FILE) as connection:
        assert "ette" not in "\n".join(connection.iterdump())


def test_a_mapping_without_a_proof_takes_no_delivery(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve(mappings=(desk(tmp_path, ""),), webhook_secrets={"service-desk": ("s3cret",)})
    assert served.http.post("/webhooks/service-desk", json=TICKET, headers={"Authorization": "Bearer s3cret"}).status_code == 401


def test_a_delivery_that_contradicts_what_is_on_record_is_accepted_and_explained(serve: Callable[..., Served], tmp_path: Path) -> None:
    path = desk(tmp_path, '[verify]\nscheme = "bearer"\n')
    path.write_text(path.read_text("utf-8").replace('team = "team"', 'id = "\'one\'"\nteam = "team"'), "utf-8")
    served = serve(mappings=(path,), webhook_secrets={"service-desk": ("s3cret",)})
    for team, new, word in (("Desk", 1, ""), ("Other", 0, "other content"), ("x" * 300, 0, "team")):
        answer = served.http.post("/webhooks/service-desk", json=TICKET | {"team": team}, headers={"Authorization": "Bearer s3cret"})
        assert answer.status_code == 202
        trace = served.get(f"/v1/deliveries/{answer.json()['delivery']}")
        assert trace["new"] == new
        assert word in trace["reason"]
    assert served.get("/v1/commitments/T-1")["team"] == "Desk"


def test_a_mapping_with_a_typo_is_refused_at_the_start_with_its_line(tmp_path: Path) -> None:
    path = desk(tmp_path, "")
    path.write_text(path.read_text("utf-8").replace("due_at = ", "due_by = "), "utf-8")
    with pytest.raises(BadMapping, match=r"desk\.toml, line 10: `due_by` is no key of \[made\]; did you mean `due_at`\?"):
        sources_of(Settings(mappings=(path,)))


@pytest.mark.parametrize("name", ["github", "events"])
def test_a_mapping_may_not_take_the_name_of_a_source_of_ours(tmp_path: Path, name: str) -> None:
    path = desk(tmp_path, "")
    path.write_text(path.read_text("utf-8").replace("service-desk", name), "utf-8")
    with pytest.raises(WrongSettings, match=f"the source '{name}' exists already"):
        sources_of(Settings(mappings=(path,)))


def test_a_mapping_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"nowhere\.toml cannot be read"):
        sources_of(Settings(mappings=(tmp_path / "nowhere.toml",)))
