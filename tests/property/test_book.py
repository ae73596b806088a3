"""What always holds of the book: however it came about, it is the book made of what is known at the end."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notation import DAY_0
from tests.property.strategies import END, Step, arrivals, departments, lives
from troth.domain.account import ORGANISATION, TREND_DAYS, Account, Subject, trend
from troth.domain.book import Book
from troth.domain.events import Event
from troth.domain.fold import extend, fold
from troth.domain.instants import MICROSECONDS_A_DAY, Instant, day_of
from troth.domain.notices import RECOVERED, SLIPPED, TAKEN_BACK, Notice, slipped_date
from troth.domain.reliability import reliability, reliability_of
from troth.domain.standing import REVOKED, Standing
from troth.domain.tally import total, weight_of
from troth.domain.verdict import KEPT, Rules, outcome

RULES = Rules(half_life_days=30)


class Ledger:
    """The least that a ledger is: it knows what arrived, folds it, and keeps a book in step."""

    def __init__(self) -> None:
        self.book = Book(RULES, DAY_0)
        self.known: dict[str, dict[tuple[str, str], Event]] = {}
        self.standings: dict[str, Standing] = {}
        self.told: list[Notice] = []

    def take(self, step: Step) -> None:
        self.told += self.book.advance(step.now)
        for event in step.events:
            known = self.known.setdefault(event.subject, {})
            if event.name in known:
                continue
            known[event.name] = event
            old = self.standings.get(event.subject)
            new, _, _ = extend(old, [event], known.values().__iter__)
            self.told += self.book.replace(old, new)
            self.standings[event.subject] = new


def _lived(steps: Iterable[Step]) -> Ledger:
    ledger = Ledger()
    for step in steps:
        ledger.take(step)
    return ledger


def _from_nothing(commitments: Iterable[Sequence[Event]], now: Instant = END) -> Book:
    book = Book(RULES, now)
    for events in commitments:
        book.replace(None, fold(events[0].subject, events))
    return book


def _content(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in ("tally", "made", "undated", "dues", "days")}


def _contents(book: Book) -> dict[Subject | None, Any]:
    """All that can be read of a book; a subject on which nothing stands is as if it was never there."""
    nothing = {with_days: _content(Account(with_days=with_days)) for with_days in (True, False)}
    contents = {subject: _content(account) for subject, account in book.accounts.items()}
    return {None: book.unmade, **{subject: has for subject, has in contents.items() if has != nothing[not subject.is_pair]}}


@settings(max_examples=150)
@given(st.data())
def test_a_book_after_any_interleaving_is_the_book_made_from_nothing_at_the_end(data: st.DataObject) -> None:
    commitments = data.draw(departments())
    ledger = _lived(data.draw(arrivals([event for events in commitments for event in events])))
    assert _contents(ledger.book) == _contents(_from_nothing(commitments))


@settings(max_examples=150)
@given(st.data())
def test_what_is_at_risk_is_the_same_however_the_book_came_about(data: st.DataObject) -> None:
    commitments = data.draw(departments())
    ledger = Ledger()
    for step in data.draw(arrivals([event for events in commitments for event in events])):
        ledger.take(step)
        if data.draw(st.booleans()):
            ledger.told += ledger.book.forecast()
    ledger.book.forecast()
    anew = _from_nothing(commitments, ledger.book.now)
    anew.forecast()
    assert ledger.book.thresholds == anew.thresholds
    assert {subject: account.at_risk for subject, account in ledger.book.accounts.items() if account.at_risk} == {
        subject: account.at_risk for subject, account in anew.accounts.items() if account.at_risk
    }


@settings(max_examples=50)
@given(departments(), st.integers(300, 500))
def test_a_book_forgets_the_days_that_no_trend_reaches_and_nothing_else(commitments: list[list[Event]], days: int) -> None:
    later = END + days * MICROSECONDS_A_DAY
    book = _from_nothing(commitments)
    book.advance(later)
    assert _contents(book) == _contents(_from_nothing(commitments, later))


@settings(max_examples=75)
@given(st.data())
def test_what_is_taken_back_was_never_there(data: st.DataObject) -> None:
    stays, goes = data.draw(departments(2)), data.draw(lives("other"))
    book = _from_nothing(stays, DAY_0)
    standings = [fold("other", goes[:count]) for count in range(1, len(goes) + 1)]
    steps = list(zip([None, *standings], standings, strict=False))
    for old, new in steps:
        book.replace(old, new)
    for old, new in reversed(steps):
        book.replace(new, old)
    book.advance(END)
    assert _contents(book) == _contents(_from_nothing(stays))


@settings(max_examples=75)
@given(departments(6), st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_the_books_of_the_parts_make_the_book_of_the_whole(commitments: list[list[Event]], places: list[int]) -> None:
    parts = [_from_nothing([events for events, place in zip(commitments, places, strict=False) if place == part]) for part in range(3)]
    whole = _from_nothing(commitments)
    assert sum(part.unmade for part in parts) == whole.unmade
    for subject, account in whole.accounts.items():
        shares = [part.accounts[subject] for part in parts if subject in part.accounts]
        assert total(share.tally for share in shares) == account.tally
        assert sum(share.made for share in shares) == account.made
        assert sum(share.undated for share in shares) == account.undated
        assert sorted(due for share in shares for due in share.dues) == list(account.dues)


@settings(max_examples=75)
@given(departments(6))
def test_the_organisation_is_the_sum_of_its_teams_and_a_team_of_its_relationships(commitments: list[list[Event]]) -> None:
    book = _from_nothing(commitments)
    teams = [account for subject, account in book.accounts.items() if subject.team is not None and not subject.is_pair]
    assert total(team.tally for team in teams) == book.accounts.get(ORGANISATION, Account(with_days=True)).tally
    for customer, account in book.accounts.items():
        if customer.customer is not None and customer.team is None:
            pairs = [pair for subject, pair in book.accounts.items() if subject.is_pair and subject.customer == customer.customer]
            assert total(pair.tally for pair in pairs) == account.tally


@settings(max_examples=75)
@given(departments(6))
def test_a_trend_at_a_day_is_the_score_of_what_had_settled_by_then_and_ends_with_the_score(commitments: list[list[Event]]) -> None:
    book = _from_nothing(commitments)
    today = day_of(END)
    standings = [fold(events[0].subject, events) for events in commitments]
    for subject, account in book.accounts.items():
        if subject.is_pair or not account.made:
            continue
        days = dict(trend(account, today, RULES.half_life_days))
        assert list(days) == list(range(today, today - TREND_DAYS, -1))
        assert days[today] == reliability_of(account.tally, today, RULES.half_life_days)
        for day in range(today, today - 60, -1):
            assert days[day] == _score_by(
                day, [one for one in standings if subject in (ORGANISATION, Subject(one.team)) or _of(one, subject)]
            )


def _of(standing: Standing, subject: Subject) -> bool:
    return subject.team is None and (standing.customer, standing.goal)[subject.goal is not None] == (subject.customer or subject.goal)


def _score_by(day: int, standings: Iterable[Standing]) -> Any:
    kept = counted = 0
    for standing in standings:
        result = outcome(standing, END, RULES.tolerance)
        if result is not None and result.pace is not None and result.agreed_day <= day:
            weight = result.weight * weight_of(result.agreed_day, RULES.half_life_days)
            kept, counted = kept + weight * (result.agreed == KEPT), counted + weight
    return reliability(kept, counted, day, RULES.half_life_days)


@settings(max_examples=150)
@given(st.data())
def test_a_slip_is_told_whatever_the_interleaving_and_taken_back_when_it_is_over(data: st.DataObject) -> None:
    events = data.draw(lives())
    ledger = _lived(data.draw(arrivals(events)))
    standing = fold("c", events)
    told = {kind: {notice.date for notice in ledger.told if notice.kind == kind} for kind in (SLIPPED, RECOVERED, TAKEN_BACK)}
    slipped = slipped_date(standing, END)
    if slipped is not None:
        assert slipped in told[SLIPPED]
    assert told[SLIPPED] - told[RECOVERED] <= ({slipped} if standing.is_open else set())
    assert told[RECOVERED] <= told[SLIPPED]
    if standing.made_at is not None and standing.state == REVOKED and (standing.closed_at or 0) >= standing.made_at:
        assert (standing.due_at or standing.closed_at) in told[TAKEN_BACK]
    assert {notice.id for notice in Book(RULES, END).replace(None, standing)} <= {notice.id for notice in ledger.told}


@settings(max_examples=150)
@given(lives())
def test_lived_in_order_a_slip_is_told_once_for_each_date_at_that_date(events: list[Event]) -> None:
    in_order = sorted(event for event in events if "reason" not in event.data)
    ledger = _lived([*(Step([event], event.time) for event in in_order), Step((), END)])
    slips = [notice for notice in ledger.told if notice.kind == SLIPPED]
    assert len({notice.id for notice in slips}) == len(slips)
    assert all(notice.at == notice.date for notice in slips)


@settings(max_examples=75)
@given(st.data())
def test_the_book_is_the_same_for_every_tally_whether_time_goes_in_one_leap_or_in_many(data: st.DataObject) -> None:
    commitments = data.draw(departments())
    leap, steps = _from_nothing(commitments, DAY_0), _from_nothing(commitments, DAY_0)
    leap.advance(END)
    for day in range(46):
        steps.advance(DAY_0 + day * MICROSECONDS_A_DAY)
    steps.advance(END - 5 * MICROSECONDS_A_DAY)  # a clock that goes back moves nothing
    assert _contents(steps) == _contents(leap)
