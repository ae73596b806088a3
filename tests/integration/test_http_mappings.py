"""POST /webhooks/{yours}: a tool of one's own posts by a mapping, which is refused at the start where it is wrong."""

import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Served
from troth.intake.mapping_file import BadMapping
from troth.ledger.store import FILE
from troth.settings import Settings, WrongSettings
from troth.wiring import sources_of

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
