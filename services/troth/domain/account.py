"""An account: everything the book keeps of one subject, whose size is what is open and a year of days, never history."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from troth.domain.dues import Dues
from troth.domain.instants import FIRST_DAY, Day, Instant
from troth.domain.reliability import Reliability, reliability
from troth.domain.standing import Standing
from troth.domain.tally import Change, Tally, weight_of

TREND_DAYS: Final = 365

Names = tuple[str | None, str | None, str | None]


class Subject(NamedTuple):
    """Whom a score is of: a team, a customer, a goal, a team with one customer or goal, or (all None) the organisation."""

    team: str | None = None
    customer: str | None = None
    goal: str | None = None

    @property
    def is_pair(self) -> bool:
        """Whether it is a relationship: a team with one customer, or for one goal."""
        return self.team is not None and (self.customer is not None or self.goal is not None)


ORGANISATION: Final = Subject()


def subjects_of(standing: Standing) -> list[Names]:
    """The names of the subjects whose tallies a made commitment counts in."""
    team, customer, goal = standing.team, standing.customer, standing.goal
    subjects: list[Names] = [ORGANISATION, (team, None, None)]
    if customer is not None:
        subjects += [(None, customer, None), (team, customer, None)]
    if goal is not None:
        subjects += [(None, None, goal), (team, None, goal)]
    return subjects


class Account:
    """The tally of a subject, its open commitments, and the outcomes of each of its last days.

    `made` counts the commitments that stand on it, `dues` are the dates in force of the open ones; `days` maps
    a day to tenths kept and tenths counted on the agreed basis (None for a relationship); `at_risk` counts those open ones
    that are, before their date; `version` grows with change.
    """

    __slots__ = ("at_risk", "days", "dues", "made", "tally", "undated", "version")

    def __init__(self, *, with_days: bool) -> None:
        self.tally = Tally()
        self.made = 0
        self.undated = 0
        self.at_risk = 0
        self.dues = Dues()
        self.days: dict[Day, list[int]] | None = {} if with_days else None
        self.version = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Account) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__ if name != "version"
        )

    __hash__ = None  # type: ignore[assignment]  # an account changes

    def forget_days_before(self, since: Day) -> None:
        """Drop the daily sums that no trend reaches any more; the tally keeps them."""
        for day in [day for day in self.days or () if day < since]:
            del self.days[day]  # type: ignore[union-attr]  # there are days, or none was found

    def states(self, now: Instant) -> dict[str, int]:
        """How many of the open dated ones are pending, at risk and overdue; each is in one state."""
        overdue = self.overdue(now)
        return {"pending": len(self.dues) - overdue - self.at_risk, "at_risk": self.at_risk, "overdue": overdue}

    def overdue(self, now: Instant) -> int:
        """How many of the open dated ones have passed their date."""
        return self.dues.before(now)

    def next_due(self, now: Instant) -> Instant | None:
        """The earliest date in force that has not passed."""
        return self.dues.next(now)

    def oldest_overdue(self, now: Instant) -> Instant | None:
        """The earliest date in force that has passed."""
        first = self.dues.first()
        return first if first is not None and first < now else None


def count_open(accounts: Iterable[Account], due: Instant | None, sign: int) -> None:
    """Add (1) to each account, or take away (-1), an open commitment by its date in force."""
    for account in accounts:
        if due is None:
            account.undated += sign
        elif sign > 0:
            account.dues.add(due)
        else:
            account.dues.remove(due)


def settle(accounts: Iterable[Account], change: Change, since: Day) -> None:
    """Add what an outcome changes to each account, and to the sums of its day where a trend from `since` on reaches it."""
    day, kept, counted = change.day, change.kept, change.counted
    in_trend = change.pace is not None and day >= since
    for account in accounts:
        account.tally.add(change)
        days = account.days
        if not in_trend or days is None:
            continue
        sums = days.get(day)
        if sums is None:
            days[day] = [kept, counted]
        elif sums[1] + counted:
            sums[0] += kept
            sums[1] += counted
        else:
            del days[day]


def trend(account: Account, today: Day, half_life_days: int) -> Iterator[tuple[Day, Reliability]]:
    """The score of each of the last 365 days, newest first, over the outcomes now known to have settled by then."""
    kept, counted = account.tally.kept_and_counted("agreed")
    days = account.days or {}
    for day in range(today, max(today - TREND_DAYS, FIRST_DAY - 1), -1):
        yield day, reliability(kept, counted, day, half_life_days)
        if day in days:
            weight = weight_of(day, half_life_days)
            kept -= days[day][0] * weight
            counted -= days[day][1] * weight
