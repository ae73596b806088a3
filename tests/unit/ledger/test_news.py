"""What the alerts read of a ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notation import Happening, amended, at, delivered, moved, promised, retracted, revoked, warned
from tests.unit.ledger.support import Clock, opened, record, record_one
from troth.domain.telling import Story
from troth.ledger.ledger import Ledger
from troth.ledger.news import LedgerNews

BY_DAY_20 = ("day 0", promised(due="day 20"))


@pytest.fixture
def clock() -> Clock:
    return Clock("day 10")


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with opened(tmp_path, clock) as ledger:
        yield ledger


def test_what_is_overdue_or_at_risk_is_wrong_until_it_is_over(ledger: Ledger, clock: Clock) -> None:
    news = LedgerNews(ledger)
    record(ledger, clock, BY_DAY_20, subject="c")
    record(ledger, clock, BY_DAY_20, ("day 9", warned()), subject="warned")
    record(ledger, clock, ("day 0", promised()), subject="undated")
    assert [(trouble.kind, trouble.standing.id) for trouble in news.troubles()] == [("at_risk", "warned")]
    before = news.version()
    clock.go_to("day 21")
    record(ledger, clock, ("day 0", promised(due="day 30")), subject="other")
    assert sorted((trouble.kind, trouble.standing.id) for trouble in news.troubles()) == [("slipped", "c"), ("slipped", "warned")]
    assert news.version() > before
    for subject in ("c", "warned"):
        record_one(ledger, clock, 3, ("day 21", delivered()), subject)
    assert news.troubles() == []


def test_notices_are_read_behind_a_place_and_found_by_when_they_were_recorded(ledger: Ledger, clock: Clock) -> None:
    news = LedgerNews(ledger)
    assert (news.last_place(), news.place_before(at("day 0"))) == (0, 0)
    record(ledger, clock, BY_DAY_20, ("day 9", revoked()))
    clock.go_to("day 12")
    record(ledger, clock, BY_DAY_20, ("day 9", moved("day 30")), subject="moved")
    first, second = news.recorded(0, 10)
    assert (first.notice.kind, first.recorded_at, second.notice.kind) == ("revoked", at("day 10"), "moved")
    assert news.recorded(first.place, 10) == [second]
    assert news.recorded(0, 1) == [first]
    assert (news.place_before(at("day 9")), news.place_before(at("day 11")), news.place_before(at("day 13"))) == (0, 1, 2)
    assert news.notices([second.notice.id, first.notice.id, "of nobody"]) == [first.notice, second.notice]


@pytest.mark.parametrize(
    ("happened", "said", "said_at"),
    [
        ([], "", None),
        ([("day 5", warned(reason="Two are ill."))], "Two are ill.", "day 5"),
        ([("day 5", warned())], "", "day 5"),
        ([("day 5", warned(reason="Two are ill.")), ("day 6", amended(title="b"))], "Two are ill.", "day 5"),
        ([("day 5", warned(reason="Two are ill.")), ("day 6", moved("day 30", reason="They still are."))], "They still are.", "day 6"),
        ([("day 5", warned(reason="Two are ill.")), ("day 6", moved("day 30"))], "Two are ill.", "day 5"),
        ([("day 5", warned(reason="Two are ill.")), ("day 6", retracted(2))], "", None),
    ],
)
def test_a_story_has_what_the_team_last_said(
    ledger: Ledger, clock: Clock, happened: list[Happening], said: str, said_at: str | None
) -> None:
    record(ledger, clock, BY_DAY_20, *happened)
    news = LedgerNews(ledger)
    story = news.story("c")
    assert (story.said, story.said_at) == (said, None if said_at is None else at(said_at))
    assert story.standing is not None
    assert news.story("c") == story


def test_a_story_changes_with_the_promise_and_there_is_none_of_what_is_not_on_record(ledger: Ledger, clock: Clock) -> None:
    news = LedgerNews(ledger)
    record(ledger, clock, BY_DAY_20)
    assert news.story("c").said_at is None
    record_one(ledger, clock, 2, ("day 5", warned(reason="Two are ill.")))
    assert news.story("c").said == "Two are ill."
    assert news.story("nobody's") == Story()
