"""What the business rule of deploy/servicenow says, and what the ledger hears: golden pairs, and lives as they end."""

from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.domain.instants import format_instant
from troth.intake.choices import Local
from troth.intake.delivery import Mapped

RECORD: dict[str, Any] = {
    "sys_id": "46c8b1",
    "number": "CHG0030001",
    "short_description": "Renew the certificates",
    "assignment_group": "Network",
    "state": "Scheduled",
    "approval": "Approved",
    "close_code": "",
    "end_date": "2026-03-31 16:00:00",
    "requested_by_date": "2026-03-15 00:00:00",
    "work_end": "",
    "closed_at": "",
    "customer": "Sales",
    "goal": "",
    "budget": "1200.5",
    "unit": "EUR",
    "sys_created_on": "2026-01-10 10:00:00",
    "sys_updated_on": "2026-01-12 08:30:00",
}
AT, END = "2026-01-12T08:30:00.000000Z", "2026-03-20T16:00:00.000000Z"
LINK = "https://acme.service-now.example/change_request.do?sys_id=46c8b1"
PROMISE = {
    "team": "Network",
    "title": "Renew the certificates",
    "url": LINK,
    "customer": "Sales",
    "budget": 1200.5,
    "unit": "EUR",
    "requested_at": "2026-03-15T00:00:00.000000Z",
    "due_at": "2026-03-31T16:00:00.000000Z",
}
CLOSED = {"state": "Closed", "close_code": "Successful", "work_end": "2026-03-20 16:00:00", "closed_at": "2026-03-25 09:00:00"}


def record(operation: str, before: Any = None, of: Local | None = None, /, table: str = "change_request", **fields: Any) -> Mapped:
    payload = {"event_id": "n-1", "sent_at": "2026-04-01 00:00:00", "table": table, "operation": operation, "link": LINK}
    return mapped_by("servicenow", payload | {"record": RECORD | fields, "previous": before or {}}, of=of)


GOLDEN = [
    pytest.param(record("insert"), [("made", "2026-01-10T10:00:00.000000Z", PROMISE)], id="a change is planned"),
    pytest.param(
        record("update", {"end_date": "x"}, end_date="2026-04-30 16:00:00"),
        [("made", AT, PROMISE | {"due_at": "2026-04-30T16:00:00.000000Z"})],
        id="its planned end moved",
    ),
    pytest.param(
        record("update", {"end_date": "2026-03-31 16:00:00"}, end_date=""),
        [("renegotiated", AT, {"due_at": None, "reason": "its due date was taken away"})],
        id="its planned end taken away",
    ),
    pytest.param(
        record("update", {"state": "Review"}, **CLOSED),
        [("delivered", END, {}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="closed: when the work ended, not its paperwork",
    ),
    pytest.param(
        record("update", state="Canceled", closed_at="2026-03-20 16:00:00"),
        [("revoked", END, {"reason": "Canceled"}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="cancelled by the team",
    ),
    pytest.param(
        record("update", state="Canceled", approval="Rejected", closed_at="2026-03-20 16:00:00"),
        [("cancelled", END, {"reason": "not approved"}), ("made", "2026-03-20T16:00:00.000001Z", PROMISE)],
        id="not approved",
    ),
    pytest.param(
        record("update", {"state": "Closed"}),
        [("made", AT, PROMISE), ("reopened", AT, {}), ("renegotiated", AT, {"due_at": PROMISE["due_at"]})],
        id="reopened",
    ),
    pytest.param(record("delete"), [("revoked", "2026-04-01T00:00:00.000000Z", {"reason": "deleted"})], id="deleted"),
    pytest.param(
        record("insert", None, chosen(zone="Europe/Berlin"), table="dmn_demand", end_date="", due_date="2026-03-31", requested_by_date=""),
        [
            (
                "made",
                "2026-01-10T10:00:00.000000Z",
                {name: value for name, value in PROMISE.items() if name != "requested_at"} | {"due_at": "2026-03-31T21:59:59.999999Z"},
            )
        ],
        id="a demand with a due day, which ends in the zone",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert (mapped.reason, mapped.native_id) == ("", "n-1")
    for event in mapped.events:
        assert format_instant(read_event(event, NOW).time) == event["time"]


def test_a_change_closed_as_unsuccessful_is_rejected_and_open_again() -> None:
    ledger = Remembered("servicenow")
    failed = CLOSED | {"close_code": "Unsuccessful", "sys_updated_on": "2026-03-25 09:00:00"}
    ledger.take(record("insert"), record("update", {"state": "Review"}, **failed), record("update", **failed))
    standing = ledger.standing("servicenow:change_request/46c8b1")
    assert (standing.state, standing.word) == ("open", "rejected")


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(record("update", end_date=""), "CHG0030001 has no due date: not a promise", id="no date"),
        pytest.param(
            record("update", end_date="2026-13-45 00:00:00"), "record.end_date is '2026-13-45 00:00:00Z', which is no time", id="no day"
        ),
        pytest.param(record("update", assignment_group=""), "CHG0030001 has no assignment_group, and a promise is a team's", id="no group"),
        pytest.param(
            record("update", budget="a lot"), "record.budget is not a number such as 1234.5 (found: 'a lot')", id="a budget in words"
        ),
        pytest.param(
            record("update", customer="jdoe@acme.example"),
            "record.customer looks like a mail address, so like a person; name a unit of an organisation (found: '[removed]')",
            id="a person as a customer",
        ),
        pytest.param(mapped_by("servicenow", {}), "table or operation is missing: send what deploy/servicenow sends", id="nothing"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)
