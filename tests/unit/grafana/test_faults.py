"""Grafana away, wrong, strange or in somebody else's hands: each ends with a sentence that says what to do, and none with a token."""

import logging
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grafana import ADMIN, EDITOR, PREFIX, VIEWER, Grafana
from tests.unit.cli.conftest import Run
from tests.unit.grafana.conftest import TEAM, TRUST, Push, write
from troth.grafana.client import Grafana as Client
from troth.grafana.trouble import GrafanaTrouble
from troth.settings import GRAFANA, Settings, variable

PAGE = b"<html><title>Sign in</title>A message for you</html>"


@pytest.fixture(autouse=True)
def no_token_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.DEBUG):
        yield
    assert not [token for token in (EDITOR, VIEWER, ADMIN) if token in caplog.text]


def test_a_wrong_token_is_named_as_such_and_not_repeated(push: Push, grafana: Grafana) -> None:
    done = push(TROTH_GRAFANA_TOKEN="glsa_expired")
    assert done.exit_code == 1
    assert done.stderr == (
        f"troth: Grafana at {grafana.url} would not read the folder troth: it does not know the token (401). "
        "Give one of a service account as TROTH_GRAFANA_TOKEN.\n"
    )


def test_without_a_token_nothing_is_asked(push: Push) -> None:
    done = push(TROTH_GRAFANA_TOKEN="")
    assert done.exit_code == 2
    assert "set TROTH_GRAFANA_TOKEN to one of a service account" in done.stderr


@pytest.mark.parametrize("token", ["glsa_one\nglsa_two", "glsa_ö", "glsa_ one"])
def test_a_token_that_no_header_can_carry_is_refused_without_repeating_it(push: Push, token: str) -> None:
    done = push(TROTH_GRAFANA_TOKEN=token)
    assert done.exit_code == 1
    assert "copy it again" in done.stderr
    assert token not in done.stderr


def test_a_token_may_be_in_a_file_or_a_user_with_a_password(push: Push, here: Path) -> None:
    (here / "token").write_text(EDITOR + "\n", "utf-8")
    assert push(TROTH_GRAFANA_TOKEN="", TROTH_GRAFANA_TOKEN_FILE="token").exit_code == 0
    assert push(TROTH_GRAFANA_TOKEN=ADMIN).exit_code == 0


def test_one_who_may_only_look_is_told_that_more_is_needed(push: Push, grafana: Grafana) -> None:
    assert push("--dry-run", TROTH_GRAFANA_TOKEN=VIEWER).exit_code == 0
    done = push(TROTH_GRAFANA_TOKEN=VIEWER)
    assert done.exit_code == 1
    assert "would not make the folder 'Troth': You'll need additional permissions to perform this action (403)" in done.stderr
    assert grafana.writes == 0


def test_grafana_away_is_said_to_be_away(push: Push) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{one.getsockname()[1]}"
        done = push(TROTH_GRAFANA_URL=address)
    assert done.exit_code == 1
    assert done.stderr == f"troth: Grafana at {address} cannot be reached: Connection refused. Is it running there?\n"


def test_grafana_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(address, EDITOR, timeout_seconds=0.2) as grafana, pytest.raises(GrafanaTrouble, match="did not answer in time"):
            grafana.folder("troth")


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (
            200,
            {"Content-Type": "text/html"},
            PAGE,
            "answered 200 with text/html where Grafana's API answers JSON: is that Grafana's address?",
        ),
        (404, {"Content-Type": "text/html"}, PAGE, "answered 404 with text/html"),
        (502, {"Content-Type": "text/html"}, PAGE, "what stands before it says it is away; try again."),
        (503, {}, b"", "answered 503 with something"),
        (200, {"Content-Type": "application/json"}, b"null", "where Grafana's API answers JSON"),
        (200, {"Content-Type": "application/json"}, b"[]", "answered something that a Grafana does not"),
        (302, {"Location": "https://sso.example.org/sign-in?to=x"}, b"", "sends on to https://sso.example.org: set TROTH_GRAFANA_URL"),
        (301, {"Location": "/login"}, b"", "sends on to /login"),
        (
            500,
            {"Content-Type": "application/json"},
            b'{"message": "database is locked"}',
            "would not read the folder troth: database is locked (500)",
        ),
        (404, {"Content-Type": "application/problem+json"}, b'{"title": "Not Found"}', "it does not say why (404)"),
        (429, {"Content-Type": "application/json"}, b'{"message": "slow down"}', "would not read the folder troth: slow down (429)"),
        (400, {"Content-Type": "application/json"}, b"[]", "it does not say why (400)"),
    ],
)
def test_what_is_no_answer_of_grafanas_is_told_from_one(
    push: Push, grafana: Grafana, status: int, headers: dict[str, str], body: bytes, said: str
) -> None:
    grafana.broken = (status, headers, body)
    done = push()
    assert done.exit_code == 1
    assert said in done.stderr
    assert EDITOR not in done.output


@pytest.mark.parametrize("url", ["grafana", "ftp://grafana", "http://", "http://[::1", "http://grafana/?orgId=1"])
def test_what_is_no_address_is_refused(push: Push, url: str) -> None:
    done = push(TROTH_GRAFANA_URL=url)
    assert done.exit_code == 1
    assert "is no address of Grafana; write it as https://grafana.example.org." in done.stderr


def test_an_address_with_a_password_in_it_is_refused_without_repeating_it(push: Push) -> None:
    done = push(TROTH_GRAFANA_URL="http://admin:hunter2@127.0.0.1:3000")
    assert "leave that out" in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(("url", "said"), [("prometheus:9090", "which is no address"), ("http://a:hunter2@p:9090", "has a user in it")])
