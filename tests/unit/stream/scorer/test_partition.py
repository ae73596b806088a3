"""A partition folds what is an event, says why the rest is none, and speaks only when it has caught up."""

from itertools import pairwise

import pytest

from tests.notation import Happening, at, delivered, events_of, promised
from tests.unit.stream.scorer.logs import Changelog, Record, logged, new_partition, sums
from troth.domain.account import Subject
from troth.domain.events import Event
from troth.stream.scorer import partition as module
from troth.stream.scorer.partition import PLACE, Partition

NOW = at("day 20")
KEPT: list[Happening] = [("day 1", promised(due="day 9")), ("day 5", delivered())]


def _read(events: list[Event], end: int = 0) -> Partition:
    partition = new_partition(now=at("day 0"))
    partition.begin(end, anew=True)
    partition.fold(logged(events, NOW), NOW)
    return partition


def test_the_same_event_twice_counts_once_and_is_no_conflict() -> None:
    events = events_of(KEPT)
    flush = _read([*events, *events]).flush()
    assert flush is not None
    assert flush.refused == []
    assert sums([flush])[Subject("a")].made == 1


def test_a_name_that_says_something_else_is_refused_and_the_first_stands() -> None:
    events = events_of(KEPT)
    [other] = events_of([("day 2", promised(team="b", due="day 9"))])
    flush = _read([*events, other]).flush()
    assert flush is not None
    [refused] = flush.refused
    assert "with other content" in refused.reason
    assert refused.record.offset == 2
    assert set(sums([flush])) == {Subject(), Subject("a")}


def test_a_commitment_that_is_full_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVENTS_A_COMMITMENT", 2)
    flush = _read(events_of([*KEPT, ("day 6", delivered())])).flush()
    assert flush is not None
    assert [refused.record.offset for refused in flush.refused] == [2]


def test_its_place_is_the_last_record_of_a_flush() -> None:
    flush = _read(events_of(KEPT)).flush()
    assert flush is not None
    assert list(flush.table) == [b"c", PLACE]


def test_nothing_is_said_where_nothing_happened() -> None:
    partition = _read(events_of(KEPT))
    assert partition.flush() is not None
    partition.advance(NOW + 1)
    assert partition.flush() is None


def test_while_it_catches_up_no_tally_and_no_notice_is_said_and_then_all() -> None:
    partition = _read(events_of([("day 1", promised(due="day 9"))]), end=2)
    catching_up = partition.flush()
    assert catching_up is not None
    assert (catching_up.parts, catching_up.stated, catching_up.notices) == ([], None, [])
    partition.fold(logged(events_of(KEPT)[1:], NOW, first=1), NOW)
    caught_up = partition.flush()
    assert caught_up is not None
    assert caught_up.stated == (2, NOW)
    assert set(sums([caught_up])) == {Subject(), Subject("a")}
    assert caught_up.notices == [], "its slip was none: the delivery came later in the log"


def test_a_slip_that_happened_while_nobody_looked_is_told_when_it_has_caught_up() -> None:
    partition = _read(events_of([("day 1", promised(due="day 9"))]), end=1)
    flush = partition.flush()
    assert flush is not None
    assert [(notice.kind, notice.date) for notice in flush.notices] == [("slipped", at("day 9"))]


def test_what_lies_behind_an_older_record_of_the_changelog_is_written_again() -> None:
    changelog, log = Changelog(), logged(events_of(KEPT), NOW)
    partition = new_partition(now=NOW)
    flushed = []
    for first, last in pairwise((0, 1, 2)):
        partition.fold(log[first:last], NOW)
        flush = partition.flush()
        assert flush is not None
        changelog.write(flush)
        flushed.append(flush.table)
    changelog.records += [Record(len(changelog.records) + number, key, value) for number, (key, value) in enumerate(flushed[0].items())]
    restored = changelog.restored(NOW)
    assert restored.position == 2
    again = restored.flush()
    assert again is not None
    assert again.table == flushed[1]


def test_a_record_that_is_no_event_is_refused_and_the_next_is_folded() -> None:
    partition = new_partition(now=NOW)
    partition.fold([Record(0, b"c", b"no event"), *logged(events_of(KEPT), NOW, first=1)], NOW)
    flush = partition.flush()
    assert flush is not None
    assert [refused.record.offset for refused in flush.refused] == [0]
    assert partition.position == 3
