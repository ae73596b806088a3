"""The dashboards that came with Troth, pushed as they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.compose import ROOT
from tests.grafana import EDITOR, Grafana
from tests.unit.cli.conftest import Run
from troth.grafana.annotations import KINDS, TAG
from troth.grafana.sources import content

FILES = sorted(ROOT.glob("dashboards/*.json"))


@pytest.fixture
def pushed(troth: Run, grafana: Grafana) -> Grafana:
    """A Grafana with them, which had its Prometheus already."""
    grafana.make_source({"uid": "mimir", "name": "Mimir", "type": "prometheus", "url": "http://mimir"})
    flags = ["--grafana-datasource", "mimir", "--public-url", "https://troth.example.org"]
    for changes in (len(FILES) + 1, 0):
        done = troth("dashboards", "push", *flags, TROTH_GRAFANA_URL=grafana.url, TROTH_GRAFANA_TOKEN=EDITOR)
        assert (done.exit_code, done.stderr, f"{changes} changes made." in done.stdout) == (0, "", True)
    return grafana


def test_without_a_directory_those_that_came_with_troth_are_pushed(pushed: Grafana) -> None:
    assert set(pushed.dashboards) == {json.loads(file.read_text("utf-8"))["uid"] for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_asks_the_prometheus_and_links_to_the_board_that_were_told_and_is_else_as_it_was(pushed: Grafana, file: Path) -> None:
    model = json.loads(file.read_text("utf-8"))
    there = content(pushed.model(model["uid"]))
    variables = {variable["name"]: variable for variable in there["templating"]["list"]}
    assert variables["datasource"]["current"]["value"] == "mimir"
    assert variables["board"]["query"] == "https://troth.example.org"
    for each in (there, model):
        each["templating"]["list"] = [one for one in each["templating"]["list"] if one["name"] not in ("datasource", "board")]
    assert there == content(model)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_asks_for_annotations_by_tags_that_annotate_gives(file: Path) -> None:
    asked = [tag for query in _annotations(json.loads(file.read_text("utf-8"))) for tag in query["target"]["tags"]]
    given = {TAG, *KINDS, "team", "customer", "goal"}
    assert {tag.partition(":")[0] for tag in asked} <= given


def _annotations(model: dict[str, Any]) -> list[dict[str, Any]]:
    queries = model["annotations"].get("list", [])
    return [query for query in queries if query["datasource"]["type"] == "grafana" and not query.get("builtIn")]