def test_an_address_of_prometheus_that_nobody_should_be_given_is_refused(push: Push, grafana: Grafana, url: str, said: str) -> None:
    done = push("--grafana-prometheus-url", url)
    assert (done.exit_code, said in done.stderr, "hunter2" in done.output, grafana.folders) == (2, True, False, {})


def test_grafana_may_be_under_a_path(push: Push, grafana: Grafana) -> None:
    assert push(TROTH_GRAFANA_URL=f"{grafana.url}{PREFIX}/").exit_code == 0
    assert set(grafana.dashboards) == {"troth-trust", "troth-team"}


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_data_source_of_another_type_is_never_written_over(push: Push, grafana: Grafana, force: list[str]) -> None:
    grafana.make_source({"uid": "prometheus", "name": "Logs", "type": "loki", "url": "http://loki"})
    done = push(*force)
    assert done.exit_code == 1
    assert "is of type loki in Grafana, which is left as it is: name one of Prometheus with --grafana-datasource" in done.stdout
    assert grafana.sources["prometheus"]["type"] == "loki"


def test_a_data_source_that_is_missing_is_named_with_both_ways_out(push: Push, grafana: Grafana) -> None:
    done = push(TROTH_GRAFANA_PROMETHEUS_URL="")
    assert done.exit_code == 1
    assert "--grafana-datasource, or let it be made by --grafana-prometheus-url" in done.stdout
    assert (grafana.sources, set(grafana.dashboards)) == ({}, {"troth-trust", "troth-team"})


def test_what_comes_from_a_file_beside_grafana_is_not_written_over(push: Push, grafana: Grafana, dashboards: Path) -> None:
    push()
    grafana.sources["prometheus"]["readOnly"] = True
    grafana.dashboards["troth-trust"]["provisioned"] = True
    assert push("--force").exit_code == 0
    write(dashboards, TRUST | {"title": "Trust anew"})
    done = push("--force", TROTH_GRAFANA_PROMETHEUS_URL="http://another:9090")
    assert done.exit_code == 1
    assert done.stdout.count("comes from a file beside Grafana, and can only be changed there.") == 2
    assert grafana.model("troth-trust")["title"] == "Trust"


def test_a_name_that_is_taken_is_said_with_what_is_left_to_do(push: Push, grafana: Grafana) -> None:
    grafana.make_source({"uid": "other", "name": "Prometheus of Troth", "type": "prometheus", "url": "http://other"})
    done = push()
    assert done.exit_code == 1
    assert "data source with the same name already exists" in done.stderr
    assert set(grafana.dashboards) == {"troth-trust", "troth-team"}
    assert push("--grafana-datasource", "other", TROTH_GRAFANA_PROMETHEUS_URL="").exit_code == 0


def test_an_editor_who_is_not_told_that_there_is_no_folder_makes_it(push: Push, grafana: Grafana) -> None:
    grafana.hides_what_is_not_there = True
    assert push().exit_code == 0
    assert set(grafana.folders) == {"troth"}


def test_a_folder_of_that_title_that_is_not_ours_stops_it_before_any_dashboard(push: Push, grafana: Grafana) -> None:
    grafana.make_folder({"uid": "theirs", "title": "Troth"})
    done = push()
    assert done.exit_code == 1
    assert "Either another has that name: give this one another with --grafana-folder" in done.stderr
    assert grafana.dashboards == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "{", "is not JSON that can be read"),
        ("a.json", "[]", "is no dashboard: it needs a title, and a uid"),
        ("a.json", '{"title": "Trust"}', "is no dashboard"),
        ("a.json", '{"title": "Trust", "uid": "%s"}' % ("u" * 41), "a uid of at most 40 characters"),
        ("a.json", '{"title": "Again", "uid": "troth-team"}', "have the same uid, 'troth-team'"),
    ],
)
def test_a_file_that_grafana_could_not_take_is_named_before_anything_is_asked(
    push: Push, grafana: Grafana, dashboards: Path, name: str, text: str, said: str
) -> None:
    (dashboards / name).write_text(text, "utf-8")
    done = push()
    assert done.exit_code == 2
    assert (name in done.stderr, said in done.stderr) == (True, True), done.stderr
    assert grafana.folders == {}


def test_a_directory_without_dashboards_is_named(push: Push, here: Path) -> None:
    assert "nowhere is no directory" in push("--from", "nowhere").stderr
    (here / "empty").mkdir()
    assert "empty holds no dashboard" in push("--from", "empty").stderr


def test_without_the_package_the_extra_is_named(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("troth.grafana.", "troth.wiring.grafana")) and "trouble" not in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_api", None)
    done = push()
    assert (done.exit_code, done.stderr) == (1, "troth: This command needs the package grafana_api: install troth[grafana].\n")


def test_each_setting_is_a_flag_and_the_token_is_none(troth: Run) -> None:
    said = " ".join(troth("dashboards", "push", "--help").stdout.replace("│", " ").split())
    for name in GRAFANA:
        assert f"({variable(name)}; default: {Settings.model_fields[name].default or 'none'})" in said
    assert "--grafana-token" not in said


def test_more_lines_than_one_wants_to_read_are_counted_instead(push: Push, dashboards: Path) -> None:
    push()
    write(dashboards, TEAM | {"panels": [{"id": number} for number in range(100)]})
    assert "more.\n" in push("--dry-run").stdout
