"""Questions that no test of ours thought of, made from the OpenAPI document: each is answered as the document says."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.integration.conftest import Served, event
from troth.gateway.app import openapi_document

DOCUMENT = openapi_document()
OPERATIONS = [path for path, methods in DOCUMENT["paths"].items() if "get" in methods]
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module", autouse=True)
def something_to_find(served: Served) -> None:
    served.take(
        event(subject="0", due_at="2026-01-10", customer="0", goal="0", team="0"),
        event("commitment-delivered", "0", "2") | {"time": "2026-01-05T00:00:00Z"},
        event(subject="1", due_at="2026-01-10", customer="0", goal="0", team="0"),
    )


@pytest.mark.parametrize("path", OPERATIONS)
def test_whatever_is_asked_is_answered_as_documented(served: Served, path: str) -> None:
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path]["GET"]

    @settings(
        max_examples=30, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(base_url=served.base_url, checks=CHECKS)

    ask()
