"""A real Prometheus for the dashboards: one that scrapes, or one that is filled with what it is to have seen."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.conftest import needs
from tests.dashboards.asking import Prometheus
from tests.kafka import free_ports

WAIT_SECONDS = 60
_CONFIG = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: troth
    static_configs: [{targets: [%s]}]
"""


@contextmanager
def scraping(address: str, folder: Path, scrapes: int = 3) -> Iterator[Prometheus]:
    """A Prometheus that has scraped `address` (http://host:port) so many times."""
    with _running(_CONFIG % address.removeprefix("http://"), folder) as url:
        _until(lambda: _count(url, "max(count_over_time(up[1m]) and up == 1)") >= scrapes)
        yield Prometheus(url, time.time())


@contextmanager
def filled(openmetrics: str, at: float, folder: Path) -> Iterator[Prometheus]:
    """A Prometheus that holds these samples and is asked as of `at`."""
    text = folder / "samples.om"
    text.write_text(openmetrics, "utf-8")
    _needed("promtool")
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", text, folder / "data"], check=True, capture_output=True)
    with _running("", folder) as url:
        yield Prometheus(url, at)


@contextmanager
def _running(config: str, folder: Path) -> Iterator[str]:
    _needed("prometheus")
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    (folder / "prometheus.yml").write_text(config, "utf-8")
    flags = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}", "--storage.tsdb.retention.time=10y"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["prometheus", *flags, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        _until(lambda: process.poll() is not None or _ready(url))
        assert process.poll() is None, (folder / "log").read_text("utf-8")
        yield url
    finally:
        process.kill()
        process.wait()


def _needed(program: str) -> None:
    if shutil.which(program) is None:
        needs(program)


def _ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/-/ready", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def _count(url: str, query: str) -> float:
    found = httpx2.get(f"{url}/api/v1/query", params={"query": query}, timeout=30).json()["data"]["result"]
    return float(found[0]["value"][1]) if found else 0


def _until(condition: Callable[[], bool]) -> None:
    """Wait until it holds; the deadline is far beyond what it takes."""
    for _ in range(WAIT_SECONDS * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"not so after {WAIT_SECONDS} s")
