import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.exports.both_ways import Told, imported, life, log, names, new_events, standing, webhooks
from troth.domain.instants import parse_instant

JANE = {"accountId": "557058:aa", "displayName": "Jane Doe", "emailAddress": "jane@acme.example"}
TO_DO = {"id": "1", "name": "To Do", "statusCategory": {"key": "new"}}
DONE = {"id": "3", "name": "Done", "statusCategory": {"key": "done"}}
SPRING = {"id": "10100", "name": "Spring", "releaseDate": "2026-05-31", "archived": False}
CREATED, MOVED, RENAMED, ENDED, AGAIN, LAST = (
    f"2026-{day}T11:00:00.123+0100" for day in ("01-10", "01-12", "01-20", "03-20", "03-21", "04-02")
)
FIRST: dict[str, Any] = {
    "summary": "Pay by bill",
    "project": {"id": "10000", "key": "PAY", "name": "Payments"},
    "issuetype": {"id": "7", "name": "Story"},
    "status": TO_DO,
    "resolution": None,
    "resolutiondate": None,
    "duedate": "2026-03-31",
    "fixVersions": [],
    "labels": [],
    "reporter": JANE,
    "assignee": None,
    "created": CREATED,
    "updated": CREATED,
}
FIXED = {"id": "10", "name": "Fixed"}
STATES: list[tuple[str, dict[str, Any]]] = [
    (CREATED, {}),
    (MOVED, {"duedate": "2026-04-30"}),
    (RENAMED, {"summary": "Pay by invoice", "labels": ["at-risk"], "assignee": JANE}),
    (ENDED, {"status": DONE, "resolution": FIXED, "resolutiondate": ENDED}),
    (AGAIN, {"status": TO_DO, "resolution": None, "resolutiondate": None, "duedate": None, "fixVersions": [SPRING]}),
    (LAST, {"status": DONE, "resolution": FIXED, "resolutiondate": "2026-04-02T11:00:00.101+0100"}),
]


def change(field: str, before: Any, after: Any, words: tuple[Any, Any] = (None, None)) -> dict[str, Any]:
    said = {"from": before, "fromString": words[0] or before, "to": after, "toString": words[1] or after}
    return {"field": field, "fieldId": {"Fix Version": "fixVersions"}.get(field, field), **said}


DONE_CHANGES = [change("status", "1", "3", ("To Do", "Done")), change("resolution", None, "10", (None, "Fixed"))]
CHANGES = [
    [change("duedate", "2026-03-31", "2026-04-30")],
    [
        change("summary", None, None, ("Pay by bill", "Pay by invoice")),
        change("labels", None, None, ("", "at-risk")),
        change("assignee", None, JANE["accountId"], (None, "Jane Doe")),
    ],
    DONE_CHANGES,
    [
        change("status", "3", "1", ("Done", "To Do")),
        change("resolution", "10", None, ("Fixed", None)),
        change("duedate", "2026-04-30", None),
        change("Fix Version", None, "10100", (None, "Spring")),
    ],
    DONE_CHANGES,
]
SELF = "https://acme.example/rest/api/2/issue/9001"


def states() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for at, said in STATES:
        found.append((found[-1] if found else FIRST) | said | {"updated": at})
    return found


def tellings() -> list[Told]:
    told: list[Told] = []
    for index, fields in enumerate(states()):
        event = "jira:issue_updated" if index else "jira:issue_created"
        issue = {"id": "9001", "key": "PAY-12", "self": SELF, "fields": fields}
        payload = {"timestamp": 1768206600123 + index, "webhookEvent": event, "user": JANE, "issue": issue}
        told.append(({}, payload | ({"changelog": {"id": str(index), "items": CHANGES[index - 1]}} if index else {})))
    return told


def an_issue(*, changelog: bool = True, **fields: Any) -> dict[str, Any]:
    issue: dict[str, Any] = {"id": "9001", "key": "PAY-12", "self": SELF, "fields": states()[-1] | fields}
    if changelog:
        histories = [
            {"id": str(nth), "author": JANE, "created": at, "items": items}
            for nth, ((at, _), items) in enumerate(zip(STATES[1:], CHANGES, strict=True))
        ]
        issue["changelog"] = {"total": len(histories), "histories": histories[::-1]}
    return issue


def an_export(path: Path, *, changelog: bool = True, **fields: Any) -> Path:
    issue = an_issue(changelog=changelog, **fields)
    other = {"id": "9002", "key": "PAY-13", "self": SELF, "fields": FIRST | {"duedate": None, "summary": "Some day"}}
    path.write_text(json.dumps({"startAt": 0, "total": 2, "issues": [issue, other]}))
    return path


def test_history_after_the_webhooks_adds_nothing(tmp_path: Path) -> None:
    webhooks(tmp_path, "jira", tellings())
    before = log(tmp_path)
    an_export(tmp_path / "jira.json")
    assert new_events(imported(tmp_path, "jira.json")) == 0
    assert log(tmp_path) == before


