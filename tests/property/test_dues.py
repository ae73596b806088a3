"""What always holds of dates in force, however they come and go."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from troth.domain.account import Account, post
from troth.domain.dues import Dues

_CHANGES = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans()), max_size=600)


@given(_CHANGES, st.integers(-1, 31))
def test_dates_are_those_that_came_and_did_not_go_whenever_they_are_asked_for(changes: list[tuple[int, bool, bool]], now: int) -> None:
    dues, there = Dues(), Counter[int]()
    for due, comes, asked in changes:
        if comes:
            dues.came.append(due)
            there[due] += 1
        elif there[due]:
            dues.went.append(due)
            there[due] -= 1
        if asked:
            assert dues.before(now) == sum(1 for date in there.elements() if date < now)
    dates = sorted(there.elements())
    assert list(dues) == dates
    assert len(dues) == len(dates)
    assert dues.first() == (dates[0] if dates else None)
    assert dues.next(now) == next((date for date in dates if date >= now), None)


def test_a_long_row_of_dates_that_went_is_forgotten_though_nobody_asks() -> None:
    account = Account(with_days=False)
    for due in range(5_000):
        post([account], due, came=due)
        post([account], due, went=due)
    assert len(account.dues.came) + len(account.dues.went) < 1_000
    post([account], 5_000, came=7)
    assert list(account.dues) == [7]
