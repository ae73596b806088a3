"""The geometry of the charts of scores: numbers in, positions out. The templates draw them as SVG.

Across, positions are per cent of the chart's width, so that it fits any screen; downwards they are pixels.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil
from typing import Any, Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_DAY, Instant, datetime_of
from troth.gateway.board.words import LONG_MONTHS, MONTHS, instant

SPARK_HEIGHT: Final = 36
TREND_TOP: Final = 20
TREND_BASE: Final = 260
TREND_HEIGHT: Final = 300
TREND_WIDTH: Final = 1000
TREND_SHARE: Final = 0.88  # of the chart's width; the rest is for the figures at its end
_ENOUGH_EVIDENCE: Final = 3
_MUCH_EVIDENCE: Final = 10  # from here on the band decides the scale; a first wide one may leave it
_LABEL_GAP: Final = 17
_MONTH_STEPS: Final = (1, 2, 3, 6, *(12 * years * power for power in (1, 10, 100, 1000) for years in (1, 2, 5)))
_DAY_STEPS: Final = (1, 2, 7, 14)
_MOST_TICKS: Final = 13
_EDGE: Final = 2.5  # per cent; a label nearer to the end would stick out


class Interval(NamedTuple):
    """A bar from what to expect at worst to what at best, in per cent."""

    start: float
    width: float
    likely: float


class Spark(NamedTuple):
    """A small line: its pieces as SVG points within 100 x SPARK_HEIGHT, where it ends, and the height of the target."""

    pieces: list[str]
    end: float
    target: float
    first: float
    last: float


class Label(NamedTuple):
    """A figure at the end of a line: its own height, moved where it would cover another."""

    text: str
    y: float


class Tick(NamedTuple):
    """A mark on an axis of time; `minor` ones are left out on narrow screens. `year` is set where one begins to be read."""

    x: float
    text: str
    year: str
    minor: bool


class Span(NamedTuple):
    """A stretch of a trend of one kind: `sure` where there was evidence enough; points within TREND_WIDTH x TREND_HEIGHT."""

    sure: bool
    area: str
    line: str


class Trend(NamedTuple):
    """A line of reliability with its band over time, on a scale from `floor` to 100."""

    spans: list[Span]
    floor: int
    grid: list[Label]
    target: float
    ends: list[Label]
    end: float
    ticks: list[Tick]


def interval(low: float, high: float, likely: float) -> Interval:
    """The bar of a score."""
    return Interval(_round(100 * low), _round(100 * (high - low)), _round(100 * likely))


def scale_floor(values: Iterable[float | None], target: float) -> int:
    """Where a scale to 100 starts so that all values and the target are on it: a multiple of 20, at most 40."""
    lowest = min([target, *(value for value in values if value is not None)])
    return min(40, int(100 * lowest / 20) * 20)


def sparkline(values: Sequence[float | None], target: float, floor: int) -> Spark | None:
    """The line of one value a week, with gaps where there was none; None where there are fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2 or values[-1] is None:
        return None
    pieces: list[list[str]] = [[]]
    for week, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{_round(100 * week / (len(values) - 1))},{_spark_y(value, floor)}")
    drawn = [" ".join(piece) for piece in pieces if len(piece) > 1]
    return Spark(drawn, _spark_y(known[-1], floor), _spark_y(target, floor), known[0], known[-1])


def trend(points: Sequence[dict[str, Any]], target: float) -> Trend | None:
    """The chart of `[{"day", "reliability", "low", "high", "evidence"}]` from the first day with evidence; None below two days."""
    shown = [point for point in points if point["evidence"] > 0]
    if len(shown) < 2:
        return None
    lows = [point["low" if point["evidence"] >= _MUCH_EVIDENCE else "reliability"] for point in shown]
    floor = scale_floor([*lows, shown[-1]["low"]], target)
    first, last = _day_number(shown[0]["day"]), _day_number(shown[-1]["day"])
    across = [TREND_WIDTH * (_day_number(point["day"]) - first) / (last - first) for point in shown]
    end = shown[-1]
    labels = [(f"{_per_hundred(end[name])}", _trend_y(end[name], floor)) for name in ("high", "reliability", "low")]
    return Trend(
        spans=list(_spans(shown, across, floor)),
        floor=floor,
        grid=[Label(str(value), _trend_y(value / 100, floor)) for value in range(floor, 101, 20)],
        target=_trend_y(target, floor),
        ends=_apart(labels),
        end=_trend_y(end["reliability"], floor),
        ticks=[tick._replace(x=_round(tick.x * TREND_SHARE)) for tick in ticks(instant(shown[0]["day"]), instant(shown[-1]["day"]))],
    )


