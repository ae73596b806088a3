import json
import sqlite3
from pathlib import Path

import pytest

from tests.notation import delivered, posted, promised, warned
from tests.unit.cli.conftest import Run, ndjson

EVENTS = [
    posted(1, ("day 0", promised("alpha", due="day 10", customer="Sales", budget=10, unit="EUR")), "one"),
    posted(2, ("day 9", delivered(cost=12)), "one"),
    posted(1, ("day 1", promised("beta", due="day 3")), "two"),
    posted(2, ("day 2", warned(reason="the supplier is late")), "two"),
    posted(1, ("day 1", promised("beta", due="day 5")), "three"),
]


@pytest.fixture
def log(troth: Run, here: Path) -> Path:
    file = ndjson(here / "log.ndjson", EVENTS)
    assert troth("import", file).exit_code == 0
    return file


def test_scores_are_a_table_worst_first(troth: Run, log: Path) -> None:
    done = troth("score", "--at", "2026-01-20")
    assert done.exit_code == 0
    assert done.stdout.index("beta") < done.stdout.index("alpha")
    assert "not enough promises yet" in done.stdout


def test_scores_as_json_are_one_line_with_the_instant_asked_for(troth: Run, log: Path) -> None:
    done = troth("score", "--json", "--at", "2026-01-04T12:00:00Z")
    assert done.stdout.count("\n") == 1
    document = json.loads(done.stdout)
    assert document["at"] == "2026-01-04T12:00:00.000000Z"
    assert {team["team"]: team["commitments"]["overdue"] for team in document["teams"]} == {"alpha": 0, "beta": 1}


@pytest.mark.parametrize("moment", ["2999-01-01", "yesterday", "2026-01-04T12:00:00", "2026-02-30"])
def test_an_instant_that_cannot_be_asked_for_is_refused(troth: Run, log: Path, moment: str) -> None:
    done = troth("score", "--at", moment)
    assert done.exit_code == 2
    assert "--at" in done.stderr


@pytest.mark.parametrize("command", [["score"], ["export"], ["verify"], ["explain", "one"]])
def test_where_there_is_no_ledger_none_is_made(troth: Run, here: Path, command: list[str]) -> None:
    done = troth(*command, "--data", "nowhere")
    assert done.exit_code == 1
    assert "There is no ledger in nowhere" in done.stderr
    assert not (here / "nowhere").exists()


def test_a_ledger_made_with_other_rules_is_not_misread(troth: Run, log: Path) -> None:
    done = troth("score", "--zone", "Europe/Berlin")
    assert done.exit_code == 1
    assert "time zone" in done.stderr


def test_the_export_is_the_log_as_posted_and_in_its_order(troth: Run, log: Path) -> None:
    assert [json.loads(line) for line in troth("export").stdout.splitlines()] == EVENTS


def test_an_export_says_the_time_that_the_clock_gave(troth: Run, here: Path) -> None:
    timeless = {name: value for name, value in EVENTS[0].items() if name != "time"}
    troth("import", ndjson(here / "log.ndjson", [timeless]))
    [event] = [json.loads(line) for line in troth("export").stdout.splitlines()]
    assert event.pop("time").startswith("20")
    assert event == timeless


def test_an_export_imported_into_a_fresh_ledger_gives_the_same_scores(troth: Run, here: Path) -> None:
    events = [{**event, "time": None} if event["subject"] == "three" else event for event in EVENTS]
    events = [{name: value for name, value in event.items() if value is not None} for event in events]
    troth("import", ndjson(here / "log.ndjson", events))
    (here / "copy.ndjson").write_text(troth("export").stdout)
    assert troth("import", "copy.ndjson", "--data", "copy").exit_code == 0
    at = json.loads(troth("score", "--json").stdout)["at"]
    scores = [troth("score", "--json", "--at", at, "--data", data).stdout for data in ("troth-data", "copy")]
    assert scores[0] == scores[1]
    assert "beta" in scores[0]
    assert troth("export", "--data", "copy").stdout == (here / "copy.ndjson").read_text()


def test_a_ledger_that_agrees_with_its_log_verifies(troth: Run, log: Path) -> None:
    done = troth("verify")
    assert (done.exit_code, done.stdout) == (0, "3 commitments, 5 events: all agree.\n")


def test_each_difference_from_the_log_is_told_and_the_status_is_1(troth: Run, log: Path) -> None:
    connection = sqlite3.connect("troth-data/troth.db")
    with connection:
        connection.execute("UPDATE standings SET state = 'revoked' WHERE id = 'one'")
    connection.close()
    done = troth("verify")
    assert done.exit_code == 1
    assert "commitment 'one'" in done.stdout


def test_a_commitment_is_explained_by_its_life_its_terms_and_the_rule(troth: Run, log: Path) -> None:
    said = troth("explain", "one").stdout
    for part in (
        "team alpha",
        "customer Sales",
        "10 EUR",
        "12 EUR",
        "over budget",
        "The rule: Delivered by the date in force, but at a cost",
    ):
        assert part in said
    said = troth("explain", "two").stdout
    for part in ("slipped", "warned: warns that it may slip", "reason: the supplier is late", "late news"):
        assert part in said


def test_a_delivery_is_explained_by_what_became_of_it(troth: Run, log: Path) -> None:
    connection = sqlite3.connect("troth-data/troth.db")
    [(delivery,)] = connection.execute("SELECT id FROM deliveries").fetchall()
    connection.close()
    said = troth("explain", delivery).stdout
    assert "It became 5 new events" in said
    assert "log.ndjson, lines 1 to 5" in said


def test_what_is_not_on_record_is_said_with_names_like_it(troth: Run, log: Path) -> None:
    done = troth("explain", "thre")
    assert done.exit_code == 1
    assert "There is three." in done.stderr