def test_webhooks_after_the_history_add_nothing(tmp_path: Path) -> None:
    an_export(tmp_path / "jira.json")
    said = imported(tmp_path, "jira.json")
    assert "0 lines refused, 1 without news of a promise (such as: PAY-13 has no due date: not a promise)" in said
    before = log(tmp_path)
    webhooks(tmp_path, "jira", tellings())
    assert names(log(tmp_path)) == names(before)


def test_a_history_is_the_life_that_the_issue_had(tmp_path: Path) -> None:
    an_export(tmp_path / "jira.json")
    imported(tmp_path, "jira.json")
    told = life(tmp_path, "jira:issues/9001")
    assert told[0] == "2026-01-10T10:00 made: promises, by a date"
    assert any(line.startswith("2026-01-12T10:00 made: sets the date") for line in told)
    assert any(line.startswith("2026-03-20T10:00 delivered") for line in told)
    assert any(line.startswith("2026-03-21T10:00 reopened") for line in told)
    assert told[-1].startswith("2026-04-02T10:00")
    assert new_events(imported(tmp_path, "jira.json")) == 0


def test_half_of_the_history_is_completed_by_the_import_and_the_rest_by_webhooks(tmp_path: Path) -> None:
    told = tellings()
    webhooks(tmp_path, "jira", told[2:4])
    an_export(tmp_path / "jira.json")
    assert new_events(imported(tmp_path, "jira.json")) > 0
    before = names(log(tmp_path))
    webhooks(tmp_path, "jira", told)
    assert names(log(tmp_path)) == before


