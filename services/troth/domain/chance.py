"""Why an open promise's chance is what it is, and what would move it: its figures and a sentence with them.

SCORING.md, "Forecast and advice".
"""

from typing import Any

from troth.domain.forecast import PRIOR_PROMISES, Outlook, elapsed_hundredths, risk_instant
from troth.domain.instants import Instant, format_instant
from troth.domain.standing import Standing

Document = dict[str, Any]


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
        "why": " ".join((_made_of(standing, elapsed, outlook), _moved_by(standing, now, outlook, risk_at))),
    }


def _made_of(standing: Standing, elapsed: int, outlook: Outlook) -> str:
    chance = f"{100 * outlook.odds.chance(elapsed):.0f} in 100"
    average = f"{PRIOR_PROMISES} promises of the organisation's average, of which {100 * outlook.odds.reliability:.0f} in 100 are kept"
    in_time, longer = map(_promises, outlook.odds.counts(elapsed))
    gone = f"{elapsed} in 100 of its time has gone."
    if longer == "0":
        return f"{gone} No promise of {standing.team} that still counts took longer than this, so only {average}, speak for it: {chance}."
    return (
        f"{gone} Of about {longer} fresh promises of {standing.team} that took longer than this, {in_time} were in time;"
        f" beside them stand {average}: {chance}."
    )


def _moved_by(standing: Standing, now: Instant, outlook: Outlook, risk_at: Instant | None) -> str:
    warned, due = standing.warned_at, standing.due_at
    if warned is not None and warned <= now:
        return f"The team warned at {format_instant(warned)} that it may slip, so it is at risk whatever the chance."
    if risk_at is None or outlook.threshold is None:
        return "Its team has too few outcomes yet for the chance to put it at risk; a warning would."
    if risk_at <= now:
        return (
            f"It has been at risk since {outlook.threshold} in 100 of its time had gone, at {format_instant(risk_at)},"
            " where the chance falls under a half; the team's next outcomes may change that."
        )
    if risk_at == due:
        return "The chance stays at a half or more until its date; a warning, or the team's next outcomes, may change that."
    return f"It falls at risk at {format_instant(risk_at)} unless it is delivered, or the team's next outcomes change that."


def _promises(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
