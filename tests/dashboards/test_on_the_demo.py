"""Every query of every dashboard, put to a real Prometheus that scrapes the demo: it has an answer, or empty.txt says that it has none."""

import time
from collections.abc import Iterator

import pytest

from tests.dashboards.asking import DAY, FILES, FOLDER, Asking, filled_in, panels_of, queries_of, read, variables_of
from tests.prometheus import needs_prometheus, prometheus
from tests.running import serving, troth

EMPTY = (FOLDER / "empty.txt").read_text("utf-8").splitlines()
IN_A_TREND = 6
DAYS = 60

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """A Prometheus that was given the last months of the simulated year, and has scraped it a few times."""
    place = tmp_path_factory.mktemp("dashboards")
    needs_prometheus()
    with serving("demo", place / "ledger") as server:
        given = troth("backfill", "--data", "ledger", "--to", "own/data", "--days", str(DAYS), cwd=place)
        assert given.returncode == 0, given.stderr.decode()
        with prometheus(place / "own", [server.url.removeprefix("http://")]) as own:
            own.wait_for("count_over_time(up[1m]) > 2 and up == 1")
            yield Asking(own, time.time())


@pytest.mark.parametrize("file", FILES)
def test_every_query_of_a_panel_has_an_answer_or_is_known_to_have_none(asking: Asking, file: str) -> None:
    document = read(file)
    filled = filled_in(document, asking)
    answers = {asked.written: asking.answer(asked) for asked in queries_of(document, filled)}
    assert answers
    assert [query for query, answer in answers.items() if not answer and query not in EMPTY] == [], "nothing comes back"
    assert [query for query, answer in answers.items() if answer and query in EMPTY] == [], "empty.txt lists what has an answer"


@pytest.mark.parametrize("file", FILES)
def test_every_variable_has_values(asking: Asking, file: str) -> None:
    document = read(file)
    filled = filled_in(document, asking)
    assert {name for name, value in filled.items() if not value} == set()
    assert set(filled) == {variable["name"] for variable in variables_of(document)}


@pytest.mark.parametrize("file", FILES)
def test_no_trend_has_more_than_six_lines(asking: Asking, file: str) -> None:
    document = read(file)
    filled = filled_in(document, asking)
    trends = {panel["title"] for panel in panels_of(document) if panel["type"] == "timeseries"}
    lines = dict.fromkeys(trends, 0)
    for asked in queries_of(document, filled):
        if asked.place in trends:
            lines[asked.place] += len(asking.answer(asked))
    assert {title: count for title, count in lines.items() if count > IN_A_TREND} == {}


@pytest.mark.parametrize("file", ["trust.json", "team.json", "goals.json"])
def test_every_trend_reaches_back_to_before_the_first_scrape(asking: Asking, file: str) -> None:
    document = read(file)
    trends = {panel["title"] for panel in panels_of(document) if panel["type"] == "timeseries"}
    filled = filled_in(document, asking) | {"team": "Web Shop"}
    for asked in queries_of(document, filled):
        if asked.place in trends:
            [series] = asking.answer(asked)
            days = {int(at) // DAY for at, _ in series["values"]}
            assert len(days) >= DAYS, asked.expression


def test_what_is_listed_as_empty_is_asked_somewhere_and_listed_once() -> None:
    written = {target["expr"] for file in FILES for panel in panels_of(read(file)) for target in panel.get("targets", ())}
    assert [query for query in EMPTY if query not in written] == []
    assert len(EMPTY) == len(set(EMPTY))
