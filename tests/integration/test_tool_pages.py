"""The pages of the tools, followed by a stranger: the settings and the commands of each as they stand there, on a port of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import needs
from tests.running import environment
from troth.intake.sources import TOOLS
from troth.settings import read_settings
from troth.wiring import shipped_mappings

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "docs" / "tools").glob("*.md")) if path.stem != "README"}
OVERVIEW: Final = (ROOT / "docs" / "tools" / "README.md").read_text("utf-8")
SETTING_IT_UP, TESTING_IT = "In Troth", "Test it"
SECTIONS: Final = [SETTING_IT_UP, TESTING_IT, "What is understood", "What went before", "What is not"]
PROMISE: Final = re.compile(r"shows\s+an\s+open\s+promise\s+of\s+the\s+team\s+`([^`]+)`\s+by\s+(\d{4}-\d\d-\d\d)")
CREATED: Final = "the name of one event"


def section(page: str, title: str) -> str:
    """What stands on a page under a title."""
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGES[page], re.MULTILINE | re.DOTALL)
    assert found is not None, f"{page}.md has no section {title!r}"
    return found[1]


def commands(page: str, title: str) -> str:
    """The one block of commands of a section."""
    [block] = re.findall(r"^```sh\n(.*?)^```", section(page, title), re.MULTILINE | re.DOTALL)
    return str(block)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory as the pages assume it: the installed .venv, and nothing yet."""
    for tool in ("bash", "curl", "openssl"):
        if shutil.which(tool) is None:
            needs(tool)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


@contextmanager
def served(page: str, place: Path) -> Iterator[int]:
    """The page's server, on a port that nobody listens on; the page's own port is the default one."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    variables = environment(TROTH_PORT=str(port), PYTHONPATH=os.environ.get("PYTHONPATH", ""))
    command = ["bash", "-euo", "pipefail", "-c", commands(page, SETTING_IT_UP)]
    process = subprocess.Popen(command, cwd=place, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    try:
        assert f"127.0.0.1:{port}" in next((line for line in process.stdout if "ready at" in line), "")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def answers(page: str, place: Path, port: int) -> list[Any]:
    """What the page's commands print, each answer that is JSON read."""
    script = commands(page, TESTING_IT).replace("8080", str(port)).replace("curl ", "curl --silent --write-out '\\n' ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=place, env=environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_do_what_it_says(page: str, place: Path) -> None:
    promised = PROMISE.search(section(page, TESTING_IT))
    assert promised is not None, f"{page}.md does not say what to expect"
    team, day = promised.groups()
    assert CREATED in " ".join(section(page, TESTING_IT).split())
    with served(page, place) as port:
        *greeted, posted, shown = answers(page, place, port)
        assert len(posted["events"]) == 1
        assert (posted["events"][0]["source"], posted["events"][0]["subject"]) == (page, shown["id"])
        assert (shown["team"], shown["state"], shown["due_at"][:10]) == (team, "open", day)
        assert greeted == ([{"challenge": "are-you-there"}] if "challenge" in section(page, TESTING_IT) else [])
        again = answers(page, place, port)
    assert again[-2]["duplicates"] == 1
    assert again[-1]["history"] == shown["history"]


@pytest.mark.parametrize("page", PAGES)
def test_the_configuration_that_a_page_shows_is_one(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"^ *```toml\n(.*?)^ *```", PAGES[page], re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`((?:at_risk|customer|team|dates_from|done|title|due_at|promise) = [^`]+)`", PAGES[page])
    for text in [*blocks, *(f"[sources.{page}]\n{line}\n" for line in inline)]:
        (tmp_path / "troth.toml").write_text(re.sub(r"^ +", "", text, flags=re.MULTILINE), "utf-8")
        assert page in read_settings({}, {}, tmp_path).sources


def test_each_tool_has_a_page_of_the_same_sections_and_a_row_of_the_overview() -> None:
    names = {tool.NAME for tool in TOOLS} | {mapping.source for mapping in shipped_mappings()}
    assert names - PAGES.keys() == set()
    for page, text in PAGES.items():
        titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert titles[1:] == SECTIONS, page
        assert titles[0].startswith("In ")
        assert f"({page}.md)" in OVERVIEW
        assert f"`/webhooks/{page}`" in OVERVIEW
        assert f"https://your-server/webhooks/{page}" in text
