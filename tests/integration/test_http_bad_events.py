"""Every way in which an event can be malformed: 422, each fault with its path, and nothing stored."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.conftest import ADMIN, Served, event, unchanged
from troth.domain.instants import datetime_of
from troth.wiring import clock

REMOVED: Any = object()


def changed(kind: str, change: dict[str, Any], data: dict[str, Any]) -> Any:
    """An event with attributes and data put into it or removed from it."""
    document = event(kind, "bad") | change
    if "data" not in change:
        document["data"] = {**document["data"], **data}
        document["data"] = {name: value for name, value in document["data"].items() if value is not REMOVED}
    return {name: value for name, value in document.items() if value is not REMOVED}


MADE = "commitment-made"
ENVELOPE: list[tuple[dict[str, Any], str]] = [
    ({"specversion": "0.3"}, "/specversion"),
    ({"specversion": 1.0}, "/specversion"),
    ({"specversion": REMOVED}, "/specversion"),
    ({"id": REMOVED}, "/id"),
    ({"id": ""}, "/id"),
    ({"id": 1}, "/id"),
    ({"id": None}, "/id"),
    ({"id": "x" * 201}, "/id"),
    ({"id": "a\nb"}, "/id"),
    ({"id": "a\x00b"}, "/id"),
    ({"id": "e\u0301"}, "/id"),
    ({"source": REMOVED}, "/source"),
    ({"source": ["a"]}, "/source"),
    ({"subject": REMOVED}, "/subject"),
    ({"subject": None}, "/subject"),
    ({"subject": "\x7f"}, "/subject"),
    ({"type": REMOVED}, "/type"),
    ({"type": "troth.commitment-dreamt"}, "/type"),
    ({"type": "commitment-made"}, "/type"),
    ({"type": "com.github.push"}, "/type"),
    ({"type": []}, "/type"),
    ({"type": {}}, "/type"),
    ({"type": None}, "/type"),
    ({"time": "2026-01-01T00:00:00"}, "/time"),
    ({"time": "2026-01-01"}, "/time"),
    ({"time": "2026-02-30T00:00:00Z"}, "/time"),
    ({"time": "2026-01-01T25:00:00Z"}, "/time"),
    ({"time": "0000-01-01T00:00:00Z"}, "/time"),
    ({"time": "9999-12-31T23:59:59-01:00"}, "/time"),
    ({"time": "yesterday"}, "/time"),
    ({"time": 1767225600}, "/time"),
    ({"time": None}, "/time"),
    ({"time": ""}, "/time"),
    ({"datacontenttype": "text/plain"}, "/datacontenttype"),
    ({"data": REMOVED}, "/data"),
    ({"data": None}, "/data"),
    ({"data": []}, "/data"),
    ({"data": "x"}, "/data"),
    ({"x-y": "1"}, "/x-y"),
    ({"Extension": "1"}, "/Extension"),
    ({"a/b~c": "1"}, "/a~1b~0c"),
    ({"extension": None}, "/extension"),
    ({"extension": {"a": 1}}, "/extension"),
    ({"extension": [1]}, "/extension"),
    ({"extension": "a\x00b"}, "/extension"),
]
DATA: list[tuple[str, dict[str, Any], str]] = [
    (MADE, {"team": REMOVED}, "/data/team"),
    (MADE, {"team": ""}, "/data/team"),
    (MADE, {"team": None}, "/data/team"),
    (MADE, {"team": 7}, "/data/team"),
    (MADE, {"team": "x" * 201}, "/data/team"),
    (MADE, {"team": "a\tb"}, "/data/team"),
    (MADE, {"title": REMOVED}, "/data/title"),
    (MADE, {"title": ""}, "/data/title"),
    (MADE, {"title": "x" * 1_000_000}, "/data/title"),
    (MADE, {"title": "two\nlines"}, "/data/title"),
    (MADE, {"title": "\u0085"}, "/data/title"),
    (MADE, {"customer": None}, "/data/customer"),
    (MADE, {"goal": False}, "/data/goal"),
    (MADE, {"due_at": None}, "/data/due_at"),
    (MADE, {"due_at": "2026-02-30"}, "/data/due_at"),
    (MADE, {"due_at": "2026-13-01"}, "/data/due_at"),
    (MADE, {"due_at": "2026-06-30T12:00:00"}, "/data/due_at"),
    (MADE, {"due_at": "30.6.2026"}, "/data/due_at"),
    (MADE, {"due_at": 20260630}, "/data/due_at"),
    (MADE, {"due_at": ""}, "/data/due_at"),
    (MADE, {"due_at": "\u0662\u0660\u0662\u0666-01-01"}, "/data/due_at"),
    (MADE, {"requested_at": "soon"}, "/data/requested_at"),
    (MADE, {"budget": -1}, "/data/budget"),
    (MADE, {"budget": "100"}, "/data/budget"),
    (MADE, {"budget": True}, "/data/budget"),
    (MADE, {"budget": 0.00001}, "/data/budget"),
    (MADE, {"budget": 10**15}, "/data/budget"),
    (MADE, {"budget": int("9" * 4_000)}, "/data/budget"),
    (MADE, {"unit": ""}, "/data/unit"),
    (MADE, {"weight": 0}, "/data/weight"),
    (MADE, {"weight": 0.25}, "/data/weight"),
    (MADE, {"weight": 2}, "/data/weight"),
    (MADE, {"weight": -0.5}, "/data/weight"),
    (MADE, {"weight": True}, "/data/weight"),
    (MADE, {"weight": "1"}, "/data/weight"),
    (MADE, {"weight": None}, "/data/weight"),
    (MADE, {"url": "javascript:alert(1)"}, "/data/url"),
    (MADE, {"url": "https://"}, "/data/url"),
    (MADE, {"url": "//shop.example"}, "/data/url"),
    (MADE, {"url": "https://shop.example/\r\nSet-Cookie: a=b"}, "/data/url"),
    (MADE, {"conditions": "a\x00"}, "/data/conditions"),
    (MADE, {"conditions": "x" * 2_001}, "/data/conditions"),
    (MADE, {"assignee": "somebody"}, "/data/assignee"),
    (MADE, {"Team": "a"}, "/data/Team"),
    ("commitment-amended", {"team": None}, "/data/team"),
    ("commitment-amended", {"due_at": "2026-06-30"}, "/data/due_at"),
    ("commitment-amended", {"weight": 1}, "/data/weight"),
    ("commitment-renegotiated", {"agreed": None}, "/data/agreed"),
    ("commitment-renegotiated", {"agreed": "true"}, "/data/agreed"),
    ("commitment-renegotiated", {"agreed": 1}, "/data/agreed"),
    ("commitment-renegotiated", {"budget": None}, "/data/budget"),
    ("commitment-renegotiated", {"due_at": "never"}, "/data/due_at"),
    ("commitment-warned", {"expected_at": None}, "/data/expected_at"),
    ("commitment-delivered", {"cost": "1"}, "/data/cost"),
    ("commitment-delivered", {"reason": "done"}, "/data/reason"),
    ("commitment-accepted", {"rating": 0}, "/data/rating"),
    ("commitment-accepted", {"rating": 6}, "/data/rating"),
    ("commitment-accepted", {"rating": 4.5}, "/data/rating"),
    ("commitment-accepted", {"rating": True}, "/data/rating"),
    ("commitment-accepted", {"reason": "nice"}, "/data/reason"),
    ("commitment-rejected", {"rating": "1"}, "/data/rating"),
    ("commitment-reopened", {"reason": None}, "/data/reason"),
    ("commitment-revoked", {"reason": ["a"]}, "/data/reason"),
    ("commitment-cancelled", {"reason": "\x1b[31m"}, "/data/reason"),
    ("event-retracted", {}, "/data/id"),
    ("event-retracted", {"source": "test", "id": "1"}, "/data/reason"),
]
CASES = [(changed(MADE, change, {}), path) for change, path in ENVELOPE]
CASES += [(changed(kind, {}, data), path) for kind, data, path in DATA]


@pytest.fixture(scope="module", autouse=True)
def nothing_is_stored_by_the_whole_module(served: Served) -> Any:
    served.take(event(subject="good"))
    with unchanged(served):
        yield


@pytest.mark.parametrize(("document", "path"), CASES, ids=[f"{number} {path}" for number, (_, path) in enumerate(CASES)])
def test_a_malformed_event_is_refused_by_its_path_alone_and_in_a_batch(served: Served, document: Any, path: str) -> None:
    alone = served.post(document, token=ADMIN)
    in_a_batch = served.post([event(subject="fine"), event(subject="fine", id="2"), event(subject="fine", id="3"), document], token=ADMIN)
    for answer, place in ((alone, path), (in_a_batch, f"/3{path}")):
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert place in {fault["path"] for fault in answer.json()["errors"]}
        assert all(fault["message"] for fault in answer.json()["errors"])
        assert len(answer.content) < 2_000


@pytest.mark.parametrize("document", [None, 1, 1.5, "text", True, [], [{}]])
def test_an_event_that_is_no_object_is_refused(served: Served, document: Any) -> None:
    answers = [served.post(json.dumps([document]).encode(), content_type="application/cloudevents-batch+json")]
    if not isinstance(document, list):
        answers.append(served.post(json.dumps(document).encode(), content_type="application/json"))
    for answer, path in zip(answers, ("/0", ""), strict=False):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"].startswith(path)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 4_000, "0.30000000000000004"])
def test_a_number_beyond_what_is_exact_is_refused_as_a_budget(served: Served, number: str) -> None:
    body = json.dumps(event(subject="bad", budget=-12345)).replace("-12345", number).encode()
    answer = served.post(body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/data/budget")


def test_a_clock_ten_minutes_ahead_is_refused_with_the_mend(served: Served) -> None:
    ahead = (datetime_of(clock()) + timedelta(minutes=10)).isoformat()
    answer = served.post(event(subject="ahead") | {"time": ahead})
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["path"]) == (422, "/time")
    assert "clock" in fault["message"]


def test_a_time_without_a_zone_is_refused_with_the_mend(served: Served) -> None:
    [fault] = served.post(event(subject="zoneless", due_at="2026-06-30T12:00:00")).json()["errors"]
    assert "add Z" in fault["message"]


def test_an_unknown_field_is_named_with_the_mend(served: Served) -> None:
    [fault] = served.post(event(subject="unknown", assigne="x")).json()["errors"]
    assert fault == {"path": "/data/assigne", "message": "is not a field of this event; remove it, or correct its name"}


def test_every_fault_is_named_and_of_very_many_the_first_hundred(served: Served) -> None:
    several = served.post(event(subject="several", team="", weight=2, due_at="soon"))
    assert {fault["path"] for fault in several.json()["errors"]} == {"/data/team", "/data/weight", "/data/due_at"}
    very_many = served.post([event(subject="many", id=str(n), weight=2) for n in range(1_000)])
    assert [fault["path"] for fault in very_many.json()["errors"]] == [f"/{n}/data/weight" for n in range(100)]
