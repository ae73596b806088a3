"""The reading half of the API: its shapes, names of every kind, moments, pages, and questions it does not understand."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import BaseModel

from tests.integration.conftest import Served, event
from troth.gateway import documents as shape

SUMMARY = {
    "at", "reliability", "low", "high", "evidence", "enough", "padded", "kept_ratio", "on_time", "in_budget", "acceptance", "rating",
    "surprise", "moved", "margin", "outcomes", "commitments", "undated", "next_due", "oldest_overdue",
}  # fmt: skip
COMMITMENT = {
    "id", "team", "customer", "goal", "title", "url", "conditions", "weight", "made_at", "requested_at", "original_due_at", "due_at",
    "expected_at", "budget", "unit", "cost", "state", "closed_at", "word", "rating", "verdict", "why", "chance", "at_risk",
    "forecast",
}  # fmt: skip
NAMES = [
    "plain",
    "two words",
    "a/b/c",
    "/leading",
    "trailing/",
    "a//b",
    'quoted "name"',
    "it's",
    "100 %",
    "%2F",
    "%",
    "a+b&c=d?e#f",
    "☂️ 傘 ünïcödé",
    "<script>alert(1)</script>",
    "..\\..",
    "{team}",
    "x" * 200,
    "☂" * 200,
]


@pytest.fixture(scope="module", autouse=True)
def lives(served: Served) -> None:
    """A little of everything: kept, late, slipped, over budget, void, undated, pending, unmade, and every odd name."""
    to: dict[str, Any] = {"customer": "Sales", "goal": "Grow"}
    terms = to | {"requested_at": "2026-01-05", "budget": 10.5, "unit": "EUR", "url": "https://shop.example/1", "conditions": "a\nb"}
    served.take(
        event(subject="kept", due_at="2026-01-10", **terms),
        event("commitment-delivered", "kept", "2", cost=9) | {"time": "2026-01-05T00:00:00Z"},
        event("commitment-accepted", "kept", "3", rating=5) | {"time": "2026-01-06T00:00:00Z"},
        event(subject="late", due_at="2026-01-10", **to),
        event("commitment-delivered", "late", "2") | {"time": "2026-01-12T00:00:00Z"},
        event(subject="dear", due_at="2026-01-10", budget=1, **to),
        event("commitment-delivered", "dear", "2", cost=2) | {"time": "2026-01-05T00:00:00Z"},
        event(subject="slipped", due_at="2026-01-10", **to),
        event("commitment-warned", "slipped", "2", expected_at="2026-02-01") | {"time": "2026-01-05T00:00:00Z"},
        event(subject="void", due_at="2026-01-10", **to),
        event("commitment-cancelled", "void", "2") | {"time": "2026-01-05T00:00:00Z"},
        event(subject="undated", **to),
        event(subject="pending", due_at="2999-01-01", **to),
        event("commitment-warned", "unmade", reason="never promised"),
        *(event(subject=name, id="of " + name[:100], team=name, customer=name, goal=name, title="odd") for name in NAMES),
    )


def in_path(name: str) -> str:
    """A name as a client puts it into a path: everything but slashes escaped."""
    return quote(name, safe="/")


PATHS: list[tuple[str, type[BaseModel]]] = [
    ("/v1/teams", shape.Teams),
    ("/v1/teams?at=2026-01-11", shape.Teams),
    ("/v1/teams/a", shape.Team),
    ("/v1/teams/a?at=2026-01-11T09:30:00%2B02:00", shape.Team),
    ("/v1/customers", shape.Customers),
    ("/v1/customers/Sales", shape.Served),
    ("/v1/goals", shape.Goals),
    ("/v1/goals/Grow", shape.Served),
    ("/v1/organisation", shape.Organisation),
    ("/v1/organisation?at=1999-12-31", shape.Organisation),
    ("/v1/commitments", shape.Commitments),
    ("/v1/deliveries", shape.Deliveries),
    ("/v1/notices", shape.Notices),
]


@pytest.mark.parametrize(("path", "model"), PATHS)
def test_an_answer_has_the_shape_that_openapi_says_and_no_field_more(served: Served, path: str, model: type[BaseModel]) -> None:
    model.model_validate(served.get(path), extra="forbid", strict=True)


def summaries(served: Served) -> Iterator[tuple[set[str], dict[str, Any]]]:
    """Every summary that the API gives, with the keys it has beside those of all."""
    yield {"trend"}, served.get("/v1/organisation")
    for kind, parts in (("team", ("customers", "goals")), ("customer", ("teams",)), ("goal", ("teams",))):
        for listed in served.get(f"/v1/{kind}s")[f"{kind}s"]:
            yield {kind}, listed
            own = served.get(f"/v1/{kind}s/{in_path(listed[kind])}")
            yield {kind, "trend", *parts}, own
            for part in parts:
                yield from (({kind, part[:-1]}, pair) for pair in own[part])


def test_every_summary_has_exactly_its_keys(served: Served) -> None:
    found = list(summaries(served))
    assert len(found) > 4 * len(NAMES)
    for beside, summary in found:
        assert set(summary) == SUMMARY | beside
        assert set(summary["on_time"]) == {"requested", "original", "agreed"}
        assert set(summary["margin"]) == {"0.1", "0.5", "0.9"}
        assert set(summary["outcomes"]) == {"kept", "late", "slipped", "broken", "over_budget", "void"}
        assert set(summary["commitments"]) == {"pending", "at_risk", "overdue"}
        assert all(set(day) == {"day", "reliability", "low", "high", "evidence"} for day in summary.get("trend", []))


def test_a_summary_counts_what_happened(served: Served) -> None:
    team = served.get("/v1/teams/a")
    assert team["outcomes"] == {"kept": 1, "late": 1, "slipped": 1, "broken": 0, "over_budget": 1, "void": 1}
    assert team["commitments"] == {"pending": 1, "at_risk": 0, "overdue": 1}
    assert (team["undated"], team["acceptance"], team["rating"]) == (1, 1.0, 5.0)
    assert (team["oldest_overdue"], team["next_due"]) == ("2026-01-10T23:59:59.999999Z", "2999-01-01T23:59:59.999999Z")
    assert served.get("/v1/teams")["unmade"] == 1


def test_a_ratio_with_nothing_to_divide_is_null(served: Served) -> None:
    summary = served.get("/v1/teams/plain")
    assert [summary[name] for name in ("kept_ratio", "in_budget", "acceptance", "rating", "surprise", "moved")] == [None] * 6
    assert set(summary["on_time"].values()) == set(summary["margin"].values()) == {None}


def test_every_commitment_has_exactly_its_keys_alone_with_its_history(served: Served) -> None:
    found = served.get("/v1/commitments", limit=1000)["commitments"]
    assert len(found) == 8 + len(NAMES)
    for listed in found:
        assert set(listed) == COMMITMENT
        own = served.get(f"/v1/commitments/{in_path(listed['id'])}")
        shape.CommitmentLife.model_validate(own, strict=True)
        shape.Commitment.model_validate({name: value for name, value in own.items() if name != "history"}, extra="forbid", strict=True)
        assert {name: value for name, value in own.items() if name != "history"} == listed
        assert all({"specversion", "id", "source", "type", "subject", "recorded_at", "effect"} <= set(one) for one in own["history"])


@pytest.mark.parametrize("name", NAMES)
def test_what_has_an_odd_name_is_found_by_it_and_by_no_other(served: Served, name: str) -> None:
    for kind in ("team", "customer", "goal"):
        assert served.get(f"/v1/{kind}s/{in_path(name)}")[kind] == name
        filtered = served.get("/v1/commitments", **{kind: name})["commitments"]
        assert [commitment["id"] for commitment in filtered] == [name]
    assert served.get(f"/v1/commitments/{in_path(name)}")["history"][0]["subject"] == name
    assert name in [found["id"] for found in served.get("/v1/commitments", q=name)["commitments"]]


def test_slashes_in_a_name_may_be_escaped_or_not(served: Served) -> None:
    for path in ("/v1/teams/a/b/c", "/v1/teams/a%2Fb%2Fc", "/v1/teams/a%2fb/c"):
        assert served.get(path)["team"] == "a/b/c"


@pytest.mark.parametrize("path", ["/v1/teams/", "/v1/customers/", "/v1/goals/", "/v1/commitments/", "/v1/deliveries/"])
@pytest.mark.parametrize("name", ["nobody", "%00", "%FF", "..%2F..%2Fetc%2Fpasswd", "a" * 2_000, "%F0%9F%92%A9", "' OR 1=1 --"])
def test_an_unknown_name_is_a_404_that_says_so(served: Served, path: str, name: str) -> None:
    answer = served.http.get(path + name)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    ("question", "at"),
    [
        ("2026-01-11", "2026-01-11T23:59:59.999999Z"),
        ("2026-01-11T09:30:00Z", "2026-01-11T09:30:00.000000Z"),
        ("2026-01-11T09:30:00%2B02:00", "2026-01-11T07:30:00.000000Z"),
        ("2026-01-11T09:30:00+02:00", "2026-01-11T07:30:00.000000Z"),
        ("2026-01-11T09:30:00.123456789-00:30", "2026-01-11T10:00:00.123456Z"),
        ("0001-01-01", "0001-01-01T23:59:59.999999Z"),
    ],
)
def test_a_moment_is_a_day_or_a_time_with_its_zone(served: Served, question: str, at: str) -> None:
    for path in ("/v1/teams", "/v1/organisation", "/v1/customers", "/v1/goals"):
        assert served.get(f"{path}?at={question}")["at"] == at


def test_at_and_known_at_tell_the_past(served: Served) -> None:
    assert served.get("/v1/commitments/kept?at=2026-01-04")["state"] == "open"
    assert served.get("/v1/commitments/kept?at=2026-01-05T00:00:00Z")["state"] == "delivered"
    assert served.get("/v1/teams/a?at=2026-01-04")["outcomes"]["kept"] == 0
    recorded_at = served.get("/v1/commitments/kept")["history"][0]["recorded_at"]
    assert served.get(f"/v1/commitments/kept?known_at={recorded_at}")["state"] == "delivered"
    assert served.http.get("/v1/commitments/kept?known_at=2026-01-06").status_code == 404


def test_today_is_now(served: Served) -> None:
    today = served.get("/v1/organisation")["at"][:10]
    assert served.get(f"/v1/organisation?at={today}")["at"].startswith(today)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        *((f"{path}?at=2999-01-01", "/at") for path in ("/v1/teams", "/v1/teams/a", "/v1/customers", "/v1/goals", "/v1/organisation")),
        ("/v1/teams?at=2999-01-01T00:00:00Z", "/at"),
        ("/v1/teams?at=2026-02-30", "/at"),
        ("/v1/teams?at=2026-01-11T09:30:00", "/at"),
        ("/v1/teams?at=yesterday", "/at"),
        ("/v1/teams?at=%00", "/at"),
        ("/v1/teams?at=0000-00-00", "/at"),
        ("/v1/commitments/kept?at=2999-01-01", "/at"),
        ("/v1/commitments/kept?known_at=2999-01-01", "/known_at"),
        ("/v1/commitments/kept?known_at=x", "/known_at"),
        ("/v1/commitments?limit=0", "/limit"),
        ("/v1/commitments?limit=1001", "/limit"),
        ("/v1/commitments?limit=-1", "/limit"),
        ("/v1/commitments?limit=ten", "/limit"),
        ("/v1/commitments?limit=" + "9" * 5_000, "/limit"),
        ("/v1/commitments?state=lost", "/state"),
        ("/v1/commitments?state=", "/state"),
        ("/v1/commitments?order=weight", "/order"),
        ("/v1/commitments?order=due&cursor=nonsense", "/cursor"),
        ("/v1/commitments?order=closed&cursor=%C2%B2%20x", "/cursor"),
        ("/v1/commitments?q=" + "x" * 60_000, "/q"),
        ("/v1/deliveries?cursor=nonsense", "/cursor"),
        ("/v1/deliveries?cursor=%00", "/cursor"),
        ("/v1/deliveries?limit=1001", "/limit"),
        ("/v1/deliveries?result=refused", "/result"),
        ("/v1/deliveries?source=" + "x" * 201, "/source"),
        ("/v1/notices?cursor=nonsense", "/cursor"),
        ("/v1/notices?cursor=" + "9" * 30, "/cursor"),
        ("/v1/notices?limit=0", "/limit"),
    ],
    ids=lambda value: value[:60],
)
def test_a_question_that_is_none_is_refused_by_its_path(served: Served, path: str, fault: str) -> None:
    answer = served.http.get(path)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [one["path"] for one in answer.json()["errors"]] == [fault]


@pytest.mark.parametrize("question", [{}, {"order": "due"}, {"order": "closed"}, {"team": "a"}, {"state": "open"}, {"q": "odd"}])
@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_pages_visit_each_commitment_once(served: Served, question: dict[str, str], limit: int) -> None:
    whole = [one["id"] for one in served.get("/v1/commitments", limit=1000, **question)["commitments"]]
    visited: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = served.get("/v1/commitments", limit=limit, **question, **cursor)
        assert len(page["commitments"]) <= limit
        visited += [one["id"] for one in page["commitments"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert visited == whole
    assert len(set(visited)) == len(visited) > 0


def test_a_state_lists_the_commitments_that_are_in_it(served: Served) -> None:
    by_state = {
        "overdue": ["slipped"],
        "pending": ["pending"],
        "unmade": ["unmade"],
        "cancelled": ["void"],
        "revoked": [],
        "delivered": ["dear", "kept", "late"],
    }
    for state, ids in by_state.items():
        assert [one["id"] for one in served.get("/v1/commitments", state=state)["commitments"]] == ids
