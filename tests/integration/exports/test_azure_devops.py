import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.exports.both_ways import Told, imported, life, log, names, new_events, standing, webhooks

JO = "Jo Doe <jo@acme.example>"
DUE = "Microsoft.VSTS.Scheduling.DueDate"
CLOSED = "Microsoft.VSTS.Common.ClosedDate"
FIRST: dict[str, Any] = {
    "System.Id": 41,
    "System.Title": "Pay by invoice",
    "System.WorkItemType": "User Story",
    "System.State": "New",
    "System.AreaPath": "Shop\\Pay",
    "System.TeamProject": "Shop",
    "System.CreatedDate": "2026-01-10T10:00:00.12Z",
    "System.CreatedBy": JO,
    DUE: "2026-03-31T00:00:00Z",
}
LIFE: list[tuple[str, dict[str, Any]]] = [
    ("2026-01-10T10:00:00.12Z", {}),
    ("2026-01-12T10:00:00.4Z", {DUE: "2026-04-30T00:00:00Z"}),
    ("2026-01-20T10:00:00Z", {"System.AreaPath": "Shop\\Ledger", "System.Tags": "at risk; till"}),
    ("2026-03-01T10:00:00Z", {"System.State": "Closed", CLOSED: "2026-03-01T10:00:00Z"}),
    ("2026-03-02T10:00:00Z", {"System.State": "Active", CLOSED: None, DUE: None}),
    ("2026-03-03T10:00:00Z", {DUE: "2026-05-31T00:00:00Z"}),
    ("2026-04-01T10:00:00Z", {"System.State": "Closed", CLOSED: "2026-04-01T10:00:00Z"}),
]


def states() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for at, said in LIFE:
        whole = (found[-1] if found else FIRST) | said | {"System.ChangedDate": at}
        found.append({name: value for name, value in whole.items() if value is not None})
    return found


def updated(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in before | after if before.get(name) != after.get(name)]
    changes = {name: {"oldValue": before.get(name), "newValue": after.get(name)} for name in names}
    resource = {"id": 7, "workItemId": 0, "fields": changes, "revision": {"id": 41, "fields": before}}
    return {"eventType": "workitem.updated", "createdDate": after["System.ChangedDate"], "resource": resource}


def tellings() -> list[Told]:
    created = {"eventType": "workitem.created", "resource": {"id": 41, "fields": states()[0]}}
    return [({}, created), *(({}, updated(before, after)) for before, after in itertools.pairwise(states()))]


def revisions(tmp_path: Path) -> list[str]:
    """Pages as they come: in the order of their changes, so that an item's revisions are on several."""
    told = [{"id": 41, "rev": rev, "fields": fields} for rev, fields in enumerate(states(), 1)]
    undated = {name: value for name, value in states()[0].items() if name != DUE}
    pages = [[*told[3:], {"id": 42, "rev": 1, "fields": undated}], told[:3]]
    for nth, values in enumerate(pages):
        (tmp_path / f"{nth}.json").write_text(json.dumps({"values": values, "nextLink": "x", "isLastBatch": bool(nth)}))
    return ["0.json", "1.json"]


HEAD = "ID,Work Item Type,Title,Assigned To,State,Tags,Area Path,Team Project,Created Date,Changed Date,Closed Date,Due Date"
ROW = f'"41","User Story","Pay by invoice","{JO}","Closed","till; at risk","Shop\\Ledger","Shop","1/10/2026 10:00:00 AM",'
ROW += '"4/1/2026 10:00:00 AM","4/1/2026 10:00:00 AM","5/31/2026 12:00:00 AM"'
OPEN = '"43","Bug","A till",,"Active",,"Shop","Shop","1/10/2026 10:00:00 AM","1/31/2026 10:00:00 AM",,"6/30/2026 12:00:00 AM"'


def a_query(tmp_path: Path, *rows: str) -> str:
    (tmp_path / "data.csv").write_text("\r\n".join([HEAD, ROW, OPEN, *rows]), encoding="utf-8-sig")
    return "data.csv"


def test_history_after_the_webhooks_adds_nothing(tmp_path: Path) -> None:
    webhooks(tmp_path, "azure-devops", tellings())
    before = log(tmp_path)
    assert new_events(imported(tmp_path, *revisions(tmp_path))) == 0
    assert log(tmp_path) == before


def test_webhooks_after_the_history_add_nothing_and_end_in_the_same_standing(tmp_path: Path) -> None:
    said = imported(tmp_path, *revisions(tmp_path))
    assert "1 without news of a promise (such as: Shop #42 has no due date: not a promise)" in said
    before, stood = names(log(tmp_path)), standing(tmp_path, "azure-devops:workitems/41")
    webhooks(tmp_path, "azure-devops", tellings())
    assert names(log(tmp_path)) == before
    assert standing(tmp_path, "azure-devops:workitems/41") == stood


