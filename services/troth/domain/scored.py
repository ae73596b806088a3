"""What is read of scores to show them: of a book, or of the sums of several books' parts."""

from collections.abc import Mapping
from typing import Protocol

from troth.domain.account import Subject
from troth.domain.instants import Instant
from troth.domain.tally import Tally
from troth.domain.verdict import Rules


class SubjectAccount(Protocol):
    """A subject's account as it is read: its tally, and how many of its commitments are how. `version` grows with change."""

    @property
    def tally(self) -> Tally:
        """The sums of its outcomes."""

    @property
    def made(self) -> int:
        """How many commitments stand on it."""

    @property
    def undated(self) -> int:
        """How many open ones have no date."""

    @property
    def version(self) -> int:
        """Another number after each change."""

    def states(self, now: Instant) -> dict[str, int]:
        """How many of the open dated ones are pending, at risk and overdue; each is in one state."""

    def next_due(self, now: Instant) -> Instant | None:
        """The earliest date in force that has not passed."""

    def oldest_overdue(self, now: Instant) -> Instant | None:
        """The earliest date in force that has passed."""


class Scored(Protocol):
    """Accounts by subject as of `now`, and how many commitments are without a promise."""

    @property
    def rules(self) -> Rules:
        """The half-life and the tolerance."""

    @property
    def now(self) -> Instant:
        """The instant that all of it is of."""

    @property
    def unmade(self) -> int:
        """Commitments with events but without a promise."""

    @property
    def accounts(self) -> Mapping[Subject, SubjectAccount]:
        """What is known of each subject."""