def cloud_pages(tmp_path: Path) -> list[str]:
    """As Cloud gives it: a page with the latest changes alone, and all of them in milliseconds, from where they are asked for."""
    issue = an_issue()
    histories = issue["changelog"]["histories"]
    issue["changelog"]["histories"] = histories[:2]
    versions = [{**SPRING, "released": False, "projectId": 10000}]
    all_of_them = [one | {"created": parse_instant(one["created"][:-2] + ":00") // 1000} for one in histories]
    logs = {"issueChangeLogs": [{"issueId": "9001", "changeHistories": all_of_them}]}
    files = {"page.json": {"isLast": True, "issues": [issue]}, "changes.json": logs, "versions.json": versions}
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    return list(files)


def test_a_changelog_that_is_cut_short_is_refused_until_the_rest_is_there(tmp_path: Path) -> None:
    files = cloud_pages(tmp_path)
    assert new_events(imported(tmp_path, "page.json", status=1)) == 0
    [aside] = map(json.loads, (tmp_path / "page.json.refused.ndjson").read_text().splitlines())
    assert aside["reasons"][0].startswith("5 changes were made of it, and 2 of them are here: add the answer of rest/api/3/changelog/bulk")
    assert "Jane" not in json.dumps(aside)
    assert new_events(imported(tmp_path, *files)) > 6
    an_export(tmp_path / "whole.json")
    assert new_events(imported(tmp_path, "whole.json")) == 0


def test_an_issue_without_fields_is_refused_and_no_page_is_too_empty(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text(json.dumps({"issues": [{"id": "9001"}], "isLast": True}))
    (tmp_path / "last.json").write_text(json.dumps({"issues": [], "isLast": True}))
    assert "1 line refused" in imported(tmp_path, "page.json", "last.json", status=1)
    assert "the issue has no fields: export it with fields=*all" in (tmp_path / "page.json.refused.ndjson").read_text()


def test_without_changes_an_issue_is_promised_as_it_is_now_and_only_where_it_is_not_on_record(tmp_path: Path) -> None:
    an_export(tmp_path / "now.json", changelog=False)
    assert new_events(imported(tmp_path, "now.json")) == 3
    promised, done, *_ = life(tmp_path, "jira:issues/9001")
    assert (promised, done) == ("2026-01-10T10:00 made: promises, by a date", "2026-04-02T10:00 delivered: delivers")
    assert new_events(imported(tmp_path, "now.json")) == 0
    later = {"updated": "2026-04-05T09:00:00.000+0100", "fixVersions": [], "summary": "Pay by invoice", "priority": {"name": "High"}}
    an_export(tmp_path / "now.json", changelog=False, **later | {"fixVersions": [SPRING]})
    assert new_events(imported(tmp_path, "now.json")) == 0
    an_export(tmp_path / "now.json", changelog=False, **later | {"fixVersions": [SPRING], "summary": "Pay by bank"})
    assert new_events(imported(tmp_path, "now.json")) == 1


def test_a_table_after_the_webhooks_adds_nothing_and_twice_the_same_as_once(tmp_path: Path) -> None:
    webhooks(tmp_path, "jira", tellings())
    before = log(tmp_path)
    (tmp_path / "one.csv").write_text(f"{HEAD}\n{ROW.replace('30/Apr', '31/May')}\n")
    assert new_events(imported(tmp_path, "one.csv")) == 0
    assert log(tmp_path) == before
    table(tmp_path / "jira.csv")
    said = imported(tmp_path, "jira.csv", "--data", "fresh")
    assert new_events(said) == 4
    assert new_events(imported(tmp_path, "jira.csv", "--data", "fresh")) == 0


HEAD = "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Resolution,Assignee"
HEAD += ",Created,Updated,Resolved,Due date,Labels,Labels"
ROW = "Pay by invoice,PAY-12,9001,Story,Done,PAY,Payments,Fixed,Jane Doe"
ROW += ",10/Jan/26 11:00 AM,02/Apr/26 11:00 AM,02/Apr/26 11:00 AM,30/Apr/26,a,b"
OPEN = "A report,PAY-14,9003,Story,To Do,PAY,Payments,,Jane Doe,10/Jan/26 11:00 AM,02/Apr/26 11:00 AM,,30/Apr/26 12:00 AM,,"


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEAD, ROW, OPEN, *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(",", "utf-8"), (",", "utf-8-sig"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "utf-16")],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [line.replace("Pay by invoice", "Pay by façade").replace(",", delimiter) for line in (HEAD, ROW, OPEN)]
    (tmp_path / "jira.csv").write_text("\r\n".join(rows), encoding=encoding)
    assert new_events(imported(tmp_path, "jira.csv")) == 4
    assert standing(tmp_path, "jira:issues/9001")["title"] == "Pay by façade"


def test_a_row_in_another_encoding_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text("\n".join([HEAD, ROW.replace("invoice", "façade"), OPEN]), encoding="cp1252")
    assert new_events(imported(tmp_path, "jira.csv", status=1)) == 1
    assert "is not UTF-8: save the table in this encoding" in (tmp_path / "jira.csv.refused.ndjson").read_text()


def test_a_column_that_is_there_twice_counts_as_often(tmp_path: Path) -> None:
    table(tmp_path / "jira.csv")
    (tmp_path / "troth.toml").write_text('[sources.jira]\nlabels = ["b"]\n')
    said = imported(tmp_path, "jira.csv")
    assert new_events(said) == 3
    assert "PAY-14 has none of the `labels`" in said


def test_a_table_that_calls_an_issue_a_work_item_is_the_same(tmp_path: Path) -> None:
    table(tmp_path / "jira.csv")
    imported(tmp_path, "jira.csv")
    renamed = (tmp_path / "jira.csv").read_text().replace("Issue key,Issue id,Issue Type", "Work item key,Work item id,Work type")
    (tmp_path / "jira.csv").write_text(renamed)
    said = imported(tmp_path, "jira.csv")
    assert "2 lines: 0 new events" in said
    assert "it is on record as it is now" in said


def test_an_end_without_a_resolution_is_when_its_status_became_one_of_the_done(tmp_path: Path) -> None:
    head, row = f"{HEAD},Status Category,Status Category Changed", ROW.replace("02/Apr/26 11:00 AM,30/Apr", ",30/Apr")
    (tmp_path / "jira.csv").write_text(f"{head}\n{row},Done,15/Mar/26 9:00 AM\n")
    imported(tmp_path, "jira.csv")
    assert standing(tmp_path, "jira:issues/9001")["closed_at"] == "2026-03-15T09:00:00.000000Z"


def test_a_field_of_the_users_own_is_found_in_a_table_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "troth.toml").write_text("""[sources.jira]\ndue_at = 'fields.customfield_10050 || fields."Target end"'\n""")
    (tmp_path / "jira.csv").write_text(f"{HEAD},Custom field (Target end)\n{OPEN},15/May/26\n")
    imported(tmp_path, "jira.csv")
    assert standing(tmp_path, "jira:issues/9003")["due_at"] == "2026-05-15T23:59:59.999999Z"


def test_a_table_in_another_language_asks_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text("Zusammenfassung,Vorgangsschlüssel,Vorgangs-ID\nx,PAY-1,1\n")
    said = imported(tmp_path, "jira.csv", status=2, said_in="stderr")
    assert "its columns are not those of a tool that is known: say with --mapping FILE what they mean" in said


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (OPEN.replace("9003", "nine"), "Issue id is 'nine', which is no number"),
        (OPEN.replace("30/Apr/26 12:00 AM", "next Friday"), "Due date is no date that is written as the others are"),
        (OPEN.replace("10/Jan/26 11:00 AM", ""), "Created is empty"),
        ("A report,PAY-14", "the row has 2 cells, and there are 15 columns"),
        (OPEN.replace("9003", "9004").replace("PAY,Payments", ","), "project"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_without_people_and_the_others_go_in(tmp_path: Path, row: str, reason: str) -> None:
    table(tmp_path / "jira.csv", row)
    said = imported(tmp_path, "jira.csv", status=1)
    assert "3 lines: 4 new events" in said
    [aside] = map(json.loads, (tmp_path / "jira.csv.refused.ndjson").read_text().splitlines())
    assert aside["line"] == 4
    assert reason in aside["reasons"][0]
    assert "Jane" not in json.dumps(aside)
