"""What every dashboard keeps to, so that a leader can trust a glance at it: a linter of the committed JSON."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from dashboards.looks import GREEN, RED
from dashboards.queries import ABOVE, BELOW, STANDING_SHORT, STANDING_WORDS
from tests.dashboards.asking import FILES, FOLDER, Document, panels_of, read, variables_of
from troth.metrics.catalogue import ALL, KEPT

WHOLE = 24
TELEPHONE_PIXELS = 360
OWN_BUILTIN = {"__all", "__interval", "__rate_interval", "__range", "__value", "__url_time_range"}
JUDGING = re.compile(r"red|green|orange-red|#([fe]\w)0\w|#0\w[fe]\w", re.IGNORECASE)
CERTAIN = {RED: (STANDING_WORDS[BELOW], STANDING_SHORT[BELOW]), GREEN: (STANDING_WORDS[ABOVE], STANDING_SHORT[ABOVE])}
SUMMED = {"troth_spool_events", "troth_log_events_behind", "troth_build_info"}  # each program has its own part of these
KIND_OF = {metric.name: metric.kind for metric in ALL}

Where = tuple[str | int, ...]
every_dashboard = pytest.mark.parametrize("file", FILES)


def walk(node: Any, path: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Every value of a document with the way to it."""
    yield path, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from walk(value, (*path, key))


def options_of(panel: Document) -> Iterator[dict[str, Any]]:
    """The field options of a panel: its own, and its own with each override."""
    own = panel.get("fieldConfig", {}).get("defaults", {})
    yield own
    for override in panel.get("fieldConfig", {}).get("overrides", ()):
        yield own | {each["id"]: each.get("value") for each in override["properties"]}


def expressions(document: Document) -> list[str]:
    """All queries: the panels' and the variables'."""
    asked = [target["expr"] for panel in panels_of(document) for target in panel.get("targets", ())]
    return asked + [variable["query"] for variable in variables_of(document)]


@every_dashboard
def test_the_first_thing_on_it_is_a_sentence_over_its_whole_width(file: str) -> None:
    first = read(file)["panels"][0]
    assert first["type"] == "text"
    assert (first["gridPos"]["x"], first["gridPos"]["y"], first["gridPos"]["w"]) == (0, 0, WHOLE)
    assert first["options"]["content"].startswith("#### ")


@every_dashboard
def test_every_panel_says_what_it_shows_and_what_to_do(file: str) -> None:
    document = read(file)
    assert document["description"]
    for panel in panels_of(document):
        sentences = re.findall(r"[^.?!]{10,}[.?!](?:\s|$)", panel.get("description", ""))
        assert len(sentences) >= 2, f"{panel['title']}: {panel.get('description')!r}"


@every_dashboard
def test_a_percentage_has_no_decimals_and_goes_from_0_to_1(file: str) -> None:
    for panel in panels_of(read(file)):
        for options in options_of(panel):
            if options.get("unit") == "percentunit":
                assert (options["decimals"], options["min"], options["max"]) == (0, 0, 1), panel["title"]


@every_dashboard
def test_no_number_has_a_unit_of_percent_without_being_one(file: str) -> None:
    for panel in panels_of(read(file)):
        unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit")
        ratios = [target["expr"] for target in panel.get("targets", ()) if re.search(r"_ratio\b", target["expr"])]
        if panel["type"] == "timeseries" and ratios:
            below_zero = any("troth_margin_ratio" in query for query in ratios)
            assert unit == ("suffix:%" if below_zero else "percentunit"), panel["title"]


@every_dashboard
def test_red_and_green_are_for_what_is_certain_alone(file: str) -> None:
    document = read(file)
    for path, value in walk(document):
        if not isinstance(value, str) or path[-1] not in ("color", "fixedColor", "iconColor", "lineColor", "fillColor"):
            continue
        if JUDGING.search(value):
            assert _is_of_what_is_certain(document, path, value), f"{value} at {'/'.join(map(str, path))}"


def _is_of_what_is_certain(document: Document, path: Where, colour: str) -> bool:
    """Whether a colour is that of a mapping with the words of its standing, or of the series that has them in its name."""
    nodes: list[Any] = [document]
    for key in path:
        nodes.append(nodes[-1][key])
    words = CERTAIN.get(colour, ())
    texts = [node.get("text") for node in nodes if isinstance(node, dict)]
    names = [str(node["matcher"]["options"]).strip("/") for node in nodes if isinstance(node, dict) and "matcher" in node]
    return any(text in words for text in [*texts, *names])


@every_dashboard
def test_no_series_gets_a_colour_of_a_palette_or_of_a_threshold(file: str) -> None:
    for panel in panels_of(read(file)):
        config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
        if panel["type"] == "timeseries":
            coloured = {
                each["matcher"]["options"] for each in config["overrides"] if any(one["id"] == "color" for one in each["properties"])
            }
            assert coloured == {target["refId"] for target in panel["targets"]}, panel["title"]
        elif panel["type"] != "text":
            assert config["defaults"]["color"]["mode"] in ("fixed", "continuous-blues"), panel["title"]
        for options in options_of(panel):
            assert len(options.get("thresholds", {}).get("steps", ())) <= 1, panel["title"]


