"""Which scores are published: each that changed, once, teams and the organisation first, and again where another wrote over it."""

from pydantic_core import from_json

from tests.notation import at, delivered, events_of, promised
from tests.unit.stream.scorer.logs import RULES, Record
from troth.domain.account import ORGANISATION, Subject
from troth.domain.book import Book
from troth.domain.fold import fold
from troth.stream.scorer.publishing import SCORES_A_TURN, Publisher
from troth.stream.scorer.scoring import Scores
from troth.stream.scores import Score
from troth.stream.tallies import part_key, part_of, subject_key, write_part

NOW = at("day 12")
ALL, TEAM, PAIR = subject_key(ORGANISATION), subject_key(Subject("a")), subject_key(Subject("a", "x"))


class Owner:
    """A scorer that owns every subject, and what it was told of them."""

    def __init__(self) -> None:
        self.scores = Scores(RULES, lambda: NOW, 1)
        self.scores.own({0: 0})
        self.publisher = Publisher(self.scores)
        self._offset = 0

    def take(self, book: Book) -> None:
        for subject, account in book.accounts.items():
            part = part_of(account, (self._offset, NOW), book.unmade)
            changed = self.scores.take(0, [Record(self._offset, part_key(subject_key(subject), 0), write_part(part))])
            self.publisher.changed(changed)
            self._offset += 1

    def published(self) -> list[bytes]:
        return [key for key, _ in self.publisher.turn()]


def _book(*commitments: str, customer: str | None = "x") -> Book:
    book = Book(RULES, NOW)
    for commitment in commitments:
        promise = promised(due="day 10") if customer is None else promised(due="day 10", customer=customer)
        book.replace(None, fold(commitment, events_of([("day 0", promise), ("day 9", delivered())], commitment)))
    return book


def test_what_changed_is_published_once_teams_and_the_organisation_first() -> None:
    owner = Owner()
    owner.take(_book("c-1"))
    first = owner.published()
    assert set(first[:2]) == {ALL, TEAM}
    assert set(first[2:]) == {PAIR, subject_key(Subject(customer="x"))}
    assert owner.published() == []
    owner.take(_book("c-1"))
    assert owner.published() == [], "it was said again, and says the same"
    owner.take(_book("c-1", "c-2"))
    assert set(owner.published()) == set(first)


def test_a_subject_on_which_nothing_stands_any_more_is_published_without_a_value() -> None:
    owner = Owner()
    owner.take(_book("c-1"))
    owner.published()
    book = _book("c-1")
    book.replace(fold("c-1", events_of([("day 0", promised(due="day 10", customer="x")), ("day 9", delivered())], "c-1")), None)
    owner.take(book)
    assert dict(owner.publisher.turn())[TEAM] is None


def test_a_turn_is_bounded_and_the_rest_follows() -> None:
    owner = Owner()
    book = Book(RULES, NOW)
    for number in range(2 * SCORES_A_TURN):
        events = events_of([("day 0", promised(team=f"team-{number}", due="day 10"))], f"c-{number}")
        book.replace(None, fold(f"c-{number}", events))
    owner.take(book)
    turns = [owner.published() for _ in range(4)]
    assert [len(turn) for turn in turns] == [SCORES_A_TURN, SCORES_A_TURN, 1, 0]
    assert len({key for turn in turns for key in turn}) == 2 * SCORES_A_TURN + 1


def test_what_another_wrote_over_is_said_again() -> None:
    owner = Owner()
    owner.take(_book("c-1"))
    said = {key: from_json(value) for key, value in owner.publisher.turn() if value is not None}
    owner.publisher.read_back(TEAM, Score(said[TEAM]["reliability"], said[TEAM]["threshold"]))
    assert owner.published() == []
    owner.publisher.read_back(TEAM, Score(0.123, None))
    assert owner.published() == [TEAM]


def test_a_new_owner_publishes_all_that_it_owns() -> None:
    owner = Owner()
    owner.take(_book("c-1"))
    first = owner.published()
    owner.publisher.restart()
    assert sorted(owner.published()) == sorted(first)
