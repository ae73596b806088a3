"""Notices: what the customer or the team should hear of a promise, once for each date (SCORING.md, "Notices")."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from troth.domain.instants import Instant, format_instant
from troth.domain.standing import REVOKED, Standing

SLIPPED: Final = "slipped"
AT_RISK: Final = "at_risk"
RECOVERED: Final = "recovered"
MOVED: Final = "moved"
TAKEN_BACK: Final = "revoked"
KINDS: Final = (SLIPPED, AT_RISK, RECOVERED, MOVED, TAKEN_BACK)


class Notice(NamedTuple):
    """One thing to tell: its kind, the commitment, the date it is about, and the instant it happened."""

    kind: str
    commitment: str
    date: Instant
    at: Instant
    team: str
    customer: str | None
    goal: str | None
    title: str

    @property
    def id(self) -> str:
        """Made of kind, commitment and date, so that no restart and no replay repeats it."""
        return f"{self.kind}/{format_instant(self.date)}/{self.commitment}"


def notices_of(before: Standing | None, after: Standing | None, was: Instant, now: Instant) -> Iterable[Notice]:
    """What the dates and the closing tell when a standing at `was` becomes another at `now`; either may be the same or None."""
    slipped_before, slipped = slipped_date(before, was), slipped_date(after, now)
    if slipped_before is None and slipped is None and (after is None or after.state != REVOKED):
        return ()
    return _told(before, after, slipped_before, slipped, now)


def _told(
    before: Standing | None, after: Standing | None, slipped_before: Instant | None, slipped: Instant | None, now: Instant
) -> Iterator[Notice]:
    if before is not None and slipped_before is not None and slipped_before != slipped:
        yield _notice(RECOVERED, before if after is None or after.made_at is None else after, slipped_before, now)
    if after is None or after.made_at is None:
        return
    if slipped is not None and slipped != slipped_before:
        yield _notice(SLIPPED, after, slipped, slipped)
    if slipped is not None and not after.is_open and (before is None or before.is_open or slipped != slipped_before):
        yield _notice(RECOVERED, after, slipped, after.closed_at or now)
    taken_back = _date_taken_back(after)
    if taken_back is not None and taken_back != _date_taken_back(before):
        yield _notice(TAKEN_BACK, after, taken_back, after.closed_at or now)


def moves_of(passed: Iterable[Standing]) -> list[Notice]:
    """Each date that another takes the place of, or that is taken away, on the way through standings."""
    moved = []
    for last, after in pairwise(passed):
        due = last.due_at
        if due is not None and after.due_at != due:
            moved.append(_notice(MOVED, after, due if after.due_at is None else after.due_at, after.last_time))
    return moved


def risk_of(standing: Standing, at: Instant) -> Notice:
    """That an open promise fell at risk at an instant before its date."""
    about = (standing.team or "", standing.customer, standing.goal, standing.title or "")
    # Thousands are told at once where a team's threshold falls: this is `Notice(...)` in two thirds of the time.
    return tuple.__new__(Notice, (AT_RISK, standing.id, standing.due_at or at, at, *about))


def slipped_date(standing: Standing | None, now: Instant) -> Instant | None:
    """The date in force where it passed undelivered, whether or not it was closed since; None where it did not."""
    if standing is None:
        return None
    due, closed = standing.due_at, standing.closed_at
    if due is None or (now if closed is None else closed) <= due or standing.made_at is None or _void(standing):
        return None
    return due


def _date_taken_back(standing: Standing | None) -> Instant | None:
    if standing is None or standing.made_at is None or standing.state != REVOKED or _void(standing):
        return None
    return standing.closed_at if standing.due_at is None else standing.due_at


def _void(standing: Standing) -> bool:
    return standing.made_at is not None and standing.closed_at is not None and standing.closed_at < standing.made_at


def _notice(kind: str, about: Standing, date: Instant, at: Instant) -> Notice:
    return Notice(kind, about.id, date, at, about.team or "", about.customer, about.goal, about.title or "")
