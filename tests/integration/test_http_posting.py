"""POST /v1/events: what is taken, in which form, from whom, and what a second time does."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.conftest import ADMIN, BATCH, SECRETS, STRUCTURED, TOKEN, Served, event, unchanged
from troth.gateway.documents import Accepted
from troth.wiring import clock

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def binary(document: dict[str, Any]) -> dict[str, str]:
    """An event's attributes as headers of the binary mode."""
    return {f"ce-{name}": quote(value, safe=" :/-") for name, value in document.items() if name != "data"}


@pytest.mark.parametrize(
    "kind",
    [
        STRUCTURED,
        f"{STRUCTURED}; charset=utf-8",
        f"{STRUCTURED};charset=UTF-8",
        "Application/CloudEvents+JSON",
        "application/json",
        "application/json; charset=utf-8",
    ],
)
def test_one_event_is_taken_in_each_form_of_its_content_type(served: Served, kind: str) -> None:
    answer = served.post(event(subject=f"structured {kind}"), content_type=kind)
    assert answer.status_code == 202
    accepted = Accepted.model_validate(answer.json(), extra="forbid")
    assert [(name.source, name.id, name.subject) for name in accepted.events] == [("test", "1", f"structured {kind}")]
    assert accepted.duplicates == 0
    assert served.get(f"/v1/commitments/structured {kind}")["title"] == "a promise"


@pytest.mark.parametrize("kind", [BATCH, f"{BATCH}; charset=utf-8", "application/json"])
def test_a_list_is_taken_as_a_batch(served: Served, kind: str) -> None:
    answer = served.post([event(subject=f"{n} of {kind}") for n in range(3)], content_type=kind)
    assert answer.status_code == 202
    assert [name["subject"] for name in answer.json()["events"]] == [f"{n} of {kind}" for n in range(3)]


def test_an_empty_batch_is_taken_and_stores_no_event(served: Served) -> None:
    answer = served.post([])
    assert (answer.status_code, answer.json()["events"]) == (202, [])


def test_an_event_in_binary_mode_is_the_event_that_its_headers_say(served: Served) -> None:
    document = event(subject="binär ☂ 100%", customer="Sales ☂")
    headers = {**BEARER, **binary(document), "Content-Type": "application/json; charset=utf-8", "ce-traceparent": "00-ab"}
    assert served.http.post("/v1/events", json=document["data"], headers=headers).status_code == 202
    [recorded] = served.get("/v1/commitments/" + quote("binär ☂ 100%"))["history"]
    assert {name: recorded[name] for name in document} == document
    assert recorded["traceparent"] == "00-ab"


@pytest.mark.parametrize(
    ("header", "subject"),
    [('"in quotes"', "in quotes"), (r'"a \"b\" \\c"', 'a "b" \\c'), ("%22kept%22", '"kept"'), ('"', '"'), ("a+b%2Bc", "a+b+c")],
)
def test_an_attribute_in_binary_mode_is_unquoted_as_the_binding_has_it(served: Served, header: str, subject: str) -> None:
    document = event()
    headers = {**BEARER, **binary(document), "ce-subject": header, "Content-Type": "application/json"}
    answer = served.http.post("/v1/events", json=document["data"], headers=headers)
    assert [name["subject"] for name in answer.json()["events"]] == [subject]


def test_an_event_in_binary_mode_may_have_no_body_where_its_type_needs_none(served: Served) -> None:
    served.take(event(subject="bodiless"))
    document = event("commitment-delivered", "bodiless", "2")
    assert served.http.post("/v1/events", headers={**BEARER, **binary(document)}).status_code == 202
    assert served.get("/v1/commitments/bodiless")["state"] == "delivered"


