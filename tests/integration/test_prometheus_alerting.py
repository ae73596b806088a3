"""From a promise to Alertmanager by way of Prometheus: real ones of both, with our rules and our configuration."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.alertmanager import own_alertmanager, until
from tests.conftest import needs
from tests.notation import delivered, posted, promised
from tests.prometheus import CONFIGURED, RULES, prometheus
from tests.running import serving

CONFIGURATION = CONFIGURED.parent / "alertmanager" / "alertmanager.yml"
NAMED = {
    rule["alert"]
    for path in RULES
    for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


def at_once(place: Path) -> list[Path]:
    """Our rules, of which none waits and none goes on firing for longer than a second."""
    place.mkdir()
    for path in RULES:
        text = re.sub(r"(\n    (?:for|keep_firing_for)): \w+", r"\1: 1s", path.read_text("utf-8"))
        (place / path.name).write_text(text, "utf-8")
    return [place / path.name for path in RULES]


def test_alertmanager_takes_its_configuration_and_what_it_names_is_an_alert_of_ours() -> None:
    if shutil.which("amtool") is None:
        needs("amtool")
    done = subprocess.run(["amtool", "check-config", str(CONFIGURATION)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = {matcher for rule in yaml.safe_load(CONFIGURATION.read_text("utf-8"))["inhibit_rules"] for matcher in rule["target_matchers"]}
    assert told <= {f'alertname="{name}"' for name in NAMED}


@pytest.mark.slow
def test_a_team_overdue_is_at_alertmanager_beneath_the_promise_that_slipped_and_both_end_when_it_is_delivered(tmp_path: Path) -> None:
    with (
        own_alertmanager(tmp_path / "alertmanager", CONFIGURATION.read_text("utf-8")) as manager,
        serving("serve", tmp_path / "ledger", TROTH_ALERTMANAGER_URL=manager.url) as troth,
        prometheus(
            tmp_path / "prometheus",
            [troth.url.removeprefix("http://")],
            at_once(tmp_path / "rules"),
            [manager.url.removeprefix("http://")],
        ),
    ):
        assert troth.post([posted(1, ("day 0", promised(team="Web Shop", due="day 10")))]) == 202
        [promise] = until(lambda: manager.alerts(alertname="TrothPromiseSlipped"))
        [team] = until(lambda: [alert for alert in manager.alerts(alertname="TrothTeamOverdue") if alert["status"]["inhibitedBy"]])
        assert team["labels"] == {"alertname": "TrothTeamOverdue", "severity": "warning", "team": "Web Shop"}
        assert team["annotations"]["summary"] == "Web Shop is overdue with 1 of its promises"
        assert team["status"]["inhibitedBy"] == [promise["fingerprint"]]
        assert promise["status"]["state"] == "active"
        assert troth.post([posted(2, ("day 12", delivered()))]) == 202
        until(lambda: not manager.alerts(team="Web Shop"))
