"""Every tool over HTTP: as it proves itself, what it asks before it sends, and what it sends when something is wrong."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needs
from tests.integration.conftest import Served, serving, unchanged
from tests.integration.signing import PUBLIC_URL, SECRETS, TOOLS, fresh, sent
from tests.unit.intake.tools.test_payloads import FILES, people
from tests.unit.intake.tools.test_payloads import TOOLS as TOOL_OF_FOLDER
from troth.ledger.store import FILE
from troth.settings import read_settings


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("tools"), webhook_secrets=SECRETS, public_url=PUBLIC_URL) as running:
        yield running


@pytest.mark.parametrize("tool", TOOLS)
def test_a_delivery_is_taken_as_its_tool_proves_it(served: Served, tool: str) -> None:
    assert sent(served, tool, fresh(tool, b"{}")) == 202


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("other", TOOLS)
def test_the_secret_of_another_tool_does_not_open(served: Served, tool: str, other: str) -> None:
    if tool != other:
        with unchanged(served):
            assert sent(served, tool, fresh(tool, b"{}"), SECRETS[other][0]) == 401


@pytest.mark.parametrize("tool", TOOLS)
def test_a_delivery_without_proof_does_not_open(served: Served, tool: str) -> None:
    with unchanged(served):
        assert served.http.post(f"/webhooks/{tool}", json={}).status_code == 401


def test_a_delivery_of_linear_that_is_sent_again_later_does_not_open(served: Served) -> None:
    with unchanged(served):
        assert sent(served, "linear", json.dumps({"webhookTimestamp": 1_700_000_000_000}).encode()) == 401


@pytest.mark.parametrize(("age_seconds", "status"), [(0, 202), (-240, 202), (301, 401), (86_400, 401), (-301, 401)])
def test_a_delivery_of_gitlab_that_is_signed_opens_for_five_minutes(serve: Callable[..., Served], age_seconds: int, status: int) -> None:
    key = b"0123456789abcdef01234567"
    served = serve(webhook_secrets={"gitlab": ("whsec_" + base64.b64encode(key).decode(),)})
    stamp = str(int(time.time()) - age_seconds)
    signature = base64.b64encode(hmac.new(key, f"n-1.{stamp}.".encode() + b"{}", hashlib.sha256).digest()).decode()
    headers = {"webhook-id": "n-1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}", "X-Gitlab-Token": "other"}
    answer = served.http.post("/webhooks/gitlab", content=b"{}", headers={**headers, "Content-Type": "application/json"})
    assert answer.status_code == status


def test_a_token_of_monday_that_has_expired_does_not_open(served: Served) -> None:
    head, claims = (base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg": "HS256"}', b'{"exp": 1700000000}'))
    digest = hmac.new(SECRETS["monday"][0].encode(), head + b"." + claims, hashlib.sha256).digest()
    token = b".".join((head, claims, base64.urlsafe_b64encode(digest).rstrip(b"="))).decode()
    with unchanged(served):
        assert served.http.post("/webhooks/monday", json={}, headers={"Authorization": token}).status_code == 401


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"action": {"type": "upd', 400), (b'{"a": 1}' + b" " * 25_000_000, 413), (b"[1]", 202), (b'{"a": "\xff"}', 400)],
    ids=["truncated", "25 MB", "a list", "no UTF-8"],
)
def test_a_body_that_is_none_is_refused_or_explained(served: Served, tool: str, body: bytes, status: int) -> None:
    if tool == "linear" and status != 413:
        status = 401  # it says no time
    assert sent(served, tool, body) == status


def test_trello_asks_first_whether_the_address_is_there(served: Served) -> None:
    assert served.http.head("/webhooks/trello").status_code == 200
    assert served.http.head("/webhooks/nobody").status_code == 404


def test_monday_asks_first_for_its_challenge_back(served: Served, serve: Callable[..., Served]) -> None:
    with unchanged(served):
        answer = served.http.post("/webhooks/monday", json={"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"})
        assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"})
        shapes: list[Any] = [{"challenge": 1}, {"challenge": "x" * 501}, {"challenge": "x", "event": {}}, []]
        for odd in shapes:
            assert served.http.post("/webhooks/monday", json=odd).status_code == 401
    assert serve("off").http.post("/webhooks/monday", json={"challenge": "x"}).status_code == 401


ASANA = """source = "asana"
subject = "task.gid"
[verify]
scheme = "hmac-sha256"
header = "X-Hook-Signature"
handshake = "X-Hook-Secret"
[made]
time = "task.modified_at"
team = "task.projects[0].name"
title = "task.name"
due_at = "task.due_on"
"""


def test_a_tool_that_asks_by_a_header_gets_it_back_and_then_signs_with_it(serve: Callable[..., Served], tmp_path: Path) -> None:
    (tmp_path / "asana.toml").write_text(ASANA, "utf-8")
    served = serve(mappings=(tmp_path / "asana.toml",), webhook_secrets={"asana": ("b537207f20cbfa02",)})
    with unchanged(served):
        answer = served.http.post("/webhooks/asana", headers={"X-Hook-Secret": "b537207f20cbfa02"})
        assert (answer.status_code, answer.headers["X-Hook-Secret"], answer.content) == (200, "b537207f20cbfa02", b"")
        for odd in ("", "x" * 501):
            assert served.http.post("/webhooks/asana", json={}, headers={"X-Hook-Secret": odd}).status_code == 401
        assert served.http.post("/webhooks/github", json={}, headers={"X-Hook-Secret": "x"}).status_code == 401
    task = {
        "gid": "12",
        "name": "Pay by invoice",
        "due_on": "2036-03-31",
        "modified_at": "2026-01-10T10:00:00Z",
        "projects": [{"name": "Shop"}],
    }
    body = json.dumps({"task": task}).encode()
    for secret, status in (("other", 401), ("b537207f20cbfa02", 202)):
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hook-Signature": signature, "Content-Type": "application/json"}
        assert served.http.post("/webhooks/asana", content=body, headers=headers).status_code == status
    assert served.get("/v1/commitments/12")["due_at"][:10] == "2036-03-31"


def test_all_that_tools_send_leaves_no_person_in_the_file(tmp_path: Path) -> None:
    if not FILES:
        needs("../shared/payloads")
    names: set[str] = set()
    with serving(tmp_path / "ledger", webhook_secrets=SECRETS, public_url=PUBLIC_URL) as served:
        for file in FILES:
            tool, body = TOOL_OF_FOLDER.get(file.parent.name, file.parent.name), file.read_bytes()
            names |= set(people(json.loads(body.removeprefix(b"\xef\xbb\xbf"))))
            names |= {address.decode() for address in re.findall(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", body)}
            assert sent(served, tool, fresh(tool, body), **{"X-GitHub-Event": file.name.split(".")[0]}) == 202
        deliveries = served.get("/v1/deliveries", limit=1000)["deliveries"]
        assert len(deliveries) == len(FILES)
        assert all(one["events"] or one["reason"] for one in deliveries)
        said = b"".join(path.read_bytes() for path in sorted((tmp_path / "ledger").glob(f"{FILE}*")))
    said += (tmp_path / "ledger" / FILE).read_bytes()
    assert b"Spelling error in the README file" in said
    assert len(names) > 20
    # A whole word: four figures of an account's number are by chance in some delivery's id.
    assert not sorted(name for name in names if re.search(rb"(?<![\w-])%b(?![\w-])" % re.escape(name.encode()), said))


def test_a_tool_told_by_the_configuration_what_a_promise_is(serve: Callable[..., Served], tmp_path: Path) -> None:
    (tmp_path / "troth.toml").write_text(
        '[sources.servicenow]\ncustomer = "company"\nat_risk = "on_hold == \'true\'"\n[sources.servicenow.teams]\nNetwork = "Net Ops"\n',
        "utf-8",
    )
    served = serve(sources=read_settings({}, {}, tmp_path).sources, webhook_secrets=SECRETS)
    record: dict[str, Any] = {
        "sys_id": "a1",
        "number": "CHG1",
        "short_description": "Renew",
        "assignment_group": "Network",
        "company": "Acme",
        "state": "Scheduled",
        "on_hold": "true",
        "end_date": "2036-03-31 16:00:00",
        "sys_updated_on": "2026-01-12 08:30:00",
    }
    body = json.dumps({"table": "change_request", "operation": "update", "record": record}).encode()
    assert sent(served, "servicenow", body) == 202
    promise = served.get("/v1/commitments/servicenow:change_request/a1")
    assert (promise["team"], promise["customer"], promise["at_risk"]) == ("Net Ops", "Acme", True)
