"""What a delivery becomes on its way to Kafka: records of its events, and a trace that is never too large."""

from datetime import UTC
from typing import Any

import pytest
from pydantic_core import to_json

from tests.notation import at, posted, promised
from troth.domain.events import Event, read_event
from troth.domain.recording import DeliveryRecord, TooLarge
from troth.stream.outgoing import TRACE_BYTES, outgoing, parcel
from troth.stream.records import EVENT_BYTES, Unreadable, read_record
from troth.stream.traces import Names, delivery_record, read_deliveries

NOW = at("day 3 + 1 microsecond")


def made(subject: str = "c", id: int = 1, **attributes: Any) -> Event:
    return read_event({**posted(id, ("day 1", promised(due="day 9")), subject), **attributes}, NOW)


def delivery(number: int = 1, reason: str = "", kept: str | None = None) -> DeliveryRecord:
    return DeliveryRecord(f"00000000000000-00000000-{number}", "github", NOW, "issues.opened", reason, kept)


def names(events: list[Event]) -> Names:
    return [(event.source, event.id, event.subject, event.type) for event in events]


def test_events_come_first_in_order_and_the_traces_of_all_that_goes_together_are_one_record_behind_them() -> None:
    first, second = [made("a", 1), made("b", 2), made("a", 3)], [made("c", 4)]
    records = outgoing([parcel(delivery(1), first, "log"), parcel(delivery(2), second, "log")], "traces")
    assert [(record.topic, record.key) for record in records] == [
        *[("log", b"a"), ("log", b"b"), ("log", b"a"), ("log", b"c")],
        ("traces", b"00000000000000-00000000-1"),
    ]
    assert [read_record(record.key, record.value, record.headers, record.timestamp_ms, UTC) for record in records[:4]] == first + second
    assert read_deliveries(records[4].value) == [(delivery(1), names(first)), (delivery(2), names(second))]


def test_an_event_is_never_of_the_future_of_its_record() -> None:
    [event, _] = outgoing([parcel(delivery(), [made()], "log")], "traces")
    assert event.timestamp_ms * 1_000 >= NOW
    assert event.timestamp_ms * 1_000 - NOW < 1_000


def test_an_event_that_the_log_does_not_hold_is_refused_with_its_name_and_the_limit() -> None:
    large: dict[str, Any] = {f"x{number}": "y" * 190 for number in range(6_000)}
    with pytest.raises(TooLarge, match=r"event '1' of source 'story'.*1,000,000"):
        parcel(delivery(), [made(), made(**large)], "log")
    assert len(to_json(made(**large).posted)) > EVENT_BYTES


def test_many_traces_are_several_records_none_of_them_too_large() -> None:
    parcels = [parcel(delivery(number, kept="k" * 300_000), [], "log") for number in range(20)]
    records = outgoing(parcels, "traces")
    assert len(records) > 1
    assert all(record.size <= TRACE_BYTES + 1_000 for record in records)
    told = [one for record in records for one, _ in read_deliveries(record.value)]
    assert told == [delivery(number, kept="k" * 300_000) for number in range(20)]


def test_what_is_too_large_to_be_kept_is_left_out_of_the_trace_which_says_so() -> None:
    [(told, named)] = read_deliveries(parcel(delivery(reason="Mapped.", kept="k" * 2_000_000), [made()], "log").trace.value)
    assert (told.kept, told.reason) == (None, "Mapped. Too large to be kept.")
    assert named == names([made()])


def test_a_trace_of_more_names_than_it_holds_says_how_many_there_were() -> None:
    events = [made(f"{number:05}{'s' * 190}", number) for number in range(10_000)]
    [(told, named)] = read_deliveries(parcel(delivery(), events, "log").trace.value)
    assert told.reason == f"Of its 10000 events the first {len(named)} are named."
    assert named == names(events[: len(named)])


def test_a_single_delivery_is_read_as_a_list_of_them() -> None:
    assert read_deliveries(delivery_record(delivery(), [made()]).value) == [(delivery(), names([made()]))]


@pytest.mark.parametrize("value", [None, b"", b"{", b"1", b'"text"', b"[1]", b"{}", b'[{"id": "1"}]'])
def test_what_is_no_delivery_is_told(value: bytes | None) -> None:
    with pytest.raises(Unreadable):
        read_deliveries(value)
