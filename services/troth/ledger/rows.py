"""How values of the domain lie in the ledger's rows, and come back."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import Any, Final

from pydantic_core import from_json, to_json

from troth.domain.account import Account, Subject
from troth.domain.events import DATE_FROM, Event, recall_event
from troth.domain.instants import Instant
from troth.domain.notices import Notice
from troth.domain.standing import OPEN, Changes, Standing
from troth.domain.tally import CELLS, Tally
from troth.domain.verdict import Outcome, Rules, outcome

_FIELDS: Final = (*Standing._fields, "outcome")
_BLANK: Final = {name: value for name, value in Standing("")._asdict().items() if value is not None}
SELECT_STANDING: Final = f"SELECT {', '.join(Standing._fields)} FROM standings"  # noqa: S608 - the names are the domain's own
SELECT_STANDING_ROW: Final = f"SELECT {', '.join(_FIELDS)} FROM standings WHERE id = ?"  # noqa: S608 - as above
INSERT_STANDING: Final = f"INSERT INTO standings ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608 - as above
INSERT_EVENT: Final = "INSERT INTO events (seq, subject, source, id, time, recorded_at, posted) VALUES (?, ?, ?, ?, ?, ?, ?)"
SET_CONTAINER: Final = "UPDATE events SET container = ? WHERE seq = ?"
_SELECT_NAMES: Final = "SELECT subject, source, id, seq, posted FROM events"
# The list first, so that each of its names is searched for, and not each event of the log.
_SELECT_LISTED_NAMES: Final = (
    "SELECT e.subject, e.source, e.id, e.seq, e.posted FROM json_each(?) AS listed CROSS JOIN events AS e"
    " ON e.subject = json_extract(listed.value, '$[0]') AND e.source = json_extract(listed.value, '$[1]')"
    " AND e.id = json_extract(listed.value, '$[2]')"
)
_NOTICE_COLUMNS: Final = ("id", "kind", "commitment", "team", "customer", "goal", "title", "date", "at", "recorded_at")
INSERT_NOTICE: Final = f"INSERT OR IGNORE INTO notices ({', '.join(_NOTICE_COLUMNS)}) VALUES ({', '.join('?' * len(_NOTICE_COLUMNS))})"  # noqa: S608 - as above


def settled_outcome(standing: Standing, rules: Rules) -> Outcome | None:
    """The outcome of a standing that is closed, so that no date changes it; None for an open one."""
    return None if standing.state == OPEN else outcome(standing, standing.last_time, rules.tolerance)


def standing_row(standing: Standing, settled: Outcome | None) -> tuple[Any, ...]:
    """A standing as its row: its fields, and its settled outcome as JSON."""
    return (*standing, None if settled is None else _outcome_text(settled))


def written(old: Standing | None, new: Standing, changes: Changes, settled: Outcome | None) -> tuple[str, tuple[Any, ...]]:
    """The statement that writes `new` where `old` was (None: where nothing was), and its values.

    Only what changed is named: each other column costs its binding, and a write to its indexes where it stays the same.
    """
    if old is None:
        changes = _BLANK | changes
        changes["id"] = new.id
        if settled is not None:
            changes["outcome"] = _outcome_text(settled)
        return _insert(tuple(changes)), tuple(changes.values())
    if old.state != OPEN or new.state != OPEN:
        changes = {**changes, "outcome": None if settled is None else _outcome_text(settled)}
    return _update(tuple(changes)), (*changes.values(), new.id)


@lru_cache(maxsize=1_024)
def _insert(names: tuple[str, ...]) -> str:
    return f"INSERT INTO standings ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - the names are the domain's own


@lru_cache(maxsize=1_024)
def _update(names: tuple[str, ...]) -> str:
    assignments = ", ".join(f"{name} = ?" for name in names)
    return f"UPDATE standings SET {assignments} WHERE id = ?"  # noqa: S608 - the names are the domain's own


def number_of(text: str) -> int:
    """A number of a cursor. Raises ValueError for what is none, or none that a column holds."""
    number = int(text)
    if abs(number) >= 2**63:
        raise ValueError(f"{text[:20]}... is beyond every number of a ledger")
    return number


@lru_cache(maxsize=8_192)  # those of a day differ in little
def _outcome_text(outcome: Outcome) -> str:
    return text_of(outcome)


def read_outcome(text: str) -> Outcome:
    """An outcome from its column."""
    return Outcome(*from_json(text))


def event_row(seq: int, event: Event, recorded_at: Instant) -> tuple[Any, ...]:
    """An event as its row; its text is what was posted."""
    return (seq, event.subject, event.source, event.id, event.time, recorded_at, text_of(event.posted))


def containers(events: Iterable[Event], first: int) -> list[tuple[str, int]]:
    """What promises among events have their date from, each with its event's place, the first at `first`."""
    named = [(event.posted[DATE_FROM], place) for place, event in enumerate(events, first) if DATE_FROM in event.posted]
    return [(container, place) for container, place in named if isinstance(container, str)]


