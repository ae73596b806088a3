from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.board.documents import DAY, NOW
from troth.gateway.board.timeline import Life, Mark, Placed, life


def mark(days: float, sign: str = "1", title: str = "Promised", look: str = "on") -> Mark:
    return Mark(NOW + int(days * DAY), sign, title, "1 Jun, for 18 Sep", look)


def drawn(*happened: Mark, dates: tuple[Mark, ...] = (), due: float | None = None, open_for: float = 30) -> Life:
    bar = (NOW, NOW + int(open_for * DAY))
    return life(list(happened), list(dates), bar, None if due is None else NOW + int(due * DAY), None)


def test_what_happened_is_above_the_axis_and_the_dates_below_it() -> None:
    chart = drawn(mark(0), mark(30, "2", "Delivered"), dates=(mark(20, "A", "Agreed"),))
    assert all(placed.y < chart.axis for placed in chart.above)
    assert all(chart.axis < placed.y < chart.base for placed in chart.below)


def test_what_was_open_after_its_date_is_marked_from_that_date_on() -> None:
    late, kept = drawn(mark(0), due=20), drawn(mark(0), due=40)
    assert late.overdue_from is not None
    assert late.start < late.overdue_from < late.end
    assert kept.overdue_from is None


def test_a_label_near_the_right_end_is_on_the_left_of_its_mark() -> None:
    first, last = drawn(mark(0), mark(30, "2", "A long word for a delivery")).above
    assert not first.leftward
    assert last.leftward


def test_a_promise_kept_in_the_instant_it_was_made_can_be_drawn() -> None:
    chart = life([Mark(NOW, "1", "Promised", "", "on"), Mark(NOW, "2", "Delivered", "", "on")], [], (NOW, NOW), None, None)
    assert chart.start == chart.end
    assert len({(placed.x, placed.y) for placed in chart.above}) == 2


def test_of_very_many_events_the_first_and_those_that_count_are_drawn() -> None:
    told = [mark(day, str(day), "Warned", look="") for day in range(1, 60)]
    chart = drawn(mark(0, "first"), *told, mark(60, "delivered"), open_for=60)
    signs = [placed.mark.sign for placed in chart.above]
    assert signs[0] == "first"
    assert signs[-1] == "delivered"
    assert len(signs) + chart.left_out == 61


MARKS = st.lists(st.builds(mark, st.floats(0, 400), st.just("1"), st.text("abc ", min_size=1, max_size=30)), max_size=14)


@given(happened=MARKS, dates=st.lists(st.builds(mark, st.floats(-50, 500)), max_size=8))
def test_no_label_covers_another_and_all_is_on_the_chart(happened: list[Mark], dates: list[Mark]) -> None:
    chart = drawn(*happened, dates=tuple(dates))
    for side in (chart.above, chart.below):
        assert all(0 <= placed.x <= 100 and 0 < placed.y < chart.base for placed in side)
        spans = sorted((placed.y, *reach(placed)) for placed in side if placed.labelled)
        for (height, _, right), (next_height, left, _) in pairwise(spans):
            assert height != next_height or right <= left + 0.01


def reach(placed: Placed) -> tuple[float, float]:
    """From where to where a mark and its label go, in per cent of the narrowest chart that has labels (900 pixels)."""
    width = max(6 * len(placed.mark.title), 5 * len(placed.mark.detail)) / 9
    return (placed.x - width, placed.x) if placed.leftward else (placed.x, placed.x + width)
