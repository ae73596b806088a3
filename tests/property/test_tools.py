"""Whatever a tool sends, it becomes events that the ledger takes, or a reason; and its order and repetition change nothing."""

import json
import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.intake.github_said import CLOSED, ISSUE, SHOP, map_issue
from tests.unit.intake.tools import (
    support,
    test_azure_devops,
    test_gitlab,
    test_jira,
    test_linear,
    test_monday,
    test_servicenow,
    test_shortcut,
    test_trello,
)
from troth.domain.events import Malformed, read_event
from troth.domain.instants import parse_instant
from troth.intake.asking import answered, ask
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.persons import strip
from troth.intake.sources import built_in

FAR = parse_instant("9999-12-31T00:00:00Z")
JDOE = {"id": 4, "login": "jdoe"}
WHOLE: dict[str, Any] = {
    "github": {"action": "closed", "issue": ISSUE | CLOSED, "repository": SHOP, "sender": JDOE},
    "gitlab": {"object_kind": "issue", "project": test_gitlab.SHOP, "object_attributes": test_gitlab.ISSUE | {"action": "update"}},
    "jira": {
        "webhookEvent": "jira:issue_updated",
        "timestamp": 1768206600123,
        "issue": {"id": "1", "key": "A-1", "self": "https://x.example/rest/api/2/issue/1", "fields": test_jira.FIELDS | test_jira.RESOLVED},
        "changelog": {"items": test_jira.change("duedate", "2026-03-31", None)},
    },
    "azure-devops": {
        "eventType": "workitem.updated",
        "createdDate": "2026-02-02T19:16:25.6251162Z",
        "resource": {"fields": {"System.State": {"oldValue": "New"}}, "revision": {"id": 5, "fields": test_azure_devops.FIELDS}},
    },
    "linear": {"type": "Issue", "action": "update", "data": test_linear.ISSUE | test_linear.COMPLETED, "updatedFrom": {"dueDate": "x"}},
    "servicenow": {"table": "change_request", "operation": "update", "record": test_servicenow.RECORD, "previous": {"state": "Closed"}},
    "shortcut": {
        "changed_at": "2026-01-12T08:30:00Z",
        "actions": [{"id": 1, "entity_type": "story", "action": "update", "name": "x", "changes": {"deadline": {"new": "2026-03-31"}}}],
        "references": [{"id": 1, "name": "x", "type": "done"}],
    },
    "trello": {
        "action": {
            "type": "updateCard",
            "date": "2026-01-12T08:30:00Z",
            "data": {"board": {"name": "x"}, "card": {"id": "1", "due": "2026-03-31T00:00:00Z"}, "old": {"due": None}},
        }
    },
    "monday": {
        "event": {
            "type": "update_column_value",
            "boardId": 1,
            "pulseId": 2,
            "columnType": "date",
            "columnTitle": "due",
            "value": {"date": "2026-03-31"},
            "triggerTime": "2026-01-12T08:30:00Z",
        }
    },
}
ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-13-45", "next Friday", "🚀", 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "type", "due"]), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(inner for name, part in parts for inner in _places(part, (*place, name)))]


def _with(whole: Any, place: tuple[Any, ...], odd: Any) -> Any:
    if not place:
        return odd
    copy = deepcopy(whole)
    inside = copy
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = odd
    return copy


def _is_taken(posted: dict[str, Any]) -> bool:
    """Whether the ledger takes an event; an amount below 0 is the one thing that is left for it to refuse."""
    try:
        return bool(read_event(posted, FAR).source == posted["source"])
    except Malformed as error:
        return [fault.path for fault in error.faults] == ["/data/budget"]


@pytest.mark.parametrize("tool", sorted(WHOLE))
@given(data=st.data())
def test_no_shape_of_a_payload_raises(tool: str, data: st.DataObject) -> None:
    payload = WHOLE[tool]
    for _ in range(data.draw(st.integers(0, 2))):
        payload = _with(payload, data.draw(st.sampled_from(_places(payload))), data.draw(ODD))
    source = built_in(Local())[tool]
    mapped = source.map(Delivery(tool, {"x-github-event": "issues"}, b""), payload, FAR)
    assert bool(mapped.events) != bool(mapped.reason)
    assert all(_is_taken(posted) for posted in mapped.events)
    alone = answered(tool, mapped, None)
    assert bool(alone.events) != bool(alone.reason)
    empty = support.Remembered(tool)
    assert all(_is_taken(posted) for posted in answered(tool, mapped, ask(empty, tool, mapped)).events)
    json.dumps(strip(source.clean(payload), source.persons))


def _jira(event: str, day: int, **fields: Any) -> Mapped:
    return test_jira.issue(event, None, None, updated=f"2026-01-{day:02}T09:30:00.000+0100", **fields)


