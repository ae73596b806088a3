"""`troth remap`: what tools sent is mapped again by a mended mapping, and nothing is lost or said twice."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import running
from tests.integration import test_http_members as members
from tests.integration.conftest import Served, serving
from tests.integration.test_http_webhooks import MILESTONE, github

SECRET = "s3cret"
DESK = """\
source = "desk"
subject = "number"
persons = ["caller"]
time = "at"

[verify]
scheme = "bearer"

[made]
when = "kind == 'promised'"
team = "unit"
title = "what"
due_at = "due"

[delivered]
when = "kind == 'done'"
"""
MENDED = DESK.replace('team = "unit"', 'team = "team"')
TICKET: dict[str, Any] = {"number": "T-1", "kind": "promised", "at": "2026-01-05T09:00:00Z", "unit": "Sales", "team": "Desk"}
TICKET |= {"what": "A laptop for Jette Marie", "due": "2026-01-09", "caller": {"name": "Jette Marie"}}
DONE = TICKET | {"kind": "done", "at": "2026-01-08T09:00:00Z"}
Serve = Callable[..., Served]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(DESK, "utf-8")
    return path


def send(tmp_path: Path, mapping: Path, *tickets: dict[str, Any]) -> list[str]:
    """Let a server take these, and end; gives the deliveries' ids."""
    with serving(tmp_path / "ledger", mappings=(mapping,), webhook_secrets={"desk": (SECRET,)}) as served:
        answers = [served.http.post("/webhooks/desk", json=one, headers={"Authorization": f"Bearer {SECRET}"}) for one in tickets]
        assert {answer.status_code for answer in answers} == {202}
        return [answer.json()["delivery"] for answer in answers]


def remap(tmp_path: Path, *flags: str, status: int = 0) -> str:
    done = running.troth("remap", "--data", "ledger", "--mappings", "desk.toml", *flags, cwd=tmp_path)
    assert done.returncode == status, done.stderr.decode()
    return done.stdout.decode()


def promise(tmp_path: Path, id: str = "T-1") -> Any:
    with serving(tmp_path / "ledger") as served:
        return served.get(f"/v1/commitments/{id}")


def exported(tmp_path: Path) -> list[Any]:
    return [json.loads(line) for line in running.troth("export", "--data", "ledger", cwd=tmp_path).stdout.splitlines()]


def test_a_mended_mapping_retracts_what_was_wrong_and_adds_what_is_right_once(tmp_path: Path, mapping: Path) -> None:
    sent = send(tmp_path, mapping, TICKET, DONE)
    mapping.write_text(MENDED, "utf-8")
    before = exported(tmp_path)
    shown = remap(tmp_path, "--dry-run")
    assert "- made T-1 at 2026-01-05 09:00:00 UTC: team Sales" in shown
    assert "+ made T-1 at 2026-01-05 09:00:00 UTC: team Desk" in shown
    assert "desk: 2 deliveries kept. 1 says something else now: 1 event would be retracted, 1 added." in shown
    assert exported(tmp_path) == before
    assert "1 event was retracted" in remap(tmp_path)
    assert [event["type"] for event in exported(tmp_path)[2:]] == ["troth.event-retracted", "troth.commitment-made"]
    after = promise(tmp_path)
    assert (after["team"], after["title"], after["state"], after["verdict"]["agreed"]) == (
        "Desk",
        "A laptop for [removed]",
        "delivered",
        "kept",
    )
    assert remap(tmp_path) == "desk: 2 deliveries kept. All say what the ledger has of them.\n"
    assert len(exported(tmp_path)) == len(before) + 2
    explained = running.troth("explain", sent[0], "--data", "ledger", cwd=tmp_path).stdout.decode()
    assert "It was mapped again since" in explained
    with serving(tmp_path / "ledger") as served:
        trace = served.get(f"/v1/deliveries/{sent[0]}")
        later = served.get(f"/v1/deliveries/{trace['remapped_by']}")
        assert (trace["result"], later["remap_of"], later["new"]) == ("remapped", sent[0], 2)
        assert [one["id"] for one in served.get("/v1/deliveries", result="remapped")["deliveries"]] == [sent[0]]
    assert b"all agree" in running.troth("verify", "--data", "ledger", cwd=tmp_path).stdout


