import json
from pathlib import Path
from typing import Any

import pytest

from tests import running
from tests.integration.exports.both_ways import Told, imported, life, log, names, new_events, webhooks

JETTE = {"login": "jette-marie", "id": 4711, "type": "User"}
SHOP = {"id": 9, "name": "shop", "full_name": "octo/shop", "owner": {"login": "octo", "type": "Organization"}}
API = "https://github.example/api/v3/repos/octo/shop"
SPRING = {"id": 71, "number": 3, "title": "Spring", "state": "open", "due_on": "2026-06-30T07:00:00Z", "url": f"{API}/milestones/3"}
SPRING |= {"created_at": "2026-01-05T09:00:00Z", "updated_at": "2026-01-05T09:00:00Z", "closed_at": None, "creator": JETTE}
SPRING |= {"html_url": "https://github.example/octo/shop/milestone/3"}
AUTUMN = SPRING | {"id": 72, "number": 4, "title": "Autumn", "due_on": "2026-10-31T07:00:00Z", "url": f"{API}/milestones/4"}
FIRST: dict[str, Any] = {"id": 501, "number": 12, "title": "A till", "state": "open", "milestone": None, "labels": [], "user": JETTE}
FIRST |= {"created_at": "2026-01-10T10:00:00Z", "closed_at": None, "state_reason": None, "node_id": "I_501"}
FIRST |= {"html_url": "https://github.example/octo/shop/issues/12"}
ENDED = {"state": "closed", "state_reason": "completed"}
OPEN = {"state": "open", "state_reason": None}
LIFE: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [  # when, what, how it is then, and what else is told
    ("2026-01-10T10:00:00Z", "opened", {}, {}),
    ("2026-01-11T10:00:00Z", "milestoned", {"milestone": SPRING}, {"milestone": SPRING}),
    ("2026-01-12T10:00:00Z", "renamed", {"title": "Tills"}, {"rename": {"from": "A till", "to": "Tills"}}),
    ("2026-01-20T10:00:00Z", "demilestoned", {"milestone": None}, {"milestone": SPRING}),
    ("2026-01-20T10:00:01Z", "milestoned", {"milestone": AUTUMN}, {"milestone": AUTUMN}),
    ("2026-01-25T10:00:00Z", "labeled", {"labels": [{"name": "bug"}]}, {"label": {"name": "bug"}}),
    ("2026-02-01T10:00:00Z", "labeled", {"labels": [{"name": "bug"}, {"name": "at risk"}]}, {"label": {"name": "at risk"}}),
    ("2026-03-01T10:00:00Z", "closed", ENDED | {"closed_at": "2026-03-01T10:00:00Z"}, {"state_reason": "completed"}),
    ("2026-03-02T10:00:00Z", "reopened", OPEN | {"closed_at": None}, {}),
    ("2026-04-01T10:00:00Z", "closed", ENDED | {"closed_at": "2026-04-01T10:00:00Z"}, {"state_reason": "completed"}),
]


def states() -> list[dict[str, Any]]:
    found = [FIRST]
    for at, _, said, _ in LIFE:
        found.append(found[-1] | said | {"updated_at": at})
    return found[1:]


def tellings() -> list[Told]:
    told: list[Told] = [
        ({"X-GitHub-Event": "milestone"}, {"action": "created", "milestone": one, "repository": SHOP}) for one in (SPRING, AUTUMN)
    ]
    for (_, what, _, beside), issue in zip(LIFE, states(), strict=True):
        said = {name: beside[name] for name in ("label", "milestone") if name in beside}
        action = "edited" if what == "renamed" else what
        told.append(({"X-GitHub-Event": "issues"}, {"action": action, "issue": issue, "repository": SHOP, "sender": JETTE, **said}))
    return told


def an_issue() -> dict[str, Any]:
    return {**states()[-1], "url": f"{API}/issues/12", "repository_url": API}


def happenings() -> list[dict[str, Any]]:
    return [
        {"id": nth, "event": what, "created_at": at, "actor": JETTE, "issue": {"id": 501, "number": 12}}
        | {name: {"title": value["title"]} if name == "milestone" else value for name, value in beside.items()}
        for nth, (at, what, _, beside) in enumerate(LIFE[1:])
    ]


