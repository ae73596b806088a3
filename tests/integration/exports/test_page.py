"""docs/import.md: every command of it imports the files that it names."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.exports import test_azure_devops, test_github, test_gitlab, test_jira
from tests.integration.exports.both_ways import imported, new_events

PAGE = (Path(__file__).parents[3] / "docs/import.md").read_text("utf-8")
COMMANDS = re.findall(r"^\.venv/bin/troth import (.*\.(?:json|csv)) --data ledger$", PAGE, re.MULTILINE)


def _revisions(place: Path) -> None:
    pages = [(place / name).read_text() for name in test_azure_devops.revisions(place)]
    (place / "revisions.json").write_text("\n".join(pages))


def _cloud(place: Path) -> None:
    page, *_ = test_jira.cloud_pages(place)
    (place / page).rename(place / "jira.json")


def _data_center(place: Path) -> None:
    _cloud(place)
    test_jira.an_export(place / "jira.json")


MAKES: dict[str, Callable[[Path], object]] = {
    "jira.json changes.json versions.json": _cloud,
    "jira.json versions.json": _data_center,
    "Jira.csv": lambda place: test_jira.table(place / "Jira.csv"),
    "repository.json milestones.json issues.json events.json": test_github.an_export,
    "milestones.json issues.json changes.json": test_gitlab.an_export,
    "revisions.json": _revisions,
    "data.csv": test_azure_devops.a_query,
}


@pytest.mark.parametrize("files", sorted(set(COMMANDS)))
def test_a_command_of_the_page_imports_what_it_names(tmp_path: Path, files: str) -> None:
    MAKES[files](tmp_path)
    assert new_events(imported(tmp_path, *files.split())) > 2


def test_every_export_is_on_the_page() -> None:
    assert set(COMMANDS) == set(MAKES)
