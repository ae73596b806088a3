"""The life of a promise on a time axis: where each thing that happened, and each date in question, is drawn and labelled.

Across, positions are per cent of the chart's width; downwards they are pixels.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_DAY, Instant
from troth.gateway.board.charts import Tick, ticks

_NARROWEST: Final = 900  # pixels; labels are shown from this width on
_STRONG_LETTER: Final = 7.4
_LETTER: Final = 6.4
_MARK: Final = 7.5  # per cent that a mark takes on a phone
_LANES: Final = 6
_FIRST_LANE: Final = 52
_LANE: Final = 42
_CROSSED: Final = 100  # a line through a label costs more than any lane
_MOST_MARKS: Final = 14


class Mark(NamedTuple):
    """Something to draw at `at`: a sign (number or letter), a title and a detail to read beside it, and a look.

    `look` is a CSS class: on (it counts), no (against the promise), refused (a date that never was in force) or nothing.
    """

    at: Instant
    sign: str
    title: str
    detail: str
    look: str = ""


class Placed(NamedTuple):
    """A mark with its place; `leftward` where its label is on its left, `labelled` False where there was no room for one."""

    mark: Mark
    x: float
    y: float
    leftward: bool
    labelled: bool


class Life(NamedTuple):
    """All of the chart: marks above and below the axis, the bar of the promise (and of its delay), today, ticks and heights."""

    above: list[Placed]
    below: list[Placed]
    start: float
    end: float
    overdue_from: float | None
    today: float | None
    ticks: list[Tick]
    axis: int
    base: int
    left_out: int


class _Box(NamedTuple):
    lane: int
    left: float
    right: float
    x: float


def life(happened: list[Mark], dates: list[Mark], bar: tuple[Instant, Instant], due: Instant | None, today: Instant | None) -> Life:
    """Lay out what happened above the axis and the dates below it; `bar` is the time the promise was open.

    `due` is the date in force, `today` the moment looked from where it is worth a mark.
    """
    kept = _most_telling(happened)
    times = [*(mark.at for mark in kept), *(mark.at for mark in dates), *bar, *([] if today is None else [today])]
    first, last = min(times), max(times)
    pad = max((last - first) // 20, MICROSECONDS_A_DAY // 24)
    first, last = first - pad, last + pad

    def across(at: Instant) -> float:
        return round(100 * (at - first) / (last - first), 2)

    above, below = _lay_out(kept, across), _lay_out(dates, across)
    axis = _FIRST_LANE + _LANE * max((lane for lane, *_ in above), default=0) + 22
    depth = _FIRST_LANE + _LANE * max((lane for lane, *_ in below), default=0) + 42
    return Life(
        above=[Placed(mark, x, axis - _FIRST_LANE - _LANE * lane, *label) for lane, mark, x, *label in above],
        below=[Placed(mark, x, axis + _FIRST_LANE + _LANE * lane, *label) for lane, mark, x, *label in below],
        start=across(bar[0]),
        end=across(bar[1]),
        overdue_from=across(max(due, bar[0])) if due is not None and due < bar[1] else None,
        today=None if today is None else across(today),
        ticks=ticks(first, last),
        axis=axis,
        base=axis + depth,
        left_out=len(happened) - len(kept),
    )


def _most_telling(marks: list[Mark]) -> list[Mark]:
    """The first and the last ones, and those that count before the others, as many as can be drawn."""
    if len(marks) <= _MOST_MARKS:
        return marks
    ranked = sorted(range(len(marks)), key=lambda place: (place != 0, marks[place].look == "", -place))
    return [marks[place] for place in sorted(ranked[:_MOST_MARKS])]


def _lay_out(marks: list[Mark], across: Callable[[Instant], float]) -> list[tuple[int, Mark, float, bool, bool]]:
    """A lane (0 is next to the axis) and a side of the label for each mark, from the right to the left.

    A later mark is nearer to the axis, so that its line does not run through the labels of earlier ones.
    """
    boxes: list[_Box] = []
    placed = []
    for mark in sorted(marks, key=lambda mark: mark.at, reverse=True):
        x = across(mark.at)
        box, leftward, labelled = _best(mark, x, boxes)
        boxes.append(box)
        placed.append((box.lane, mark, x, leftward, labelled))
    return placed[::-1]


def _best(mark: Mark, x: float, boxes: list[_Box]) -> tuple[_Box, bool, bool]:
    width = 100 * (22 + max(_STRONG_LETTER * len(mark.title), _LETTER * len(mark.detail))) / _NARROWEST
    candidates = []
    for lane in range(_LANES):
        for leftward in (False, True):
            left, right = (x - width, x + _MARK / 2) if leftward else (x - _MARK / 2, x + width)
            box = _Box(lane, left, right, x)
            if left >= -1 and right <= 101 and not _covers(box, boxes):
                candidates.append((_CROSSED * _crossings(box, boxes) + lane, leftward, box))
    if candidates:
        _, leftward, box = min(candidates)
        return box, leftward, True
    bare = [_Box(lane, x - _MARK / 2, x + _MARK / 2, x) for lane in range(_LANES)]
    return next((box for box in bare if not _covers(box, boxes)), bare[-1]), False, False


def _covers(box: _Box, boxes: Iterable[_Box]) -> bool:
    return any(other.lane == box.lane and box.left < other.right and other.left < box.right for other in boxes)


def _crossings(box: _Box, boxes: Iterable[_Box]) -> int:
    """How many labels a line would run through: this mark's through the others', and theirs through this one's."""
    through_others = sum(other.lane < box.lane and other.left < box.x < other.right for other in boxes)
    through_this = sum(other.lane > box.lane and box.left < other.x < box.right for other in boxes)
    return through_others + through_this