def test_what_was_not_understood_is_understood_by_the_mended_mapping(tmp_path: Path, mapping: Path) -> None:
    mapping.write_text(DESK.replace('due_at = "due"', 'due_at = "what"'), "utf-8")
    [sent] = send(tmp_path, mapping, TICKET)
    assert "no event" in running.troth("explain", sent, "--data", "ledger", cwd=tmp_path).stdout.decode()
    mapping.write_text(DESK, "utf-8")
    assert "0 events were retracted, 1 added" in remap(tmp_path)
    assert promise(tmp_path)["due_at"][:10] == "2026-01-09"
    assert "All say" in remap(tmp_path)


def test_a_mapping_that_goes_back_brings_back_what_was_retracted(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET)
    for text, team in ((MENDED, "Desk"), (DESK, "Sales"), (MENDED, "Desk")):
        mapping.write_text(text, "utf-8")
        assert "1 event was retracted, 1 added" in remap(tmp_path)
        assert "All say" in remap(tmp_path)
        assert promise(tmp_path)["team"] == team
    assert len(exported(tmp_path)) == 7


def test_a_mapping_that_is_as_it_was_changes_nothing_though_names_were_removed(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET, TICKET, DONE)
    before = exported(tmp_path)
    assert remap(tmp_path) == "desk: 3 deliveries kept. All say what the ledger has of them.\n"
    assert exported(tmp_path) == before
    assert promise(tmp_path)["title"] == "A laptop for Jette Marie"


def test_what_another_delivery_says_still_is_not_retracted(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET, TICKET | {"silent": True})
    mapping.write_text(DESK.replace("kind == 'promised'", "kind == 'promised' && !silent"), "utf-8")
    assert "All say" in remap(tmp_path)
    assert promise(tmp_path)["state"] == "open"


def test_a_delivery_that_is_no_promise_any_more_says_why(tmp_path: Path, mapping: Path) -> None:
    [sent] = send(tmp_path, mapping, TICKET)
    mapping.write_text(DESK.replace("kind == 'promised'", "kind == 'sworn'"), "utf-8")
    assert "It says nothing now: no rule applies" in remap(tmp_path)
    assert promise(tmp_path)["state"] == "unmade"
    with serving(tmp_path / "ledger") as served:
        later = served.get(f"/v1/deliveries/{served.get(f'/v1/deliveries/{sent}')['remapped_by']}")
    assert [event["type"] for event in later["events"]] == ["troth.event-retracted"]
    assert "no rule applies" in later["reason"]


def test_what_was_retracted_by_hand_does_not_come_back(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET)
    [event] = exported(tmp_path)
    by_hand = {
        **event,
        "source": "clerk",
        "type": "troth.event-retracted",
        "data": {"source": "desk", "id": event["id"], "reason": "a joke"},
    }
    (tmp_path / "hand.ndjson").write_text(json.dumps(by_hand))
    assert running.troth("import", "hand.ndjson", "--data", "ledger", cwd=tmp_path).returncode == 0
    assert "was retracted by hand, and stays as it is" in remap(tmp_path)
    assert len(exported(tmp_path)) == 2
    mapping.write_text(MENDED, "utf-8")
    assert "0 events were retracted, 1 added" in remap(tmp_path)


def test_only_what_came_since_and_of_the_source_that_is_named_is_changed(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET)
    mapping.write_text(MENDED, "utf-8")
    assert remap(tmp_path, "--since", "2999-01-01") == "No delivery is kept.\n"
    assert "github: 0 deliveries kept. All say" in remap(tmp_path, "--source", "github")
    assert "1 says something else now" in remap(tmp_path, "--since", "2026-01-01", "--source", "desk", "--dry-run")


def test_deliveries_that_are_not_kept_any_more_are_counted(tmp_path: Path, mapping: Path) -> None:
    sent = send(tmp_path, mapping, TICKET, DONE)
    with sqlite3.connect(tmp_path / "ledger" / "troth.db") as connection:
        connection.execute("UPDATE deliveries SET kept = NULL WHERE id = ?", (sent[0],))
    mapping.write_text(MENDED, "utf-8")
    assert remap(tmp_path) == "desk: 1 delivery kept; 1 is not kept any more. All say what the ledger has of them.\n"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--source", "nobody"], "is no source; there are"),
        (["--since", "yesterday"], "is not a time"),
        (["--since", "2026-02-30"], "does not exist"),
    ],
)
def test_what_is_asked_wrongly_is_said(tmp_path: Path, mapping: Path, flags: list[str], said: str) -> None:
    send(tmp_path, mapping, TICKET)
    done = running.troth("remap", "--data", "ledger", "--mappings", "desk.toml", *flags, cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.decode().replace("│", " ").split())


