"""Pictures of the dashboards: `python -m dashboards.preview.render --prometheus http://127.0.0.1:9090 FOLDER`.

First `npm install --legacy-peer-deps` and `npm run build` here. Prometheus has to allow it by `--web.cors.origin='.*'`.
Chromium is the machine's own.
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
from typing import Final, NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

HERE: Final = Path(__file__).parent
PAGES: Final = HERE / "dist"
DASHBOARDS: Final = HERE.parent
QUIET_MILLISECONDS: Final = 1_500


class Screen(NamedTuple):
    """A width and a density of pixels."""

    name: str
    width: int
    height: int
    density: float


SCREENS: Final = (Screen("wide", 1440, 900, 1), Screen("telephone", 390, 844, 1.5))


class _Handler(SimpleHTTPRequestHandler):
    """The built pages, and the dashboards under /dashboards/."""

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
def _served() -> Iterator[str]:
    with _Server(("127.0.0.1", 0), partial(_Handler, directory=str(PAGES))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def picture(browser: Browser, url: str, screen: Screen, to: Path) -> list[str]:
    """Write one picture of a whole page; returns what went wrong on it."""
    page = browser.new_page(viewport={"width": screen.width, "height": screen.height}, device_scale_factor=screen.density)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(url)
    page.wait_for_selector("section, [data-viz-panel-key]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MILLISECONDS)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": screen.width, "height": height})
    page.wait_for_timeout(QUIET_MILLISECONDS)
    page.screenshot(path=to)
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
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in names:
            what = {"dashboard": name, "prometheus": asked.prometheus, "now": str(int(time.time())), "mode": asked.mode, **variables}
            for screen in SCREENS:
                to = asked.folder / f"{name}-{screen.name}.png"
                yield from (f"{to.name}: {fault}" for fault in picture(browser, f"{address}/?{urlencode(what)}", screen, to))


if __name__ == "__main__":
    sys.exit(main())
