"""The accounts of all subjects. What happens to a commitment waits as a step until somebody reads them, or many wait."""

from collections.abc import Mapping
from typing import Final

from troth.domain.account import Account, Names, Subject, names_of, post, reached, subjects_of
from troth.domain.instants import Day, Instant
from troth.domain.standing import OPEN, Standing
from troth.domain.tally import Change, change_of
from troth.domain.verdict import Outcome, Rules, outcome

_STEPS: Final = 2_048  # so many may wait; each keeps two standings in memory


# A commitment's standing before, at an instant, and after, at another, with the outcome after where it is known. A bare tuple, as
# one is made of each event.
Step = tuple[Standing | None, Instant, Standing | None, Instant, Outcome | None]
# What a standing adds to the accounts it stands on: one open without a date or none, the date in force of an open one, its outcome.
_Share = tuple[int, Instant | None, Outcome | None]
_NO_SHARE: Final[_Share] = (0, None, None)


class Accounts:
    """An account per subject, made where a promise first stands on it; `since` is the day to which a trend reaches back."""

    def __init__(self, rules: Rules, since: Day) -> None:
        self._rules = rules
        self._since = since
        self._by_subject: dict[Subject, Account] = {}
        self._of: dict[Names, tuple[Account, ...]] = {}
        self._steps: list[Step] = []
        self._risks: list[tuple[Names, int]] = []

    def enter(self, version: int, step: Step) -> None:
        """Let a step wait to be counted, by which the book came to a version."""
        self._steps.append(step)
        if len(self._steps) >= _STEPS:
            self.count(version)

    def count_at_risk(self, changes: Mapping[Names, int]) -> None:
        """So many more of the open promises of these names are at risk; they are on the accounts, or wait to be."""
        self._risks += changes.items()

    def count(self, version: int) -> None:
        """Count all that waits, up to a version of the book."""
        for step in self._steps:
            self._count(version, *step)
        self._steps.clear()
        for names, number in self._risks:
            for account in self._of[names]:
                account.at_risk += number
                account.version = version
        self._risks.clear()

    def read(self, version: int) -> dict[Subject, Account]:
        """The accounts by subject, with all that happened counted up to a version of the book."""
        if self._steps or self._risks:
            self.count(version)
        return self._by_subject

    def hold(self, standing: Standing) -> None:
        """An open promise whose share is on the accounts already."""
        self._of_standing(standing)  # what counts a risk finds them there

    def forget_days_before(self, version: int, since: Day) -> None:
        """Drop the daily sums that no trend reaches any more."""
        for account in self.read(version).values():
            account.forget_days_before(since)
        self._since = since

    def _count(self, version: int, old: Standing | None, was: Instant, new: Standing | None, now: Instant, settled: Outcome | None) -> None:
        was_in, is_in = self._of_standing(old), self._of_standing(new)
        gone, here = self._share(old, was, None), self._share(new, now, settled)
        if was_in is is_in:
            self._post(is_in, version, 0, gone, here)
        else:
            self._post(was_in, version, -1, gone, _NO_SHARE)
            self._post(is_in, version, 1, _NO_SHARE, here)

    def _share(self, standing: Standing | None, at: Instant, settled: Outcome | None) -> _Share:
        if standing is None:
            return _NO_SHARE
        result = settled or outcome(standing, at, self._rules.tolerance)
        if standing.state != OPEN:
            return 0, None, result
        due = standing.due_at
        return int(due is None), due, result

    def _post(self, accounts: tuple[Account, ...], version: int, made: int, gone: _Share, here: _Share) -> None:
        undated, went, was = gone
        now_undated, came, result = here
        if came == went:
            came = went = None
        if not accounts:
            return
        changes: tuple[Change, ...] = ()
        if result is not None:
            changes = (reached(change_of(result, self._rules.half_life_days), self._since),)
        if was is not None:
            changes += (reached(change_of(was, self._rules.half_life_days).times(-1), self._since),)
        post(accounts, version, made, now_undated - undated, came, went, changes)

    def _of_standing(self, standing: Standing | None) -> tuple[Account, ...]:
        if standing is None or standing.made_at is None:
            return ()
        names = names_of(standing)
        return self._of.get(names) or self._begin(names)

    def _begin(self, names: Names) -> tuple[Account, ...]:
        accounts = []
        for its_names in subjects_of(names):
            account: Account | None = self._by_subject.get(its_names)  # type: ignore[call-overload]  # a Subject is found by its names alone
            if account is None:
                subject = Subject(*its_names)
                account = self._by_subject[subject] = Account(with_days=not subject.is_pair)
            accounts.append(account)
        return self._of.setdefault(names, tuple(accounts))
