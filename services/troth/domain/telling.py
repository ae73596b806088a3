"""What is told to people is made of these: the words between a ledger and the alerts."""

from typing import NamedTuple

from troth.domain.instants import Instant
from troth.domain.notices import Notice
from troth.domain.standing import Standing


class Recorded(NamedTuple):
    """A notice in the ledger's order: its place there, and when it was recorded."""

    place: int
    notice: Notice
    recorded_at: Instant


class Trouble(NamedTuple):
    """An open promise that is overdue or at risk (`kind`: slipped or at_risk)."""

    kind: str
    standing: Standing


class Story(NamedTuple):
    """How a promise stands (None: not on record), and what the team last said of it: its words, and when (None: it said nothing)."""

    standing: Standing | None = None
    said: str = ""
    said_at: Instant | None = None


class NotMyTurn(Exception):
    """Another notifier tells, or it is not known who does; nothing was sent."""
