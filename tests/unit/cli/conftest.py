"""The command line in this process, in an empty directory and without settings of the machine's."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from troth.cli import app

Run = Callable[..., Result]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TROTH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def troth(here: Path) -> Run:
    def run(*arguments: str | Path, typed: str | None = None, **variables: str) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], input=typed, env=variables)

    return run


def ndjson(path: Path, events: Iterable[Mapping[str, Any] | str]) -> Path:
    """Write events, or lines as they are, to a file."""
    path.write_text("".join((event if isinstance(event, str) else json.dumps(event)) + "\n" for event in events))
    return path
