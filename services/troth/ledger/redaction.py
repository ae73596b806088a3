"""Redaction: the log's texts are written anew without some, for ever, and the file without its old pages."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from troth.domain.events import Event
from troth.domain.fold import fold
from troth.domain.recording import DeliveryRecord
from troth.domain.redaction import REDACTED, blanked, redacted, texts_of
from troth.ledger import rows
from troth.ledger.restore import Made
from troth.ledger.store import FILE, Lock, open_writer

Rules = Mapping[str, Mapping[tuple[str, str], frozenset[str]]]  # fields to blank by commitment and event; ("", "") is for all its events
_WHOLE: Final = ("", "")
_SHORTEST: Final = 4  # a shorter text is looked for only where it is all that is said: it is a part of too many others
_SHOWN: Final = 57  # so much of a value the reasons of intake show


class NotOnRecord(Exception):
    """What is to be redacted is not in the ledger; the message names what is missing."""


class NotErased(Exception):
    """The texts are blanked, but the file may still have them in old pages; the message says why and what to do."""


class Blanked(NamedTuple):
    """How many events, notices and traces lost a text, and how many kept copies of deliveries were thrown away."""

    events: int
    notices: int
    traces: int
    copies: int


def read_rules(connection: sqlite3.Connection) -> Rules:
    """What is redacted, so that nobody's sending it again brings it back."""
    rules: dict[str, dict[tuple[str, str], frozenset[str]]] = {}
    for subject, source, id, fields in connection.execute("SELECT subject, source, id, fields FROM redactions"):
        rules.setdefault(subject, {})[source, id] = frozenset(json.loads(fields))
    return rules


def by_rules(event: Event, rules: Rules) -> Event:
    """An event as the ledger may take it."""
    fields = _fields_of(rules.get(event.subject, {}), event.name)
    return redacted(event, fields) if fields else event


def without_texts(delivery: DeliveryRecord, events: Sequence[Event], rules: Rules) -> tuple[DeliveryRecord, Sequence[Event]]:
    """A delivery as the ledger may take it: where an event loses a text, the copy that has it is not kept either."""
    allowed = [by_rules(event, rules) for event in events]
    if all(event is before for event, before in zip(allowed, events, strict=True)):
        return delivery, events
    return replace(delivery, kept=None), allowed


def redact(directory: Path, made: Made, commitment: str, ids: Collection[str], fields: Collection[str]) -> Blanked:
    """Blank fields of a commitment's events of these ids, or (without any) of all that there are and will be, in one transaction.

    Then the file is written anew, so that nothing of the old texts is left in it. Raises Held, StrangeFile, NotOnRecord or
    NotErased; done again, it changes nothing more but writes the file anew.
    """
    with closing(Lock(directory)), closing(open_writer(directory)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = _blank(connection, made, commitment, ids, fields)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        _erase(connection, directory)
    return result


def _blank(connection: sqlite3.Connection, made: Made, commitment: str, ids: Collection[str], fields: Collection[str]) -> Blanked:
    log = [(event, seq) for event, _, seq in rows.events_of(connection, commitment, made.zone)]
    names = {event.name for event, _ in log if event.id in ids}
    missing = set(ids) - {id for _, id in names}
    if not log or missing:
        what = f"event {min(missing)!r} in " if log else ""
        raise NotOnRecord(f"There is no {what}commitment {commitment!r} in this ledger. Nothing was changed.")
    _add_rules(connection, commitment, names or [_WHOLE], fields)
    rules = read_rules(connection)
    texts = {text for event, _ in log for text in texts_of(event.posted, _fields_of(rules[commitment], event.name))}
    places = [seq for event, seq in log if not names or event.name in names]
    changed = [(seq, blanked(event.posted, _fields_of(rules[commitment], event.name)), event) for event, seq in log]
    changed = [(seq, posted, event) for seq, posted, event in changed if posted != event.posted]
    connection.executemany("UPDATE events SET posted = ? WHERE seq = ?", [(rows.text_of(posted), seq) for seq, posted, _ in changed])
    standing = fold(commitment, [by_rules(event, rules) for event, _ in log])
    told = (standing.title, standing.url, standing.conditions, commitment)
    connection.execute("UPDATE standings SET title = ?, url = ?, conditions = ? WHERE id = ?", told)
    notices = _blank_notices(connection, commitment, texts)
    return Blanked(len(changed), notices, _blank_traces(connection, texts), _drop_copies(connection, texts, places))


def _add_rules(connection: sqlite3.Connection, commitment: str, names: Iterable[tuple[str, str]], fields: Collection[str]) -> None:
    before = read_rules(connection).get(commitment, {})
    connection.executemany(
        "INSERT OR REPLACE INTO redactions (subject, source, id, fields) VALUES (?, ?, ?, ?)",
        [(commitment, *name, json.dumps(sorted({*fields, *before.get(name, ())}))) for name in names],
    )


def _fields_of(rules: Mapping[tuple[str, str], frozenset[str]], name: tuple[str, str]) -> frozenset[str]:
    return rules.get(_WHOLE, frozenset()) | rules.get(name, frozenset())


def _blank_notices(connection: sqlite3.Connection, commitment: str, texts: Collection[str]) -> int:
    statement = "UPDATE notices SET title = ? WHERE commitment = ? AND title IN (SELECT value FROM json_each(?))"
    return connection.execute(statement, (REDACTED, commitment, _json(texts))).rowcount


def _blank_traces(connection: sqlite3.Connection, texts: Iterable[str]) -> int:
    long = {part for text in texts for part in (text, text[:_SHOWN]) if len(text) >= _SHORTEST}
    count = 0
    for text in sorted(long, key=len, reverse=True):
        count += connection.execute(
            "UPDATE deliveries SET what = replace(what, ?1, ?2), reason = replace(reason, ?1, ?2)"
            " WHERE instr(what, ?1) > 0 OR instr(reason, ?1) > 0",
            (text, REDACTED),
        ).rowcount
    return count


def _drop_copies(connection: sqlite3.Connection, texts: Iterable[str], places: Collection[int]) -> int:
    """Throw away the copies of deliveries that became the events, or have one of the texts in them, whatever became of them."""
    inside = [text if len(text) >= _SHORTEST else f'"{text}"' for text in map(_inside_json, texts)]
    found = connection.execute(
        "UPDATE deliveries SET kept = NULL WHERE kept IS NOT NULL AND (EXISTS (SELECT 1 FROM json_each(?1) WHERE instr(kept, value) > 0)"
        " OR EXISTS (SELECT 1 FROM json_each(?2) WHERE value BETWEEN first_seq AND first_seq + events - 1)"
        " OR EXISTS (SELECT 1 FROM json_each(duplicates) WHERE value IN (SELECT value FROM json_each(?2))))",
        (_json(inside), _json(places)),
    )
    return found.rowcount


def _erase(connection: sqlite3.Connection, directory: Path) -> None:
    again = "The texts are blanked, but old pages of the file may still have them. Then redact the same once more."
    try:
        # What the file is written anew by is beside it, and not wherever the system has its temporary files.
        connection.execute(f"PRAGMA temp_store_directory = '{str(directory.resolve()).replace(chr(39), 2 * chr(39))}'")
        connection.execute("VACUUM")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise NotErased(
            f"{directory / FILE} could not be written anew: {error}. Free as much space on its disk as it takes. {again}"
        ) from None
    if busy:
        raise NotErased(f"{directory / FILE} is being read by another program. End that. {again}")


def _inside_json(text: str) -> str:
    return rows.text_of(text)[1:-1]


def _json(values: Iterable[Any]) -> str:
    return rows.text_of(list(values))
