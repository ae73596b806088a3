"""What there is to tell people: the notices in their order, what is wrong now, and what a team said of a promise."""

import json
from collections import OrderedDict
from typing import Any, Final

from troth.domain.events import RENEGOTIATED, REVOKED, WARNED, Event
from troth.domain.fold import walk
from troth.domain.instants import Instant
from troth.domain.notices import AT_RISK, SLIPPED, Notice
from troth.domain.standing import Standing
from troth.domain.telling import Recorded, Story, Trouble
from troth.ledger import endangered, rows
from troth.ledger.beside import Readable

_SAYING: Final = (WARNED, RENEGOTIATED, REVOKED)  # the events in which a team tells what becomes of its word
_REMEMBERED: Final = 10_000
_NOTICE: Final = "seq, kind, commitment, date, at, team, customer, goal, title, recorded_at"
_OVERDUE: Final = f"{rows.SELECT_STANDING} WHERE state = 'open' AND made_at IS NOT NULL AND due_at < ? ORDER BY due_at"


class LedgerNews:
    """A ledger as its alerts see it (alerts.news.News); safe to call from several threads."""

    def __init__(self, ledger: Readable) -> None:
        self._ledger = ledger
        self._said: OrderedDict[tuple[Any, ...], tuple[str, Instant | None]] = OrderedDict()

    def version(self) -> int:
        """A number that changes with everything that `troubles` may say."""
        with self._ledger.book() as book:
            return book.version

    def troubles(self) -> list[Trouble]:
        """What is overdue, and what is at risk."""
        with self._ledger.book() as book:
            now = book.now
            at_risk = endangered.at_risk(book, {}, None)
        with self._ledger.readers.snapshot() as connection:
            overdue = [Standing(*row) for row in connection.execute(_OVERDUE, (now,))]
        return [*(Trouble(SLIPPED, standing) for standing in overdue), *(Trouble(AT_RISK, standing) for standing in at_risk)]

    def last_place(self) -> int:
        """The place of the last notice; 0 where there is none."""
        with self._ledger.readers.snapshot() as connection:
            return int(connection.execute("SELECT coalesce(max(seq), 0) FROM notices").fetchone()[0])

    def place_before(self, recorded_at: Instant) -> int:
        """The place of the last notice in front of the first that was recorded at this instant or later."""
        with self._ledger.readers.snapshot() as connection:
            first = connection.execute("SELECT min(seq) FROM notices WHERE recorded_at >= ?", (recorded_at,)).fetchone()[0]
        return self.last_place() if first is None else int(first) - 1

    def recorded(self, after: int, limit: int) -> list[Recorded]:
        """The notices behind a place, in their order."""
        with self._ledger.readers.snapshot() as connection:
            found = connection.execute(f"SELECT {_NOTICE} FROM notices WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))  # noqa: S608 - the names are ours
            return [Recorded(row[0], Notice(*row[1:9]), row[9]) for row in found]

    def notices(self, ids: list[str]) -> list[Notice]:
        """Those of the notices that are on record, in their order."""
        statement = f"SELECT {_NOTICE} FROM notices WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq"  # noqa: S608 - as above
        with self._ledger.readers.snapshot() as connection:
            return [Notice(*row[1:9]) for row in connection.execute(statement, (json.dumps(ids),))]

    def story(self, commitment: str) -> Story:
        """How a promise stands, and what the team said of it."""
        with self._ledger.readers.snapshot() as connection:
            standing = rows.standing_of(connection, commitment)
            if standing is None:
                return Story()
            key = (commitment, standing.events, standing.retractions, standing.last_time, standing.last_id)
            known = self._said.get(key)
            if known is None:
                known = _said([event for event, _, _ in rows.events_of(connection, commitment, self._ledger.made.zone)], commitment)
                self._said[key] = known
                while len(self._said) > _REMEMBERED:
                    self._said.popitem(last=False)
            return Story(standing, *known)


def _said(events: list[Event], commitment: str) -> tuple[str, Instant | None]:
    """The last reason that a team gave, or that it warned without one, and when; events that were retracted said nothing."""
    said: tuple[str, Instant | None] = "", None
    for event, _, effect in walk(commitment, events):
        if event.rank in _SAYING and not effect.startswith("nothing: retracted"):
            reason = str(event.data.get("reason") or "").strip()
            if reason or event.rank == WARNED:
                said = reason, event.time
    return said