def test_an_event_in_binary_mode_without_its_names_is_refused_with_each_named(served: Served) -> None:
    headers = {**BEARER, "ce-specversion": "1.0", "ce-type": "troth.commitment-made", "Content-Type": "application/json"}
    with unchanged(served):
        answer = served.http.post("/v1/events", json={"team": "a"}, headers=headers)
    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["errors"]] == ["/id", "/source", "/subject", "/data/title"]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 202),
        (f"bearer   {TOKEN}", 202),
        (f"Bearer {ADMIN}", 202),
        ("Basic " + base64.b64encode(f"anyone:{TOKEN}".encode()).decode(), 202),
        ("Bearer wrong", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Bearer {TOKEN},{ADMIN}", 401),
        ("Bearer", 401),
        ("Basic " + base64.b64encode(b"anyone:").decode(), 401),
        ("Basic " + base64.b64encode(TOKEN.encode()).decode(), 401),
        ("Basic %%%", 401),
        (f"Token {TOKEN}", 401),
        (TOKEN, 401),
        ("", 401),
        (None, 401),
    ],
)
def test_a_token_of_ours_posts_and_anything_else_is_refused_and_changes_nothing(
    served: Served, authorization: str | None, status: int
) -> None:
    headers = {"Content-Type": STRUCTURED, **({} if authorization is None else {"Authorization": authorization})}
    before = served.holds()
    answer = served.http.post("/v1/events", json=event(subject=f"by {authorization}"), headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert served.holds() == before
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_token_beyond_ascii_is_known_as_the_bytes_it_is_sent_as(serve: Callable[..., Served]) -> None:
    served = serve(tokens=("schlüssel-☂",))
    headers = {b"Authorization": "Bearer schlüssel-☂".encode(), b"Content-Type": STRUCTURED.encode()}
    assert served.http.post("/v1/events", json=event(), headers=headers).status_code == 202


def test_without_a_token_configured_none_is_right(serve: Callable[..., Served]) -> None:
    served = serve(tokens=(), admin_tokens=(), webhook_secrets={})
    for token in ("None", "()", TOKEN):
        assert served.post(event(), token=token).status_code == 401
    assert served.holds() == ([], [], [])


def signed(body: bytes, secret: str, *, age_seconds: int = 0, id: str = "msg_1") -> dict[str, str]:
    """Headers of Standard Webhooks over a body."""
    timestamp = clock() // 1_000_000 - age_seconds
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}", "Content-Type": STRUCTURED}


NEW, OLD = SECRETS["events"]


@pytest.mark.parametrize(
    ("secret", "age_seconds", "change", "status"),
    [
        (NEW, 0, {}, 202),
        (OLD, 0, {}, 202),
        (NEW, 200, {}, 202),
        (NEW, -200, {}, 202),
        (NEW, 600, {}, 401),
        (NEW, -600, {}, 401),
        ("another-secret", 0, {}, 401),
        (NEW, 0, {"webhook-id": "msg_2"}, 401),
        (NEW, 0, {"webhook-id": ""}, 401),
        (NEW, 0, {"webhook-timestamp": "1"}, 401),
        (NEW, 0, {"webhook-timestamp": "-1"}, 401),
        (NEW, 0, {"webhook-timestamp": "9" * 400}, 401),
        (NEW, 0, {"webhook-signature": ""}, 401),
        (NEW, 0, {"webhook-signature": "v1,"}, 401),
        (NEW, 0, {"webhook-signature": "v1,%%%"}, 401),
        (NEW, 0, {"webhook-signature": "v2,abc v1a,abc"}, 401),
    ],
)
def test_a_signature_of_standard_webhooks_posts_where_it_holds(
    served: Served, secret: str, age_seconds: int, change: dict[str, str], status: int
) -> None:
    document = event(subject=f"signed {secret} {age_seconds} {change}"[:200])
    body = json.dumps(document).encode()
    before = served.holds()
    answer = served.http.post("/v1/events", content=body, headers=signed(body, secret, age_seconds=age_seconds) | change)
    assert answer.status_code == status
    assert status == 202 or served.holds() == before


