"""Pictures of the dashboards: `python -m dashboards.preview.render --prometheus http://127.0.0.1:9090 FOLDER`.

First `npm install --legacy-peer-deps` and `npm run build` here. Chromium is the machine's own.
"""

import argparse
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

HERE: Final = Path(__file__).parent
PAGES: Final = HERE / "dist"
DASHBOARDS: Final = HERE.parent
_FIRST_LOOK: Final = 800
QUIET_MILLISECONDS: Final = 1_500


class Screen(NamedTuple):
    """A width, and how much of the page's height is shown at most."""

    name: str
    width: int
    height: int


SCREENS: Final = (Screen("wide", 1440, 4_000), Screen("telephone", 390, 2_400))


class _Handler(SimpleHTTPRequestHandler):
    """The built pages, the dashboards under /dashboards/, and Prometheus under /api/."""

    def __init__(self, *args: Any, prometheus: str, **kwargs: Any) -> None:
        self._prometheus = prometheus
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Pass a question on to Prometheus; all else is a file."""
        if not self.path.startswith("/api/"):
            return super().do_GET()
        try:
            with urlopen(self._prometheus + self.path) as answer:  # noqa: S310 - the address is that of the command line
                status, body = 200, answer.read()
        except HTTPError as refused:
            status, body = refused.code, refused.read()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)
        return None

    def translate_path(self, path: str) -> str:
        name = path.partition("?")[0]
        return str(DASHBOARDS / Path(name).name) if name.startswith("/dashboards/") else super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has gone."""


@contextmanager
def _served(prometheus: str) -> Iterator[str]:
    with _Server(("127.0.0.1", 0), partial(_Handler, directory=str(PAGES), prometheus=prometheus)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def picture(browser: Browser, url: str, screen: Screen, to: Path) -> list[str]:
    """Write one picture of a whole page; returns what went wrong on it."""
    page = browser.new_page(viewport={"width": screen.width, "height": _FIRST_LOOK})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(url)
    page.wait_for_selector("section, [data-viz-panel-key]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MILLISECONDS)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": screen.width, "height": height})
    page.wait_for_timeout(QUIET_MILLISECONDS)
    page.screenshot(path=to, clip={"x": 0, "y": 0, "width": screen.width, "height": min(height, screen.height)})
    page.close()
    return faults


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description="Draw the dashboards with Grafana's own front-end packages.")
    parser.add_argument("--prometheus", required=True, help="its address, where it holds what is to be shown")
    parser.add_argument("--dashboard", action="append", help="the names of those to draw; all unless given")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a variable's value")
    parser.add_argument("--mode", default="light", choices=["light", "dark"])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    asked = parser.parse_args(arguments)
    if not PAGES.is_dir():
        print(f"{PAGES} is not there: run `npm install --legacy-peer-deps` and `npm run build` in {HERE}.", file=sys.stderr)
        return 2
    asked.folder.mkdir(parents=True, exist_ok=True)
    variables = dict(pair.split("=", 1) for pair in asked.set)
    faults = list(_drawn(asked, variables))
    print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else 0


def _drawn(asked: argparse.Namespace, variables: dict[str, str]) -> Iterator[str]:
    names = asked.dashboard or sorted(path.stem for path in DASHBOARDS.glob("*.json"))
    with _served(asked.prometheus.rstrip("/")) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in names:
            what = {"dashboard": name, "now": str(int(time.time())), "mode": asked.mode, **variables}
            for screen in SCREENS:
                to = asked.folder / f"{name}-{screen.name}.png"
                yield from (f"{to.name}: {fault}" for fault in picture(browser, f"{address}/?{urlencode(what)}", screen, to))


if __name__ == "__main__":
    sys.exit(main())