def _azure(day: int, changes: dict[str, tuple[Any, Any]]) -> Mapped:
    moved = {test_azure_devops.DUE_DATE: ("2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z")}
    return test_azure_devops.updated(changes | moved | {"System.ChangedDate": (None, f"2026-01-{day:02}T08:30:00Z")})


LIVES: dict[str, tuple[str, list[Mapped]]] = {
    "github": (
        "github:issues/9001",
        [
            map_issue("opened"),
            map_issue("edited", title="New", updated_at="2026-01-20T00:00:00Z"),
            map_issue("closed", **CLOSED),
            map_issue("reopened", updated_at="2026-03-22T00:00:00Z"),
        ],
    ),
    "gitlab": (
        "gitlab:issues/9001",
        [
            test_gitlab.issue("open"),
            test_gitlab.issue("update", due_date="2026-04-30"),
            test_gitlab.issue("close", **test_gitlab.CLOSED, due_date="2026-04-30"),
        ],
    ),
    "jira": (
        "jira:issues/9001",
        [_jira("created", 10), _jira("updated", 12, duedate="2026-04-30"), _jira("updated", 14, duedate="2026-03-15")],
    ),
    "linear": (
        "linear:issues/aa-11",
        [
            test_linear.issue("create"),
            test_linear.issue("update", {"dueDate": "x"}, dueDate="2026-04-30"),
            test_linear.issue("update", {"stateId": "x"}, **test_linear.CANCELED, dueDate="2026-04-30"),
        ],
    ),
    "azure-devops": (
        "azure-devops:workitems/5",
        [
            test_azure_devops.item("created"),
            _azure(12, {}),
            _azure(14, {"System.State": ("Active", "Closed")}),
            _azure(16, {"System.State": ("Closed", "Active")}),
        ],
    ),
    "servicenow": (
        "servicenow:change_request/46c8b1",
        [
            test_servicenow.record("insert"),
            test_servicenow.record("update", {"end_date": "x"}, end_date="2026-04-30 16:00:00"),
            test_servicenow.record(
                "update", **test_servicenow.CLOSED, end_date="2026-04-30 16:00:00", sys_updated_on="2026-03-25 09:00:00"
            ),
        ],
    ),
}
# These tell what changed and no more, so that their order says something; telling it twice does not.
PARTIAL: dict[str, tuple[str, list[Mapped]]] = {
    "shortcut": ("shortcut:stories/12", [test_shortcut.CREATED, test_shortcut.updated(name=("x", "y")), test_shortcut.DONE]),
    "trello": ("trello:cards/aa11", [test_trello.DATED, test_trello.card("updateCard", {"name": "x"}), test_trello.DONE]),
    "monday": ("monday:items/12", [test_monday.DATED, test_monday.event("update_name"), test_monday.status("Done", "x")]),
}


@pytest.mark.parametrize("tool", sorted(LIVES))
@given(seed=st.randoms(use_true_random=False), twice=st.booleans())
def test_the_order_in_which_a_life_is_told_and_telling_it_twice_change_nothing(tool: str, seed: random.Random, twice: bool) -> None:
    commitment, life = LIVES[tool]
    told = life * 2 if twice else list(life)
    seed.shuffle(told)
    in_order, shuffled = support.Remembered(tool), support.Remembered(tool)
    in_order.take(*life)
    shuffled.take(*told)
    assert shuffled.standing(commitment)._replace(events=0) == in_order.standing(commitment)._replace(events=0)


@pytest.mark.parametrize("tool", sorted(LIVES | PARTIAL))
@given(seed=st.randoms(use_true_random=False))
def test_what_is_told_again_at_any_later_time_is_no_news(tool: str, seed: random.Random) -> None:
    commitment, life = (LIVES | PARTIAL)[tool]
    ledger = support.Remembered(tool)
    ledger.take(*life)
    before, events = ledger.standing(commitment), len(ledger.events)
    again = life * 2
    seed.shuffle(again)
    ledger.take(*again)
    assert ledger.standing(commitment)._replace(events=0) == before._replace(events=0)
    assert len(ledger.events) == events


@pytest.mark.parametrize("tool", sorted(LIVES))
def test_a_life_of_which_only_the_last_word_was_heard_ends_in_the_right_state(tool: str) -> None:
    commitment, life = LIVES[tool]
    whole, last = support.Remembered(tool), support.Remembered(tool)
    whole.take(*life)
    last.take(life[-1])
    heard, known = last.standing(commitment), whole.standing(commitment)
    assert (heard.state, heard.due_at, heard.team, heard.title) == (known.state, known.due_at, known.team, known.title)


@pytest.mark.parametrize("tool", sorted(WHOLE))
def test_times_come_from_the_tool_and_not_from_the_clock(tool: str) -> None:
    delivery = Delivery(tool, {"x-github-event": "issues"}, b"")
    early, late = (built_in(Local())[tool].map(delivery, WHOLE[tool], now) for now in (support.NOW, FAR))
    assert early == late
    assert early.events
