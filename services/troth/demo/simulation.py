"""The simulated year: every team of the department lives through its promises, up to `now`."""

from collections.abc import Iterator
from typing import Any, Final

from troth.demo.habits import DEPARTMENT
from troth.demo.life import Told, live, lost_report
from troth.demo.office_hours import Calendar
from troth.domain.instants import Instant

SAID: Final = "Simulated data: the teams, customers and promises of the past year are invented; no real organisation is shown."


def simulate(now: Instant, seed: int = 7) -> Iterator[dict[str, Any]]:
    """The events of the year before `now`, as CloudEvents ready to post, in the order of their time; none is after `now`.

    The day of `now` and the seed decide all of it; later on the same day the same events come, and those since.
    """
    calendar = Calendar(now)
    told = [lost_report(calendar)]
    for habit in DEPARTMENT:
        heard_until = calendar.instant(-habit.quiet_days) if habit.quiet_days else now
        for number in range(1, habit.promises + 1):
            told += (one for one in live(habit, number, seed, calendar) if one.time <= heard_until)
    told.sort(key=_in_order)
    for one in told:
        if one.time <= now:
            yield one.posted


def _in_order(one: Told) -> tuple[Instant, str, int]:
    return one.time, one.posted["subject"], one.place
