"""An account: everything the book keeps of one subject, whose size is what is open and a year of days, never history."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from troth.domain.dues import UNORDERED, Dues
from troth.domain.instants import FIRST_DAY, Day, Instant
from troth.domain.reliability import Reliability, reliability
from troth.domain.standing import Standing
from troth.domain.tally import Change, Tally, weight_of

TREND_DAYS: Final = 365
_UNSUMMED: Final = 32  # so many outcomes may wait to be summed; each that waits takes memory, and what is read sums them

Names = tuple[str | None, str | None, str | None]
names_of: Final[Callable[[Standing], Names]] = attrgetter("team", "customer", "goal")  # those whom a commitment counts for


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


def subjects_of(names: Names) -> list[Names]:
    """The names of the subjects whose tallies a made commitment of such names counts in."""
    team, customer, goal = names
    subjects: list[Names] = [ORGANISATION, (team, None, None)]
    if customer is not None:
        subjects += [(None, customer, None), (team, customer, None)]
    if goal is not None:
        subjects += [(None, None, goal), (team, None, goal)]
    return subjects


_CONTENT: Final = ("tally", "days", "dues", "made", "undated", "at_risk")


class Account:
    """The tally of a subject, its open commitments, and the outcomes of each of its last days; outcomes are summed when they are read.

    `made` counts the commitments that stand on it, `dues` are the dates in force of the open ones; `days` maps
    a day to tenths kept and tenths counted on the agreed basis (None for a relationship); `at_risk` counts those open ones
    that are, before their date; `version` grows with change. `unsummed` are what outcomes change and is not in the sums yet.
    """

    __slots__ = ("_days", "_tally", "at_risk", "dues", "made", "undated", "unsummed", "version")

    def __init__(self, *, with_days: bool, tally: Tally | None = None) -> None:
        self.unsummed: list[Change] = []
        self._tally = tally
        self.made = 0
        self.undated = 0
        self.at_risk = 0
        self.dues = Dues()
        self._days: dict[Day, list[int]] | None = {} if with_days else None
        self.version = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Account) and all(getattr(self, name) == getattr(other, name) for name in _CONTENT)

    __hash__ = None  # type: ignore[assignment]  # an account changes

    @property
    def tally(self) -> Tally:
        """The vector of its outcomes."""
        self.sum_up()
        if self._tally is None:
            self._tally = Tally()
        return self._tally

    @property
    def days(self) -> dict[Day, list[int]] | None:
        """By day, in tenths, what was kept and what counts of the outcomes that settled on it."""
        self.sum_up()
        return self._days

    def sum_up(self) -> None:
        """Add up the outcomes that wait for it."""
        if not self.unsummed:
            return
        if self._tally is None:
            self._tally = Tally()
        self._tally.add(*self.unsummed)
        days = self._days
        if days is not None:
            for _, _, _, _, day, kept, counted in self.unsummed:
                if not counted:
                    continue
                sums = days.get(day)
                if sums is None:
                    days[day] = [kept, counted]
                elif sums[1] + counted:
                    sums[0] += kept
                    sums[1] += counted
                else:
                    del days[day]
        self.unsummed.clear()

    def forget_days_before(self, since: Day) -> None:
        """Drop the daily sums that no trend reaches any more; the tally keeps them."""
        days = self.days or {}
        for day in [day for day in days if day < since]:
            del days[day]

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


def post(
    accounts: Iterable[Account],
    version: int,
    made: int = 0,
    undated: int = 0,
    came: Instant | None = None,
    went: Instant | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Count on each account so many more commitments made and open without a date, a date that came, one that went, and outcomes.

    `changes` have no day that no trend reaches (`reached`).
    """
    for account in accounts:
        account.version = version
        if made:
            account.made += made
        if undated:
            account.undated += undated
        if came is not None:
            account.dues.came.append(came)
        if went is not None:
            dues = account.dues
            dues.went.append(went)
            if len(dues.went) > UNORDERED:
                dues.tidy()
        for change in changes:
            account.unsummed.append(change)
            if len(account.unsummed) >= _UNSUMMED:
                account.sum_up()


def reached(change: Change, since: Day) -> Change:
    """What an outcome changes where a trend reaches back to the day `since`: without its day where that is before."""
    return change if change.day >= since else change._replace(kept=0, counted=0)


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
