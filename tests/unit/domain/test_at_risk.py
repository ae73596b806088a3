"""At risk while something can still be done: when a promise falls at risk, when it is so no more, and what that tells."""

from tests.notation import Happening, at, day, delivered, events_of, moved, promised, revoked, warned
from troth.domain.account import ORGANISATION, Subject
from troth.domain.book import Book
from troth.domain.fold import fold
from troth.domain.notices import Notice
from troth.domain.standing import Standing
from troth.domain.verdict import Rules

TEAM = Subject("a")
KEPT = [("day 0", promised(due="day 10")), ("day 5", delivered())]
LATE = [("day 0", promised(due="day 10")), ("day 15", delivered())]
BY_DAY_120 = ("day 20", promised(due="day 120"))


def standing(commitment: str, *happenings: Happening) -> Standing:
    """A commitment to which these things happened."""
    return fold(commitment, events_of(happenings, commitment))


def book_of(*lives: list[Happening], now: str = "day 20") -> Book:
    """A book at an instant in which these lives were lived."""
    book = Book(Rules(), at(now))
    for number, life in enumerate(lives):
        book.replace(None, standing(f"past {number}", *life))
    book.forecast()
    return book


def states(book: Book, subject: Subject = TEAM) -> tuple[int, int, int]:
    """Pending, at risk and overdue."""
    counted = book.accounts[subject].states(book.now)
    return counted["pending"], counted["at_risk"], counted["overdue"]


def said(notices: list[Notice]) -> list[str]:
    """Each notice as its kind and its date."""
    return [f"{notice.kind} {day(notice.date)}" for notice in notices]


def test_a_promise_falls_at_risk_when_what_its_team_kept_by_then_has_not_come() -> None:
    book = book_of(*[KEPT] * 8, *[LATE] * 4)
    assert book.replace(None, standing("open", BY_DAY_120)) == []
    assert states(book) == (1, 0, 0)
    threshold = book.thresholds["a"]
    assert 0 < threshold < 100
    assert book.advance(at(f"day {20 + threshold - 1}")) == []
    assert said(book.advance(at(f"day {20 + threshold}"))) == ["at_risk day 120"]
    assert states(book) == states(book, ORGANISATION) == (0, 1, 0)
    assert said(book.advance(at("day 120 + 1 microsecond"))) == ["slipped day 120"]
    assert states(book) == (0, 0, 1)


def test_a_team_of_few_promises_is_at_risk_only_where_it_warned() -> None:
    book = book_of(LATE)
    book.replace(None, standing("open", BY_DAY_120))
    book.advance(at("day 119"))
    book.forecast()
    assert book.thresholds == {}
    assert states(book) == (1, 0, 0)
    notices = book.replace(standing("open", BY_DAY_120), standing("open", BY_DAY_120, ("day 30", warned())))
    assert [(notice.kind, day(notice.at)) for notice in notices] == [("at_risk", "day 30")]
    assert states(book) == (0, 1, 0)


def test_a_new_date_a_delivery_or_a_word_taken_back_ends_the_risk() -> None:
    at_risk = standing("open", BY_DAY_120, ("day 21", warned()))
    for ends in (("day 22", moved("day 140")), ("day 22", delivered()), ("day 22", revoked())):
        book = book_of(KEPT)
        book.advance(at("day 22"))
        book.replace(None, at_risk)
        assert states(book)[1] == 1
        book.replace(at_risk, standing("open", BY_DAY_120, ("day 21", warned()), ends))
        assert states(book)[1] == 0


def test_a_warning_again_about_the_same_date_tells_nothing_new() -> None:
    book = book_of(KEPT)
    once = standing("open", BY_DAY_120, ("day 21", warned()))
    book.advance(at("day 25"))
    assert said(book.replace(None, once)) == ["at_risk day 120"]
    assert book.replace(once, standing("open", BY_DAY_120, ("day 21", warned()), ("day 24", warned()))) == []
    assert states(book) == (0, 1, 0)


def test_what_other_promises_come_to_moves_the_risk_of_those_that_are_open() -> None:
    book = book_of(*[KEPT] * 8)
    book.replace(None, standing("open", BY_DAY_120))
    book.advance(at("day 60"))
    book.forecast()
    assert states(book) == (1, 0, 0)
    for number in range(20):
        book.replace(None, standing(f"late {number}", *LATE))
    assert said(book.forecast()) == ["at_risk day 120"]
    assert states(book) == (0, 1, 0)
    for number in range(20):
        book.replace(standing(f"late {number}", *LATE), None)
    assert book.forecast() == []
    assert states(book) == (1, 0, 0)


def test_what_falls_at_risk_together_is_told_in_the_order_in_which_it_fell_and_counted_for_each_customer() -> None:
    book = book_of(*[KEPT] * 8)
    names = [f"open {number}" for number in range(30)]
    for number, name in reversed([*enumerate(names)]):
        book.replace(None, standing(name, ("day 20", promised(due=f"day {120 + number}", customer=f"customer {number % 2}"))))
    book.advance(at("day 90"))
    assert book.forecast() == []
    for number in range(6):
        book.replace(None, standing(f"late {number}", *LATE))
    assert [notice.commitment for notice in book.forecast()] == names
    assert states(book)[1] == states(book, ORGANISATION)[1] == 30
    assert [states(book, Subject("a", f"customer {number}"))[1] for number in range(2)] == [15, 15]
