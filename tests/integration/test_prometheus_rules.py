"""The rules as Prometheus' own tools and a real Prometheus take them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.prometheus import CONFIGURED, RULES, prometheus, promtool
from tests.running import serving
from troth.cli import app
from troth.metrics import catalogue

TESTS = sorted(CONFIGURED.glob("*.test.yml"))
ROOT = CONFIGURED.parents[1]
RUNBOOKS = ROOT / "docs" / "runbooks"
SHOWN = [*(ROOT / "services/troth/gateway/board/templates").glob("*.jinja"), *(ROOT / "dashboards").glob("*.json")]
OF_PROMETHEUS = {"Targets"}


def rules(kind: str) -> list[dict[str, Any]]:
    return [
        rule for path in RULES for group in yaml.safe_load(path.read_text("utf-8"))["groups"] for rule in group["rules"] if kind in rule
    ]


def test_prometheus_takes_the_configuration_and_every_rule() -> None:
    said = promtool("check", "config", CONFIGURED / "prometheus.yml")
    assert f"{len(rules('alert'))} rules found" in said
    assert f"{len(rules('record'))} rules found" in said


@pytest.mark.slow
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_each_alert_fires_when_it_should_and_neither_otherwise_nor_by_a_failed_scrape(path: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", path)


def test_each_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    fires: set[str] = set()
    rests: set[str] = set()
    for path in TESTS:
        for test in yaml.safe_load(path.read_text("utf-8"))["tests"]:
            for asked in test["alert_rule_test"]:
                (fires if asked["exp_alerts"] else rests).add(asked["alertname"])
    names = {rule["alert"] for rule in rules("alert")}
    assert fires == names
    assert rests == names


def test_each_alert_has_a_page_that_says_what_to_do_and_no_page_is_of_none() -> None:
    assert {rule["annotations"]["runbook_url"] for rule in rules("alert")} == {
        f"docs/runbooks/{path.name}" for path in RUNBOOKS.glob("*.md")
    }
    for path in RUNBOOKS.glob("*.md"):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.stem}\n")
        for part in ("## What it means", "## What to look at", "## What to do"):
            assert part in text, path


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_what_a_page_names_is_there_by_that_name(page: Path) -> None:
    text = " ".join(page.read_text("utf-8").split())
    assert set(re.findall(r"`troth ([a-z]+)", text)) <= {command.name for command in app.registered_commands}
    titles = "".join(path.read_text("utf-8") for path in SHOWN)
    for name in re.findall(r"(?<!\w)\*([A-Z][^*]+)\*", text):
        assert name in titles or name in OF_PROMETHEUS, name
    for metric in re.findall(r"troth_\w+", text):
        assert metric in {shown.name for shown in catalogue.ALL}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (page.parent / target).is_file(), target


def test_no_rule_reads_a_metric_that_nobody_shows() -> None:
    shown = {metric.name for metric in catalogue.ALL}
    for rule in rules("expr"):
        read = set(re.findall(r"(?<![:\w])troth_\w+", re.sub(r"\w+:\w+:\w+", "", rule["expr"])))
        assert read <= shown, rule


@pytest.mark.slow
def test_every_rule_is_healthy_on_a_real_prometheus_and_an_overdue_promise_is_pending_there(tmp_path: Path) -> None:
    with (
        serving("demo", tmp_path / "ledger") as troth,
        prometheus(tmp_path / "prometheus", [troth.url.removeprefix("http://")], RULES) as running,
    ):
        pending = running.wait_for('ALERTS{alertname="TrothTeamOverdue"}')
        loaded = [rule for group in running.get("rules")["groups"] for rule in group["rules"]]
        overdue = running.query('troth_commitments{state="overdue"} > 0')
        recorded = running.wait_for("team:troth_reliability_ratio:max")
    assert {rule["health"] for rule in loaded} == {"ok"}
    assert len(loaded) == len(rules("expr"))
    assert {series["metric"]["team"] for series in pending} == {series["metric"]["team"] for series in overdue}
    assert len(recorded) > 5
