"""docs/alerts.md holds: what it shows can be used as it stands there, and what it names there is."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.conftest import needs
from troth.alerts.alarms import ALERT_NAMES
from troth.alerts.subscriptions import Subscription
from troth.metrics import catalogue
from troth.settings import read_settings

PAGE = (Path(__file__).parents[2] / "docs/alerts.md").read_text("utf-8")


def block(language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_configuration_of_alertmanager_is_one(tmp_path: Path) -> None:
    if shutil.which("amtool") is None:
        needs("amtool, of the package prometheus-alertmanager")
    (tmp_path / "alertmanager.yml").write_text(block("yaml"), "utf-8")
    done = subprocess.run(["amtool", "check-config", "alertmanager.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tables_of_receivers_are_read_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "troth.toml").write_text(block("toml"), "utf-8")
    assert read_settings({}, {}, tmp_path).receivers == {
        "head-of-sales": Subscription(customers=["Sales"], kinds=["slipped", "recovered", "revoked"]),
        "payments": Subscription(teams=["Payments"]),
    }


def test_it_names_every_alert_every_key_and_the_metrics_that_there_are() -> None:
    assert set(re.findall(r"^\| `(TrothPromise\w+)`", PAGE, re.MULTILINE)) == set(ALERT_NAMES.values())
    assert set(Subscription.model_fields) <= set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))
    assert set(re.findall(r"^\| `(troth_\w+)", PAGE, re.MULTILINE)) <= {metric.name for metric in catalogue.ALL}
