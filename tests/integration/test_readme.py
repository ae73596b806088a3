"""The README's commands, run as they stand there by somebody who only changes the port."""

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

import pytest

from tests.conftest import needs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
FLIGHTS = """\
id,carrier,destination,scheduled_departure,scheduled_arrival,actual_arrival
1,UA,IAH,2013-01-01T10:15:00Z,2013-01-01T13:19:00Z,2013-01-01T13:30:00Z
2,UA,IAH,2013-01-01T10:29:00Z,2013-01-01T13:30:00Z,2013-01-01T13:20:00Z
3,B6,BQN,2013-01-01T10:45:00Z,2013-01-01T15:22:00Z,
"""


def block(beginning: str) -> str:
    """The README's block of commands that holds a text."""
    found: list[str] = [text for text in BLOCKS if beginning in text]
    assert len(found) == 1, f"the README has {len(found)} blocks with {beginning!r}"
    return found[0]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working directory as the README assumes it: the installed .venv and the sources, and nothing yet."""
    for tool in ("make", "curl"):
        if shutil.which(tool) is None:
            needs(tool)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "services").symlink_to(ROOT / "services")
    return tmp_path


@contextmanager
def running(commands: str, place: Path, **variables: str) -> Iterator[str]:
    """Commands that end in a server, until it has said its address; it ends with status 0."""
    port = free_port()
    environment = {**os.environ, "TROTH_PORT": str(port), **variables}
    process = subprocess.Popen(
        ["bash", "-ec", f"{commands.strip()}"], cwd=place, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        ready = next((line for line in process.stdout if "ready at" in line), "")
        assert f"Troth is ready at http://127.0.0.1:{port}" in ready
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def run(commands: str, place: Path, **variables: str) -> str:
    """What commands print; each must succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=place,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_the_first_command_serves_a_simulated_year(place: Path) -> None:
    demo = block("make demo").replace("make demo", f"make -C {ROOT} demo VENV={sys.prefix} DATA={place / 'demo'}")
    with running(demo, place) as address:
        teams = json.loads(run(f"curl --fail-with-body --silent http://{address}/v1/teams", place))["teams"]
        assert len(teams) >= 8
        assert "Simulated" in run(f"curl --fail-with-body --silent http://{address}/", place)


def test_a_promise_is_posted_and_its_fate_and_both_are_read_back(place: Path) -> None:
    with running(block("export TROTH_TOKENS=change-me"), place) as address:
        said = run(block("checkout-in-danish").replace("127.0.0.1:8080", address), place, TROTH_TOKENS="change-me")
        assert '"verdict":{"requested":"undated","original":"kept","agreed":"kept"}' in said
        assert 'troth_outcomes{team="Web Shop",verdict="kept"} 1.0' in said


def test_a_csv_is_imported_scored_and_verified_by_ten_lines_of_mapping(place: Path) -> None:
    (place / "flights.csv").write_text(FLIGHTS, "utf-8")
    said = run(block("troth import flights.csv"), place)
    assert "UA" in said
    assert "agree" in said


def test_the_mapping_that_is_shown_is_the_one_that_is_shipped() -> None:
    shown = next(text for text in re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL) if 'source = "flights"' in text)
    shipped = (ROOT / "services/troth/intake/examples/flights.toml").read_text("utf-8")
    assert shown == "".join(line for line in shipped.splitlines(keepends=True) if not line.startswith("#"))


def test_every_file_that_is_linked_is_there() -> None:
    documents = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")] + sorted((ROOT / "docs").rglob("*.md"))
    missing = [
        f"{document.name}: {link}"
        for document in documents
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8"))
        if not (document.parent / link).exists()
    ]
    assert missing == []