def ticks(start: Instant, end: Instant) -> list[Tick]:
    """Marks on an axis from `start` to `end`: days, weeks, months or years, so that there are at most 13 of them."""
    if end <= start:
        return []
    days = (end - start) / MICROSECONDS_A_DAY
    marks = _day_marks(start, end, days) if days < 60 else _month_marks(start, end, days)
    every = ceil(len(marks) / 5) if len(marks) > 6 else 1
    found: list[Tick] = []
    year = None
    for position, (day, text) in enumerate(marks):
        x = _round(100 * (instant(day.isoformat()) - MICROSECONDS_A_DAY + 1 - start) / (end - start))
        if not _EDGE <= x <= 100 - _EDGE:
            continue
        found.append(Tick(x, text, str(day.year) if day.year != year and text != str(day.year) else "", position % every != 0))
        year = day.year
    return found


def _day_marks(start: Instant, end: Instant, days: float) -> list[tuple[date, str]]:
    step = next((step for step in _DAY_STEPS if days / step <= _MOST_TICKS - 1), _DAY_STEPS[-1])
    first, last = datetime_of(start).date().toordinal() + 1, datetime_of(end).date().toordinal()
    return [(day, f"{day.day} {MONTHS[day.month - 1]}") for day in map(date.fromordinal, range(first, last + 1, step))]


def _month_marks(start: Instant, end: Instant, days: float) -> list[tuple[date, str]]:
    months = days / 30.44
    step = next(step for step in _MONTH_STEPS if months / step <= _MOST_TICKS - 1)
    begin, finish = datetime_of(start), datetime_of(end)
    first = begin.year * 12 + begin.month  # the month after the start's
    first += -first % step
    marks = []
    for month in range(first, finish.year * 12 + finish.month, step):
        day = date(month // 12, month % 12 + 1, 1)
        marks.append((day, str(day.year) if step >= 12 else MONTHS[day.month - 1]))
    return marks


def month_ends(points: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """The last point of each month, latest first, with the month's name: the trend as a table."""
    by_month = {point["day"][:7]: point for point in points if point["evidence"] > 0}
    return [(f"{LONG_MONTHS[int(month[5:]) - 1]} {month[:4]}", point) for month, point in reversed(by_month.items())]


def _spans(points: Sequence[dict[str, Any]], across: Sequence[float], floor: int) -> Iterable[Span]:
    """Neighbouring points of one kind; a stretch begins where the one before it ends."""
    begin = 0
    for position in range(1, len(points) + 1):
        if position == len(points) or _sure(points[position]) != _sure(points[begin]):
            stop = min(position + 1, len(points))
            if stop - begin > 1:
                yield _span(points[begin:stop], across[begin:stop], floor, sure=_sure(points[begin]))
            begin = position


def _span(points: Sequence[dict[str, Any]], across: Sequence[float], floor: int, *, sure: bool) -> Span:
    def path(name: str) -> list[str]:
        return [f"{_round(x)},{_trend_y(point[name], floor)}" for x, point in zip(across, points, strict=True)]

    return Span(sure, " ".join(path("high") + path("low")[::-1]), " ".join(path("reliability")))


def _apart(labels: list[tuple[str, float]]) -> list[Label]:
    """Labels from top to bottom, the outer ones moved away from the middle one where they are too near to read."""
    (high, top), (likely, middle), (low, bottom) = labels
    return [Label(high, min(top, middle - _LABEL_GAP)), Label(likely, middle), Label(low, max(bottom, middle + _LABEL_GAP))]


def _sure(point: dict[str, Any]) -> bool:
    return bool(point["evidence"] >= _ENOUGH_EVIDENCE)


def _per_hundred(ratio: float) -> int:
    return int(100 * ratio + 0.5)


def _day_number(day: str) -> int:
    return date.fromisoformat(day[:10]).toordinal()


def _trend_y(ratio: float, floor: int) -> float:
    height = TREND_BASE - TREND_TOP
    return _round(min(TREND_BASE, TREND_TOP + height * (100 - 100 * ratio) / (100 - floor)))


def _spark_y(ratio: float, floor: int) -> float:
    return _round(min(1.0, (100 - 100 * ratio) / (100 - floor)) * (SPARK_HEIGHT - 4) + 2)


def _round(number: float) -> float:
    return round(number, 1)
