"""`troth config check`: the configuration in words, and tried on payloads."""

import json
from pathlib import Path

import pytest

from tests.integration.deliveries import SENT, changed
from tests.unit.cli.conftest import Run
from tests.unit.intake.github_said import ISSUE, SHOP


def configured(here: Path, text: str) -> None:
    (here / "troth.toml").write_text(text, "utf-8")


def tried(here: Path, *payloads: object) -> Path:
    (here / "tried.json").write_text("\n".join(json.dumps(payload) for payload in payloads), "utf-8")
    return here / "tried.json"


OPENED = {"action": "opened", "issue": ISSUE, "repository": SHOP}


def test_every_tool_is_explained_and_whether_it_is_on(troth: Run) -> None:
    said = troth("config", "check", TROTH_WEBHOOK_JIRA_SECRETS="a,b").stdout
    assert "jira: on, with 2 secrets\n  Jira, Cloud and Data Center: an issue with a due date is a promise" in said
    assert "azure-devops: off; TROTH_WEBHOOK_AZURE_DEVOPS_SECRETS opens it" in said
    assert "clickup: off" in said
    assert "a,b" not in said


def test_what_was_chosen_is_said_in_words(troth: Run, here: Path) -> None:
    configured(here, '[sources.github]\nlabels = ["promise"]\ncustomer = "body"\nteams = {"octo/shop" = "Web Shop"}\n')
    said = troth("config", "check", "--source", "github").stdout
    assert "labels = promise. Only items with one of these labels or tags become promises." in said
    assert "customer = body. The customer: a unit of an organisation, never a person." in said
    assert "teams = octo/shop = Web Shop." in said
    assert "gitlab" not in said.lower()


def test_payloads_are_tried_and_nothing_is_stored(troth: Run, here: Path) -> None:
    configured(here, '[sources.github.teams]\n"octo/shop" = "Web Shop"\n')
    file = tried(here, OPENED, OPENED | {"action": "pondered"}, OPENED | {"issue": ISSUE | {"milestone": None}})
    done = troth("config", "check", "--source", "github", "--payloads", file)
    assert done.exit_code == 0, done.output
    assert "1. issues.opened octo/shop#12\n   made github:issues/9001 at 2026-01-10 10:00:00 UTC: team Web Shop" in done.stdout
    assert "2. issues.pondered #12\n   nothing: issues.pondered changes nothing of a promise" in done.stdout
    assert "3. issues.opened octo/shop#12\n   nothing: octo/shop#12 has no due date: not a promise" in done.stdout
    assert sorted(path.name for path in here.iterdir()) == ["tried.json", "troth.toml"]


@pytest.mark.parametrize("tool", SENT)
def test_a_file_of_payloads_of_each_tool_is_tried(troth: Run, here: Path, tool: str) -> None:
    wrong = changed(SENT[tool], SENT[tool].due, "next Friday")
    done = troth("config", "check", "--source", tool, "--payloads", tried(here, SENT[tool].payload, wrong))
    assert done.exit_code == 0, done.output
    first, second = done.stdout.split("\n2. ")
    assert f"made {SENT[tool].promise} at 2026-01-10 10:00:00 UTC: team " in first
    assert "nothing: " in second
    assert "'next Friday'" in second


def test_a_mapping_of_ones_own_is_explained_and_tried(troth: Run, here: Path) -> None:
    mapping = (
        'source = "orders"\nsubject = "number"\n[made]\nwhen = "state == \'confirmed\'"\ntime = "at"\nteam = "team"\nweight = "share"\n'
    )
    (here / "orders.toml").write_text(mapping, "utf-8")
    order = {"number": "1", "state": "confirmed", "at": "2026-01-01T00:00:00Z", "team": "Desk", "share": 7}
    done = troth("config", "check", "--mappings", "orders.toml", "--source", "orders", "--payloads", tried(here, order))
    assert "A mapping. The commitment is `number`.\n  made: where `state == 'confirmed'`, at `at`, with team = `team`" in done.stdout
    assert "but the ledger would refuse it: /data/weight" in done.stdout


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("[sources.jra]\n", "there is no tool 'jra' for [sources.jra]; there are azure-devops, github"),
        ("[sources.jira]\ndates_from = 'sprnt'\n", "`dates_from` has 'sprnt', which jira has not; there are duedate, fixVersions, sprint."),
        ("[sources.trello]\ndates_from = 'x'\n", "which trello has not; there is but one date in it: leave `dates_from` out."),
        ("[sources.jira]\ndue_at = 'a['\n", "[sources.jira] of troth.toml: `due_at` is not JMESPath"),
    ],
)
def test_a_mistake_is_named_with_its_place(troth: Run, here: Path, table: str, sentence: str) -> None:
    configured(here, table)
    done = troth("config", "check")
    assert (done.exit_code, sentence in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--source", "nobody"], "'nobody' is no source; there are azure-devops"),
        (["--payloads", "x.json"], "say with --source which tool sent them"),
        (["--source", "jira", "--payloads", "x.json"], "x.json cannot be read"),
        (["--source", "jira", "--payloads", "troth.toml"], "troth.toml is no JSON, and its lines are none"),
        (["--source", "jira", "--payloads", "one.json", "--header", "x"], "'x' is none: write it as X-GitHub-Event:issues."),
    ],
)
def test_a_wrong_question_is_answered_with_the_right_one(troth: Run, here: Path, arguments: list[str], sentence: str) -> None:
    configured(here, "port = 1\n")
    (here / "one.json").write_text("{}")
    done = troth("config", "check", *arguments)
    assert (done.exit_code, sentence in done.stderr) == (2, True), done.stderr
