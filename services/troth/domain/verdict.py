"""The verdict on a commitment at `now`, on each basis, and the outcome that it adds to a tally (SCORING.md, "The verdict at `now`")."""

from fractions import Fraction
from typing import Final, NamedTuple

from troth.domain.instants import Day, Instant, day_of
from troth.domain.standing import CANCELLED, DELIVERED, OPEN, UNMADE, Standing

KEPT: Final = "kept"
LATE: Final = "late"
SLIPPED: Final = "slipped"
BROKEN: Final = "broken"
OVER_BUDGET: Final = "over_budget"
VOID: Final = "void"
UNDATED: Final = "undated"
PENDING: Final = "pending"
COUNTED: Final = (KEPT, LATE, SLIPPED, BROKEN, OVER_BUDGET)
BASES: Final = ("requested", "original", "agreed")
SLOWEST_PACE: Final = 1000
INFINITE_PACE: Final = SLOWEST_PACE + 1


class Rules(NamedTuple):
    """What may be configured of the numbers: the half-life of an outcome, and the share a cost may be over its budget."""

    half_life_days: int = 90
    tolerance: Fraction = Fraction(0)


class Verdict(NamedTuple):
    """How a commitment stands against one date, and the instant that settled it (None where it does not count)."""

    name: str
    settled_at: Instant | None = None


class Outcome(NamedTuple):
    """What a commitment adds to the tallies of its subjects: a verdict and its day on each basis, and what goes beside it.

    `weight` in tenths; `in_budget`, `word` and `rating` are None where unknown; `pace` in hundredths of the time promised
    (INFINITE_PACE for what was not delivered), None where the agreed basis does not count.
    """

    requested: str
    requested_day: Day
    original: str
    original_day: Day
    agreed: str
    agreed_day: Day
    weight: int
    in_budget: bool | None
    word: str | None
    rating: int | None
    told: bool
    moved: bool
    pace: int | None


def judge(standing: Standing, due: Instant | None, now: Instant, tolerance: Fraction) -> Verdict:
    """The verdict against the date `due`: the first row of SCORING's table that holds."""
    return Verdict(*_judged(standing, due, now, tolerance))


def _judged(standing: Standing, due: Instant | None, now: Instant, tolerance: Fraction) -> tuple[str, Instant | None]:
    made, state, closed = standing.made_at, standing.state, standing.closed_at
    if made is None:
        return UNMADE, None
    if closed is not None and (closed < made or (state == CANCELLED and (due is None or closed <= due))):
        return VOID, None
    if due is None:
        return UNDATED, None
    if closed is None:
        return (SLIPPED, due) if now > due else (PENDING, None)
    if state != DELIVERED:
        return BROKEN, min(closed, due)
    if closed > due:
        return LATE, due
    return OVER_BUDGET if in_budget(standing, tolerance) is False else KEPT, closed


def verdicts(standing: Standing, now: Instant, tolerance: Fraction) -> dict[str, Verdict]:
    """The verdict on each basis: requested, original, agreed."""
    return {
        "requested": judge(standing, standing.requested_at, now, tolerance),
        "original": judge(standing, standing.original_due_at, now, tolerance),
        "agreed": judge(standing, standing.due_at, now, tolerance),
    }


def in_budget(standing: Standing, tolerance: Fraction) -> bool | None:
    """Whether the cost is at most the budget in force and its tolerance; None where either is unknown."""
    if standing.cost is None or standing.budget is None:
        return None
    if not tolerance:
        return standing.cost <= standing.budget
    return standing.cost <= standing.budget * (1 + tolerance)


def is_moved(standing: Standing) -> bool:
    """Whether the date or the budget in force is not the original one."""
    return standing.due_at != standing.original_due_at or standing.budget != standing.original_budget


def is_told(standing: Standing) -> bool:
    """Whether the customer heard of trouble at or before the date in force."""
    return standing.told_at is not None and standing.due_at is not None and standing.told_at <= standing.due_at


def pace(standing: Standing) -> int:
    """ceil(100 (delivered - start) / (due - start)), at most 1000; INFINITE_PACE where it was not delivered.

    Start is when the original date was set. Only for a commitment with a date in force.
    """
    if standing.state != DELIVERED or standing.closed_at is None:
        return INFINITE_PACE
    start, due = standing.original_set_at, standing.due_at
    if start is None or due is None:
        raise ValueError(f"the pace of {standing.id!r} was asked, which has no date")
    return min(SLOWEST_PACE, -(-100 * (standing.closed_at - start) // (due - start)))


def outcome(standing: Standing, now: Instant, tolerance: Fraction) -> Outcome | None:
    """What the commitment adds to its subjects' tallies at `now`; None where no basis counts and it is not void."""
    if standing.made_at is None or (standing.state == OPEN and not _has_passed(standing, now)):
        return None
    agreed, settled_at = on_agreed = _judged(standing, standing.due_at, now, tolerance)
    original, original_at = (
        on_agreed if standing.original_due_at == standing.due_at else _judged(standing, standing.original_due_at, now, tolerance)
    )
    requested, requested_at = _judged(standing, standing.requested_at, now, tolerance)
    day, counts = _day(settled_at), settled_at is not None
    return Outcome(
        requested,
        _day(requested_at),
        original,
        day if original_at == settled_at else _day(original_at),
        agreed,
        day,
        standing.weight,
        in_budget(standing, tolerance) if counts and standing.state == DELIVERED else None,
        standing.word if counts else None,
        standing.rating if counts else None,
        counts and is_told(standing),
        counts and is_moved(standing),
        pace(standing) if counts else None,
    )


def next_date(standing: Standing, now: Instant) -> Instant | None:
    """The earliest of its dates that has not passed: when an open commitment's outcome changes next."""
    earliest = None
    for date in (standing.due_at, standing.original_due_at, standing.requested_at):
        if date is not None and date >= now and (earliest is None or date < earliest):
            earliest = date
    return earliest


def _has_passed(standing: Standing, now: Instant) -> bool:
    requested, original, agreed = standing.requested_at, standing.original_due_at, standing.due_at
    return (agreed is not None and agreed < now) or (original is not None and original < now) or (requested is not None and requested < now)


def _day(settled_at: Instant | None) -> Day:
    return 0 if settled_at is None else day_of(settled_at)
