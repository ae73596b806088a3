"""Whatever a tool sends wrongly: a 202 and a trace that says what was wrong and where, and a promise that stands as it stood."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest

from tests.integration.conftest import Served, serving
from tests.integration.deliveries import DAY, SENT, TIME, changed, in_fields, later
from tests.integration.signing import PUBLIC_URL, SECRETS, TOOLS, fresh, signed
from troth.domain.instants import parse_instant

HEADERS: Final = {"X-GitHub-Event": "issues"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("bad"), webhook_secrets=SECRETS, public_url=PUBLIC_URL) as running:
        yield running


@pytest.fixture(params=TOOLS)
def tool(request: pytest.FixtureRequest, served: Served) -> str:
    """A tool whose promise stands."""
    name: str = request.param
    delivered(served, name, SENT[name].payload)
    assert promise(served, name)["due_at"][:10] == DAY
    return name


def delivered(served: Served, tool: str, payload: Any) -> dict[str, Any]:
    """Post a delivery that is taken, and what its trace says."""
    body = fresh(tool, json.dumps(payload).encode())
    answer = served.http.post(
        f"/webhooks/{tool}", content=body, headers={"Content-Type": "application/json", **HEADERS, **signed(tool, body)}
    )
    assert answer.status_code == 202, answer.text
    trace: dict[str, Any] = served.get(f"/v1/deliveries/{answer.json()['delivery']}")
    return trace


def promise(served: Served, tool: str) -> dict[str, Any]:
    found: dict[str, Any] = served.get(f"/v1/commitments/{SENT[tool].promise}")
    return found


def refused(served: Served, tool: str, payload: Any) -> str:
    """Why nothing came of a delivery, which left the promise as it was."""
    before = promise(served, tool)
    trace = delivered(served, tool, payload)
    assert (trace["result"], trace["events"]) == ("empty", [])
    assert promise(served, tool)["history"] == before["history"]
    reason: str = trace["reason"]
    assert reason
    return reason


# By what people call the item, so that they find it; a delivery of Shortcut is of several, and its reason says of which.
NAMED: Final = {
    "github": "issues.opened #1",
    "gitlab": "issue.open #1",
    "jira": "issue_updated PAY-1",
    "azure-devops": "workitem.created #1",
    "linear": "Issue.create #1",
    "servicenow": "dmn_demand.insert D1",
    "shortcut": "story.create",
    "trello": "createCard",
    "monday": "update_column_value #1",
    "clickup": "made clickup:tasks/1",
}


def test_what_could_not_be_read_is_named_as_people_call_it(served: Served, tool: str) -> None:
    trace = delivered(served, tool, changed(SENT[tool], SENT[tool].time, "soon"))
    assert (trace["what"], trace["result"]) == (NAMED[tool], "empty")


@pytest.mark.parametrize("day", ["2026-13-45", "next Friday"])
def test_a_date_that_is_none_is_named_with_its_field(served: Served, tool: str, day: str) -> None:
    reason = refused(served, tool, changed(SENT[tool], SENT[tool].due, day))
    assert f"'{day}" in reason
    assert str(SENT[tool].due[-1]).rpartition(".")[2] in reason


@pytest.mark.parametrize("moment", [1768039200, "soon", True, {"at": TIME}])
def test_a_time_that_is_none_is_named_with_its_field(served: Served, tool: str, moment: Any) -> None:
    reason = refused(served, tool, changed(SENT[tool], SENT[tool].time, moment))
    assert str(SENT[tool].time[-1]) in reason


def test_a_field_that_changed_its_type_is_named(served: Served, tool: str) -> None:
    reason = refused(served, tool, changed(SENT[tool], SENT[tool].object, "text"))
    assert str(SENT[tool].object[-1]) in reason


@pytest.mark.parametrize("status", ["quux", 7, None])
def test_an_unknown_status_ends_no_promise(served: Served, tool: str, status: Any) -> None:
    places = {
        "github": ("issue", "state"),
        "gitlab": ("object_attributes", "state"),
        "jira": in_fields("status", "statusCategory", "key"),
        "azure-devops": ("resource", "fields", "System.State"),
        "linear": ("data", "state", "type"),
        "servicenow": ("record", "state"),
    }
    if tool in places:
        trace = delivered(served, tool, changed(SENT[tool], places[tool], status))
        assert trace["reason"] == "" or "state" in trace["reason"] or "status" in trace["reason"]
    assert promise(served, tool)["state"] == "open"


@pytest.mark.parametrize("tool", ["github", "gitlab", "jira", "azure-devops", "linear", "servicenow", "trello", "monday"], indirect=True)
def test_an_item_without_a_project_is_no_promise_and_the_missing_field_is_named(served: Served, tool: str) -> None:
    place = SENT[tool].team
    reason = refused(served, tool, changed(SENT[tool], place, None))
    assert str(place[-1]) in reason or str(place[-2]) in reason


@pytest.mark.parametrize("tool", [name for name in TOOLS if name not in ("monday", "clickup", "linear")], indirect=True)
def test_a_team_may_be_called_by_a_picture(served: Served, tool: str) -> None:
    delivered(served, tool, later(SENT[tool], SENT[tool].team, "🚀 Rakéta 👩‍💻"))
    assert promise(served, tool)["team"] == "🚀 Rakéta 👩‍💻"
    assert served.get("/v1/teams/🚀 Rakéta 👩‍💻")["team"] == "🚀 Rakéta 👩‍💻"
    assert served.http.get("/teams/🚀 Rakéta 👩‍💻").status_code == 200


def test_ten_nested_epics_are_one_item(served: Served, tool: str) -> None:
    nested = deepcopy(SENT[tool].payload)
    for _ in range(10):
        nested = {**deepcopy(SENT[tool].payload), "parent": {"fields": {"parent": nested}, "epic": nested.get("parent")}}
    count = len(served.get("/v1/commitments", limit=1000)["commitments"])
    assert delivered(served, tool, nested)["reason"] == ""
    assert len(served.get("/v1/commitments", limit=1000)["commitments"]) == count


def test_a_name_in_a_title_passes_and_one_in_a_field_of_persons_never_does(served: Served) -> None:
    payload = later(SENT["jira"], in_fields("summary"), "Ask Jette-Marie about invoices")
    payload["issue"]["fields"] |= {"assignee": {"displayName": "Mette Holm", "accountId": "557:mh", "emailAddress": "mh@shop.example"}}
    payload["issue"]["id"] = "77"
    delivered(served, "jira", payload)
    assert served.get("/v1/commitments/jira:issues/77")["title"] == "Ask Jette-Marie about invoices"
    said = json.dumps(served.holds())
    assert [name for name in ("Mette", "557:mh", "mh@shop") if name in said] == []


def test_one_wrong_item_of_several_leaves_none_of_them(served: Served) -> None:
    several = deepcopy(SENT["shortcut"].payload)
    several["actions"] = [several["actions"][0] | {"id": number, "deadline": day} for number, day in ((71, DAY), (72, "2026-13-45"))]
    trace = delivered(served, "shortcut", several)
    assert (trace["events"], trace["reason"]) == ([], "story #72: deadline is '2026-13-45', which is no time")
    assert served.http.get("/v1/commitments/shortcut:stories/71").status_code == 404


def test_all_of_them_are_listed_with_their_reasons(served: Served) -> None:
    page = served.http.get("/deliveries?result=empty").text
    assert "which is no time" in page
    assert parse_instant(served.get("/v1/deliveries", result="empty")["deliveries"][0]["received_at"])
