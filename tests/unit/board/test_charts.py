import pytest

from tests.unit.board.documents import points
from troth.domain.instants import parse_instant
from troth.gateway.board import charts


def test_an_interval_is_drawn_in_per_cent_of_the_width() -> None:
    assert charts.interval(0.322, 0.595, 0.459) == charts.Interval(start=32.2, width=27.3, likely=45.9)


@pytest.mark.parametrize(("values", "floor"), [([0.9], 40), ([0.41], 40), ([0.39, None], 20), ([0.1], 0), ([], 40)])
def test_a_scale_starts_at_a_multiple_of_twenty_under_all_values(values: list[float | None], floor: int) -> None:
    assert charts.scale_floor(values, 0.8) == floor


def test_a_scale_reaches_a_low_target() -> None:
    assert charts.scale_floor([0.9], 0.3) == 20


def test_a_sparkline_runs_from_left_to_right_and_higher_is_better() -> None:
    line = charts.sparkline([0.5, 0.75, 1.0], target=0.8, floor=0)
    assert line is not None
    [piece] = line.pieces
    across, down = zip(*(map(float, point.split(",")) for point in piece.split()), strict=True)
    assert across == (0.0, 50.0, 100.0)
    assert down[0] > down[1] > down[2] == line.end
    assert (line.first, line.last) == (0.5, 1.0)


def test_weeks_without_evidence_are_gaps_in_a_sparkline() -> None:
    line = charts.sparkline([0.5, 0.6, None, None, 0.7, 0.8], target=0.8, floor=40)
    assert line is not None
    assert len(line.pieces) == 2


@pytest.mark.parametrize("values", [[], [None, None], [None, 0.5], [0.5, 0.6, None]])
def test_there_is_no_sparkline_of_less_than_two_weeks_or_without_a_present(values: list[float | None]) -> None:
    assert charts.sparkline(values, target=0.8, floor=0) is None


def test_a_trend_starts_with_the_first_evidence_and_fills_the_width() -> None:
    chart = charts.trend(points([(0.5, 0.0)] * 10 + [(0.6, 4.0)] * 5 + [(0.9, 12.0)] * 5), target=0.8)
    assert chart is not None
    [span] = chart.spans
    across = [float(point.split(",")[0]) for point in span.line.split()]
    assert (across[0], across[-1], len(across)) == (0, charts.TREND_WIDTH, 10)
    assert len(span.area.split()) == 20


def test_a_trend_is_drawn_apart_where_there_was_not_enough_evidence() -> None:
    chart = charts.trend(points([(0.6, 1.0)] * 3 + [(0.7, 4.0)] * 3), target=0.8)
    assert chart is not None
    assert [span.sure for span in chart.spans] == [False, True]
    unsure, sure = (span.line.split() for span in chart.spans)
    assert unsure[-1] == sure[0]


def test_the_figures_at_the_end_of_a_trend_do_not_cover_each_other() -> None:
    narrow = points([(0.8, 50.0)] * 3)
    for point in narrow:
        point |= {"low": 0.79, "high": 0.81}
    chart = charts.trend(narrow, target=0.8)
    assert chart is not None
    high, likely, low = (label.y for label in chart.ends)
    assert likely - high >= 15
    assert low - likely >= 15
    assert [label.text for label in chart.ends] == ["81", "80", "79"]


def test_a_band_below_the_scale_is_cut_at_its_base() -> None:
    chart = charts.trend(points([(0.05, 1.0), (0.6, 11.0), (0.6, 11.0)]), target=0.8)
    assert chart is not None
    heights = [float(point.split(",")[1]) for span in chart.spans for point in span.area.split()]
    assert max(heights) <= charts.TREND_BASE


@pytest.mark.parametrize("values", [[], [(0.5, 0.0)] * 30, [(0.5, 0.0), (0.7, 2.0)]])
def test_there_is_no_trend_before_two_days_with_evidence(values: list[tuple[float, float]]) -> None:
    assert charts.trend(points(values), target=0.8) is None


@pytest.mark.parametrize(
    ("start", "end", "first", "count"),
    [
        ("2026-11-01T12:00:00Z", "2026-11-08T12:00:00Z", "2 Nov", 7),
        ("2026-10-01T00:00:00Z", "2026-11-20T00:00:00Z", "9 Oct", 6),
        ("2025-11-24T00:00:00Z", "2026-11-23T00:00:00Z", "Jan", 11),
        ("2020-06-01T00:00:00Z", "2026-11-23T00:00:00Z", "2021", 6),
        ("1026-06-01T00:00:00Z", "2926-11-23T00:00:00Z", "1200", 9),
        ("2026-01-01T00:00:00Z", "9998-01-01T00:00:00Z", "3000", 7),
    ],
)
def test_an_axis_of_time_has_few_marks_however_long_it_is(start: str, end: str, first: str, count: int) -> None:
    marks = charts.ticks(parse_instant(start), parse_instant(end))
    assert marks[0].text == first
    assert len(marks) == count
    assert all(0 <= mark.x <= 100 for mark in marks)
    assert [mark.x for mark in marks] == sorted(mark.x for mark in marks)
    assert sum(not mark.minor for mark in marks) <= 6


def test_an_axis_says_the_year_where_one_begins() -> None:
    marks = charts.ticks(parse_instant("2025-09-15T00:00:00Z"), parse_instant("2026-03-15T00:00:00Z"))
    assert [(mark.text, mark.year) for mark in marks] == [
        ("Oct", "2025"),
        ("Nov", ""),
        ("Dec", ""),
        ("Jan", "2026"),
        ("Feb", ""),
        ("Mar", ""),
    ]


def test_an_axis_of_no_length_has_no_marks() -> None:
    assert charts.ticks(5, 5) == []


def test_the_table_of_a_trend_has_the_last_day_of_each_month_the_latest_first() -> None:
    days = points([(0.5, 0.0)] * 10 + [(0.6, 4.0)] * 40 + [(0.7, 4.0)])
    found = charts.month_ends(days)
    assert [month for month, _ in found] == ["November 2026", "October 2026"]
    assert found[0][1]["reliability"] == 0.7
