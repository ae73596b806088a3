import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.exports.both_ways import Told, imported, life, log, names, new_events, standing, webhooks

JO = {"id": 4, "name": "Jo Doe", "username": "jodoe"}
SHOP = {"id": 3, "path_with_namespace": "retail/shop"}
HOST = "https://git.example/retail/shop"
SPRING: dict[str, Any] = {"id": 501, "iid": 3, "title": "Spring", "state": "active", "due_date": "2026-06-30"}
SPRING |= {"created_at": "2026-01-05 09:00:00 UTC", "updated_at": "2026-01-05 09:00:00 UTC"}
AUTUMN = SPRING | {"id": 502, "iid": 4, "title": "Autumn", "due_date": "2026-10-31"}
FIRST: dict[str, Any] = {"id": 9001, "iid": 12, "title": "A till", "state": "opened", "due_date": None, "milestone_id": None}
FIRST |= {"labels": [], "type": "Issue", "author_id": 4, "closed_at": None, "created_at": "2026-01-10 10:00:00 UTC"}
FIRST |= {"url": f"{HOST}/-/issues/12", "updated_at": "2026-01-10 10:00:00 UTC"}
ENDED = "2026-03-01 10:00:07 UTC"
LIFE: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [  # when, what, how it is then, and what else is told
    ("2026-01-10 10:00:00 UTC", "open", {"milestone_id": 501}, {}),
    ("2026-01-12 10:00:00 UTC", "update", {"due_date": "2026-03-31"}, {"due_date": {"previous": None, "current": "2026-03-31"}}),
    ("2026-01-13 10:00:00 UTC", "update", {"due_date": "2026-04-30"}, {"due_date": {"previous": "2026-03-31", "current": "2026-04-30"}}),
    (
        "2026-01-20 10:00:00 UTC",
        "update",
        {"due_date": None, "milestone_id": 502},
        {"due_date": {"previous": "2026-04-30", "current": None}},
    ),
    ("2026-02-01 10:00:00 UTC", "update", {"labels": [{"title": "at risk"}]}, {}),
    (ENDED, "close", {"state": "closed", "closed_at": ENDED}, {}),
    ("2026-03-02 10:00:00 UTC", "reopen", {"state": "opened", "closed_at": None, "labels": []}, {}),
    ("2026-04-01 10:00:00 UTC", "close", {"state": "closed", "closed_at": "2026-04-01 10:00:00 UTC"}, {}),
]


def tellings() -> list[Told]:
    told: list[Told] = [
        ({}, {"object_kind": "milestone", "project": SHOP, "action": "create", "object_attributes": one}) for one in (SPRING, AUTUMN)
    ]
    issue = FIRST
    for at, action, said, changes in LIFE:
        issue = issue | said | {"updated_at": at}
        attributes = issue | {"action": action}
        told.append(({}, {"object_kind": "issue", "user": JO, "project": SHOP, "object_attributes": attributes, "changes": changes}))
    return told


def api(at: str) -> str:
    """A time as GitLab's API writes it."""
    return at.replace(" UTC", ".083Z").replace(" ", "T")


def a_milestone(told: dict[str, Any]) -> dict[str, Any]:
    times = {name: api(told[name]) for name in ("created_at", "updated_at")}
    return told | times | {"project_id": 3, "web_url": f"{HOST}/-/milestones/{told['iid']}"}


def event(at: str, **said: Any) -> dict[str, Any]:
    return {"id": len(str(said)), "user": JO, "created_at": api(at), "resource_type": "Issue", "resource_id": 9001, **said}


def note(at: str, body: str, *, system: bool = True) -> dict[str, Any]:
    return {"id": 1, "body": body, "author": JO, "created_at": api(at), "system": system, "noteable_id": 9001, "noteable_type": "Issue"}


CHANGES = [
    event(LIFE[0][0], action="add", milestone=a_milestone(SPRING)),
    note(LIFE[1][0], "changed due date to March 31, 2026"),
    note(LIFE[2][0], "changed start date to January 13, 2026 and changed due date to April 30, 2026"),
    note(LIFE[2][0], "I removed due date March 1, 2026 from my calendar", system=False),
    note(LIFE[3][0], "removed due date April 30, 2026"),
    event(LIFE[3][0], action="add", milestone=a_milestone(AUTUMN)),
    event(LIFE[4][0], action="add", label={"id": 7, "name": "at risk"}),
    event(LIFE[5][0], state="closed"),
    event(LIFE[6][0], state="reopened"),
    event(LIFE[6][0], action="remove", label={"id": 7, "name": "at risk"}),
    event(LIFE[7][0], state="closed"),
]


