"""Alerts of a served ledger: a real Alertmanager, and chat by Apprise to a server of the test's own."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.alertmanager import Alertmanager, own_alertmanager, until
from tests.integration.conftest import Served, event, serving
from tests.receiver import receiving
from tests.running import troth
from troth.alerts.subscriptions import Subscription
from troth.domain.instants import format_instant

SECOND = 1_000_000


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    with own_alertmanager(tmp_path / "alertmanager") as running:
        yield running


def now() -> int:
    return time.time_ns() // 1_000


def number(served: Served, name: str) -> float:
    [line] = [line for line in served.http.get("/metrics").text.splitlines() if line.startswith(f"{name} ")]
    return float(line.rpartition(" ")[2])


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


def test_what_slipped_while_alertmanager_was_away_is_there_when_it_is_back(
    serve: Callable[..., Served], alertmanager: Alertmanager, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve(alertmanager_url=alertmanager.url)
    alertmanager.stop()
    served.take(promise("early", now() - 60 * SECOND), promise("late", now() + SECOND))
    until(lambda: number(served, 'troth_alerts_total{result="failed"}') > 1)
    alertmanager.start()
    until(lambda: alertmanager.alerts(commitment="early") and alertmanager.alerts(commitment="late"))
    assert number(served, "troth_alerts_firing") == 2
    assert [record.getMessage() for record in caplog.records if "cannot be reached" in record.getMessage()]


def test_moves_risks_and_words_taken_back_are_alerts_too(serve: Callable[..., Served], alertmanager: Alertmanager) -> None:
    served = serve(alertmanager_url=alertmanager.url)
    served.take(
        *(promise(subject, now() + 86_400 * SECOND) for subject in ("moved", "warned", "revoked")),
        happened("commitment-renegotiated", "moved", now(), due_at=format_instant(now() + 2 * 86_400 * SECOND), agreed=True),
        happened("commitment-warned", "warned", now(), reason="Two are ill."),
        happened("commitment-revoked", "revoked", now(), reason="It costs too much."),
    )
    until(lambda: len(alertmanager.alerts()) == 3)
    assert {(alert["labels"]["commitment"], alert["labels"]["kind"]) for alert in alertmanager.alerts()} == {
        ("moved", "moved"),
        ("warned", "at_risk"),
        ("revoked", "revoked"),
    }
    [risk] = alertmanager.alerts(commitment="warned")
    assert "“Two are ill.”" in risk["annotations"]["description"]


def test_fifty_slips_of_a_team_are_one_message_and_each_receiver_hears_what_it_asked_for_once(serve: Callable[..., Served]) -> None:
    with receiving() as everyone, receiving() as sales:
        served = serve(
            receiver_urls={"all": (f"json://user:s3cret@{everyone.place}",), "head-of-sales": (f"json://{sales.place}",)},
            receivers={"head-of-sales": Subscription(customers=["Sales"])},
        )
        due = now() - SECOND
        served.take(*(promise(f"c-{n}", due, title=f"Thing {n}", customer="Sales" if n == 7 else "HR") for n in range(50)))
        [text] = until(everyone.texts)
        assert text.startswith("a: 50 promises slipped\n")
        assert all(f"Thing {n} (for " in text for n in range(50))
        [text] = until(sales.texts)
        assert text.startswith("a: Slipped: Thing 7\n")
        assert "Customer: Sales" in text
        served.take(happened("commitment-delivered", "c-7", now()))
        until(lambda: len(sales.taken) == 2 and len(everyone.taken) == 2)
        assert sales.texts()[1].startswith("a: Recovered: Thing 7\n")
        assert number(served, 'troth_messages_total{receiver="head-of-sales",result="sent"}') == 2
        assert number(served, 'troth_notices_waiting{receiver="all"}') == 0


def test_a_restart_in_a_flood_that_is_refused_loses_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    with receiving() as chat:
        chat.status = 503
        settings = {"receiver_urls": {"chat": (f"json://user:s3cret@{chat.place}",)}}
        with serving(tmp_path / "ledger", **settings) as served:
            served.take(*(promise(f"c-{n}", now() - SECOND, title=f"Thing {n}") for n in range(20)))
            until(lambda: chat.refused)
            assert number(served, 'troth_notices_waiting{receiver="chat"}') == 20
        chat.status = 200
        with serving(tmp_path / "ledger", **settings) as served:
            served.take(*(promise(f"c-{n}", now() - SECOND, title=f"Thing {n}") for n in range(20, 30)))
            until(lambda: number(served, 'troth_notices_waiting{receiver="chat"}') == 0)
            said = "\n".join(chat.texts())
        with serving(tmp_path / "ledger", **settings):
            time.sleep(1)
        assert "\n".join(chat.texts()) == said
        assert all(said.count(f"Thing {n}: ") == 1 for n in range(30))
        assert "repetition" not in said
        assert not [path for path in (tmp_path / "ledger").iterdir() if b"s3cret" in path.read_bytes() or b"json:" in path.read_bytes()]


ODD_NAMES = ("a/b", "a b", "..", "ü", "東京", "100%", "\\", "'; DROP TABLE notices; --", "🚀", "x" * 190, "0", '"{{ . }}"', "<b>")


def test_alertmanager_takes_every_name_that_a_ledger_takes(serve: Callable[..., Served], alertmanager: Alertmanager) -> None:
    served = serve(alertmanager_url=alertmanager.url, public_url="https://troth.example.org")
    served.take(*(promise(name, now() - SECOND, team=name, customer=name, title=name) for name in ODD_NAMES))
    found = until(lambda: len(alertmanager.alerts()) == len(ODD_NAMES) and alertmanager.alerts())
    for alert in found:
        name = alert["labels"]["commitment"]
        assert (alert["labels"]["team"], alert["labels"]["customer"]) == (name, name)
    assert {alert["labels"]["commitment"] for alert in found} == set(ODD_NAMES)
    assert number(served, 'troth_alerts_total{result="refused"}') == 0


def test_what_is_over_when_the_server_comes_back_ends_at_once_and_what_is_not_fires_on(tmp_path: Path, alertmanager: Alertmanager) -> None:
    with serving(tmp_path / "ledger", alertmanager_url=alertmanager.url) as served:
        served.take(promise("over", now() - SECOND), promise("open", now() - SECOND))
        until(lambda: len(alertmanager.alerts()) == 2)
    (tmp_path / "news.ndjson").write_text(json.dumps(happened("commitment-delivered", "over", now())), encoding="utf-8")
    imported = troth("import", "news.ndjson", "--data", "ledger", cwd=tmp_path)
    assert imported.returncode == 0, imported.stderr
    assert len(alertmanager.alerts()) == 2
    with serving(tmp_path / "ledger", alertmanager_url=alertmanager.url):
        until(lambda: [alert["labels"]["commitment"] for alert in alertmanager.alerts()] == ["open"])