def test_a_signature_over_other_bytes_is_refused(served: Served) -> None:
    body = json.dumps(event(subject="other bytes")).encode()
    with unchanged(served):
        assert served.http.post("/v1/events", content=body + b" ", headers=signed(body, NEW)).status_code == 401


def test_one_of_several_signatures_that_holds_is_enough(served: Served) -> None:
    body = json.dumps(event(subject="several signatures")).encode()
    headers = signed(body, NEW)
    headers["webhook-signature"] = f"v1a,xyz v1,{'A' * 43}= {headers['webhook-signature']}"
    assert served.http.post("/v1/events", content=body, headers=headers).status_code == 202


def test_a_signature_does_not_retract_and_neither_does_an_ordinary_token_but_an_admins_does(served: Served) -> None:
    served.take(event(subject="mistaken"))
    retraction = event("event-retracted", "mistaken", "2") | {"data": {"source": "test", "id": "1", "reason": "a mistake"}}
    body = json.dumps(retraction).encode()
    with unchanged(served):
        for refused in (
            served.post(retraction, token=TOKEN),
            served.post([event(subject="beside it"), retraction], token=TOKEN),
            served.http.post("/v1/events", content=body, headers=signed(body, NEW)),
        ):
            assert refused.status_code == 403
            assert "TROTH_ADMIN_TOKENS" in refused.json()["detail"]
    assert served.post(retraction, token=ADMIN).status_code == 202
    assert served.get("/v1/commitments/mistaken")["state"] == "unmade"


def test_duplicates_are_accepted_and_counted(served: Served) -> None:
    first, second = event(subject="twice"), event("commitment-delivered", "twice", "2")
    assert served.post(first).json()["duplicates"] == 0
    again = served.post([first, second, second])
    assert again.status_code == 202
    assert again.json()["duplicates"] == 2
    assert len(again.json()["events"]) == 3
    assert len(served.get("/v1/commitments/twice")["history"]) == 2


def test_a_duplicate_may_be_written_in_another_order_and_spacing(served: Served) -> None:
    document = event(subject="reordered")
    served.take(document)
    again = json.dumps(dict(reversed(document.items())), indent=4).encode()
    assert served.post(again).json()["duplicates"] == 1


def test_the_same_name_with_other_content_is_a_conflict_and_nothing_of_its_batch_is_stored(served: Served) -> None:
    served.take(event(subject="named"))
    with unchanged(served):
        on_record = served.post([event(subject="new one"), event(subject="named", title="another")])
        in_one_batch = served.post([event(subject="new two"), event(subject="new two", title="another")])
    for answer in (on_record, in_one_batch):
        assert answer.status_code == 409
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert "'named'" in on_record.json()["detail"]


def test_a_delivery_leaves_a_trace_under_the_id_of_its_answer(served: Served) -> None:
    accepted = served.post(event(subject="traced")).json()
    trace = served.get(f"/v1/deliveries/{accepted['delivery']}")
    assert (trace["source"], trace["result"], trace["new"]) == ("events", "mapped", 1)
    assert trace["events"] == [{**name, "type": "troth.commitment-made"} for name in accepted["events"]]
    assert served.get("/v1/deliveries", limit=1)["deliveries"][0]["id"] == accepted["delivery"]


def test_deliveries_are_paged_latest_first_each_once(serve: Callable[..., Served]) -> None:
    served = serve()
    documents: list[Any] = [event(), event(), [], event(subject="c-2"), [], event(), []]
    accepted = [served.post(document).json()["delivery"] for document in documents]
    visited: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = served.get("/v1/deliveries", limit=3, **cursor)
        visited += [one["id"] for one in page["deliveries"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert visited == accepted[::-1]


def test_an_event_with_very_many_unknown_fields_is_refused_by_the_first_hundred(served: Served) -> None:
    fields: dict[str, Any] = {f"field{number}": 1 for number in range(50_000)}
    with unchanged(served):
        answer = served.post(event(subject="many fields", **fields))
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100
