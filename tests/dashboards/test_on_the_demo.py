"""Every query of every dashboard, put to a real Prometheus that scrapes the demo: it has an answer, or empty.txt says that it has none."""

from collections.abc import Iterator

import pytest

from tests.dashboards.asking import FILES, FOLDER, Prometheus, filled_in, panels_of, queries_of, read, variables_of
from tests.dashboards.scraping import scraping
from tests.running import serving

EMPTY = (FOLDER / "empty.txt").read_text("utf-8").splitlines()
IN_A_TREND = 6

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """One that has scraped the simulated year a few times."""
    with serving("demo", tmp_path_factory.mktemp("demo") / "data") as server, scraping(server.url, tmp_path_factory.mktemp("own")) as own:
        yield own


@pytest.mark.parametrize("file", FILES)
def test_every_query_of_a_panel_has_an_answer_or_is_known_to_have_none(prometheus: Prometheus, file: str) -> None:
    document = read(file)
    filled = filled_in(document, prometheus)
    answers = {asked.written: prometheus.answer(asked) for asked in queries_of(document, filled)}
    assert answers
    assert [query for query, answer in answers.items() if not answer and query not in EMPTY] == [], "nothing comes back"
    assert [query for query, answer in answers.items() if answer and query in EMPTY] == [], "empty.txt lists what has an answer"


@pytest.mark.parametrize("file", FILES)
def test_every_variable_has_values(prometheus: Prometheus, file: str) -> None:
    document = read(file)
    filled = filled_in(document, prometheus)
    assert {name for name, value in filled.items() if not value} == set()
    assert set(filled) == {variable["name"] for variable in variables_of(document)}


@pytest.mark.parametrize("file", FILES)
def test_no_trend_has_more_than_six_lines(prometheus: Prometheus, file: str) -> None:
    document = read(file)
    filled = filled_in(document, prometheus)
    trends = {panel["title"] for panel in panels_of(document) if panel["type"] == "timeseries"}
    lines = dict.fromkeys(trends, 0)
    for asked in queries_of(document, filled):
        if asked.place in trends:
            lines[asked.place] += len(prometheus.answer(asked))
    assert {title: count for title, count in lines.items() if count > IN_A_TREND} == {}


def test_what_is_listed_as_empty_is_asked_somewhere_and_listed_once() -> None:
    written = {target["expr"] for file in FILES for panel in panels_of(read(file)) for target in panel.get("targets", ())}
    assert [query for query in EMPTY if query not in written] == []
    assert len(EMPTY) == len(set(EMPTY))
