"""The owner of a subject shows the sum of the newest parts, once it has read them all, and nothing before."""

from tests.notation import at, events_of, promised
from tests.unit.stream.scorer.logs import RULES, Record
from troth.domain.account import ORGANISATION, Subject
from troth.domain.book import Book
from troth.domain.fold import fold
from troth.stream.scorer.scoring import Scores
from troth.stream.tallies import NO_SUBJECT, Part, part_key, part_of, read_part, read_version, subject_key, write_part, write_stated

NOW = at("day 3")
TEAM = subject_key(Subject("a"))


def _part(commitments: int, position: int) -> Part:
    book = Book(RULES, NOW)
    for number in range(commitments):
        book.replace(None, fold(f"c{number}", events_of([("day 1", promised(due="day 9"))], f"c{number}")))
    return part_of(book.accounts[Subject("a")], (position, NOW))


def _said(part: Part, source: int, offset: int) -> Record:
    return Record(offset, part_key(TEAM, source), write_part(part))


def _scores(end: int) -> Scores:
    scores = Scores(RULES, lambda: NOW, 1)
    scores.own({0: end})
    return scores


def test_a_part_comes_back_from_its_record() -> None:
    part = _part(2, 5)
    assert read_part(write_part(part)) == part
    assert read_version(write_part(part)) == (5, NOW)


def test_parts_add_up() -> None:
    scores = _scores(2)
    scores.take(0, [_said(_part(2, 5), 0, 0), _said(_part(3, 9), 1, 1)])
    account = scores.accounts[Subject("a")]
    assert (account.made, account.states(NOW)["pending"], account.next_due(NOW)) == (5, 5, at("day 9"))


def test_nothing_is_shown_before_all_is_read_and_nothing_after_it_was_given_away() -> None:
    scores = _scores(2)
    scores.take(0, [_said(_part(2, 5), 0, 0)])
    assert scores.accounts == {}
    scores.take(0, [_said(_part(3, 9), 1, 1)])
    assert set(scores.accounts) == {ORGANISATION, Subject("a")}
    scores.hide()
    assert scores.accounts == {}
    scores.own({0: 2})
    assert scores.accounts[Subject("a")].made == 5, "what stays through a rebalance is not read again"
    scores.own({})
    assert scores.accounts == {}


def test_the_newest_part_stays_wherever_it_lies_and_is_written_again_where_an_older_lies_behind_it() -> None:
    scores = _scores(2)
    newest = _said(_part(3, 9), 0, 0)
    scores.take(0, [newest, _said(_part(2, 5), 0, 1)])
    assert scores.accounts[Subject("a")].made == 3
    assert scores.stale() == [(TEAM, 0, newest.value)]
    scores.take(0, [newest._replace(offset=2)])
    assert scores.stale() == []


def test_what_was_not_stated_again_is_no_more() -> None:
    scores = _scores(1)
    stated = Record(1, part_key(NO_SUBJECT, 0), write_stated((9, NOW)))
    scores.take(0, [_said(_part(3, 8), 0, 0)])
    assert scores.take(0, [stated]) == {TEAM}
    assert scores.accounts[Subject("a")].made == 0
    scores.take(0, [_said(_part(3, 8), 0, 2)])
    assert scores.accounts[Subject("a")].made == 0, "it comes late, from one that had to give way"
    scores.take(0, [_said(_part(1, 9), 0, 3)])
    assert scores.accounts[Subject("a")].made == 1
