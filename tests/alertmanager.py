"""The real Alertmanager of the tests: Debian's, on a port of its own, which a test may stop and start again."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.conftest import needs
from tests.kafka import free_ports

PROGRAM = "prometheus-alertmanager"
WAIT_SECONDS = 60
_CONFIG = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n"


class Alertmanager:
    """An Alertmanager with what it holds."""

    def __init__(self, data: Path, configuration: str = _CONFIG) -> None:
        self._data = data
        self._configuration = configuration
        [port] = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns once it is ready."""
        self._data.mkdir(parents=True, exist_ok=True)
        (self._data / "alertmanager.yml").write_text(self._configuration, encoding="utf-8")
        flags = [f"--config.file={self._data / 'alertmanager.yml'}", f"--storage.path={self._data}", "--cluster.listen-address="]
        with (self._data / "log").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, *flags, f"--web.listen-address={self.url[7:]}"], stdout=log, stderr=log)
        until(self._is_ready)

    def stop(self) -> None:
        """End it; what fired is forgotten."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def alerts(self, **labels: str) -> list[dict[str, Any]]:
        """The alerts that fire and have these labels."""
        found = httpx2.get(f"{self.url}/api/v2/alerts", timeout=30).raise_for_status().json()
        return [alert for alert in found if labels.items() <= alert["labels"].items()]

    def _is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/-/ready", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False


@contextmanager
def own_alertmanager(data: Path, configuration: str = _CONFIG) -> Iterator[Alertmanager]:
    """One that runs until the block ends; skips where it is not installed."""
    if shutil.which(PROGRAM) is None:
        needs(PROGRAM)
    running = Alertmanager(data, configuration)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def until(holds: Callable[[], Any], what: str = "it") -> Any:
    """Wait until it holds, and return what it says; fails after a minute."""
    end = time.monotonic() + WAIT_SECONDS
    while not (said := holds()):
        assert time.monotonic() < end, f"{what} does not come to hold"
        time.sleep(0.1)
    return said