def test_a_history_is_the_life_that_the_work_item_had(tmp_path: Path) -> None:
    imported(tmp_path, *revisions(tmp_path))
    told = life(tmp_path, "azure-devops:workitems/41")
    assert told[0] == "2026-01-10T10:00 made: promises, by a date"
    moved = [line[:10] for line in told if " made: sets the date" in line]
    assert moved == ["2026-01-12", "2026-03-03"]
    others = [line[17:].split(":")[0] for line in told if " made" not in line]
    assert others == ["warned", "delivered", "reopened", "renegotiated", "delivered"]


def test_a_table_after_the_webhooks_adds_nothing_and_twice_the_same_as_once(tmp_path: Path) -> None:
    webhooks(tmp_path, "azure-devops", tellings())
    before = names(log(tmp_path))
    assert new_events(imported(tmp_path, a_query(tmp_path))) == 1
    assert names(log(tmp_path)) - before == {("azure-devops:workitems/43", next(iter(names(log(tmp_path)) - before))[1])}
    assert new_events(imported(tmp_path, "data.csv")) == 0
    assert new_events(imported(tmp_path, "data.csv", "--data", "fresh")) == 4
    assert new_events(imported(tmp_path, "data.csv", "--data", "fresh")) == 0


def test_webhooks_after_a_table_go_on_from_it(tmp_path: Path) -> None:
    imported(tmp_path, a_query(tmp_path))
    [item] = [event for event in log(tmp_path) if event["subject"].endswith("/43")]
    fields = FIRST | {"System.Id": 43, "System.Title": "A till", "System.AreaPath": "Shop", "System.State": "Closed"}
    fields |= {DUE: "2026-06-30T00:00:00Z", CLOSED: "2026-05-01T10:00:00Z", "System.ChangedDate": "2026-05-01T10:00:00Z"}
    changes = {"System.State": {"oldValue": "Active", "newValue": "Closed"}}
    resource = {"id": 9, "workItemId": 0, "fields": changes, "revision": {"id": 43, "fields": fields}}
    webhooks(tmp_path, "azure-devops", [({}, {"eventType": "workitem.updated", "resource": resource})])
    stands = standing(tmp_path, "azure-devops:workitems/43")
    assert (stands["state"], stands["made_at"]) == ("delivered", item["time"])


def test_a_query_of_a_tree_has_its_titles_in_several_columns(tmp_path: Path) -> None:
    row = '"43","Bug",,"A till","Active",,"Shop","Shop","1/10/2026","1/31/2026",,"6/30/2026"'
    (tmp_path / "data.csv").write_text(f"{HEAD.replace('Title,Assigned To', 'Title 1,Title 2')}\n{row}\n")
    imported(tmp_path, "data.csv")
    assert standing(tmp_path, "azure-devops:workitems/43")["title"] == "A till"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (OPEN.replace('"43"', '"forty"'), "ID is 'forty', which is no number"),
        (OPEN.replace("6/30/2026 12:00:00 AM", "2/30/2026 12:00:00 AM"), "Due Date is no date that is written as the others are"),
        (OPEN.replace('"1/10/2026 10:00:00 AM"', ""), "Created Date is empty"),
        (OPEN + ",x", "the row has 13 cells, and there are 12 columns"),
        (OPEN.replace('"43"', '"44"').replace('"Shop"', '""'), "System.AreaPath and System.TeamProject are missing"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_without_people_and_the_others_go_in(tmp_path: Path, row: str, reason: str) -> None:
    said = imported(tmp_path, a_query(tmp_path, row.replace(",,", f',"{JO}",', 1)), status=1)
    assert "3 lines: 4 new events" in said
    [aside] = map(json.loads, (tmp_path / "data.csv.refused.ndjson").read_text().splitlines())
    assert aside["line"] == 4
    assert reason in aside["reasons"][0]
    assert "Jo Doe" not in json.dumps(aside)


def test_days_that_could_be_read_both_ways_are_asked_about_before_anything_is_stored(tmp_path: Path) -> None:
    day = '"41","Bug","A till",,"Active",,"Shop","Shop","1/10/2026 10:00","2/10/2026 10:00",,"3/10/2026"'
    (tmp_path / "data.csv").write_text(f"{HEAD}\n{day}\n")
    said = imported(tmp_path, "data.csv", status=2, said_in="stderr")
    assert "its dates may be written as %d/%m/%y or as %m/%d/%y" in said
    assert not (tmp_path / "ledger").exists()
    imported(tmp_path, "data.csv", "--times", "%d/%m/%Y %H:%M", "--times", "%d/%m/%Y")
    assert standing(tmp_path, "azure-devops:workitems/41")["due_at"] == "2026-10-03T23:59:59.999999Z"


def test_a_table_without_its_needed_columns_says_which(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("ID,Work Item Type,Title,State\n41,Bug,A till,Active\n")
    said = imported(tmp_path, "data.csv", status=2, said_in="stderr")
    assert "it has no column Area Path or Team Project, Created Date, Changed Date" in said
