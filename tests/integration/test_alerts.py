"""Alerts of a served ledger: a real Alertmanager, and chat by Apprise to a server of the test's own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.alertmanager import Alertmanager, own_alertmanager, until
from tests.integration.conftest import Served, event
from troth.domain.instants import format_instant

SECOND = 1_000_000


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    with own_alertmanager(tmp_path / "alertmanager") as running:
        yield running


def now() -> int:
    return time.time_ns() // 1_000


def promise(subject: str, due: int, **said: Any) -> dict[str, Any]:
    return event(subject=subject, id=f"made {subject}", due_at=format_instant(due), **said)


def happened(kind: str, subject: str, at: int, **said: Any) -> dict[str, Any]:
    return {**event(kind, subject, f"{kind} {subject} {at}", **said), "time": format_instant(at)}


def test_a_slip_is_at_alertmanager_within_five_seconds_of_its_date_and_ends_when_it_is_delivered(
    serve: Callable[..., Served], alertmanager: Alertmanager
) -> None:
    served = serve(alertmanager_url=alertmanager.url, public_url="https://troth.example.org/")
    due = now() + 2 * SECOND
    served.take(promise("checkout", due, team="Web Shop", customer="Sales", title="The checkout speaks Danish"))
    [alert] = until(lambda: alertmanager.alerts(commitment="checkout"))
    assert now() > due
    assert alert["labels"] == {
        "alertname": "TrothPromiseSlipped",
        "team": "Web Shop",
        "customer": "Sales",
        "commitment": "checkout",
        "kind": "slipped",
    }
    assert alert["generatorURL"] == "https://troth.example.org/commitments/checkout"
    assert alert["annotations"]["summary"] == "Slipped: The checkout speaks Danish"
    assert "Customer: Sales" in alert["annotations"]["description"]
    served.take(happened("commitment-delivered", "checkout", now()))
    until(lambda: not alertmanager.alerts(commitment="checkout"))
