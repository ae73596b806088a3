"""The real thing in a real browser: `troth demo` as a process of its own, and the machine's Chromium."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
TROTH = Path(sys.executable).with_name("troth")
READY = "Troth is ready at "
READY_SECONDS = 120
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a board with the simulated year in it."""
    command = [str(TROTH), "demo", "--port", "0", "--data", str(tmp_path_factory.mktemp("demo"))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    impatience = threading.Timer(READY_SECONDS, process.kill)
    impatience.start()
    try:
        yield _address(process)
    finally:
        impatience.cancel()
        process.terminate()
        process.communicate(timeout=30)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if READY in line:
            return line.partition(READY)[2].strip().rstrip("/")
    pytest.fail(f"`troth demo` ended, or was not ready within {READY_SECONDS} s, without a line that says `{READY}`.")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    if not CHROMIUM.exists():
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """A browser window that looks at the board and notes whatever it should not do."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.page: Page = context.new_page()
        self.base_url = base_url
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def open(self, path: str) -> Page:
        """Go to a path of the board."""
        self.page.goto(self.base_url + path)
        return self.page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.base_url).netloc:
            self.complaints.append(f"a request to {request.url}")


@pytest.fixture
def visit(browser: Browser, base_url: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A window of 1280 pixels in the light scheme, or as the test's parameter says; at the end it has nothing to complain of."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"} | getattr(request, "param", {}))
    visit = Visit(context, base_url)
    yield visit
    context.close()
    assert visit.complaints == []
