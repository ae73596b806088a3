"""Accounts between an event and a reader: what waits to be counted is counted the same, whenever anybody reads."""

from tests.notation import at
from troth.domain.account import ORGANISATION, Subject
from troth.domain.book import Book
from troth.domain.standing import DELIVERED, Standing
from troth.domain.verdict import Rules

NOW = at("day 20")
MANY = 5_000  # more than are let wait


def _promise(number: int) -> Standing:
    made, due = at("day 0") + number, at("day 10") + 8 * number
    terms = {"team": f"team-{number % 7}", "customer": f"customer-{number % 3}", "title": "a till", "made_at": made}
    dates = {"original_due_at": due, "original_set_at": made, "due_at": due, "due_set_at": made}
    return Standing(f"c{number}").but({**terms, **dates, "first_time": made, "last_time": made, "events": 1})


def _lived(*, read_each: bool) -> Book:
    book = Book(Rules(), NOW)
    for number in range(MANY):
        promise = _promise(number)
        book.replace(None, promise)
        if read_each:
            assert book.accounts[ORGANISATION].made == number + 1
        if number % 4:
            book.replace(promise, promise.but({"state": DELIVERED, "closed_at": at("day 9") + number}))
    return book


def test_what_many_events_add_up_to_is_the_same_whether_anybody_read_in_between() -> None:
    unread, read = _lived(read_each=False), _lived(read_each=True)
    assert unread.accounts == read.accounts
    organisation = unread.accounts[ORGANISATION]
    assert (organisation.made, organisation.overdue(NOW)) == (MANY, MANY / 4)


def test_an_account_changes_its_version_with_what_happened_since_it_was_read() -> None:
    book = Book(Rules(), NOW)
    first, other = _promise(0), _promise(1)
    book.replace(None, first)
    book.replace(None, other)
    before = {subject: account.version for subject, account in book.accounts.items()}
    book.replace(first, first.but({"state": DELIVERED, "closed_at": at("day 9")}))
    changed = {subject for subject, account in book.accounts.items() if account.version > before[subject]}
    assert changed == {ORGANISATION, Subject("team-0"), Subject(customer="customer-0"), Subject("team-0", "customer-0")}


def test_a_promise_that_comes_to_another_team_leaves_the_first() -> None:
    book = Book(Rules(), NOW)
    promise = _promise(0)
    book.replace(None, promise)
    book.replace(promise, promise.but({"team": "team-1"}))
    made = {subject: account.made for subject, account in book.accounts.items() if subject.team is not None}
    assert made == {Subject("team-0"): 0, Subject("team-0", "customer-0"): 0, Subject("team-1"): 1, Subject("team-1", "customer-0"): 1}