def an_issue() -> dict[str, Any]:
    issue = {name: value for name, value in FIRST.items() if name not in ("milestone_id", "url", "type")}
    issue |= {"project_id": 3, "web_url": f"{HOST}/-/issues/12", "references": {"full": "retail/shop#12"}, "issue_type": "issue"}
    issue |= {"type": "ISSUE", "author": JO, "state": "closed", "milestone": a_milestone(AUTUMN)}
    return issue | {"created_at": api(LIFE[0][0]), "updated_at": api(LIFE[-1][0]), "closed_at": api(LIFE[-1][0])}


def an_export(tmp_path: Path, *, changes: bool = True) -> list[str]:
    """What `glab api` gives, each in a file as it may come: pages behind each other, or an object a line."""
    issue = an_issue()
    other = issue | {"id": 9002, "iid": 13, "milestone": None, "state": "opened", "closed_at": None}
    files = {
        "issues.json": json.dumps([issue]) + json.dumps([other]),
        "milestones.json": json.dumps([a_milestone(SPRING), a_milestone(AUTUMN)]),
        **({"changes.json": "\n".join(map(json.dumps, reversed(CHANGES)))} if changes else {}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return list(files)


def test_history_after_the_webhooks_adds_nothing(tmp_path: Path) -> None:
    webhooks(tmp_path, "gitlab", tellings())
    before = log(tmp_path)
    assert new_events(imported(tmp_path, *an_export(tmp_path))) == 0
    assert log(tmp_path) == before


def test_webhooks_after_the_history_add_nothing(tmp_path: Path) -> None:
    said = imported(tmp_path, *an_export(tmp_path))
    assert new_events(said) > 6
    assert "1 without news of a promise (such as: retail/shop#13 has no due date: not a promise)" in said
    before = names(log(tmp_path))
    webhooks(tmp_path, "gitlab", tellings())
    assert names(log(tmp_path)) == before


def test_a_history_and_the_webhooks_of_it_end_in_the_same_standing(tmp_path: Path) -> None:
    imported(tmp_path, *an_export(tmp_path), "--data", "other")
    webhooks(tmp_path, "gitlab", tellings())
    for commitment in ("gitlab:issues/9001", "gitlab:milestones/501"):
        assert standing(tmp_path, commitment, "other") == standing(tmp_path, commitment)


def test_a_history_is_the_life_that_the_issue_had(tmp_path: Path) -> None:
    imported(tmp_path, *an_export(tmp_path))
    told = [line.partition(";")[0] for line in life(tmp_path, "gitlab:issues/9001") if "nothing" not in line]
    assert told[0] == "2026-01-10T10:00 made: promises, by a date"
    assert [line[:10] for line in told if " made: sets the date" in line] == ["2026-01-12", "2026-01-13", "2026-01-20"]
    others = [line[17:].split(":")[0] for line in told if " made" not in line]
    assert others == ["renegotiated", "warned", "delivered", "reopened", "delivered"]


def test_without_changes_an_issue_is_told_as_it_is_now_and_only_where_it_is_not_on_record(tmp_path: Path) -> None:
    files = an_export(tmp_path, changes=False)
    assert new_events(imported(tmp_path, *files, "--data", "fresh")) == 5
    assert new_events(imported(tmp_path, *files, "--data", "fresh")) == 0
    webhooks(tmp_path, "gitlab", tellings())
    assert new_events(imported(tmp_path, *files)) == 0


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"due_date": "2026-13-45"}, "object_attributes.due_date is '2026-13-45', which is no time"),
        ({"created_at": "yesterday"}, "created_at is 'yesterday', which is no time"),
        ({"state": "thriving"}, "object_attributes.state is 'thriving'"),
    ],
)
def test_what_is_wrong_with_an_issue_is_said_and_the_others_go_in(tmp_path: Path, odd: dict[str, Any], reason: str) -> None:
    files = an_export(tmp_path, changes=False)
    issues = json.loads((tmp_path / "issues.json").read_text().partition("][")[0] + "]")
    (tmp_path / "issues.json").write_text(json.dumps([*issues, issues[0] | {"id": 9003} | odd]))
    assert "issues.json: 2 lines: 3 new events" in imported(tmp_path, *files, status=1)
    [aside] = map(json.loads, (tmp_path / "issues.json.refused.ndjson").read_text().splitlines())
    assert aside["line"] == 2
    assert reason in aside["reasons"][0]
    assert "jodoe" not in json.dumps(aside)
