"""What monday says, and what the ledger hears: golden pairs, lives as they end, and who may say it."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.domain.instants import MICROSECONDS_A_SECOND, format_instant
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.sources import built_in

AT, DUE = "2026-01-12T08:30:00.000000Z", "2026-03-31T23:59:59.999999Z"
PROMISE = {"team": "board 42", "title": "Pay by invoice", "due_at": DUE}
DAY = {"date": "2026-03-31", "icon": None, "time": None}


def event(kind: str, of: Local | None = None, /, at: Any = "2026-01-12T08:30:00.000Z", **fields: Any) -> Mapped:
    said = {"type": kind, "boardId": 42, "pulseId": 12, "pulseName": "Pay by invoice", "triggerTime": at, "triggerUuid": "n-1", "userId": 4}
    return mapped_by("monday", {"event": said | fields}, of=of)


def column(title: str, kind: str, value: Any, before: Any = None, of: Local | None = None, /, **fields: Any) -> Mapped:
    said = {"columnTitle": title, "columnType": kind, "columnId": "c1", "value": value, "previousValue": before}
    return event("update_column_value", of, **said | fields)


def status(word: str, before: str, at: str = "2026-03-20T16:00:00Z", of: Local | None = None) -> Mapped:
    return column("Status", "color", {"label": {"text": word}}, {"label": {"text": before}}, of, at=at)


DATED = column("Due date", "date", DAY)
GOLDEN = [
    pytest.param(DATED, [("made", AT, PROMISE)], id="a date set"),
    pytest.param(
        column("Due Date", "date", DAY | {"time": "16:00:00"}),
        [("made", AT, PROMISE | {"due_at": "2026-03-31T16:00:00.000000Z"})],
        id="with a time",
    ),
    pytest.param(column("Timeline", "timeline", {"from": "2026-02-01", "to": "2026-03-31"}), [("made", AT, PROMISE)], id="a timeline"),
    pytest.param(
        column("Launch", "date", DAY, None, chosen(dates_from="Launch", teams={"42": "Web Shop"})),
        [("made", AT, PROMISE | {"team": "Web Shop"})],
        id="a column and a team that the user named",
    ),
    pytest.param(
        column("Due date", "date", None, DAY),
        [("renegotiated", AT, {"due_at": None, "reason": "its due date was taken away"})],
        id="its date taken away",
    ),
    pytest.param(
        event("create_pulse", columnValues={"status": {"label": {"text": "x"}}, "date4": DAY}),
        [("made", AT, PROMISE)],
        id="created with a date",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert (mapped.reason, mapped.native_id) == ("", "n-1")
    for posted in mapped.events:
        assert format_instant(read_event(posted, NOW).time) == posted["time"]


@pytest.mark.parametrize(
    ("later", "state"),
    [
        pytest.param([status("Done", "Working on it")], "delivered", id="done"),
        pytest.param(
            [column("Status", "status", {"label": {"text": "Fertig", "is_done": True}})], "delivered", id="done by monday's own mark"
        ),
        pytest.param([status("Live", "x", of=chosen(done=["live"]))], "delivered", id="done by the user's word"),
        pytest.param([status("Dropped", "x", of=chosen(wont_do=["Dropped"]))], "revoked", id="given up by the user's word"),
        pytest.param([status("Done", "x"), status("Working on it", "Done", "2026-03-21T00:00:00Z")], "open", id="reopened"),
        pytest.param([event("archive_pulse")], "revoked", id="archived"),
        pytest.param([event("archive_pulse"), event("restore_pulse", at="2026-02-01T00:00:00Z")], "open", id="restored"),
        pytest.param([event("item_deleted", pulseId=None, itemId=12)], "revoked", id="deleted"),
        pytest.param(
            [status("Done", "x"), event("update_name", value={"name": "New"}, at="2026-03-22T00:00:00Z")], "delivered", id="renamed"
        ),
    ],
)
def test_a_life_ends_right_and_an_item_that_was_never_a_promise_begins_none(later: list[Mapped], state: str) -> None:
    ledger, other = Remembered("monday"), Remembered("monday")
    ledger.take(DATED, *later)
    other.take(*later)
    assert ledger.standing("monday:items/12").state == state
    assert other.events == {}


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(
            column("Due date", "date", {"date": "2026-13-45"}), "event.value.date is '2026-13-45', which is no time", id="no such day"
        ),
        pytest.param(
            column("Birthday", "date", DAY), "the column 'Birthday' is no due date: `dates_from` names those that are", id="another column"
        ),
        pytest.param(event("update_column_value", boardId=None), "event.boardId is empty, which names nothing", id="without a board"),
        pytest.param(event("create_update"), "create_update changes nothing of a promise", id="a comment"),
        pytest.param(event("create_pulse", columnValues=[]), "columnValues is a list, not an object", id="another type"),
        pytest.param(event("create_pulse", at=None), "event.triggerTime is empty, which is no time", id="no time"),
        pytest.param(mapped_by("monday", {}), "event.type is missing, which says what this is", id="nothing"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


def _token(claims: Any, secret: bytes = b"s3cret", algorithm: str = "HS256") -> str:
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": algorithm}, claims))
    signature = base64.urlsafe_b64encode(hmac.new(secret, head + b"." + body, hashlib.sha256).digest()).rstrip(b"=")
    return b".".join((head, body, signature)).decode()


SOON = {"exp": NOW // MICROSECONDS_A_SECOND + 60}


@pytest.mark.parametrize(
    ("given", "opens"),
    [
        pytest.param(_token(SOON), True, id="signed"),
        pytest.param(f"Bearer {_token(SOON)}", True, id="behind Bearer"),
        pytest.param(_token(SOON, b"other"), False, id="another secret"),
        pytest.param(_token(SOON, algorithm="none"), False, id="no algorithm"),
        pytest.param(_token({"exp": SOON["exp"] - 120}), False, id="expired"),
        pytest.param(_token({}), False, id="without an end"),
        pytest.param(_token([]), False, id="claims that are none"),
        pytest.param(_token(SOON).rpartition(".")[0] + ".", False, id="without a signature"),
        pytest.param("s3cret", False, id="the secret itself"),
        pytest.param("\u20ac.\u20ac.\u20ac", False, id="what no header can hold"),
    ],
)
def test_a_delivery_opens_only_with_a_token_of_ours(given: str, opens: bool) -> None:
    assert built_in(Local())["monday"].verify(Delivery("monday", {"authorization": given}, b"{}"), ["s3cret"], NOW) is opens
