"""The life of one simulated promise, from what its team is in the habit of doing."""

from math import floor, log
from random import Random
from typing import Any, Final, NamedTuple

from troth.demo import words
from troth.demo.habits import Habit
from troth.demo.office_hours import Calendar
from troth.domain.instants import Instant, format_instant

DEMO_SOURCE: Final = "troth-demo"
YEAR_DAYS: Final = 365

# Chances that are the same for every team, in the order of a life.
_LONG: Final = 0.15
_UNDATED: Final = 0.05
_GOAL_FORGOTTEN: Final = 0.08
_REQUESTED: Final = 0.7
_SMALL: Final = 0.12
_CONDITIONS: Final = 0.12
_GOAL_FOUND: Final = 0.7
_CONDITION_ADDED: Final = 0.02
_BUDGET_RAISED: Final = 0.08
_CANCELLED: Final = 0.03
_DATE_TAKEN_AWAY: Final = 0.006
_DATE_FOUND: Final = 0.4
_DONE_WITHOUT_A_DATE: Final = 0.75
_FALSE_ALARM: Final = 0.05
_PATIENCE_LOST: Final = 0.05
_BUDGET_MOVES_TOO: Final = 0.2
_LATE_AGAIN: Final = 0.07
_DRAGS_ON: Final = 0.12
_COST_REPORTED: Final = 0.9
_REOPENED: Final = 0.015
_CUSTOMER_SPEAKS: Final = 0.7
_RATED: Final = 0.85

_LATEST_DAYS: Final = 30
_DRAGGING_DAYS: Final = (15, 60)
_COST_SPREAD: Final = 0.1
_RATING_SPREAD: Final = 0.7
_SMALL_WEIGHTS: Final = (0.5, 0.5, 0.3)
_BUDGET_STEPS: Final = {"EUR": 500, "days": 1}
_COST_STEPS: Final = {"EUR": 50, "days": 1}
# Reported as delivered by mistake; the report is retracted a day later.
_MISREPORTED: Final = frozenset({"payments-0120", "data-platform-0071"})


class Told(NamedTuple):
    """An event of a life: when it happens, its place in that life, and the CloudEvent."""

    time: Instant
    place: int
    posted: dict[str, Any]


def live(habit: Habit, number: int, seed: int, calendar: Calendar) -> list[Told]:
    """All that is ever told of the `number`th promise of a team, what lies ahead of `now` too."""
    life = _Life(habit, number, seed, calendar)
    life.run()
    return life.told


def lost_report(calendar: Calendar) -> Told:
    """A delivery of something that nobody is known to have promised: an unmade commitment."""
    return _told("integration-0000", 1, calendar.instant(-40.5), "commitment-delivered", {})


def _told(subject: str, place: int, time: Instant, kind: str, data: dict[str, Any]) -> Told:
    envelope = {"specversion": "1.0", "id": f"{subject}-{place}", "source": DEMO_SOURCE, "type": f"troth.{kind}", "subject": subject}
    return Told(time, place, {**envelope, "time": format_instant(time), "data": data})


