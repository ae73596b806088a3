"""A record of the log is an event, or is told why it is none."""

from datetime import UTC

import pytest
from pydantic_core import from_json, to_json

from tests.notation import at, posted, promised
from troth.domain.events import read_event
from troth.stream.records import EVENT_BYTES, EVENT_HEADERS, Place, Unreadable, event_key, event_value, read_record, rejection

NOW_MS = at("day 3") // 1_000
MADE = posted(1, ("day 1", promised(due="day 9")))
VALUE = to_json(MADE)
NEWER = to_json({**MADE, "type": "troth.commitment-sworn"})


def test_an_event_comes_back_from_its_record_as_it_was_posted() -> None:
    event = read_event(MADE, at("day 3"))
    assert read_record(event_key(event), event_value(event), EVENT_HEADERS, NOW_MS, UTC) == event


def test_an_event_without_a_time_takes_that_of_its_record() -> None:
    timeless = to_json({name: value for name, value in MADE.items() if name != "time"})
    assert read_record(b"c", timeless, EVENT_HEADERS, NOW_MS, UTC).time == at("day 3")


@pytest.mark.parametrize(
    ("key", "value", "headers", "reason"),
    [
        (b"c", None, EVENT_HEADERS, "a tombstone"),
        (None, VALUE, EVENT_HEADERS, "it has no key"),
        (b"another", VALUE, EVENT_HEADERS, "its key is b'another', and its subject 'c'"),
        (b"c", b"\xff\xfe", EVENT_HEADERS, "it is not JSON"),
        (b"c", b'{"specversion": NaN}', EVENT_HEADERS, "it is not JSON"),
        (b"c", b"[]", EVENT_HEADERS, "it is not a JSON object"),
        (b"c", b"{}", EVENT_HEADERS, "/type: is missing"),
        (b"c", NEWER, EVENT_HEADERS, "/type: is not a type of event"),
        (b"c", b" " * (EVENT_BYTES + 1), EVENT_HEADERS, "an event has 1000000 at most"),
        (b"c", VALUE, (("content-type", b"application/avro"),), "its header content-type is b'application/avro'"),
    ],
)
def test_a_record_that_is_no_event_says_why(
    key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...], reason: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_record(key, value, headers, NOW_MS, UTC)
    assert reason in str(refused.value)


def test_a_rejection_says_where_the_record_lies_why_it_is_rejected_and_what_it_was() -> None:
    said = from_json(rejection(Place("troth.events", 3, 41), b"c", b"\xff", NOW_MS, "it is not JSON"))
    assert said == {
        "reason": "it is not JSON",
        "topic": "troth.events",
        "partition": 3,
        "offset": 41,
        "recorded_at": "2026-01-04T00:00:00.000000Z",
        "key": {"text": "c"},
        "value": {"base64": "/w=="},
        "bytes": 1,
    }
