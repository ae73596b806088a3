"""What GitHub tells, in any order and with gaps, ends in the fold as it should; and no shape of it raises."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.intake.github_said import CLOSED, ISSUE, LATE_MARCH, MILESTONE, NOW, SHOP, map_issue, map_payload
from tests.unit.intake.tools.support import Remembered
from troth.domain.events import read_event
from troth.domain.fold import fold
from troth.domain.instants import format_instant, parse_instant
from troth.domain.standing import Standing
from troth.domain.verdict import verdicts
from troth.intake.delivery import Mapped


def _life(*mapped: Mapped) -> Standing:
    events = [read_event(event, NOW) for one in mapped for event in one.events]
    subject = events[0].subject
    return fold(subject, [event for event in events if event.subject == subject])


OPENED = map_issue("opened")
CLOSING = map_issue("closed", **CLOSED)
LATE = map_issue("closed", **CLOSED | {"updated_at": "2026-04-02T09:00:00Z", "closed_at": "2026-04-02T09:00:00Z"})
REOPENED = map_issue("reopened", updated_at="2026-03-22T09:00:00Z", closed_at="2026-03-20T16:00:00Z")
TO_APRIL = {"milestone": LATE_MARCH | {"id": 502, "due_on": "2026-04-30T07:00:00Z"}}
PUT_OFF = map_issue("milestoned", **CLOSED | TO_APRIL | {"updated_at": "2026-03-21T09:00:00Z"})
PUT_OFF_AND_OPEN = map_issue("reopened", **TO_APRIL, updated_at="2026-03-22T09:00:00Z", closed_at="2026-03-20T16:00:00Z")


@pytest.mark.parametrize(
    ("life", "state", "verdict", "due_day"),
    [
        pytest.param([OPENED, CLOSING], "delivered", "kept", "2026-03-31", id="closed in time"),
        pytest.param([CLOSING, OPENED], "delivered", "kept", "2026-03-31", id="the closing comes first"),
        pytest.param([OPENED, CLOSING, CLOSING, OPENED], "delivered", "kept", "2026-03-31", id="redelivered"),
        pytest.param([OPENED, LATE], "delivered", "late", "2026-03-31", id="closed late"),
        pytest.param([OPENED, CLOSING, REOPENED], "open", "slipped", "2026-03-31", id="reopened"),
        pytest.param([OPENED, CLOSING, PUT_OFF, PUT_OFF_AND_OPEN], "open", "slipped", "2026-04-30", id="put off while it was closed"),
        pytest.param([OPENED, PUT_OFF_AND_OPEN, PUT_OFF, CLOSING], "open", "slipped", "2026-04-30", id="the same, reordered"),
        pytest.param([OPENED, CLOSING, PUT_OFF_AND_OPEN], "open", "slipped", "2026-04-30", id="the same, of which only the end is heard"),
        pytest.param([CLOSING], "delivered", "void", "2026-03-31", id="first heard of when it was done: nothing gained"),
        pytest.param([LATE], "delivered", "void", None, id="first heard of when it was done late: nothing lost"),
        pytest.param([CLOSING, REOPENED, LATE], "delivered", "late", "2026-03-31", id="first heard of when done, reopened, done late"),
        pytest.param([REOPENED], "open", "slipped", "2026-03-31", id="first heard of when it was reopened"),
        pytest.param([OPENED, map_issue("milestoned", **TO_APRIL), LATE], "delivered", "kept", "2026-04-30", id="moved in time"),
        pytest.param(
            [OPENED, map_issue("milestoned", **TO_APRIL, updated_at="2026-03-30T09:00:00Z"), LATE],
            "delivered",
            "late",
            "2026-03-31",
            id="moved on the last day",
        ),
        pytest.param([OPENED, map_issue("demilestoned", milestone=None)], "open", "slipped", "2026-03-31", id="out of the milestone alone"),
        pytest.param([OPENED, map_issue("deleted")], "revoked", "broken", "2026-03-31", id="deleted"),
        pytest.param(
            [OPENED, CLOSING, map_issue("deleted", **CLOSED | {"updated_at": "2026-05-01T00:00:00Z"})],
            "delivered",
            "kept",
            "2026-03-31",
            id="done, then deleted",
        ),
        pytest.param(
            [OPENED, map_issue("closed", **CLOSED, state_reason="not_planned")], "revoked", "broken", "2026-03-31", id="not planned"
        ),
    ],
)
def test_a_life_ends_right(life: list[Mapped], state: str, verdict: str, due_day: str | None) -> None:
    standing = _life(*life)
    due = None if standing.due_at is None else format_instant(standing.due_at)[:10]
    assert (standing.state, verdicts(standing, NOW, Fraction(0))["agreed"].name, due) == (state, verdict, due_day)


def test_a_date_given_while_it_was_closed_is_in_force_when_it_is_found_open_though_its_reopening_was_not_heard() -> None:
    ledger = Remembered("github")
    ledger.take(OPENED, CLOSING, PUT_OFF, map_issue("edited", **TO_APRIL, updated_at="2026-03-23T09:00:00Z"))
    standing = ledger.standing(OPENED.events[0]["subject"])
    assert (standing.state, format_instant(standing.due_at or 0)[:10]) == ("open", "2026-04-30")


def test_a_new_name_of_the_repository_keeps_the_commitment() -> None:
    renamed = map_issue("edited", repository=SHOP | {"full_name": "octo/store"})
    assert map_issue("opened").events[0]["subject"] == renamed.events[0]["subject"] == "github:issues/9001"
    assert _life(map_issue("opened"), renamed).team == "octo/store"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ISSUE, *MILESTONE, *SHOP, "x"]), inner, max_size=4),
    max_leaves=12,
)
ACTIONS = st.sampled_from(["opened", "created", "edited", "milestoned", "demilestoned", "closed", "reopened", "deleted", "transferred"])


@given(
    st.sampled_from(["issues", "milestone"]),
    ACTIONS,
    st.dictionaries(st.sampled_from(list(ISSUE)), JSON),
    st.fixed_dictionaries({}, optional={"repository": JSON, "issue": JSON, "milestone": JSON, "changes": JSON, "action": JSON}),
)
def test_no_shape_of_a_payload_raises(event: str, action: str, said: dict[str, Any], beside: dict[str, Any]) -> None:
    thing = {"issue": ISSUE | said} if event == "issues" else {"milestone": MILESTONE | said}
    mapped = map_payload(event, {"action": action, "repository": SHOP} | thing | beside)
    assert bool(mapped.events) != bool(mapped.reason)
    for posted in mapped.events:
        assert read_event(posted, parse_instant("9999-12-31T00:00:00Z")).source == "github"


@given(JSON)
def test_no_json_at_all_raises(payload: Any) -> None:
    assert map_payload("issues", payload).reason