def an_export(tmp_path: Path, *, events: bool = True, repository: dict[str, Any] = SHOP) -> list[str]:
    """What `gh api` gives, each in a file as it may come: pages behind each other, or in one array."""
    other = {**FIRST, "id": 502, "number": 13, "url": f"{API}/issues/13", "repository_url": API, "updated_at": FIRST["created_at"]}
    request = {**other, "id": 503, "number": 14, "pull_request": {"url": "x"}}
    files = {
        "repository.json": json.dumps(repository),
        "milestones.json": json.dumps([SPRING]) + json.dumps([AUTUMN]),
        "issues.json": json.dumps([[an_issue(), other], [request]], indent=1),
        **({"events.json": "\n".join(map(json.dumps, reversed(happenings())))} if events else {}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return list(files)[::-1]


def test_history_after_the_webhooks_adds_nothing(tmp_path: Path) -> None:
    webhooks(tmp_path, "github", tellings())
    before = log(tmp_path)
    assert new_events(imported(tmp_path, *an_export(tmp_path))) == 0
    assert log(tmp_path) == before


def test_webhooks_after_the_history_add_nothing(tmp_path: Path) -> None:
    assert new_events(imported(tmp_path, *an_export(tmp_path))) > 6
    before = names(log(tmp_path))
    webhooks(tmp_path, "github", tellings())
    assert names(log(tmp_path)) == before


def test_a_history_is_the_life_that_the_issue_had(tmp_path: Path) -> None:
    imported(tmp_path, *an_export(tmp_path))
    told = [line.partition(";")[0] for line in life(tmp_path, "github:issues/501") if "nothing" not in line]
    assert told == [
        "2026-01-11T10:00 made: promises, by a date",
        "2026-01-12T10:00 made: corrects title",
        *[line for line in told if line.startswith("2026-01-20")],
        "2026-02-01T10:00 warned: warns that it may slip",
        "2026-03-01T10:00 delivered: delivers",
        "2026-03-02T10:00 reopened: open again",
        "2026-04-01T10:00 delivered: delivers",
    ]


def test_without_events_an_issue_is_told_as_it_is_now_and_beside_webhooks_nothing_twice(tmp_path: Path) -> None:
    files = an_export(tmp_path, events=False)
    said = imported(tmp_path, *files, "--data", "fresh")
    assert new_events(said) > 0
    assert new_events(imported(tmp_path, *files, "--data", "fresh")) == 0
    webhooks(tmp_path, "github", tellings())
    before = log(tmp_path)
    assert new_events(imported(tmp_path, *files)) == 0
    assert log(tmp_path) == before


def test_whose_a_repository_is_has_to_be_told_as_a_persons_name_is_not_stored(tmp_path: Path) -> None:
    files = an_export(tmp_path)
    done = running.troth("import", "issues.json", "--data", "ledger", cwd=tmp_path)
    assert done.returncode == 2
    assert "`gh api repos/octo/shop`" in " ".join(done.stderr.decode().replace("│", " ").split())
    assert not (tmp_path / "ledger").exists()
    an_export(tmp_path, repository=SHOP | {"owner": {"login": "octo", "type": "User"}})
    imported(tmp_path, *files)
    assert {event["data"].get("team", "shop") for event in log(tmp_path)} == {"shop"}
    assert b"octo" not in b"".join(path.read_bytes() for path in (tmp_path / "ledger").iterdir())


def test_an_import_to_a_server_adds_nothing_twice_either(tmp_path: Path) -> None:
    files = an_export(tmp_path, events=False)
    with running.serving("serve", tmp_path / "ledger") as server:
        for expected in (True, False):
            done = running.troth("import", *files, "--to", server.url, cwd=tmp_path, TROTH_TOKENS=running.TOKEN)
            assert done.returncode == 0, done.stderr
            assert (new_events(done.stdout.decode()) > 0) is expected


@pytest.mark.parametrize("cut", [1, 40, 700])
def test_an_export_that_is_cut_off_is_refused_before_anything_is_stored(tmp_path: Path, cut: int) -> None:
    files = an_export(tmp_path)
    path = tmp_path / "issues.json"
    path.write_bytes(path.read_bytes().rstrip(b"] \n")[:-cut])
    done = running.troth("import", *files, "--data", "ledger", cwd=tmp_path)
    assert done.returncode == 1
    assert "issues.json: is no JSON, or is cut off, behind its object" in done.stderr.decode()
    assert not (tmp_path / "ledger").exists()


def test_what_is_wrong_with_an_item_is_said_without_people_and_the_others_go_in(tmp_path: Path) -> None:
    files = an_export(tmp_path)
    odd = {**states()[-1], "id": 504, "created_at": "yesterday", "repository_url": API, "url": f"{API}/issues/15"}
    (tmp_path / "issues.json").write_text(json.dumps([odd, {"zen": "?"}]))
    said = imported(tmp_path, *files, status=1)
    assert "issues.json: 2 lines: 0 new events, 0 known already, 2 lines refused" in said
    assert "milestones.json: 2 lines: 2 new events" in said
    aside = [json.loads(line) for line in (tmp_path / "issues.json.refused.ndjson").read_text().splitlines()]
    assert [line["line"] for line in aside] == [1, 2]
    assert "yesterday" in aside[0]["reasons"][0]
    assert aside[1]["reasons"] == ["is not GitHub's JSON"]
    assert "jette" not in json.dumps(aside)


def test_standard_input_is_read_where_its_format_is_said(tmp_path: Path) -> None:
    an_export(tmp_path)
    text = b"".join((tmp_path / name).read_bytes() for name in ("repository.json", "issues.json", "milestones.json", "events.json"))
    done = running.troth("import", "-", "--format", "github", "--data", "ledger", cwd=tmp_path, typed=text)
    assert done.returncode == 0, done.stderr
    assert new_events(done.stdout.decode()) > 6
