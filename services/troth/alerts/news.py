"""What the alerts ask of a ledger."""

from typing import Protocol

from troth.domain.instants import Instant
from troth.domain.notices import Notice
from troth.domain.telling import Recorded, Story, Trouble


class News(Protocol):
    """A ledger as the alerts see it. Safe to call from several threads."""

    def version(self) -> int:
        """A number that changes with everything that `troubles` may say."""

    def troubles(self) -> list[Trouble]:
        """What is wrong now."""

    def last_place(self) -> int:
        """The place of the last notice; 0 where there is none."""

    def place_before(self, recorded_at: Instant) -> int:
        """The place of the last notice in front of the first that was recorded at this instant or later."""

    def recorded(self, after: int, limit: int) -> list[Recorded]:
        """The notices behind a place, in their order."""

    def notices(self, ids: list[str]) -> list[Notice]:
        """Those of the notices that are on record, in their order."""

    def story(self, commitment: str) -> Story:
        """How a promise stands, and what the team said of it."""
