"""Redaction: a text goes out of the file for ever, and everything else stays as it was."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.notation import accepted, amended, delivered, moved, posted, promised, rejected, retracted, warned
from tests.unit.ledger.support import MADE, Clock, disagreements, documents, killed, opened
from troth.domain.events import read_event
from troth.domain.recording import Conflict, DeliveryRecord
from troth.domain.redaction import FIELDS, REDACTED, REDACTED_URL
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.redaction import NotOnRecord, redact
from troth.ledger.store import Held

NAME = "Jette Wölck-Sørensen"
URL = f"https://tool.example/people/{NAME[:5]}"
LIFE = [
    ("day 0", promised(title=f"A till for {NAME}", url=URL, conditions=f"{NAME} agrees\nto it", due="day 20", budget=10, unit="EUR")),
    ("day 1", amended(title=f"Tills for {NAME}")),
    ("day 2", moved("day 25", reason=f"{NAME} is ill")),
    ("day 3", warned(reason=f"{NAME} has left")),
    ("day 12", delivered(cost=9)),
    ("day 13", rejected(rating=2, reason=f"{NAME} is not happy")),
    ("day 14", delivered()),
    ("day 15", accepted(rating=4)),
]
EVENTS = [{**posted(nth, happening), "note": f"told by {NAME}"} for nth, happening in enumerate(LIFE, 1)]
EVENTS.append(posted(9, ("day 16", {**retracted(4), "data": {"source": "story", "id": "4", "reason": f"{NAME} is back"}})))
OTHER = posted(1, ("day 1", promised(title="Something else", due="day 9")), "other")
SECRETS = (NAME.encode(), b"W\\u00f6lck", b"people/Jette", b"Jette")


def send(ledger: Ledger, clock: Clock, events: list[dict[str, Any]], id: str, *, kept: str | None = None, **said: Any) -> Any:
    read = [read_event(event, clock.now) for event in events]
    return ledger.append_now(DeliveryRecord(f"0000000000{id}", "tool", clock.now, kept=kept, **said), read)


def kept_copy(text: str) -> str:
    return json.dumps({"headers": {}, "payload": {"title": text}}, ensure_ascii=False)


def a_ledger(directory: Path, clock: Clock) -> dict[str, Any]:
    """A ledger in which the name is in every place that takes a text, and what else it says."""
    with opened(directory, clock) as ledger:
        for nth, event in enumerate(EVENTS):
            send(ledger, clock, [event], f"{nth:02}", kept=kept_copy(f"A till for {NAME}"), what=f"about A till for {NAME}")
        send(ledger, clock, [OTHER], "50", kept=kept_copy("Something else"))
        send(ledger, clock, [], "60", kept=kept_copy(f"Tills for {NAME}"), reason=f"title is 'Tills for {NAME}'")
        # Pages that are written and freed again leave texts behind in the file.
        for nth in range(60):
            send(ledger, clock, [posted(nth, ("day 1", promised(title=f"{NAME} " * 90)), f"bulk {nth % 2}")], f"7{nth:02}")
        told: dict[str, Any] = without_texts(documents(ledger, clock))
        return told


def without_texts(document: Any) -> Any:
    """A document without what redaction may change."""
    if isinstance(document, Mapping):
        return {name: without_texts(value) for name, value in document.items() if name not in ("title", "url", "conditions")}
    return [without_texts(one) for one in document] if isinstance(document, list) else document


def bytes_of(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def redact_all(directory: Path) -> None:
    for commitment in ("c", "bulk 0", "bulk 1"):
        redact(directory, MADE, commitment, (), FIELDS)


def test_no_byte_of_a_redacted_text_is_left_in_any_file_and_no_number_changes(tmp_path: Path) -> None:
    clock = Clock("day 30")
    before = a_ledger(tmp_path, clock)
    assert all(secret in bytes_of(tmp_path) for secret in (NAME.encode(), b"people/Jette"))
    done = redact(tmp_path, MADE, "c", (), FIELDS)
    assert (done.events, done.traces, done.copies) == (9, 10, 10)
    redact_all(tmp_path)
    left = bytes_of(tmp_path)
    assert [secret for secret in SECRETS if secret in left] == []
    assert b"Something else" in left
    assert disagreements(tmp_path, clock) == []
    with opened(tmp_path, clock) as ledger:
        assert without_texts(documents(ledger, clock)) == before
        found = LedgerReading(ledger, clock).commitment("c")
        assert found is not None
        assert (found["title"], found["url"], found["conditions"]) == (REDACTED, REDACTED_URL, REDACTED)
        assert (found["budget"], found["cost"], found["rating"], found["state"]) == (10, 9, 4, "delivered")
        assert [event["id"] for event in found["history"]] == [str(nth) for nth in range(1, 10)]
    assert NAME.encode() not in bytes_of(tmp_path)


def test_whoever_sends_the_original_again_does_not_bring_the_text_back(tmp_path: Path) -> None:
    clock = Clock("day 30")
    a_ledger(tmp_path, clock)
    redact_all(tmp_path)
    with opened(tmp_path, clock) as ledger:
        again = send(ledger, clock, EVENTS, "90", kept=kept_copy(f"A till for {NAME}"))
        assert (len(again.new), again.duplicates) == (0, len(EVENTS))
        assert NAME.encode() not in bytes_of(tmp_path)
        with pytest.raises(Conflict):
            send(ledger, clock, [{**EVENTS[4], "data": {"cost": 8}}], "91")
    assert NAME.encode() not in bytes_of(tmp_path)
    assert disagreements(tmp_path, clock) == []


def test_what_is_sent_later_of_a_redacted_commitment_has_no_text_either(tmp_path: Path) -> None:
    clock = Clock("day 30")
    a_ledger(tmp_path, clock)
    redact_all(tmp_path)
    with opened(tmp_path, clock) as ledger:
        later = posted(20, ("day 17", amended(title=f"More tills for {NAME}")))
        assert len(send(ledger, clock, [later], "90", kept=kept_copy(NAME)).new) == 1
    assert NAME.encode() not in bytes_of(tmp_path)
    assert disagreements(tmp_path, clock) == []


def test_only_the_named_events_and_fields_are_blanked(tmp_path: Path) -> None:
    clock = Clock("day 30")
    a_ledger(tmp_path, clock)
    redact(tmp_path, MADE, "c", ["2", "3"], ["title", "reason"])
    assert disagreements(tmp_path, clock) == []
    with opened(tmp_path, clock) as ledger:
        found = LedgerReading(ledger, clock).commitment("c")
        assert found is not None
        assert (found["title"], found["url"]) == (REDACTED, URL)
        data = [event["data"] for event in found["history"]]
        assert data[0]["title"] == f"A till for {NAME}"
        assert (data[1]["title"], data[2]["reason"]) == (REDACTED, REDACTED)
        assert found["history"][2]["note"] == f"told by {NAME}"
        assert len(send(ledger, clock, [posted(20, ("day 17", amended(title="A new one")))], "90").new) == 1
        assert (send(ledger, clock, EVENTS[:4], "91").duplicates) == 4


def test_redacting_again_changes_nothing_and_more_fields_are_added_to_the_first(tmp_path: Path) -> None:
    clock = Clock("day 30")
    a_ledger(tmp_path, clock)
    redact(tmp_path, MADE, "c", (), ["title"])
    assert redact(tmp_path, MADE, "c", (), ["title"]) == (0, 0, 0, 0)
    assert redact(tmp_path, MADE, "c", (), ["reason"]).events == 4
    with opened(tmp_path, clock) as ledger:
        assert send(ledger, clock, EVENTS, "90").duplicates == len(EVENTS)


def test_what_is_not_on_record_is_named_and_nothing_is_changed(tmp_path: Path) -> None:
    clock = Clock("day 30")
    a_ledger(tmp_path, clock)
    with pytest.raises(NotOnRecord, match="no commitment 'd'"):
        redact(tmp_path, MADE, "d", (), FIELDS)
    with pytest.raises(NotOnRecord, match="no event '99' in commitment 'c'"):
        redact(tmp_path, MADE, "c", ["1", "99"], FIELDS)
    with sqlite3.connect(tmp_path / "troth.db") as connection:
        assert connection.execute("SELECT count(*) FROM redactions").fetchone() == (0,)


def test_a_ledger_that_is_held_is_not_redacted(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock), pytest.raises(Held):
        redact(tmp_path, MADE, "c", (), FIELDS)


def test_what_a_kill_left_in_the_log_of_writes_is_erased_too(tmp_path: Path) -> None:
    clock = Clock("day 30")
    directory = tmp_path / "ledger"
    with opened(directory, clock) as ledger:
        send(ledger, clock, EVENTS, "01", kept=kept_copy(NAME))
        dead = killed(directory, tmp_path / "dead")
    assert NAME.encode() in (dead / "troth.db-wal").read_bytes()
    redact(dead, MADE, "c", (), FIELDS)
    assert NAME.encode() not in bytes_of(dead)
    assert disagreements(dead, clock) == []


def test_a_short_text_does_not_throw_away_every_copy(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        send(ledger, clock, [posted(1, ("day 0", promised(title="a")))], "01", kept=kept_copy("a"))
        send(ledger, clock, [OTHER], "02", kept=kept_copy("an apple a day"))
        send(ledger, clock, [], "03", kept=kept_copy("a"))
    assert redact(tmp_path, MADE, "c", (), FIELDS).copies == 2
