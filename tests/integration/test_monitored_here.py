"""`make demo-prometheus`: the demo with a real Prometheus and a real Alertmanager on it."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.alertmanager import PROGRAM
from tests.conftest import needs
from tests.kafka import free_ports
from tests.prometheus import Prometheus, needs_prometheus
from tests.running import environment

SCRIPT = Path(__file__).parents[2] / "deploy" / "monitored.py"


@pytest.mark.slow
def test_it_shows_a_year_in_prometheus_and_what_slipped_in_alertmanager_and_ends_when_told(tmp_path: Path) -> None:
    needs_prometheus()
    if shutil.which(PROGRAM) is None:
        needs(PROGRAM)
    ports = free_ports(3)
    flags = [*("--port", str(ports[0])), *("--prometheus-port", str(ports[1])), *("--alertmanager-port", str(ports[2]))]
    command = [sys.executable, str(SCRIPT), "--data", str(tmp_path / "data"), *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stdout is not None
            said = {line.split()[0]: line.split()[-1] for line in iter(process.stdout.readline, "Ctrl-C ends all.\n") if line.strip()}
            running = Prometheus(said["Prometheus"])
            assert running.wait_for('troth_commitments{state="overdue"} > 0')
            assert running.query("last_over_time(troth_organisation_reliability_ratio[1d] offset 28d)")
            assert httpx2.get(f"{said['Alertmanager']}/api/v2/alerts").json()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def test_without_prometheus_it_says_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(PATH="/nowhere"), check=False)
    assert done.returncode == 1
    assert done.stderr == "prometheus is not on the path. On Debian: apt-get install prometheus prometheus-alertmanager\n"