@every_dashboard
def test_no_trend_has_two_bands_or_more_than_six_queries(file: str) -> None:
    for panel in panels_of(read(file)):
        if panel["type"] != "timeseries":
            continue
        bands = [options for options in options_of(panel) if options.get("custom.fillBelowTo")]
        assert len(bands) <= 1, panel["title"]
        assert not bands or panel["fieldConfig"]["defaults"]["custom"].get("stacking", {}).get("mode", "none") == "none", panel["title"]
        assert len(panel["targets"]) <= 6, panel["title"]


@every_dashboard
def test_every_metric_is_one_of_the_catalogue(file: str) -> None:
    for query in expressions(read(file)):
        names = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\btroth_\w+", query)}
        assert names <= set(KIND_OF), query
        assert names or "process_" in query, query


@every_dashboard
def test_programs_that_show_the_same_gauge_do_not_count_twice(file: str) -> None:
    largest = re.compile(r"max(?: by \([\w, ]+\))? ?\((?:(?:last|max)_over_time\()?(troth_\w+)")
    for query in expressions(read(file)):
        if query.startswith("label_values("):
            continue
        gauges = [name for name in re.findall(r"\btroth_\w+", query) if KIND_OF.get(name) == "gauge" and name not in SUMMED]
        assert sorted(set(largest.findall(query)) - SUMMED) == sorted(set(gauges)), query
        assert len(largest.findall(query)) >= len(gauges), query


@every_dashboard
def test_every_variable_that_is_used_is_there(file: str) -> None:
    document = read(file)
    there = {variable["name"] for variable in document["templating"]["list"]} | OWN_BUILTIN
    used = {name for _, text in walk(document) if isinstance(text, str) for name in re.findall(r"\$\{?([a-zA-Z_]\w*)", text)}
    assert used <= there


@every_dashboard
def test_every_panel_asks_the_chosen_prometheus(file: str) -> None:
    document = read(file)
    for panel in panels_of(document):
        for target in panel.get("targets", ()):
            assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


@every_dashboard
def test_there_is_a_way_to_the_board_and_to_the_other_dashboards(file: str) -> None:
    document = read(file)
    assert [link["type"] for link in document["links"]] == ["dashboards", "link"]
    assert document["links"][1]["url"] == "${board}/"
    assert "${board}/" in document["panels"][0]["options"]["content"]
    assert document["tags"] == document["links"][0]["tags"]


@every_dashboard
def test_every_name_in_a_table_leads_somewhere(file: str) -> None:
    for panel in panels_of(read(file)):
        if panel["type"] == "table" and panel["transformations"][0]["id"] == "merge":
            linked = [link["url"] for options in options_of(panel) for link in options.get("links", ())]
            assert linked, panel["title"]
            assert all("${__value.raw:percentencode}" in url for url in linked), panel["title"]


@every_dashboard
def test_the_first_columns_of_a_table_fit_a_telephone(file: str) -> None:
    for panel in panels_of(read(file)):
        if panel["type"] != "table" or panel["transformations"][0]["id"] != "merge":
            continue
        order = panel["transformations"][-1]["options"]["renameByName"]
        widths = {
            each["matcher"]["options"]: max(
                [one["value"] for one in each["properties"] if one["id"] in ("custom.width", "custom.minWidth")]
            )
            for each in panel["fieldConfig"]["overrides"]
        }
        assert sum(widths[title] for title in list(order.values())[:2]) <= TELEPHONE_PIXELS, panel["title"]


@every_dashboard
def test_panels_have_titles_and_ids_of_their_own_and_lie_side_by_side(file: str) -> None:
    panels = panels_of(read(file))
    titles = [panel["title"] for panel in panels if panel["type"] != "text"]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    for one, other in combinations((panel["gridPos"] for panel in panels), 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or above


def test_every_metric_of_the_catalogue_is_shown_somewhere() -> None:
    shown = {name for file in FILES for query in expressions(read(file)) for name in re.findall(r"\btroth_\w+", query)}
    shown = {name.removesuffix("_bucket") for name in shown}
    beside_the_reliability_it_would_confuse = {KEPT.name}
    assert set(KIND_OF) - shown == beside_the_reliability_it_would_confuse


def test_no_metric_s_name_is_written_in_the_dashboards_source() -> None:
    for path in sorted(FOLDER.glob("*.py")):
        assert not re.search(r"troth_[a-z]", path.read_text("utf-8")), path.name


def test_every_dashboard_has_a_uid_and_a_title_of_its_own() -> None:
    documents = [read(file) for file in FILES]
    assert [document["uid"] for document in documents] == [f"troth-{file.removesuffix('.json')}" for file in FILES]
    assert len({document["title"] for document in documents}) == len(FILES)
