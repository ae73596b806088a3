"""What scorers read back of the scores: the organisation's reliability, and of each team from when its promises are at risk."""

from tests.unit.stream.scorer.logs import Record
from troth.domain.account import ORGANISATION, Subject
from troth.stream.scorer.outlooks import Outlooks
from troth.stream.scores import Score
from troth.stream.tallies import subject_key

TEAM, PAIR, CUSTOMER = (subject_key(subject) for subject in (Subject("a"), Subject("a", "x"), Subject(customer="x")))


def _score(reliability: float, threshold: int | None = None) -> bytes:
    return b'{"reliability":%f,"threshold":%s}' % (reliability, b"null" if threshold is None else b"%d" % threshold)


def _outlooks() -> tuple[Outlooks, list[tuple[bytes, Score | None]]]:
    read: list[tuple[bytes, Score | None]] = []
    return Outlooks(lambda key, score: read.append((key, score))), read


def test_the_last_of_each_team_stands_and_only_what_changed_is_told_once() -> None:
    outlooks, _ = _outlooks()
    outlooks.take([Record(0, TEAM, _score(0.5, 80)), Record(1, TEAM, _score(0.5, 70))])
    assert (outlooks.thresholds, outlooks.changes(), outlooks.changes()) == ({"a": 70}, {"a": 70}, {})
    outlooks.take([Record(2, TEAM, _score(0.6, 70))])
    assert outlooks.changes() == {}
    outlooks.take([Record(3, TEAM, _score(0.6))])
    assert (outlooks.thresholds, outlooks.changes()) == ({}, {"a": None})


def test_a_team_on_which_nothing_stands_any_more_has_no_threshold() -> None:
    outlooks, read = _outlooks()
    outlooks.take([Record(0, TEAM, _score(0.5, 80)), Record(1, TEAM, None)])
    assert outlooks.thresholds == {}
    assert read == [(TEAM, Score(0.5, 80)), (TEAM, None)]


def test_the_organisation_s_reliability_is_read_and_what_is_of_no_use_here_is_passed_over() -> None:
    outlooks, read = _outlooks()
    outlooks.take([Record(0, PAIR, _score(0.1)), Record(1, CUSTOMER, _score(0.2)), Record(2, subject_key(ORGANISATION), _score(0.7))])
    assert (outlooks.organisation, outlooks.thresholds, len(read)) == (0.7, {}, 1)
    outlooks.take([Record(3, subject_key(ORGANISATION), None)])
    assert outlooks.organisation is None
