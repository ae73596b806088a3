#!/usr/bin/env python3
"""A simulated year with Prometheus and Alertmanager on it, where they are installed. `make demo-prometheus` runs it.

It serves `troth demo`, gives Prometheus that year, and lets Troth and the rules tell Alertmanager; Ctrl-C or SIGTERM ends all.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from programs import Programs

HERE = Path(__file__).resolve().parent
TROTH = str(Path(sys.executable).with_name("troth"))
ALERTMANAGERS = ("alertmanager", "prometheus-alertmanager")  # as its maker, and as Debian calls it
CONFIGURATION = """\
global: {{scrape_interval: 5s, evaluation_interval: 15s}}
rule_files: [{rules}/recording.yml, {rules}/alerts.yml]
alerting:
  alertmanagers:
    - static_configs: [{{targets: [{alertmanager}]}}]
scrape_configs:
  - job_name: troth
    static_configs: [{{targets: [{troth}]}}]
"""


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".troth-monitored"), help="directory of all (default: .troth-monitored)")
    parser.add_argument("--port", type=int, default=8080, help="port of the board (default: 8080)")
    parser.add_argument("--prometheus-port", type=int, default=9090, help="port of Prometheus (default: 9090)")
    parser.add_argument("--alertmanager-port", type=int, default=9093, help="port of Alertmanager (default: 9093)")
    asked = parser.parse_args()
    data = asked.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    programs = Programs(data)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        start(programs, data, asked)
        programs.watch()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C does not leave half of them behind
        programs.end()


def start(programs: Programs, data: Path, asked: argparse.Namespace) -> None:
    """Start all and say where they are. Exits with a sentence where one is not installed."""
    prometheus, alertmanager = found("prometheus"), found(*ALERTMANAGERS)
    at = f"127.0.0.1:{asked.alertmanager_port}"
    watched = [f"--config.file={HERE / 'alertmanager' / 'alertmanager.yml'}", f"--storage.path={data / 'alertmanager'}"]
    programs.begin_silent(
        "alertmanager", [alertmanager, *watched, f"--web.listen-address={at}", "--cluster.listen-address="], f"http://{at}/-/ready"
    )
    ledger = ["--data", str(data / "ledger")]
    board = programs.begin(
        "troth", [TROTH, "demo", *ledger, "--port", str(asked.port)], "Troth is ready at ", TROTH_ALERTMANAGER_URL=f"http://{at}"
    )
    blocks = year_of(data, ledger)
    configured = data / "prometheus.yml"
    troth = board.removeprefix("http://")
    configured.write_text(CONFIGURATION.format(rules=HERE / "prometheus", alertmanager=at, troth=troth), encoding="utf-8")
    url = f"127.0.0.1:{asked.prometheus_port}"
    kept = [f"--config.file={configured}", f"--storage.tsdb.path={blocks}", "--storage.tsdb.retention.time=1000d"]
    programs.begin_silent("prometheus", [prometheus, *kept, f"--web.listen-address={url}"], f"http://{url}/-/ready")
    print(f"Board         {board}")
    print(f"Prometheus    http://{url}")
    print(f"Alertmanager  http://{at}")
    print("Ctrl-C ends all.", flush=True)


def year_of(data: Path, ledger: list[str]) -> Path:
    """Prometheus' directory with the year in it: one a day, as the demo makes its year anew on another day."""
    year = data / f"prometheus-{datetime.now(UTC):%Y-%m-%d}"
    if not year.exists():
        part = Path(tempfile.mkdtemp(prefix="part-", dir=data))  # one that is cut short is not taken for a year
        if subprocess.run([TROTH, "backfill", *ledger, "--to", str(part)], check=False).returncode:
            sys.exit("Prometheus could not be given the year; why is said above.")
        part.rename(year)
    return year


def found(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    for name in names:
        if path := shutil.which(name):
            return path
    sys.exit(f"{names[0]} is not on the path. On Debian: apt-get install prometheus prometheus-alertmanager")


if __name__ == "__main__":
    sys.exit(main())
