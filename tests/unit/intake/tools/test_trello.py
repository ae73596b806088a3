"""What Trello says, and what the ledger hears: golden pairs, lives as they end, and who may say it."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from tests.unit.intake.tools.support import NOW, Remembered, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.intake.asking import answered
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.sources import built_in

CARD = {"id": "aa11", "idShort": 8, "name": "Pay by invoice", "shortLink": "Ab1"}
AT = "2026-01-12T08:30:00.000000Z"
PROMISE = {"team": "Web Shop", "title": "Pay by invoice", "url": "https://trello.com/c/Ab1"}
DUE = {"due_at": "2026-03-31T16:00:00.000000Z"}


def card(kind: str, old: Any = None, of: Local | None = None, /, date: str = "2026-01-12T08:30:00.000Z", **fields: Any) -> Mapped:
    beside = {name: fields.pop(name) for name in ("board", "list", "listBefore", "listAfter", "label") if name in fields}
    data = {"board": {"id": "b1", "name": "Web Shop"}, "card": CARD | fields, "old": old or {}} | beside
    action = {"id": "n-1", "type": kind, "date": date, "data": data, "memberCreator": {"username": "jdoe", "fullName": "Jane Doe"}}
    return mapped_by("trello", {"action": action, "model": {}}, of=of)


DATED = card("updateCard", {"due": None}, due="2026-03-31T16:00:00.000Z")
DONE = card("updateCard", {"dueComplete": False}, dueComplete=True, date="2026-03-20T16:00:00.000Z")
GOLDEN = [
    pytest.param(DATED, [("made", AT, PROMISE | DUE)], id="a date set"),
    pytest.param(card("createCard", due="2026-03-31T16:00:00.000Z"), [("made", AT, PROMISE | DUE)], id="created with a date"),
    pytest.param(
        card("updateCard", {"due": "2026-03-31T16:00:00.000Z"}, due=None),
        [("renegotiated", AT, {"due_at": None, "reason": "its due date was taken away"})],
        id="its date taken away",
    ),
    pytest.param(
        card("moveCardToBoard", None, chosen(teams={"Ops": "Operations"}), due="2026-03-31T16:00:00.000Z", board={"name": "Ops"}),
        [("made", AT, PROMISE | DUE | {"team": "Operations"})],
        id="moved to another board, which has a name of its own here",
    ),
]


@pytest.mark.parametrize(("mapped", "expected"), GOLDEN)
def test_what_is_said_becomes_these_events(mapped: Mapped, expected: Told) -> None:
    assert told(mapped) == expected
    assert (mapped.reason, mapped.native_id) == ("", "n-1")
    for event in mapped.events:
        assert read_event(event, NOW).subject == "trello:cards/aa11"


@pytest.mark.parametrize(
    ("later", "state"),
    [
        pytest.param([DONE], "delivered", id="its date marked complete"),
        pytest.param([card("updateCard", listBefore={"name": "Doing"}, listAfter={"name": "Done"})], "delivered", id="moved to Done"),
        pytest.param(
            [card("updateCard", None, chosen(done=["Live"]), listBefore={"name": "Doing"}, listAfter={"name": "Live"})],
            "delivered",
            id="moved to a list that the user counts as done",
        ),
        pytest.param(
            [card("updateCard", None, chosen(done=["Live"]), listBefore={"name": "Doing"}, listAfter={"name": "Done"})],
            "open",
            id="Done is a list like any other where the user names another",
        ),
        pytest.param(
            [DONE, card("updateCard", {"dueComplete": True}, dueComplete=False, date="2026-03-21T00:00:00Z")], "open", id="reopened"
        ),
        pytest.param(
            [DONE, card("updateCard", listBefore={"name": "Done"}, listAfter={"name": "Doing"}, date="2026-03-21T00:00:00Z")],
            "open",
            id="moved out of Done",
        ),
        pytest.param([DONE, card("updateCard", {"name": "x"}, date="2026-03-21T00:00:00Z")], "delivered", id="renamed when it was done"),
        pytest.param([card("updateCard", {"closed": False}, closed=True)], "revoked", id="archived"),
        pytest.param(
            [
                card("updateCard", {"closed": False}, closed=True),
                card("updateCard", {"closed": True}, closed=False, date="2026-02-01T00:00:00Z"),
            ],
            "open",
            id="archived and restored",
        ),
        pytest.param(
            [
                DONE,
                card("updateCard", {"closed": False}, closed=True, date="2026-03-21T00:00:00Z"),
                card("updateCard", {"closed": True}, closed=False, date="2026-03-22T00:00:00Z"),
            ],
            "delivered",
            id="done, archived and restored: still done",
        ),
        pytest.param([card("deleteCard")], "revoked", id="deleted"),
    ],
)
def test_a_life_ends_right_and_a_card_that_was_never_a_promise_begins_none(later: list[Mapped], state: str) -> None:
    ledger, other = Remembered("trello"), Remembered("trello")
    ledger.take(DATED, *later)
    other.take(*later)
    assert ledger.standing("trello:cards/aa11").state == state
    assert not [event for event in other.events.values() if event.type == "troth.commitment-made"]


def test_what_was_complete_before_its_date_was_heard_of_is_done_and_a_list_alone_says_nothing() -> None:
    late, other = Remembered("trello"), Remembered("trello")
    late.take(DONE, DATED)
    assert late.standing("trello:cards/aa11").state == "delivered"
    other.take(card("updateCard", listBefore={"name": "Doing"}, listAfter={"name": "Done"}), card("updateCard", closed=True))
    assert other.events == {}


def test_a_label_at_risk_warns() -> None:
    ledger = Remembered("trello")
    ledger.take(DATED, card("addLabelToCard", label={"name": "At risk"}))
    assert ledger.standing("trello:cards/aa11").warned_at is not None


def test_without_a_ledger_what_happened_is_sent_and_what_is_guessed_is_not() -> None:
    alone = answered("trello", DONE, None)
    assert told(alone) == [("delivered", "2026-03-20T16:00:00.000000Z", {})]
    renamed = answered("trello", card("updateCard", {"name": "x"}), None)
    assert renamed.events == []
    assert renamed.reason.endswith("what depends on the record was left out, as no ledger can be asked here")


@pytest.mark.parametrize(
    ("mapped", "reason"),
    [
        pytest.param(card("updateCard", due="2026-13-45"), "action.data.card.due is '2026-13-45', which is no time", id="no such day"),
        pytest.param(card("updateCard", board=None), "action.data.board.name is missing", id="without a board"),
        pytest.param(card("commentCard"), "commentCard changes nothing of a promise", id="a comment"),
        pytest.param(card("updateCard", date="soon"), "action.date is 'soon', which is no time", id="no time"),
        pytest.param(mapped_by("trello", {}), "action.type is missing, which says what this is", id="nothing"),
        pytest.param(mapped_by("trello", {"action": {"type": "updateCard", "data": []}}), "data is a list, not an object", id="a list"),
    ],
)
def test_whatever_else_is_explained(mapped: Mapped, reason: str) -> None:
    assert (mapped.events, mapped.reason) == ([], reason)


@pytest.mark.parametrize(
    ("url", "secret", "opens"),
    [
        ("https://troth.example/webhooks/trello", "s3cret", True),
        ("https://troth.example/webhooks/trello/", "s3cret", False),
        ("https://troth.example/webhooks/trello", "other", False),
    ],
)
def test_a_delivery_opens_only_when_it_is_signed_with_its_own_address(url: str, secret: str, opens: bool) -> None:
    body = b'{"action": {}}'
    signed = base64.b64encode(hmac.new(secret.encode(), body + url.encode(), hashlib.sha1).digest()).decode()
    delivery = Delivery("trello", {"x-trello-webhook": signed}, body, "https://troth.example/webhooks/trello")
    verify = built_in(Local())["trello"].verify
    assert verify(delivery, ["s3cret"], NOW) is opens
    assert not verify(Delivery("trello", {}, body, url), ["s3cret"], NOW)
