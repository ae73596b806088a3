"""A small Grafana, two dashboards of the tests' own, and `troth dashboards push` between them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.grafana import EDITOR, Grafana, small_grafana
from tests.unit.cli.conftest import Run, here, troth

__all__ = ["here", "troth"]  # fixtures of the command line
Push = Callable[..., Result]

TRUST: dict[str, Any] = {
    "uid": "troth-trust",
    "title": "Trust",
    "tags": ["troth"],
    "schemaVersion": 41,
    "panels": [{"id": 1, "type": "stat", "title": "Of a hundred promises"}],
    "templating": {
        "list": [
            {"name": "datasource", "type": "datasource", "query": "prometheus"},
            {"name": "board", "type": "constant", "query": "http://127.0.0.1:8080"},
        ]
    },
}
TEAM: dict[str, Any] = {"uid": "troth-team", "title": "Team", "tags": ["troth"], "schemaVersion": 41, "panels": []}


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with small_grafana() as one:
        yield one


@pytest.fixture
def dashboards(here: Path) -> Path:
    """A directory with the dashboards, which a test may change."""
    directory = here / "dashboards"
    directory.mkdir()
    for model in (TRUST, TEAM):
        write(directory, model)
    return directory


@pytest.fixture
def push(troth: Run, grafana: Grafana, dashboards: Path) -> Push:
    """`troth dashboards push` of that directory into that Grafana, which knows its Prometheus."""

    def run(*flags: str | Path, **variables: str) -> Result:
        settings = {
            "TROTH_GRAFANA_URL": grafana.url,
            "TROTH_GRAFANA_TOKEN": EDITOR,
            "TROTH_GRAFANA_PROMETHEUS_URL": "http://prometheus:9090",
        }
        return troth("dashboards", "push", "--from", dashboards, *flags, **settings | variables)

    return run


def write(directory: Path, model: dict[str, Any]) -> None:
    """Write a dashboard into its file."""
    (directory / f"{model['uid']}.json").write_text(json.dumps(model), "utf-8")