def notice_row(notice: Notice, recorded_at: Instant) -> tuple[Any, ...]:
    """A notice as its row."""
    return (
        notice.id,
        notice.kind,
        notice.commitment,
        notice.team,
        notice.customer,
        notice.goal,
        notice.title,
        notice.date,
        notice.at,
        recorded_at,
    )


def standing_of(connection: sqlite3.Connection, commitment: str) -> Standing | None:
    """The standing of a commitment; None where there is none."""
    row = connection.execute(f"{SELECT_STANDING} WHERE id = ?", (commitment,)).fetchone()
    return None if row is None else Standing(*row)


def standings_of(connection: sqlite3.Connection, commitments: Collection[str]) -> dict[str, Standing]:
    """The standings of those of the commitments that there are."""
    if not commitments:
        return {}
    if len(commitments) == 1:
        found = connection.execute(f"{SELECT_STANDING} WHERE id = ?", tuple(commitments))
    else:
        found = connection.execute(f"{SELECT_STANDING} WHERE id IN (SELECT value FROM json_each(?))", (text_of(list(commitments)),))  # noqa: S608 - as above
    return {row[0]: Standing._make(row) for row in found}


def logged(connection: sqlite3.Connection, events: Sequence[Event]) -> dict[tuple[str, str, str], tuple[int, str]]:
    """By subject, source and id, the place in the log and the text of those events that are in it."""
    names = [(event.subject, event.source, event.id) for event in events]
    if len(names) == 1:
        found = connection.execute(f"{_SELECT_NAMES} WHERE subject = ? AND source = ? AND id = ?", names[0])
    elif names:
        found = connection.execute(_SELECT_LISTED_NAMES, (text_of(names),))
    else:
        return {}
    return {(subject, source, id): (seq, posted) for subject, source, id, seq, posted in found}


def events_of(connection: sqlite3.Connection, commitment: str, zone: tzinfo, until: int = 2**62) -> list[tuple[Event, Instant, int]]:
    """The events of a commitment as they came, up to a place in the log, each with when it was recorded and its place."""
    rows = connection.execute(
        "SELECT posted, time, recorded_at, seq FROM events WHERE subject = ? AND seq <= ? ORDER BY seq", (commitment, until)
    )
    return [(recall_event(posted, time, zone), recorded_at, seq) for posted, time, recorded_at, seq in rows]


def write_account(subject: Subject, account: Account) -> tuple[str, str]:
    """An account as its row of a checkpoint. The sorted dates of open promises are not in it: the standings hold them."""
    cells = {name: value for name, value in zip(CELLS, account.tally.cells, strict=True) if value}
    document = {"made": account.made, "undated": account.undated, "cells": cells, "paces": account.tally.paces, "days": account.days}
    return json.dumps(subject, ensure_ascii=False), json.dumps(document, separators=(",", ":"))


def read_account(subject_text: str, account_text: str) -> tuple[Subject, Account]:
    """An account back from its row; entries must still tell it of the open promises' dates."""
    subject = Subject(*json.loads(subject_text))
    document = json.loads(account_text)
    tally = Tally([document["cells"].get(name, 0) for name in CELLS], {int(pace): weight for pace, weight in document["paces"].items()})
    account = Account(with_days=not subject.is_pair, tally=tally)
    account.made, account.undated = document["made"], document["undated"]
    if account.days is not None:
        account.days.update({int(day): sums for day, sums in document["days"].items()})
    return subject, account


def text_of(value: Any) -> str:
    """A value as JSON, as the file has it."""
    return to_json(value).decode()