class _Life:
    """One promise being lived: `told` grows, `ready` is when the work is, or will be, done (both are positions of the calendar)."""

    def __init__(self, habit: Habit, number: int, seed: int, calendar: Calendar) -> None:
        slug = habit.team.lower().replace(" ", "-")
        self.habit = habit
        self.calendar = calendar
        self.rng = Random(f"{seed}/{slug}/{number}")
        self.subject = f"{slug}-{number:04}"
        self.promise = words.promise(habit.team, number, seed)
        self.told: list[Told] = []
        self.budget: int | None = None
        year_passed = (number - 1 + self.rng.random()) / habit.promises
        self.made = YEAR_DAYS * (year_passed - 1)
        self.length = self.choose_length()
        self.due = floor(self.made) + self.length
        first, last = habit.takes
        share = self.rng.lognormvariate(log(first + (last - first) * year_passed), habit.spread)
        self.ready = self.made + min(max(1.0, share * self.length), self.length + _LATEST_DAYS)

    def choose_length(self) -> int:
        shortest, usual, longest = self.habit.promised_days
        if self.chance(_LONG):
            return self.rng.randint(usual, longest)
        return round(self.rng.triangular(shortest, min(longest, 2 * usual), usual))

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def during(self, earliest: float, latest: float) -> float:
        """A position between two shares of the promised time, or of the work where that is shorter."""
        return self.made + min(self.length, self.ready - self.made) * self.rng.uniform(earliest, latest)

    def tell(self, position: float, kind: str, **data: Any) -> str:
        """Record an event and return its id."""
        one = _told(self.subject, len(self.told) + 1, self.calendar.instant(position), kind, data)
        self.told.append(one)
        return str(one.posted["id"])

    def run(self) -> None:
        dated = not self.chance(_UNDATED)
        self.make(dated=dated)
        self.correct()
        if self.subject in _MISREPORTED:
            self.misreport()
        if self.chance(_CANCELLED):
            self.tell(self.during(0.6, 0.95), "commitment-cancelled", reason=self.rng.choice(words.NO_LONGER_WANTED))
        elif dated and self.chance(_DATE_TAKEN_AWAY):
            self.tell(self.during(0.6, 0.9), "commitment-renegotiated", due_at=None, agreed=True, reason=words.POSTPONED)
        elif dated or self.finds_a_date():
            self.work()
        elif self.chance(_DONE_WITHOUT_A_DATE):
            self.deliver()

    def make(self, *, dated: bool) -> None:
        rng, data = self.rng, {"team": self.habit.team, "title": self.promise.title, "customer": self.promise.customer}
        if not self.chance(_GOAL_FORGOTTEN):
            data["goal"] = self.promise.goal
        terms: dict[str, Any] = {"due_at": self.calendar.date(self.due)} if dated else {}
        if self.chance(_REQUESTED):
            terms["requested_at"] = self.calendar.date(self.made + self.length * rng.uniform(0.55, 1.0))
        if self.chance(self.habit.budgets):
            step = _BUDGET_STEPS[self.habit.unit]
            self.budget = step * max(4, round(self.length * rng.uniform(0.4, 2.4)))
            terms |= {"budget": self.budget, "unit": self.habit.unit}
        if self.chance(_SMALL):
            terms["weight"] = rng.choice(_SMALL_WEIGHTS)
        if self.chance(_CONDITIONS):
            terms["conditions"] = rng.choice(words.CONDITIONS)
        self.tell(self.made, "commitment-made", **data, **terms, url=f"https://tracker.example/{self.subject}")

    def correct(self) -> None:
        """Early changes that are no trouble: a goal found or a condition added, a larger budget."""
        made = self.told[0].posted["data"]
        if "goal" not in made and self.chance(_GOAL_FOUND):
            self.tell(self.during(0.05, 0.3), "commitment-amended", goal=self.promise.goal)
        elif self.chance(_CONDITION_ADDED):
            self.tell(self.during(0.05, 0.3), "commitment-amended", conditions=self.rng.choice(words.CONDITIONS))
        if self.budget is not None and self.chance(_BUDGET_RAISED):
            self.budget += max(1, self.budget // 5)
            agreed = {"agreed": True} if self.chance(0.5) else {}
            reason = self.rng.choice(words.LARGER)
            self.tell(self.during(0.3, 0.6), "commitment-renegotiated", budget=self.budget, **agreed, reason=reason)

    def misreport(self) -> None:
        reported = self.during(0.3, 0.4)
        mistake = self.tell(reported, "commitment-delivered")
        self.tell(reported + 1, "event-retracted", source=DEMO_SOURCE, id=mistake, reason=words.MISREPORTED)

    def finds_a_date(self) -> bool:
        """Whether a promise without a date gets one soon."""
        found = self.chance(_DATE_FOUND)
        if found:
            self.tell(self.during(0.05, 0.2), "commitment-renegotiated", due_at=self.calendar.date(self.due))
        return found

    def work(self) -> None:
        if self.is_late:
            self.be_in_trouble()
            return
        if self.chance(_FALSE_ALARM * self.habit.warns):
            self.warn(self.during(0.3, 0.6), self.due + 4)
        self.deliver()

    @property
    def is_late(self) -> bool:
        return self.ready >= self.due + 1

    def be_in_trouble(self) -> None:
        """The work will not be done by its date: the customer is told or not, the date moves or not."""
        habit = self.habit
        if self.chance(habit.warns):
            self.warn(self.during(0.3, 0.6), self.ready)
        if self.chance(habit.moves):
            self.move()
        elif self.chance(habit.asks):
            self.ask()
        elif self.chance(_DRAGS_ON):
            self.ready += self.rng.uniform(*_DRAGGING_DAYS)
        elif self.chance(habit.revokes):
            self.tell(self.during(0.85, 1.2), "commitment-revoked", reason=self.rng.choice(words.TAKEN_BACK))
            return
        elif self.chance(_PATIENCE_LOST):
            self.tell(self.rng.uniform(self.due + 1, self.ready), "commitment-cancelled", reason=self.rng.choice(words.NO_LONGER_WANTED))
            return
        self.deliver()

    def warn(self, position: float, expected: float) -> None:
        self.tell(position, "commitment-warned", expected_at=self.calendar.date(expected), reason=self.rng.choice(words.TROUBLE))

    def move(self) -> None:
        """Renegotiate while there is time; now and then the new date does not hold either."""
        moved = self.during(0.6, 0.85)
        self.due = floor(self.ready) + self.rng.randint(1, 6)
        terms: dict[str, Any] = {"due_at": self.calendar.date(self.due)}
        if self.budget is not None and self.chance(_BUDGET_MOVES_TOO):
            self.budget += max(1, self.budget // 8)
            terms["budget"] = self.budget
        if self.chance(0.4):
            terms["agreed"] = True
        self.tell(moved, "commitment-renegotiated", **terms, reason=self.rng.choice(words.TROUBLE))
        if self.chance(_LATE_AGAIN):
            self.ready = self.due + self.rng.uniform(2, 15)
            if self.chance(self.habit.warns):
                self.warn(self.rng.uniform(moved + 2, self.due), self.ready)

    def ask(self) -> None:
        """Ask for a new date in the last tenth of the time: the customer agrees, refuses, or is not heard."""
        new_due = floor(self.ready) + 2
        answer = self.rng.choice(({"agreed": True}, {"agreed": True}, {"agreed": False}, {}))
        asked = self.during(0.94, 0.99)
        self.tell(asked, "commitment-renegotiated", due_at=self.calendar.date(new_due), **answer, reason=self.rng.choice(words.TROUBLE))
        if answer.get("agreed"):
            self.due = new_due

    def deliver(self) -> None:
        self.report_delivery()
        if self.chance(_REOPENED):
            self.tell(self.ready + self.rng.uniform(1, 5), "commitment-reopened", reason=self.rng.choice(words.NOT_COMPLETE))
            self.ready += self.rng.uniform(6, 10)
            self.report_delivery()
        if self.chance(_CUSTOMER_SPEAKS):
            self.hear_the_customer()

    def report_delivery(self) -> None:
        cost = {}
        if self.budget is not None and self.chance(_COST_REPORTED):
            step = _COST_STEPS[self.habit.unit]
            cost["cost"] = step * round(self.budget * self.rng.lognormvariate(log(self.habit.spends), _COST_SPREAD) / step)
        self.tell(self.ready, "commitment-delivered", **cost)

    def hear_the_customer(self) -> None:
        heard = self.ready + self.rng.uniform(1, 7)
        if self.chance(self.habit.rejects):
            self.tell(heard, "commitment-rejected", rating=self.rng.randint(1, 2), reason=self.rng.choice(words.NOT_SATISFIED))
            self.mend(heard)
            heard = self.ready + self.rng.uniform(1, 5)
            if not self.chance(_CUSTOMER_SPEAKS):
                return
        rating = round(self.rng.gauss(self.habit.rating - self.is_late, _RATING_SPREAD))
        self.tell(heard, "commitment-accepted", **({"rating": min(5, max(1, rating))} if self.chance(_RATED) else {}))

    def mend(self, rejected: float) -> None:
        """Deliver again what was rejected, with a warning where that will be late."""
        self.ready = rejected + self.rng.uniform(2, 8)
        if self.is_late and rejected + 1 < self.due and self.chance(self.habit.warns):
            self.warn(rejected + 1, self.ready)
        self.report_delivery()
