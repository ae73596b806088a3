"""A commitment comes back from its row as it was, however many events it has."""

from datetime import UTC

from pydantic_core import to_json

from tests.notation import delivered, events_of, promised
from troth.domain.events import Event
from troth.domain.fold import fold
from troth.stream.scorer import rows
from troth.stream.scorer.rows import BYTES_A_SEGMENT, EVENTS_A_SEGMENT, Row, read_row

LIFE = events_of([("day 1", promised(due="day 9", conditions="one\ntwo")), ("day 5", delivered(cost=5))])


def _lines(events: list[Event]) -> list[bytes]:
    return [rows.line_of(event, to_json(event.posted)) for event in events]


def test_a_row_holds_its_standing_and_its_events() -> None:
    row = Row([])
    row.extend(fold("c", LIFE), _lines(LIFE))
    [(key, value)] = row.records(b"c", 7)
    back = read_row(value)
    assert (key, rows.read_position(value)) == (b"c", 7)
    assert back.standing() == rows.standing_of(value) == fold("c", LIFE)
    assert [rows.event_of(line, UTC) for line in back.lines] == LIFE


def test_an_event_posted_over_several_lines_with_tabs_is_the_same_event() -> None:
    posted = b'{\n\t"specversion": "1.0"' + to_json(LIFE[0].posted)[len('{"specversion":"1.0"') :]
    line = rows.line_of(LIFE[0], posted)
    assert rows.event_of(line, UTC) == LIFE[0]
    assert rows.says_the_same(line, LIFE[0], posted)
    assert not rows.says_the_same(line, LIFE[1], to_json(LIFE[1].posted))


def test_a_row_of_many_events_is_cut_into_segments_that_are_written_once() -> None:
    many = events_of([("day 1", promised(due="day 9"))] * (3 * EVENTS_A_SEGMENT + 1))
    row = Row([])
    row.extend(fold("c", many), _lines(many[:-1]))
    written = dict(row.records(b"c", 1))
    assert {rows.segment_key(b"c", number) for number in range(2)} == {key for key in written if not rows.is_row(key)}
    row = read_row(written[b"c"])
    row.extend(fold("c", many), _lines(many[-1:]))
    later = dict(row.records(b"c", 2))
    assert set(later) == {b"c", rows.segment_key(b"c", 2)}
    written |= later
    segments = [rows.segment_of(written[rows.segment_key(b"c", number)]) for number in range(3)]
    lines = [line for segment in segments for line in segment.split(b"\n")] + read_row(written[b"c"]).lines
    assert [rows.event_of(line, UTC) for line in lines] == many


def test_no_segment_of_large_events_is_larger_than_a_record_may_be() -> None:
    large = events_of([("day 1", promised(title="t", conditions="x" * 2_000))] * 200)
    row = Row([])
    row.extend(fold("c", large), _lines(large))
    assert max(len(value) for _, value in row.records(b"c", 1)) <= BYTES_A_SEGMENT + 10_000
