"""What holds for the exports of every tool: interrupted, repeated, to a server, and beside other files."""

import json
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests import running
from tests.gateways import NOWHERE, publishing
from tests.integration.exports import test_azure_devops, test_github, test_gitlab, test_jira
from tests.integration.exports.both_ways import imported, log, names, new_events

ISSUES = 1_500


def many(path: Path) -> None:
    issues = [test_jira.an_issue() | {"id": str(number), "key": f"PAY-{number}"} for number in range(1, ISSUES + 1)]
    path.write_text(json.dumps({"issues": issues}))


def stored(file: Path) -> int:
    """How many events there are in a ledger that is being written."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            count: int = connection.execute("SELECT count(*) FROM events").fetchone()[0]
            return count
    except sqlite3.OperationalError:
        return 0  # it is only being made


@pytest.mark.slow
def test_an_import_that_was_killed_goes_on_where_it_stood_and_ends_as_one_that_was_not(tmp_path: Path) -> None:
    many(tmp_path / "jira.json")
    command = [running.TROTH, "import", "jira.json", "--data", "ledger"]
    with subprocess.Popen(command, cwd=tmp_path, env=running.environment(), stdout=subprocess.DEVNULL) as killed:
        while not stored(tmp_path / "ledger/troth.db"):
            assert killed.poll() is None
            time.sleep(0.01)
        killed.kill()
    there = len(log(tmp_path))
    said = imported(tmp_path, "jira.json")
    whole = imported(tmp_path, "jira.json", "--data", "whole")
    assert 0 < there < new_events(whole)
    assert there + new_events(said) == new_events(whole)
    assert names(log(tmp_path)) == names(log(tmp_path, "whole"))
    assert running.troth("verify", "--data", "ledger", cwd=tmp_path).returncode == 0


def test_an_item_that_is_on_two_pages_counts_once(tmp_path: Path) -> None:
    moved = test_jira.an_issue(changelog=False, duedate="2026-05-31", fixVersions=[])
    pages = [{"issues": [test_jira.an_issue(changelog=False)]}, {"issues": [moved]}]
    (tmp_path / "pages.json").write_text("\n".join(map(json.dumps, pages)))
    assert "jira:issues/9001 is there more than once" in imported(tmp_path, "pages.json")
    assert new_events(imported(tmp_path, "pages.json")) == 0


def test_exports_of_several_tools_and_events_go_in_by_one_command(tmp_path: Path) -> None:
    test_jira.an_export(tmp_path / "jira.json")
    imported(tmp_path, "jira.json", "--data", "other")
    (tmp_path / "log.ndjson").write_bytes(running.troth("export", "--data", "other", cwd=tmp_path).stdout)
    said = imported(tmp_path, *test_github.an_export(tmp_path), "jira.json", "log.ndjson")
    assert "log.ndjson" in said
    assert {event["source"] for event in log(tmp_path)} == {"github", "jira"}
    assert new_events(said.splitlines()[-1]) == 0


def test_no_person_of_an_export_is_in_the_ledger(tmp_path: Path) -> None:
    files = [*test_gitlab.an_export(tmp_path), *test_azure_devops.revisions(tmp_path), test_azure_devops.a_query(tmp_path)]
    imported(tmp_path, *files, str(test_jira.an_export(tmp_path / "jira.json")), str(test_jira.table(tmp_path / "jira.csv")))
    imported(tmp_path, *test_github.an_export(tmp_path))
    stored = b"".join(path.read_bytes() for path in (tmp_path / "ledger").iterdir())
    people = (b"Jane", b"jane@", b"557058", b"jodoe", b"Jo Doe", b"jo@acme", b"jette", b"4711")
    assert [name for name in people if name.lower() in stored.lower()] == []


def test_a_json_of_nothing_that_is_known_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('[{"colour": "red"}]')
    said = imported(tmp_path, "odd.json", status=2, said_in="stderr")
    assert "odd.json is JSON, but of nothing that is known by its content" in said
    assert "Jira's JSON (jira)" in said
    assert "'jiira' is no format; there are events, github" in imported(
        tmp_path, "odd.json", "--format", "jiira", status=2, said_in="stderr"
    )


def test_an_export_may_be_without_milestones(tmp_path: Path) -> None:
    files = test_github.an_export(tmp_path)
    (tmp_path / "milestones.json").write_text("[]\n")
    assert "milestones.json: 0 lines: 0 new events, 0 known already, 0 lines refused." in imported(tmp_path, *files)


@pytest.mark.parametrize("cut", [1, 5, 30_000])
def test_a_page_that_is_cut_off_is_refused_before_anything_is_stored(tmp_path: Path, cut: int) -> None:
    page = json.dumps({"issues": [test_jira.an_issue() | {"id": str(number)} for number in range(20)]})
    (tmp_path / "jira.json").write_text(page[:-cut])
    assert "jira.json: is no JSON, or is cut off, behind its object 0" in imported(tmp_path, "jira.json", status=1, said_in="stderr")
    (tmp_path / "array.json").write_text(json.dumps([test_jira.an_issue()])[:-1])
    assert "(the array has no end); export it again" in imported(tmp_path, "array.json", status=1, said_in="stderr")
    assert not (tmp_path / "ledger").exists()


def test_a_gateway_of_a_cluster_which_knows_nothing_is_not_asked_in_vain(tmp_path: Path) -> None:
    test_jira.an_export(tmp_path / "jira.json")
    with publishing(tmp_path / "gateway", NOWHERE, "troth.") as gateway:
        done = running.troth("import", "jira.json", "--to", gateway.server.url, cwd=tmp_path, TROTH_TOKENS=running.TOKEN)
        assert done.returncode == 1
        assert b"cannot be asked what is on record" in done.stderr
        assert gateway.spooled() == 0


def test_an_export_in_utf_16_as_powershell_writes_it_is_read(tmp_path: Path) -> None:
    files = test_github.an_export(tmp_path)
    expected = new_events(imported(tmp_path, *files, "--data", "other"))
    for name in files:
        (tmp_path / name).write_text((tmp_path / name).read_text(), encoding="utf-16")
    assert new_events(imported(tmp_path, *files)) == expected


def test_a_tool_as_the_configuration_has_it_holds_in_an_import_too(tmp_path: Path) -> None:
    (tmp_path / "troth.toml").write_text('[sources.jira]\nteam = "fields.issuetype.name"\n[sources.jira.teams]\nStory = "Tellers"\n')
    test_jira.an_export(tmp_path / "jira.json")
    imported(tmp_path, "jira.json")
    assert {event["data"]["team"] for event in log(tmp_path) if event["type"].endswith("-made")} == {"Tellers"}
