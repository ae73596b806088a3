"""What Alertmanager and receivers do when they refuse, and what is asked wrongly."""

import logging
import os
import subprocess
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.alertmanager import until
from tests.integration.conftest import Served, event
from tests.integration.test_alerts import number
from tests.receiver import Posted, receiving
from tests.running import TROTH, environment, serving, troth
from troth.alerts.alertmanager import Alertmanager, Away
from troth.domain.instants import format_instant


class Picky(Posted):
    """An Alertmanager that answers 400 to every post with an alert of the commitment `bad` in it."""

    def answer(self, asked: BaseHTTPRequestHandler, said: Any) -> None:
        bad = any(alert["labels"]["commitment"] == "bad" for alert in said)
        (self.refused if bad else self.taken).append(said)
        asked.send_response(400 if bad else 200)
        asked.end_headers()
        asked.wfile.write(b'"invalid label set"' if bad else b"")


def overdue(*subjects: str) -> list[dict[str, Any]]:
    due = format_instant(time.time_ns() // 1_000 - 60_000_000)
    return [event(subject=subject, id=subject, due_at=due, title=f"Thing {subject}") for subject in subjects]


def test_an_alert_that_is_refused_for_good_is_said_and_counted_and_the_others_of_its_post_arrive(
    serve: Callable[..., Served], caplog: pytest.LogCaptureFixture
) -> None:
    with receiving(Picky()) as alertmanager:
        served = serve(alertmanager_url=f"http://{alertmanager.place}")
        served.take(*overdue("a", "b", "bad", "c", "d"))
        until(lambda: number(served, 'troth_alerts_total{result="refused"}') == 1)
        arrived = {alert["labels"]["commitment"] for post in alertmanager.taken for alert in post}
        assert arrived == {"a", "b", "c", "d"}
        posts = len(alertmanager.refused)
        served.take(*overdue("e"))
        until(lambda: number(served, 'troth_alerts_total{result="taken"}') == 5)
        assert len(alertmanager.refused) == posts, "what is refused for good is not sent again as it is"
        assert number(served, "troth_alerts_firing") == 6
    [said] = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "'bad', which is kept and not sent again as it is: 400: \"invalid label set\"" in said


def test_one_that_cannot_work_now_is_tried_again_and_said_once(serve: Callable[..., Served], caplog: pytest.LogCaptureFixture) -> None:
    with receiving() as alertmanager:
        alertmanager.status = 503
        served = serve(alertmanager_url=f"http://{alertmanager.place}")
        served.take(*overdue("a"))
        until(lambda: len(alertmanager.refused) > 2)
        alertmanager.status = 200
        until(lambda: alertmanager.taken)
        assert number(served, 'troth_alerts_total{result="failed"}') >= 3
        until(lambda: "takes alerts again" in caplog.text)
    assert caplog.text.count("answers 503") == 1
    assert "nothing is lost" in caplog.text


def test_a_receiver_that_is_killed_with_the_server_in_a_message_hears_it_again_with_a_word_of_warning(tmp_path: Path) -> None:
    with receiving(Hanging()) as chat:
        address = f"json://{chat.place}"
        with serving("serve", tmp_path / "ledger", TROTH_RECEIVER_CHAT_URLS=address) as server:
            assert server.post(overdue("a")) == 202
            until(lambda: chat.refused)
            server.process.kill()
        chat.status = 200
        with serving("serve", tmp_path / "ledger", TROTH_RECEIVER_CHAT_URLS=address):
            [text] = until(chat.texts)
    assert "\nThis may be a repetition: Troth was cut off while it sent it.\n" in text


class Hanging(Posted):
    """A receiver that takes a message and does not answer, until its status is 200."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 0

    def answer(self, asked: BaseHTTPRequestHandler, said: Any) -> None:
        if self.status:
            super().answer(asked, said)
            return
        self.refused.append(said)
        until(lambda: self.status)


def test_nobody_at_the_address_is_away_and_no_error(tmp_path: Path) -> None:
    with pytest.raises(Away, match="cannot be reached"):
        Alertmanager("http://127.0.0.1:9").post([{}])


@pytest.mark.parametrize(
    ("file", "variables", "sentence"),
    [
        ("[receivers.sales]", {}, "[receivers.sales] of troth.toml has no address: put one of Apprise's into TROTH_RECEIVER_SALES_URLS."),
        ("[receivers.sales]\nteam = 'a'", {}, "[receivers.sales] of troth.toml: `team` is no key of it; did you mean `teams`?"),
        ("[receivers.sales]\nkinds = ['slip']", {}, "[receivers.sales] of troth.toml: `kinds`"),
        ("", {"TROTH_RECEIVER_SALES_URLS": "s3cret://who:knows"}, "TROTH_RECEIVER_SALES_URLS has an address that Apprise does not know."),
        ("", {"TROTH_ALERTMANAGER_URL": "localhost:9093"}, "is no address; write it as http://127.0.0.1:9093"),
        ("", {"TROTH_ALERTMANAGER_URL": "http://me:s3cret@localhost:9093"}, "has a user or a password in it, which would be shown"),
        ("receiver_urls = 3", {}, "'receiver_urls' is a secret: set it in the environment."),
    ],
)
def test_what_is_asked_wrongly_is_said_with_the_mend_and_without_the_secret(
    tmp_path: Path, file: str, variables: dict[str, str], sentence: str
) -> None:
    (tmp_path / "troth.toml").write_text(file, encoding="utf-8")
    command = [TROTH, "serve", "--data", "ledger", "--port", "0"]
    refused = subprocess.run(command, cwd=tmp_path, env=environment(**variables), capture_output=True, check=False)
    said = refused.stderr.decode()
    assert refused.returncode == 2
    assert sentence in said
    assert "s3cret" not in said


def test_without_apprise_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "apprise.py").write_text("raise ModuleNotFoundError('No module named apprise', name='apprise')", encoding="utf-8")
    path = f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"
    refused = troth("serve", "--port", "0", cwd=tmp_path, PYTHONPATH=path, TROTH_RECEIVER_SALES_URLS="json://localhost")
    assert refused.returncode == 1
    assert refused.stderr.decode().endswith("which needs the package apprise: install troth[chat].\n")
