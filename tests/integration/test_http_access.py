"""Who may read, what every answer carries, and what the documentation of the interface says."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.conftest import ADMIN, TOKEN, Served, event, serving
from troth.gateway.app import openapi_document
from troth.settings import Settings

CLOSED = ["/", "/metrics", "/v1/teams", "/v1/teams/a", "/v1/commitments", "/v1/deliveries", "/v1/notices", "/docs", "/openapi.json"]
CLOSED += ["/teams/a", "/commitments", "/deliveries", "/static/style.css", "/v1/organisation"]
ANSWERED = [*CLOSED, "/healthz", "/readyz", "/nothing", "/v1/teams/nobody", "/v1/teams?at=x", "/teams/nobody", "/static/x", "/v1/events"]
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on which reading takes a token."""
    with serving(tmp_path_factory.mktemp("closed"), reading="token") as running:
        assert running.post(event()).status_code == 202
        yield running


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(password: str, user: str = "anyone") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("path", CLOSED)
def test_where_reading_takes_a_token_each_of_ours_opens_it_and_nothing_else(closed: Served, path: str) -> None:
    for headers in ({}, bearer("wrong"), bearer(""), basic("wrong"), basic(""), basic("wrong", TOKEN), {"Authorization": TOKEN}):
        refused = closed.http.get(path, headers={name: value.strip() for name, value in headers.items()})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert "a promise" not in refused.text
    for headers in (bearer(TOKEN), bearer(ADMIN), basic(TOKEN), basic(ADMIN, ""), basic(TOKEN, "")):
        assert closed.http.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_never_takes_a_token(closed: Served, path: str) -> None:
    for headers in ({}, bearer("wrong")):
        answer = closed.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_what_is_not_there_is_not_told_to_who_may_not_read(closed: Served) -> None:
    assert closed.http.get("/v1/teams/nobody").status_code == 401
    assert closed.http.get("/v1/teams?at=nonsense").status_code == 401
    assert closed.http.get("/v1/commitments?limit=nonsense").status_code == 401
    assert closed.http.head("/v1/teams").status_code == 401


@pytest.mark.parametrize("path", ANSWERED)
def test_every_answer_keeps_its_content_to_itself(served: Served, path: str) -> None:
    answer = served.http.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_refusals_of_what_is_posted_keep_theirs_too(served: Served) -> None:
    for answer in (
        served.post(event(subject="headers")),
        served.post(b"{"),
        served.post(event(), token="wrong"),
        served.post(b"x", content_type="text/plain"),
        served.http.post("/webhooks/github", content=b"{}"),
        served.http.post("/webhooks/nobody", content=b"{}"),
        served.http.get("/metrics/"),
    ):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_failure_of_ours_is_a_500_that_tells_nothing_and_has_the_headers_too(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.take(event())
        served.ledger.readers.close()
        answer = served.http.get("/v1/commitments")
        assert answer.status_code == 500
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "detail"}
        assert "sqlite" not in answer.text.lower()
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fpages.py", "/static/%2e%2e%2f%2e%2e%2fapp.py", "/static//etc/passwd",
     "/static/..%5cpages.py", "/static/style.css%00", "/static/", "/static/Style.css"],
)  # fmt: skip
def test_nothing_but_its_two_files_is_read_from_the_static_folder(served: Served, path: str) -> None:
    answer = served.http.get(path)
    assert answer.status_code == 404
    assert b"import" not in answer.content


def test_a_name_cannot_write_into_headers(served: Served) -> None:
    for path in ("/v1/teams/a%0d%0aSet-Cookie:%20a=b", "/teams/?name=a%0d%0aSet-Cookie:%20a=b", "/metrics/?a=%0d%0aSet-Cookie:%20a=b"):
        assert "set-cookie" not in served.http.get(path).headers


def test_the_openapi_document_is_the_one_that_is_generated(served: Served) -> None:
    document = served.get("/openapi.json")
    assert document == openapi_document()
    assert document["openapi"].startswith("3.1")
    assert "/v1/events" in document["paths"]


def test_every_reference_of_the_openapi_document_leads_to_a_schema_that_is_one(served: Served) -> None:
    document = served.get("/openapi.json")
    for name in set(re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', served.http.get("/openapi.json").text)):
        Draft202012Validator.check_schema(document["components"]["schemas"][name])


@pytest.mark.parametrize("path", ["/v1/teams", "/v1/teams/a", "/v1/organisation", "/v1/commitments", "/v1/deliveries", "/v1/notices"])
def test_an_answer_keeps_what_the_openapi_document_promises(served: Served, path: str) -> None:
    served.take(event(subject="of the documentation", due_at="2026-01-10"))
    document = served.get("/openapi.json")
    route = document["paths"].get(path) or document["paths"]["/v1/teams/{team}"]
    schema: dict[str, Any] = route["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document["components"]}
    assert list(Draft202012Validator(whole).iter_errors(served.get(path))) == []


def test_the_documentation_page_shows_every_route_and_asks_nobody_else(served: Served) -> None:
    page = served.http.get("/docs").text
    for path in served.get("/openapi.json")["paths"]:
        assert path in page
    addresses = re.findall(r'(?:src|href|action)\s*=\s*["\']?([^"\'\s>]*)', page)
    assert len(addresses) > 10
    assert [address for address in addresses if not re.match("#|/(?!/)", address)] == []
    assert "<script" not in page


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/events", "POST"),
        ("PUT", "/v1/commitments/kept", "GET"),
        ("DELETE", "/v1/commitments/kept", "GET"),
        ("POST", "/v1/teams", "GET"),
        ("GET", "/webhooks/github", "POST"),
        ("POST", "/metrics", "GET"),
        ("PATCH", "/healthz", "GET"),
    ],
)
def test_another_method_is_a_405_that_names_the_right_one(served: Served, method: str, path: str, allowed: str) -> None:
    answer = served.http.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed
    assert answer.json()["status"] == 405


@pytest.mark.parametrize("path", ["/v1/teams", "/v1/organisation", "/metrics", "/healthz", "/readyz", "/docs", "/openapi.json", "/"])
def test_head_is_answered_as_get_without_the_body(served: Served, path: str) -> None:
    answer = served.http.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == served.http.get(path).headers["Content-Type"]


def test_the_board_refuses_a_search_that_is_too_long_as_a_page(served: Served) -> None:
    answer = served.http.get("/commitments?q=" + "x" * 60_000)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")


def test_reading_is_open_on_loopback_and_closed_elsewhere_unless_the_setting_says_otherwise() -> None:
    for host, reading, is_open in (
        ("127.0.0.1", "auto", True),
        ("::1", "auto", True),
        ("localhost", "auto", True),
        ("0.0.0.0", "auto", False),  # noqa: S104 - nothing binds to it here
        ("::", "auto", False),
        ("192.0.2.1", "auto", False),
        ("troth.example", "auto", False),
        ("127.0.0.1", "token", False),
        ("192.0.2.1", "open", True),
    ):
        assert Settings(host=host, reading=reading).open_reading is is_open, (host, reading)  # type: ignore[arg-type]  # of the table
