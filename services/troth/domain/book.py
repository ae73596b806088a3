"""The book: the open standings with their deadlines and an account per subject, kept true as events come and time goes.

Pure and in memory. Its size is what is open plus subjects; a partition's book knows only its own commitments.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from operator import attrgetter

from troth.domain.account import ORGANISATION, TREND_DAYS, Account, Names, Subject, names_of
from troth.domain.accounts import Accounts
from troth.domain.forecast import Odds, Outlook, is_at_risk, risk_instant, threshold_of
from troth.domain.instants import Day, Instant, day_of
from troth.domain.notices import Notice, notices_of, risk_of
from troth.domain.reliability import Reliability, reliability_of
from troth.domain.standing import OPEN, Standing
from troth.domain.tally import Tally
from troth.domain.verdict import Outcome, Rules, next_date

_NONE: dict[str, Standing] = {}
_AT: Callable[[Notice], Instant] = attrgetter("at")


class Book:
    """Tallies of all subjects as of `now`, and the deadlines at which time alone will change them.

    `unmade` counts the commitments without a promise; `version` grows with each change; `thresholds` are the elapsed
    hundredths from which a team's promises are at risk, by team, where there is evidence enough. Read `accounts`; change
    only by `replace`, `advance` and `forecast`.
    """

    def __init__(self, rules: Rules, now: Instant) -> None:
        self.rules = rules
        self.now = now
        self.unmade = 0
        self.version = 0
        self._accounts = Accounts(rules, day_of(now) - TREND_DAYS)
        self.thresholds: dict[str, int] = {}
        self._forecast_at: tuple[int, Day] | None = None
        self._endangered: set[str] = set()
        self._of_team: dict[str, dict[str, Standing]] = {}
        self._waiting: dict[str, tuple[Instant, Standing]] = {}
        self._deadlines: list[tuple[Instant, str]] = []

    def replace(self, old: Standing | None, new: Standing | None, settled: Outcome | None = None) -> list[Notice]:
        """A commitment's standing `old` (None: unknown until now) is now `new` (None: gone); returns what to tell.

        `old` must be what was given as `new` last. Taking back is `replace(new, old)`. `settled` is the outcome of `new` where
        it is closed and the caller knows it already.
        """
        self.version += 1
        if old is not None and old.made_at is None:
            self.unmade -= 1
        if new is not None and new.made_at is None:
            self.unmade += 1
        self._accounts.enter(self.version, (old, self.now, new, self.now, settled))
        return [*notices_of(old, new, self.now, self.now), *self._watch(old, new)]

    def advance(self, now: Instant) -> list[Notice]:
        """Time goes on to `now`: promises whose date has passed slip; returns what to tell. An earlier `now` is ignored."""
        before, self.now = self.now, max(self.now, now)
        if day_of(self.now) != day_of(before):
            self._accounts.forget_days_before(self.version, day_of(self.now) - TREND_DAYS)
        told: list[Notice] = []
        while self._deadlines and self._deadlines[0][0] < self.now:
            deadline, commitment = heappop(self._deadlines)
            waiting = self._waiting.get(commitment)
            if waiting is not None and waiting[0] == deadline:
                told += self._pass(waiting[1], before)
        return told

    @property
    def accounts(self) -> dict[Subject, Account]:
        """The accounts by subject, with all that happened counted."""
        return self._accounts.read(self.version)

    def count(self) -> None:
        """Count on the accounts what waits for a reader: of use while there is nothing else to do."""
        self._accounts.count(self.version)

    def take_over(self, subject: Subject, account: Account) -> None:
        """Take over an account from a checkpoint, which may be older than the book's `now`."""
        account.forget_days_before(day_of(self.now) - TREND_DAYS)
        self.accounts[subject] = account

    def hold(self, standing: Standing) -> None:
        """Take over an open standing whose share is in the accounts already: a book restored from a checkpoint."""
        self._accounts.hold(standing)
        self._watch(None, standing)

    def forecast(self, reliability: float | None = None) -> list[Notice]:
        """Bring the thresholds up to date with the tallies, and what is at risk with the thresholds; returns what to tell.

        Costs the teams where anything changed since, and the open promises of a team whose threshold did. `reliability` is the
        organisation's, for a book of a part; else the book's own.
        """
        if self._forecast_at == (self.version, day_of(self.now)) and reliability is None:
            return []
        if reliability is None:
            reliability = self.reliability(ORGANISATION).reliability
        told: list[Notice] = []
        for subject, account in list(self.accounts.items()):
            if subject.team is not None and not subject.is_pair:
                told += self._forecast_team(subject.team, self._threshold(account, reliability))
        self._forecast_at = (self.version, day_of(self.now))
        return sorted(told, key=_AT)

    def adopt(self, team: str, threshold: int | None) -> list[Notice]:
        """Take over a team's threshold from whoever knows all of its outcomes, in the place of `forecast`; returns what to tell."""
        return self._forecast_team(team, threshold)

    def waiting(self, commitment: str) -> Standing | None:
        """How an open commitment stands that has a date ahead; None for any other."""
        found = self._waiting.get(commitment)
        return None if found is None else found[1]

    @property
    def endangered(self) -> Iterable[str]:
        """The commitments that are at risk."""
        return self._endangered

    def reliability(self, subject: Subject) -> Reliability:
        """The headline of a subject today; that of nothing known where it has no account."""
        account = self.accounts.get(subject)
        tally = Tally() if account is None else account.tally
        return reliability_of(tally, day_of(self.now), self.rules.half_life_days)

    def outlook(self, team: str | None) -> Outlook:
        """What a forecast of a team's promises is made of today."""
        account = self.accounts.get(Subject(team)) or Account(with_days=True)
        odds = Odds(account.tally.paces, day_of(self.now), self.rules.half_life_days, self.reliability(ORGANISATION).reliability)
        return Outlook(odds, self.thresholds.get(team or ""))

    def account(self, subject: Subject) -> Account | None:
        """The account of a subject on which at least one made commitment stands."""
        found = self.accounts.get(subject)
        return found if found is not None and found.made else None

    def _pass(self, standing: Standing, before: Instant) -> Iterable[Notice]:
        self.version += 1
        self._accounts.enter(self.version, (standing, before, standing, self.now, None))
        return [*notices_of(standing, standing, before, self.now), *self._watch(standing, standing)]

    def _threshold(self, account: Account, reliability: float) -> int | None:
        return threshold_of(account.tally, day_of(self.now), self.rules.half_life_days, reliability)

    def _forecast_team(self, team: str, threshold: int | None) -> list[Notice]:
        if threshold == self.thresholds.get(team):
            return []
        if threshold is None:
            del self.thresholds[team]
        else:
            self.thresholds[team] = threshold
        self.version += 1
        now, waiting, endangered = self.now, self._waiting, self._endangered
        told: list[Notice] = []
        changes = defaultdict[Names, int](int)  # many are of few subjects: each account is counted up once
        for commitment, standing in self._of_team.get(team, _NONE).items():
            instant = risk_instant(standing, threshold)
            known = commitment in endangered
            if instant is None or instant > now:
                if known:
                    endangered.remove(commitment)
                    changes[names_of(standing)] -= 1
                # A deadline that comes too early is looked at again when it does; only one that would be too late is set anew.
                if instant is not None and instant <= waiting[commitment][0]:
                    self._wait(standing, instant - 1)
            elif not known and is_at_risk(standing, now, instant):
                endangered.add(commitment)
                changes[names_of(standing)] += 1
                told.append(risk_of(standing, instant))
        self._accounts.count_at_risk(changes)
        return told

    def _endanger(self, standing: Standing, instant: Instant) -> Notice:
        self._endangered.add(standing.id)
        self._accounts.count_at_risk({names_of(standing): 1})
        return risk_of(standing, instant)

    def _relieve(self, standing: Standing) -> None:
        self._endangered.remove(standing.id)
        self._accounts.count_at_risk({names_of(standing): -1})

    def _watch(self, old: Standing | None, new: Standing | None) -> Iterable[Notice]:
        known = False
        if old is not None:
            self._waiting.pop(old.id, None)
            self._of_team.get(old.team or "", _NONE).pop(old.id, None)
            if old.id in self._endangered:
                self._relieve(old)
                known = new is not None and new.due_at == old.due_at
        deadline = next_date(new, self.now) if new is not None and new.state == OPEN and new.made_at is not None else None
        if new is None or deadline is None:
            return ()
        instant = risk_instant(new, self.thresholds.get(new.team or ""))
        if instant is not None and self.now < instant <= deadline:
            deadline = instant - 1  # a date has passed a microsecond after it, a risk is there at its instant
        self._of_team.setdefault(new.team or "", {})[new.id] = new
        self._wait(new, deadline)
        if instant is None or not is_at_risk(new, self.now, instant):
            return ()
        told = self._endanger(new, instant)
        return () if known else (told,)

    def _wait(self, standing: Standing, deadline: Instant) -> None:
        self._waiting[standing.id] = (deadline, standing)
        heappush(self._deadlines, (deadline, standing.id))
        if len(self._deadlines) > 2 * len(self._waiting) + 1_000:
            self._deadlines = [(deadline, commitment) for commitment, (deadline, _) in self._waiting.items()]
            heapify(self._deadlines)
