"""The report of a backtest, worked out by hand."""

import pytest

from troth.domain.backtest import Answer
from troth.domain.calibration import report

ANSWERS = [
    Answer(1, 10, 0.8, 0.5, 0.6, on_time=True),
    Answer(1, 50, 0.2, 0.5, 0.6, on_time=False),
    Answer(2, 90, 0.25, 0.5, 0.6, on_time=True),
    Answer(2, 90, 1.0, 0.5, 0.6, on_time=True),
]


def test_a_brier_score_is_the_mean_of_the_squared_errors() -> None:
    document = report(ANSWERS, range)
    assert (document["questions"], document["days"], document["on_time"]) == (4, 2, 0.75)
    assert document["brier"] == {
        "forecast": pytest.approx((0.04 + 0.04 + 0.5625 + 0) / 4),
        "team": pytest.approx(0.25),
        "organisation": pytest.approx((3 * 0.16 + 0.36) / 4),
    }
    by_elapsed = [(row["elapsed"], row["questions"], row["brier"]["forecast"]) for row in document["by_elapsed"]]
    assert by_elapsed == [(0.1, 1, pytest.approx(0.04)), (0.5, 1, pytest.approx(0.04)), (0.9, 2, pytest.approx(0.28125))]


def test_where_every_resample_is_the_whole_the_interval_is_the_gain() -> None:
    gain = report(ANSWERS, range)["gain"]
    for name, expected in (("team", 0.25 - 0.160625), ("organisation", 0.21 - 0.160625)):
        assert gain[name] == {part: pytest.approx(expected) for part in ("mean", "low", "high")}


def test_an_interval_leaves_out_a_twentieth_of_the_resamples_at_each_end() -> None:
    draws = iter([(0, 0)] * 40 + [(1, 1)] * 40 + [(0, 1)] * 920)
    gain = report(ANSWERS, lambda size: next(draws))["gain"]["team"]
    assert (gain["low"], gain["high"]) == (pytest.approx(0.25 - 0.160625), pytest.approx(0.25 - 0.160625))
    draws = iter([(0, 0)] * 60 + [(1, 1)] * 60 + [(0, 1)] * 880)
    gain = report(ANSWERS, lambda size: next(draws))["gain"]["team"]
    assert (gain["low"], gain["high"]) == (pytest.approx(0.25 - 0.28125), pytest.approx(0.25 - 0.04))


def test_calibration_sets_what_came_beside_the_chance_that_was_given_in_ten_bins() -> None:
    bins = [row for row in report(ANSWERS, range)["calibration"] if row["questions"]]
    assert [(row["from"], row["to"], row["questions"], row["chance"], row["on_time"]) for row in bins] == [
        (0.2, 0.3, 2, pytest.approx(0.225), 0.5),
        (0.8, 0.9, 1, 0.8, 1.0),
        (0.9, 1.0, 1, 1.0, 1.0),
    ]


def test_of_nothing_nothing_is_said() -> None:
    document = report([], range)
    assert document["gain"] is None
    assert (document["questions"], document["on_time"]) == (0, None)
    assert set(document["brier"].values()) == {None}
