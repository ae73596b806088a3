"""docs/prometheus.md holds: its configuration is taken as it stands there, and its alerts are those that there are."""

import re
import shutil
from pathlib import Path

from tests.compose import ROOT
from tests.prometheus import CONFIGURED, RULES, promtool
from tests.running import troth
from troth.metrics import catalogue

PAGE = (ROOT / "docs" / "prometheus.md").read_text("utf-8")


def shown(language: str) -> list[str]:
    """The texts that the page shows in a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_configuration_is_taken_with_the_rules_beside_it(tmp_path: Path) -> None:
    [configuration] = shown("yaml")
    (tmp_path / "prometheus.yml").write_text(configuration, "utf-8")
    for path in RULES:
        shutil.copy(path, tmp_path)
    assert "SUCCESS" in promtool("check", "config", tmp_path / "prometheus.yml")


def test_its_table_has_each_alert_once_in_the_order_of_the_rules() -> None:
    listed = re.findall(r"^\| \[(\w+)\]\(runbooks/(\w+)\.md\)", PAGE, re.MULTILINE)
    assert [name for name, _ in listed] == [page for _, page in listed]
    assert [name for name, _ in listed] == re.findall(r"- alert: (\w+)", (CONFIGURED / "alerts.yml").read_text("utf-8"))


def test_the_metrics_recordings_commands_and_files_that_it_names_are_there(tmp_path: Path) -> None:
    recorded = set(re.findall(r"record: (\S+)", (CONFIGURED / "recording.yml").read_text("utf-8")))
    assert set(re.findall(r"`(team:\S+)`", PAGE)) <= recorded
    assert set(re.findall(r"`(troth_\w+)`", PAGE)) <= {metric.name for metric in catalogue.ALL}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (ROOT / "docs" / target).is_file(), target
    for path in re.findall(r"`(deploy/[\w./*]+)`", PAGE):
        assert list(ROOT.glob(path)), path
    flags = troth("backfill", "--help", cwd=tmp_path, COLUMNS="200").stdout.decode()
    for flag in ("--to", "--file", "--days"):
        assert flag in flags
        assert flag in PAGE
    assert "\ndemo-prometheus:" in (ROOT / "Makefile").read_text("utf-8")
