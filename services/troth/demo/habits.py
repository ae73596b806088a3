"""The simulated department on one screen: its teams, and what each does otherwise than an ordinary team."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Habit:
    """How a team promises and delivers. The defaults are an ordinary, steady team; chances are 0 to 1.

    `promised_days` is shortest, usual, longest. `takes` is the median share of the promised time that the work takes, for what is
    promised at the beginning and at the end of the year; `spread` is the standard deviation of its logarithm.
    """

    name: str
    team: str
    promises: int = 150  # in the year
    promised_days: tuple[int, int, int] = (10, 20, 120)
    takes: tuple[float, float] = (0.74, 0.74)
    spread: float = 0.2
    warns: float = 0.8  # of what will be late: chance to say so early
    moves: float = 0.4  # of what will be late: chance to move the date while there is time
    asks: float = 0.2  # of the rest: chance to ask for a new date in the last tenth of the time
    revokes: float = 0.06  # of the rest: chance to take the promise back
    budgets: float = 0.4  # chance that it is promised within a budget
    spends: float = 0.82  # the median share of the budget that it costs
    unit: str = "EUR"
    rejects: float = 0.03  # chance that the customer is not satisfied at first
    rating: float = 4.1  # the mean of the customer's ratings
    quiet_days: int = 0  # how long it has posted nothing, up to now


DEPARTMENT: Final = (
    Habit("steady", "Payments", promises=165, takes=(0.7, 0.7)),
    Habit(
        "over-promising",
        "Web Shop",
        promises=210,
        promised_days=(5, 12, 120),
        takes=(1.12, 1.12),
        spread=0.3,
        warns=0.45,
        moves=0.12,
        revokes=0.1,
        rejects=0.08,
        rating=3.6,
    ),
    Habit("padding", "Workplace", promised_days=(30, 55, 120), takes=(0.33, 0.33), spread=0.35),
    Habit("improving", "Data Platform", promises=120, takes=(1.2, 0.68), rejects=0.05, unit="days"),
    Habit("declining", "Integration", promises=120, takes=(0.65, 1.2), warns=0.5, moves=0.25),
    Habit(
        "silent",
        "Warehouse Systems",
        takes=(0.93, 0.93),
        spread=0.28,
        warns=0,
        moves=0,
        asks=0,
        revokes=0,
        rejects=0.06,
        rating=3.4,
        quiet_days=18,
    ),
    Habit("renegotiating in time", "Finance Systems", promises=140, takes=(1.15, 1.15), moves=0.9, asks=0.5),
    Habit("over budget", "Infrastructure", promises=110, budgets=0.9, spends=0.97, rating=3.9),
    Habit("few promises", "Automation Lab", promises=5, promised_days=(60, 80, 120)),
)