def test_a_source_without_its_mapping_is_named_and_nothing_is_changed(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET)
    done = running.troth("remap", "--data", "ledger", cwd=tmp_path)
    assert done.returncode == 2
    assert "Deliveries of desk are kept, but nothing says what they mean" in done.stderr.decode()


def test_while_a_server_holds_the_ledger_it_is_refused_and_a_dry_run_is_not(tmp_path: Path, mapping: Path) -> None:
    data = tmp_path / "ledger"
    with running.serving("serve", data, "--mappings", str(mapping), TROTH_WEBHOOK_DESK_SECRETS=SECRET):
        done = running.troth("remap", "--data", "ledger", "--mappings", "desk.toml", cwd=tmp_path)
        assert done.returncode == 1
        assert "Stop that one, remap, and start it again" in done.stderr.decode()
        assert remap(tmp_path, "--dry-run") == "No delivery is kept.\n"


def test_a_mapping_that_gives_an_event_nobody_may_take_leaves_the_delivery_as_it_is(tmp_path: Path, mapping: Path) -> None:
    send(tmp_path, mapping, TICKET)
    mapping.write_text(DESK.replace('due_at = "due"', 'due_at = "due"\nweight = 7'), "utf-8")
    assert "left as it is, as it is mapped to an event that is refused" in remap(tmp_path, status=1)
    assert promise(tmp_path)["state"] == "open"


def test_githubs_deliveries_are_the_same_when_they_are_mapped_again(tmp_path: Path) -> None:
    with serving(tmp_path / "ledger") as served:
        for document in (MILESTONE, MILESTONE | {"action": "edited"}, {"action": "pondered"}):
            assert github(served, document).status_code == 202
    (tmp_path / "desk.toml").write_text(DESK)
    assert remap(tmp_path) == "github: 3 deliveries kept. All say what the ledger has of them.\n"


def a_milestone_moves(tmp_path: Path) -> None:
    """Two issues in a milestone, of which one is closed before that moves, and one is taken out of it after."""
    closed = {"state": "closed", "closed_at": "2026-02-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"}
    later = members.RELEASE | {"due_on": "2036-04-30T07:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}
    with serving(tmp_path / "ledger") as served:
        for id in (1, 2):
            labels = [{"name": "Promise"}] if id == 1 else []
            members.github(served, "issues", "opened", issue=members.issue(id, members.RELEASE, labels=labels))
        members.github(served, "issues", "closed", issue=members.issue(2, members.RELEASE, **closed))
        moved = {"milestone": later, "changes": {"due_on": {"from": members.RELEASE["due_on"]}}}
        assert len(members.github(served, "milestone", "edited", **moved)) == 2
        out = members.issue(1, None, updated_at="2026-03-20T00:00:00Z")
        assert members.github(served, "issues", "demilestoned", issue=out, milestone=later)


def test_what_held_by_what_was_on_record_then_holds_when_it_is_mapped_again(tmp_path: Path) -> None:
    a_milestone_moves(tmp_path)
    (tmp_path / "desk.toml").write_text(DESK)
    assert remap(tmp_path) == "github: 5 deliveries kept. All say what the ledger has of them.\n"


def test_other_choices_of_what_is_a_promise_hold_for_what_came_before(tmp_path: Path) -> None:
    a_milestone_moves(tmp_path)
    (tmp_path / "desk.toml").write_text(DESK)
    choices = tmp_path / "troth.toml"
    choices.write_text('[sources.github]\ntypes = ["milestone"]\n')
    assert "5 say something else now: 6 events would be retracted, 0 added" in remap(tmp_path, "--dry-run")
    remap(tmp_path)
    assert "All say" in remap(tmp_path)
    assert {state(tmp_path, f"github:issues/{id}") for id in (1, 2)} == {"unmade"}
    choices.unlink()
    remap(tmp_path)
    assert "All say" in remap(tmp_path)
    assert (state(tmp_path, "github:issues/1"), state(tmp_path, "github:issues/2")) == ("open", "delivered")
    dates = [
        event["data"]["due_at"] for event in promise(tmp_path, "github:issues/1")["history"] if event["effect"].startswith("sets the date")
    ]
    assert [date and date[:10] for date in dates] == ["2036-04-30"]


def state(tmp_path: Path, id: str) -> Any:
    return promise(tmp_path, id)["state"]
