import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.notation import delivered, posted, promised
from tests.unit.cli.conftest import Run, ndjson

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def log(troth: Run, here: Path) -> Path:
    """Thirty promises of ten days, one begun each day; every third comes two days late."""
    events = []
    for nth in range(30):
        events.append(posted(1, (f"day {nth}", promised("alpha", due=f"day {nth + 10}")), f"c{nth}"))
        events.append(posted(2, (f"day {nth + (12 if nth % 3 == 0 else 10)}", delivered()), f"c{nth}"))
    file = ndjson(here / "log.ndjson", events)
    assert troth("import", file).exit_code == 0
    return file


def test_a_backtest_says_how_good_the_forecast_was_beside_both_baselines(troth: Run, log: Path) -> None:
    done = troth("backtest")
    assert done.exit_code == 0
    for part in (
        "90 questions on 38 days; 66.7 % came true.",
        "the forecast",
        "the team's reliability",
        "the organisation's",
        "Calibration",
    ):
        assert part in done.stdout


def test_a_backtest_as_json_is_one_line_and_the_same_each_time(troth: Run, log: Path) -> None:
    first, second = (troth("backtest", "--json").stdout for _ in range(2))
    assert first.count("\n") == 1
    documents = [json.loads(text) for text in (first, second)]
    assert documents[0]["questions"] == sum(row["questions"] for row in documents[0]["calibration"]) == 90
    for document in documents:
        document.pop("at")
    assert documents[0] == documents[1]


def test_the_plot_is_an_svg_with_a_disc_a_bin(troth: Run, log: Path, here: Path) -> None:
    document = json.loads(troth("backtest", "--json", "--plot", "plot.svg").stdout)
    discs = list(ET.parse(here / "plot.svg").iter(f"{SVG}circle"))  # noqa: S314 - we wrote it ourselves
    assert len(discs) == sum(1 for row in document["calibration"] if row["questions"]) > 0
    assert all(70 <= float(disc.get("cx", 0)) <= 470 and 60 <= float(disc.get("cy", 0)) <= 460 for disc in discs)


def test_a_log_without_an_end_of_a_promise_has_nothing_to_score(troth: Run, here: Path) -> None:
    troth("import", ndjson(here / "log.ndjson", [posted(1, ("day 0", promised("alpha", due="day 9999")), "open")]))
    done = troth("backtest", "--plot", "plot.svg")
    assert done.exit_code == 0
    assert "Nothing to score yet" in done.stdout
    ET.parse(here / "plot.svg")  # noqa: S314 - we wrote it ourselves
    assert json.loads(troth("backtest", "--json").stdout)["brier"] == {"forecast": None, "team": None, "organisation": None}


def test_a_plot_of_another_kind_is_refused_and_nothing_is_replayed(troth: Run, log: Path, here: Path) -> None:
    done = troth("backtest", "--plot", "plot.png")
    assert done.exit_code == 2
    assert "--plot" in done.stderr
    assert not (here / "plot.png").exists()


def test_a_plot_that_cannot_be_written_is_said(troth: Run, log: Path) -> None:
    done = troth("backtest", "--plot", "nowhere/plot.svg")
    assert done.exit_code == 1
    assert "nowhere/plot.svg: No such file or directory" in done.stderr


def test_where_there_is_no_ledger_there_is_no_backtest(troth: Run, here: Path) -> None:
    done = troth("backtest", "--data", "nowhere")
    assert done.exit_code == 1
    assert "There is no ledger in nowhere" in done.stderr
