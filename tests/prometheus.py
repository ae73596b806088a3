"""A real Prometheus for tests: that of this machine, on a free port, with a directory of its own."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import yaml

from tests.conftest import needs
from tests.kafka import free_ports

CONFIGURED = Path(__file__).parents[1] / "deploy" / "prometheus"
RULES = (CONFIGURED / "recording.yml", CONFIGURED / "alerts.yml")
DEADLINE_SECONDS = 60


class Prometheus:
    """What a running one answers."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **asked: str | float) -> Any:
        """The data of an answer of its API. Raises AssertionError with its words where it refuses."""
        answer = httpx2.get(f"{self.url}/api/v1/{path}", params=asked, timeout=30)
        document = answer.json()
        assert document["status"] == "success", f"{asked}: {document}"
        return document["data"]

    def query(self, expression: str, at: float | None = None) -> list[dict[str, Any]]:
        """The series of an expression, now or at a time in seconds."""
        series: list[dict[str, Any]] = self.get("query", query=expression, **({} if at is None else {"time": at}))["result"]
        return series

    def wait_for(self, expression: str) -> list[dict[str, Any]]:
        """Its series, once there are any."""
        until = time.monotonic() + DEADLINE_SECONDS
        while not (series := self.query(expression)):
            assert time.monotonic() < until, f"{expression} has no data"
            time.sleep(0.2)
        return series


def needs_prometheus() -> None:
    """Leave this test out where there is no Prometheus."""
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            needs(program)


def promtool(*arguments: str | Path) -> str:
    """What `promtool` says; the test fails with it where promtool does."""
    needs_prometheus()
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def prometheus(place: Path, targets: Sequence[str], rules: Sequence[Path] = (), alertmanagers: Sequence[str] = ()) -> Iterator[Prometheus]:
    """One that scrapes targets (host:port) each second, with rules and whom they tell, on the blocks that lie in `place`/data."""
    needs_prometheus()
    place.mkdir(parents=True, exist_ok=True)
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(path) for path in rules],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": list(alertmanagers)}]}]},
        "scrape_configs": [{"job_name": "troth", "static_configs": [{"targets": list(targets)}]}],
    }
    (place / "prometheus.yml").write_text(yaml.safe_dump(configuration), "utf-8")
    [port] = free_ports(1)
    command = [
        *("prometheus", f"--config.file={place / 'prometheus.yml'}", f"--storage.tsdb.path={place / 'data'}"),
        *("--storage.tsdb.retention.time=1000d", f"--web.listen-address=127.0.0.1:{port}"),
    ]
    log = place / "prometheus.log"
    with log.open("ab") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}", log)
            yield Prometheus(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            if httpx2.get(f"{url}/-/ready").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        assert process.poll() is None and time.monotonic() < until, log.read_text("utf-8")  # noqa: PT018 - either says the same
        time.sleep(0.1)
