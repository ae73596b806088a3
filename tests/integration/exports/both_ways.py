"""An import of history beside the webhooks of the same history: before or after, it adds nothing twice."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from tests.integration.conftest import Served, serving
from troth.cli import app

SECRETS = {"github": ("g",), "jira": ("j",), "gitlab": ("l",), "azure-devops": ("u:p",)}
Told = tuple[Mapping[str, str], Any]  # headers and payload of a delivery


def deliver(served: Served, source: str, told: Told) -> None:
    """Let a tool send what it tells, signed as it signs."""
    headers, payload = told
    body = json.dumps(payload).encode()
    [secret] = SECRETS[source]
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    proof = {
        "github": {"X-Hub-Signature-256": f"sha256={digest}"},
        "jira": {"X-Hub-Signature": f"sha256={digest}"},
        "gitlab": {"X-Gitlab-Token": secret},
        "azure-devops": {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()},
    }[source]
    answer = served.http.post(f"/webhooks/{source}", content=body, headers={"Content-Type": "application/json", **proof, **headers})
    assert answer.status_code == 202, answer.text


def webhooks(tmp_path: Path, source: str, tellings: Sequence[Told]) -> None:
    """All that a tool told, in its order."""
    with serving(tmp_path / "ledger", webhook_secrets=SECRETS) as served:
        for told in tellings:
            deliver(served, source, told)


def imported(tmp_path: Path, *arguments: str, status: int = 0, said_in: str = "stdout") -> str:
    """What `troth import` says."""
    done = _troth(tmp_path, "import", "--data", "ledger", *arguments)
    assert done.exit_code == status, done.output
    said: str = getattr(done, said_in)
    return said


def _troth(place: Path, *arguments: str) -> Result:
    unset = dict.fromkeys(name for name in os.environ if name.startswith("TROTH_"))
    with contextlib.chdir(place):
        return CliRunner().invoke(app, arguments, env={**unset, "COLUMNS": "1000"}, catch_exceptions=False)


def new_events(said: str) -> int:
    """How many events an import says are new."""
    return sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) new event", said))


def log(tmp_path: Path, data: str = "ledger") -> list[dict[str, Any]]:
    """The log as it is."""
    return [json.loads(line) for line in _troth(tmp_path, "export", "--data", data).stdout.splitlines()]


def life(tmp_path: Path, commitment: str) -> list[str]:
    """What befell a commitment, as a line each."""
    with serving(tmp_path / "ledger") as served:
        history = served.get(f"/v1/commitments/{commitment}")["history"]
    return [f"{event['time'][:16]} {event['type'].rpartition('-')[2]}: {event['effect']}" for event in history]


def standing(tmp_path: Path, commitment: str, data: str = "ledger") -> dict[str, Any]:
    """A commitment without its history: what it amounts to."""
    with serving(tmp_path / data) as served:
        shown: dict[str, Any] = served.get(f"/v1/commitments/{commitment}")
    return {name: value for name, value in shown.items() if name not in ("history", "chance", "expected_at", "at_risk")}


def names(events: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {(event["subject"], event["id"]) for event in events}
