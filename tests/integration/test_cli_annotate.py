"""`troth dashboards annotate` beside a running server: the same marks, from its file and over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grafana import EDITOR, Grafana, small_grafana
from tests.notation import posted, promised
from tests.running import TOKEN, Server, serving, troth

PROMISES = 1_001  # more than one page of notices


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "ledger"


@pytest.fixture(scope="module")
def served(ledger: Path) -> Iterator[Server]:
    with serving("serve", ledger, "--reading", "token") as server:
        assert server.post([posted(1, ("day 0", promised("Web Shop", due="day 1")), f"promise {n}") for n in range(PROMISES)]) == 202
        yield server


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with small_grafana() as one:
        yield one


def annotate(grafana: Grafana, place: Path, *flags: str, **variables: str) -> tuple[int, str]:
    settings = {"TROTH_GRAFANA_URL": grafana.url, "TROTH_GRAFANA_TOKEN": EDITOR}
    done = troth("dashboards", "annotate", "--days", "36500", *flags, cwd=place, typed=None, **settings | variables)
    return done.returncode, (done.stdout or done.stderr).decode()


def test_its_file_and_the_server_itself_tell_the_same(served: Server, ledger: Path, grafana: Grafana, tmp_path: Path) -> None:
    assert annotate(grafana, tmp_path, "--data", str(ledger))[1].startswith("1,001 notices of 36,500 days: 1,001 added")
    over_http = annotate(grafana, tmp_path, "--from", served.url, TROTH_TOKENS=TOKEN)
    assert over_http == (0, "1,001 notices of 36,500 days: 0 added, 0 corrected, 0 removed as doubles.\n")


def test_a_server_that_does_not_know_the_token_says_what_to_set(served: Server, grafana: Grafana, tmp_path: Path) -> None:
    for variables in ({}, {"TROTH_TOKENS": "another"}):
        status, said = annotate(grafana, tmp_path, "--from", served.url, **variables)
        assert (status, said) == (1, f"troth: {served.url}/v1/notices answered 401. Set TROTH_TOKENS to a token of that server.\n")


def test_what_is_no_troth_is_told_from_one(grafana: Grafana, served: Server, tmp_path: Path) -> None:
    grafana.broken = (200, {"Content-Type": "text/html"}, b"<html></html>")
    status, said = annotate(grafana, tmp_path, "--from", grafana.url)
    assert (status, "that is no page of notices: is that the address of Troth?" in said) == (1, True), said
    grafana.broken = (302, {"Location": served.url}, b"")
    status, said = annotate(grafana, tmp_path, "--from", grafana.url, TROTH_TOKENS=TOKEN)
    assert (status, "answered 302." in said) == (1, True), said
    assert "cannot be reached: [Errno 111]" in annotate(grafana, tmp_path, "--from", "http://127.0.0.1:1")[1]
    assert annotate(grafana, tmp_path, "--from", "troth.example.org")[0] == 2
