"""Reading commitments: lists by filter and page, and one with its life."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from troth.domain import life
from troth.domain.events import Event
from troth.domain.fold import fold
from troth.domain.forecast import Outlook
from troth.domain.instants import Instant
from troth.domain.standing import CANCELLED, DELIVERED, OPEN, REVOKED, UNMADE, Standing
from troth.ledger import endangered, rows
from troth.ledger.beside import Readable

Document = dict[str, Any]
_OPEN: Final = "state = 'open' AND made_at IS NOT NULL"
_STATES: Final = {
    UNMADE: "made_at IS NULL",
    OPEN: _OPEN,
    **{state: f"state = '{state}' AND made_at IS NOT NULL" for state in (DELIVERED, REVOKED, CANCELLED)},
    "pending": f"{_OPEN} AND due_at >= :now",
    "overdue": f"{_OPEN} AND due_at < :now",
    "undated": f"{_OPEN} AND due_at IS NULL",
}
# At risk is what the book says, not a column: it moves with the team's outcomes.
_BY_RISK: Final = {
    "at_risk": "id IN (SELECT value FROM json_each(:endangered))",
    "pending": "id NOT IN (SELECT value FROM json_each(:endangered))",
}
STATES: Final = (*_STATES, "at_risk")
# By order: the column, its direction, the comparison that goes on behind a cursor, and what the partial indexes need said.
_ORDERS: Final = {
    "id": ("id", "ASC", ">", ""),
    "due": ("due_at", "ASC", ">", "due_at IS NOT NULL"),
    "closed": ("closed_at", "DESC", "<", f"state = '{DELIVERED}' AND made_at IS NOT NULL"),
}
ORDERS: Final = (*_ORDERS, endangered.ORDER)

Outlooks = Callable[[Iterable[str | None], Instant | None], Mapping[str | None, Outlook]]


class Promises:
    """Commitments as DESIGN's HTTP section has them."""

    def __init__(self, ledger: Readable, clock: Callable[[], Instant], outlooks: Outlooks) -> None:
        self._ledger = ledger
        self._clock = clock
        self._outlooks = outlooks

    def commitments(  # noqa: PLR0913 - one argument a filter, all by keyword
        self,
        *,
        team: str | None = None,
        customer: str | None = None,
        goal: str | None = None,
        state: str | None = None,
        q: str | None = None,
        order: str = "id",
        limit: int = 100,
        cursor: str | None = None,
    ) -> Document:
        """A page of commitments as of now, without their histories. Raises ValueError for a cursor that is none of ours."""
        now = self._clock()
        asked = {column: value for column, value in (("team", team), ("customer", customer), ("goal", goal)) if value is not None}
        if order == endangered.ORDER:
            return self._endangered(asked if state in endangered.STATES else None, q, now, limit, cursor)
        values: dict[str, Any] = {**asked, "now": now, "limit": limit + 1}
        conditions = [f"{column} = :{column}" for column in asked]
        if state in _BY_RISK:
            with self._ledger.book() as book:
                values["endangered"] = json.dumps(list(book.endangered))
            conditions.append(_BY_RISK[state])
        if state in _STATES:
            conditions.append(_STATES[state])
        if q:
            conditions.append("(title LIKE :q ESCAPE '\\' OR id LIKE :q ESCAPE '\\')")
            values["q"] = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = self._page(conditions, values, order, cursor)
        outlooks = self._outlooks({standing.team for standing in found}, None)
        return self._listed(found[:limit], outlooks, now, _cursor_behind(found[limit - 1], order) if len(found) > limit else None)

    def _endangered(self, asked: Mapping[str, str] | None, q: str | None, now: Instant, limit: int, cursor: str | None) -> Document:
        """A page of what is at risk, the lowest chance first; `asked` is None where nothing at risk is asked for."""
        behind = None if cursor is None else endangered.read_cursor(cursor)
        moment = now if behind is None else behind.moment
        with self._ledger.book() as book:
            found = [] if asked is None else endangered.at_risk(book, asked, q)
        outlooks = self._outlooks({standing.team for standing in found}, None)
        worst = endangered.worst(found, outlooks, moment, limit + 1, behind and behind.place)
        following = str(endangered.Cursor(moment, worst[limit - 1][0])) if len(worst) > limit else None
        return self._listed([standing for _, standing in worst[:limit]], outlooks, now, following)

    def _listed(
        self, standings: Iterable[Standing], outlooks: Mapping[str | None, Outlook], now: Instant, following: str | None
    ) -> Document:
        tolerance = self._ledger.made.rules.tolerance
        listed = [life.commitment(standing, now, tolerance, outlooks[standing.team]) for standing in standings]
        return {"commitments": listed, "next": following}

    def commitment(self, id: str, at: Instant | None = None, known_at: Instant | None = None) -> Document | None:
        """One commitment with its history: as of now, as it had happened by `at`, or as the ledger held it at `known_at`."""
        made = self._ledger.made
        with self._ledger.readers.snapshot() as connection:
            recorded = [(event, recorded_at) for event, recorded_at, _ in rows.events_of(connection, id, made.zone)]
        known: list[tuple[Event, Instant]] = [
            (event, recorded_at)
            for event, recorded_at in recorded
            if (at is None or event.time <= at) and (known_at is None or recorded_at <= known_at)
        ]
        if not known:
            return None
        now = min(moment for moment in (at, known_at, self._clock()) if moment is not None)
        standing = fold(id, (event for event, _ in known))
        outlook = self._outlooks([standing.team], at)[standing.team]
        return {**life.commitment(standing, now, made.rules.tolerance, outlook), "history": life.history(id, known)}

    def _page(self, conditions: list[str], values: dict[str, Any], order: str, cursor: str | None) -> list[Standing]:
        column, direction, behind, needed = _ORDERS[order]
        if needed:
            conditions.append(needed)
        if cursor is not None and order == "id":
            conditions.append("id > :last_id")
            values["last_id"] = cursor
        elif cursor is not None:
            moment, _, last_id = cursor.partition(" ")
            conditions.append(f"({column}, id) {behind} (:last, :last_id)")
            values |= {"last": rows.number_of(moment), "last_id": last_id}
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        by = "id" if order == "id" else f"{column} {direction}, id {direction}"
        statement = f"{rows.SELECT_STANDING} {where} ORDER BY {by} LIMIT :limit"
        with self._ledger.readers.snapshot() as connection:
            return [Standing(*row) for row in connection.execute(statement, values)]


def _cursor_behind(standing: Standing, order: str) -> str:
    column = _ORDERS[order][0]
    return standing.id if order == "id" else f"{getattr(standing, column)} {standing.id}"
