"""Why an open promise's chance is what it is, and what would move it: its figures, and sentences with them.

SCORING.md, "Forecast and advice".
"""

from math import floor
from typing import Any, Final

from troth.domain.forecast import PRIOR_PROMISES, Outlook, elapsed_hundredths, risk_instant
from troth.domain.instants import Instant, format_instant
from troth.domain.standing import Standing

Document = dict[str, Any]
_BINARY: Final = 1e-9  # 0.58 is a little less than 58 in 100
_LEAST_SHOWN: Final = 0.05  # what is less reads 0


def forecast(standing: Standing, now: Instant, outlook: Outlook) -> Document | None:
    """What the chance at `now` is made of; None where it is not open, has no date, or its date has passed.

    `longer` counts the team's outcomes that took longer than `elapsed` hundredths of their time, `in_time` those of them that
    were in time, both in fresh promises; `risk_at` is when it falls, or fell, at risk (None: nothing tells of a risk).
    """
    start, due = standing.original_set_at, standing.due_at
    if start is None or due is None or not standing.is_open or now > due:
        return None
    elapsed = elapsed_hundredths(start, due, now)
    in_time, longer = outlook.odds.counts(elapsed)
    risk_at = risk_instant(standing, outlook.threshold)
    return {
        "elapsed": elapsed,
        "in_time": in_time,
        "longer": longer,
        "organisation": outlook.odds.reliability,
        "enough": outlook.threshold is not None,
        "warned_at": None if standing.warned_at is None else format_instant(standing.warned_at),
        "risk_at": None if risk_at is None else format_instant(risk_at),
        "why": _made_of(standing, elapsed, outlook),
        "moved_by": _moved_by(standing, now, outlook, risk_at),
    }


def in_hundred(chance: float) -> int:
    """A chance as whole per hundred, rounded down: what is under a half never reads 50."""
    return floor(100 * chance + _BINARY)


def _made_of(standing: Standing, elapsed: int, outlook: Outlook) -> str:
    odds = outlook.odds
    in_time, longer = odds.counts(elapsed)
    kept, missed = odds.prior(elapsed)
    gone = f"{elapsed} in 100 of its time has gone."
    of_team = (
        f"Of about {_promises(longer)} fresh promises of {standing.team} that took longer than this, {_promises(in_time)} were in time"
    )
    if longer < _LEAST_SHOWN:
        of_team = f"No promise of {standing.team} that still counts took longer than this"
    average = (
        f"{PRIOR_PROMISES} promises of the organisation's average, {in_hundred(odds.reliability)} in 100 kept,"
        f" add {_promises(kept)} that would be in time from here and {_promises(missed)} that would not"
    )
    return f"{gone} {of_team}; {average}: {in_hundred(odds.chance(elapsed))} in 100."


def _moved_by(standing: Standing, now: Instant, outlook: Outlook, risk_at: Instant | None) -> str:
    warned, due = standing.warned_at, standing.due_at
    if warned is not None and warned <= now:
        return (
            f"The team warned at {format_instant(warned)} that it may slip, so it is at risk whatever the chance,"
            " until it is delivered or given another date in time."
        )
    if risk_at is None or outlook.threshold is None:
        return "The team has too few outcomes yet for the chance to put it at risk; a warning would."
    if risk_at <= now and outlook.threshold == 0:
        return (
            f"It is at risk from the start, {format_instant(risk_at)}: by the team's record no promise of it has a chance of a half."
            " Delivering it ends that; the team's next outcomes may."
        )
    if risk_at <= now:
        return (
            f"It is at risk since {format_instant(risk_at)}, when {outlook.threshold} in 100 of its time had gone and the chance fell"
            " under a half. Delivering it ends that; another date given in time, or the team's next outcomes, may."
        )
    if risk_at == due:
        return "The chance stays at a half or more until its date; a warning, or the team's next outcomes, may change that."
    return (
        f"It falls at risk at {format_instant(risk_at)}, when {outlook.threshold} in 100 of its time will have gone, unless it is delivered"
        " before. A warning puts it there at once; another date given in time, or the team's next outcomes, move that moment."
    )


def _promises(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
