"""Dates that GitHub's projects give to issues: set in the project, told and ended by the issue itself."""

from typing import Any

import pytest

from tests.unit.intake.github_said import CLOSED, map_issue
from tests.unit.intake.tools.support import Remembered, Told, chosen, mapped_by, told
from troth.intake.choices import Local
from troth.intake.delivery import Mapped

ITEM = {"id": 5, "node_id": "PVTI_1", "content_node_id": "I_kw12", "content_type": "Issue", "updated_at": "2026-01-12T08:30:00Z"}
AT, DUE = "2026-01-12T08:30:00.000000Z", "2026-03-31T23:59:59.999999Z"
NAME = "github:items/I_kw12"


def item(action: str, change: Any = None, of: Local | None = None, /, **fields: Any) -> Mapped:
    payload = {"action": action, "projects_v2_item": ITEM | fields, "organization": {"login": "octo"}, "sender": {"login": "jdoe"}}
    return mapped_by("github", payload | {"changes": {"field_value": change}}, {"x-github-event": "projects_v2_item"}, of)


def dated(to: str | None, before: str | None = None, name: str = "Target date", kind: str = "date", of: Local | None = None) -> Mapped:
    return item("edited", {"field_type": kind, "field_name": name, "project_number": 3, "from": before, "to": to}, of)


SET = dated("2026-03-31T00:00:00+00:00")


@pytest.mark.parametrize(
    ("mapped", "expected"),
    [
        pytest.param(SET, [("renegotiated", AT, {"due_at": DUE})], id="a date set: where it is new, the ledger's answer adds the promise"),
        pytest.param(
            dated(None, "2026-03-31T00:00:00+00:00"),
            [("renegotiated", AT, {"due_at": None, "reason": "its date was taken away"})],
            id="a date taken away",
        ),
    ],
)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected


def test_an_issue_with_a_date_in_a_project_lives_by_what_the_issue_tells() -> None:
    ledger = Remembered("github")
    ledger.take(map_issue("opened", milestone=None, node_id="I_kw12"))
    assert ledger.events == {}
    ledger.take(SET)
    assert (ledger.standing(NAME).team, ledger.standing(NAME).title) == ("octo/projects/3", "octo project 3")
    ledger.take(map_issue("edited", milestone=None, node_id="I_kw12", updated_at="2026-01-13T00:00:00Z"))
    assert (ledger.standing(NAME).team, ledger.standing(NAME).title) == ("octo/shop", "Pay by invoice")
    ledger.take(map_issue("closed", milestone=None, node_id="I_kw12", **CLOSED))
    assert ledger.standing(NAME).state == "delivered"


@pytest.mark.parametrize(
    ("later", "state"),
    [
        pytest.param([item("archived", updated_at="2026-02-01T00:00:00Z")], "revoked", id="archived"),
        pytest.param(
            [item("archived", updated_at="2026-02-01T00:00:00Z"), item("restored", updated_at="2026-02-02T00:00:00Z")],
            "open",
            id="restored",
        ),
        pytest.param([item("deleted", updated_at="2026-02-01T00:00:00Z")], "revoked", id="taken out of the project"),
        pytest.param(
            [
                map_issue("closed", milestone=None, node_id="I_kw12", **CLOSED),
                map_issue("reopened", milestone=None, node_id="I_kw12", updated_at="2026-03-22T00:00:00Z"),
            ],
            "open",
            id="closed and reopened",
        ),
    ],
)
def test_a_life_ends_right(later: list[Mapped], state: str) -> None:
    ledger = Remembered("github")
    ledger.take(SET, *later)
    assert ledger.standing(NAME).state == state


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(
            dated("2026-03-31T00:00:00+00:00", name="Start"),
            "the field 'Start' of the project is no due date: `dates_from` names those that are",
            id="another date",
        ),
        pytest.param(
            dated("x", kind="single_select", name="Due"),
            "the field 'Due' of the project is no due date: `dates_from` names those that are",
            id="no date field",
        ),
        pytest.param(dated("2026-13-45T00:00:00Z"), "changes.field_value.to is '2026-13-45T00:00:00Z', which is no time", id="no such day"),
        pytest.param(
            item("edited", content_type="DraftIssue"), "a draft, not an issue yet: set its date again once it is one", id="a draft"
        ),
        pytest.param(item("reordered"), "projects_v2_item.reordered changes nothing of a promise", id="reordered"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def test_the_user_says_which_field_is_the_due_date() -> None:
    assert told(dated("2026-03-31T00:00:00+00:00", name="Ship it", of=chosen(dates_from="ship it"))) == [
        ("renegotiated", AT, {"due_at": DUE})
    ]
