"""ServiceNow's scripts as they run: a change is kept in its own transaction, arrives once Troth is there, and becomes events."""

import json
from pathlib import Path
from typing import Any, Final

import dukpy
import pytest

from tests.unit.intake.tools.support import Remembered, mapped_by, told

FOLDER: Final = Path(__file__).parents[4] / "deploy" / "servicenow"
PLATFORM: Final = Path(__file__).with_name("servicenow_platform.js").read_text("utf-8")
VALUES: Final = {
    "sys_id": "46c8b1",
    "number": "CHG0030001",
    "short_description": "Renew the certificates",
    "assignment_group": "9a8b",
    "assigned_to": "7c6d",
    "opened_by": "7c6d",
    "work_notes": "Jette-Marie asks for Friday",
    "state": "-2",
    "approval": "approved",
    "close_code": "",
    "on_hold": "0",
    "end_date": "2026-03-31 16:00:00",
    "work_end": "",
    "closed_at": "",
    "company": "5e4f",
    "sys_created_on": "2026-01-10 10:00:00",
    "sys_updated_on": "2026-01-10 10:00:00",
}
LABELS: Final = {
    "assignment_group": "Network",
    "assigned_to": "Jette-Marie",
    "opened_by": "Jette-Marie",
    "state": "Scheduled",
    "approval": "Approved",
    "on_hold": "false",
    "company": "Acme",
    "end_date": "31.03.2026 18:00",
}


class Instance:
    """An instance with the scripts in it, and an outbox unless it was forgotten."""

    def __init__(self, *, outbox: bool = True) -> None:
        self.js = dukpy.JSInterpreter()
        self.js.evaljs(
            PLATFORM + (FOLDER / "TrothSender.js").read_text("utf-8") + f"tables = {'{u_troth_outbox: []}' if outbox else '{}'}; 0"
        )

    def changes(self, operation: str, values: Any, labels: Any, before: Any = None) -> None:
        """What a user does, and the rule that then runs."""
        rule = (FOLDER / "business_rule.js").read_text("utf-8")
        self.js.evaljs(
            "var current = new Changed('change_request', dukpy.operation, dukpy.values, dukpy.labels);"
            "var previous = dukpy.before ? new Changed('change_request', '', dukpy.before[0], dukpy.before[1]) : null;" + rule + "; 0",
            operation=operation,
            values=values,
            labels=labels,
            before=before,
        )

    def minute(self, *answers: Any) -> list[dict[str, Any]]:
        """What the scheduled job posts, answered so, and with 202 after that."""
        job = (FOLDER / "scheduled_job.js").read_text("utf-8")
        said = self.js.evaljs("posted = []; answers = dukpy.answers;" + job + "; JSON.stringify(posted)", answers=list(answers))
        found: list[dict[str, Any]] = json.loads(said)
        return found

    def holds(self, name: str) -> Any:
        """A variable of the platform."""
        return json.loads(self.js.evaljs(f"JSON.stringify({name})"))


def test_a_planned_change_arrives_as_a_promise_without_its_people() -> None:
    instance = Instance()
    instance.changes("insert", VALUES, LABELS)
    [post] = instance.minute()
    assert (post["url"], post["method"]) == ("https://troth.example/webhooks/servicenow", "post")
    assert post["headers"] == {"Authorization": "Bearer change-me", "Content-Type": "application/json"}
    assert not [name for name in ("Jette", "7c6d", "assigned_to", "opened_by", "work_notes") if name in post["body"]]
    mapped = mapped_by("servicenow", json.loads(post["body"]))
    link = "https://acme.example/change_request.do?sys_id=46c8b1"
    terms = {"team": "Network", "title": "Renew the certificates", "url": link, "customer": "Acme", "due_at": "2026-03-31T16:00:00.000000Z"}
    assert told(mapped) == [("made", "2026-01-10T10:00:00.000000Z", terms)]
    assert mapped.native_id == "guid-1"


def test_the_life_of_a_change_ends_as_it_ended_in_servicenow() -> None:
    instance, ledger = Instance(), Remembered("servicenow")
    moved = VALUES | {"end_date": "2026-04-10 16:00:00", "sys_updated_on": "2026-02-01 09:00:00"}
    closed = moved | {
        "state": "3",
        "work_end": "2026-04-01 12:00:00",
        "closed_at": "2026-04-03 09:00:00",
        "sys_updated_on": "2026-04-03 09:00:00",
    }
    again = closed | {"state": "-1", "work_end": "", "closed_at": "", "sys_updated_on": "2026-04-05 09:00:00"}
    done, implementing = LABELS | {"state": "Closed"}, LABELS | {"state": "Implement"}
    instance.changes("insert", VALUES, LABELS)
    instance.changes("update", moved, LABELS, (VALUES, LABELS))
    instance.changes("update", closed, done, (moved, LABELS))
    ledger.take(*(mapped_by("servicenow", json.loads(post["body"])) for post in instance.minute()))
    assert ledger.standing("servicenow:change_request/46c8b1").state == "delivered"
    instance.changes("update", again, implementing, (closed, done))
    ledger.take(*(mapped_by("servicenow", json.loads(post["body"])) for post in instance.minute()))
    assert ledger.standing("servicenow:change_request/46c8b1").state == "open"
    instance.changes("delete", again, implementing)
    ledger.take(*(mapped_by("servicenow", json.loads(post["body"])) for post in instance.minute()))
    assert ledger.standing("servicenow:change_request/46c8b1").state == "revoked"


def test_a_note_that_changes_nothing_of_a_promise_is_not_sent() -> None:
    instance = Instance()
    instance.changes("update", VALUES | {"work_notes": "x", "sys_updated_on": "2026-02-01 09:00:00"}, LABELS, (VALUES, LABELS))
    assert instance.holds("tables") == {"u_troth_outbox": []}


@pytest.mark.parametrize("answer", [0, 401, 404, 429, 503, "timeout"])
def test_what_did_not_arrive_is_sent_again_in_order(answer: Any) -> None:
    instance = Instance()
    for number in range(3):
        instance.changes("insert", VALUES | {"sys_id": f"c-{number}"}, LABELS)
    instance.minute(202, answer)
    assert len(instance.holds("tables")["u_troth_outbox"]) == 2
    assert "posted again in the next run" in instance.holds("errors")[-1]
    assert [json.loads(post["body"])["record"]["sys_id"] for post in instance.minute()] == ["c-1", "c-2"]
    assert instance.holds("tables")["u_troth_outbox"] == []
    assert instance.minute() == []


def test_what_is_refused_for_good_stays_with_the_reason_and_holds_nothing_up() -> None:
    instance = Instance()
    for number in range(2):
        instance.changes("insert", VALUES | {"sys_id": f"c-{number}"}, LABELS)
    assert len(instance.minute(413)) == 2
    [row] = instance.holds("tables")["u_troth_outbox"]
    assert row["u_refused"] == "413 said 413"
    assert instance.minute() == []


def test_nobodys_change_fails_because_of_troth() -> None:
    instance = Instance(outbox=False)
    instance.changes("insert", VALUES, LABELS)
    assert instance.holds("errors") == ["Troth: could not write to u_troth_outbox of CHG0030001; does the table exist?"]
    instance.changes("insert", VALUES, None)
    assert "could not keep a change of change_request" in instance.holds("errors")[-1]
