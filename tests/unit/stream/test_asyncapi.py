"""schemas/asyncapi.json is an AsyncAPI document, of the topics as they are declared, and what lies on them is as it says."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from pydantic_core import from_json

from schemas.build import ROOT
from schemas.examples import EXAMPLES
from tests.notation import at, delivered, events_of, promised
from tests.unit.stream.scorer.logs import RULES
from troth.domain.account import ORGANISATION, Subject
from troth.domain.book import Book
from troth.domain.fold import fold
from troth.domain.notices import KINDS, Notice
from troth.domain.recording import DeliveryRecord
from troth.stream.records import Place, rejection
from troth.stream.scores import score_document, write_score
from troth.stream.tallies import part_of, write_part, write_stated
from troth.stream.told import Said, said_records
from troth.stream.topics import Topics
from troth.stream.traces import delivery_record, notice_record, together

DOCUMENT: dict[str, Any] = json.loads((ROOT / "schemas/asyncapi.json").read_text("utf-8"))
SPECIFICATION = Draft7Validator(json.loads((ROOT / "tests/specifications/asyncapi-3.0.0.json").read_text("utf-8")))
NOW = at("day 12")
EVENTS = events_of([("day 0", promised(due="day 10")), ("day 9", delivered())])


def _book() -> Book:
    book = Book(RULES, NOW)
    book.replace(None, fold("c", EVENTS))
    return book


def _score(subject: Subject) -> bytes:
    book = _book()
    return write_score(score_document(book, subject, book.accounts[subject], 0.5))


def _part() -> bytes:
    return write_part(part_of(_book().accounts[Subject("a")], (2, NOW)))


TRACE = delivery_record(DeliveryRecord("d-1", "github", NOW, "issues.opened", kept="{}"), EVENTS)
NOTHING = delivery_record(DeliveryRecord("d-2", "github", NOW, "ping", reason="It promises nothing."), [])
WRITTEN: list[tuple[str, bytes]] = [
    *(("event", json.dumps(example).encode()) for example in EXAMPLES),
    ("tally", _part()),
    ("stated", write_stated((2, NOW))),
    ("score", _score(ORGANISATION)),
    ("score", _score(Subject("a"))),
    *(("said", value) for _, value in said_records(Said("n-1", "told", "sales", ("slipped/2026-01-30T23:59:59.999999Z/c",)))),
    *(("said", value) for what, at in (("claim", None), ("since", NOW)) for _, value in said_records(Said("n-1", what, at=at))),
    *(("notice", notice_record(Notice(kind, "c", NOW, NOW, "a", None, "g", "t")).value) for kind in KINDS),
    ("deliveries", TRACE.value),
    ("deliveries", together([TRACE, NOTHING]).value),
    ("rejection", rejection(Place("troth.events", 1, 2), b"c", b"\xff", 3, "it is not JSON")),
    ("rejection", rejection(Place("troth.events", 1, 2), None, None, 3, "a tombstone")),
]
MESSAGES = sorted({message for message, _ in WRITTEN})


def validator_of(message: str) -> Draft202012Validator:
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    return Draft202012Validator({**payload, "components": DOCUMENT["components"]})


def test_it_is_an_asyncapi_document_of_version_3() -> None:
    assert [f"{list(fault.path)}: {fault.message}" for fault in SPECIFICATION.iter_errors(DOCUMENT)] == []
    assert not SPECIFICATION.is_valid({**DOCUMENT, "channels": {"events": {"adress": "troth.events"}}})
    assert not SPECIFICATION.is_valid({**DOCUMENT, "operations": {"read": {"action": "read"}}})


def test_its_channels_are_the_topics_as_they_are_declared() -> None:
    declared = {topic.name: topic for topic in Topics().all()}
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == set(declared)
    for channel in DOCUMENT["channels"].values():
        topic, kafka = declared[channel["address"]], channel["bindings"]["kafka"]
        assert (kafka["topic"], kafka["partitions"]) == (topic.name, topic.partitions)
        said = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in kafka["topicConfiguration"].items()}
        assert said == dict(topic.config)


def test_each_reference_in_it_leads_somewhere() -> None:
    for reference in _references(DOCUMENT):
        found: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [reference for each in part for reference in _references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [reference for each in part.values() for reference in _references(each)]


@pytest.mark.parametrize(("message", "value"), WRITTEN)
def test_what_is_written_to_a_topic_is_as_the_document_says_and_is_no_other_message(message: str, value: bytes) -> None:
    record = from_json(value)
    assert [fault.message for fault in validator_of(message).iter_errors(record)] == []
    assert [other for other in MESSAGES if validator_of(other).is_valid(record)] == [message]


@pytest.mark.parametrize(("message", "value"), [pair for pair in WRITTEN if pair[0] != "event"])
def test_a_field_that_is_left_out_or_new_is_a_fault(message: str, value: bytes) -> None:
    record = from_json(value)
    record = record[0] if isinstance(record, list) else record
    assert not validator_of(message).is_valid({**record, "more": 1})
    optional = {"team", "customer", "goal", "threshold"} if message == "score" else set()
    for name in record.keys() - optional:
        assert not validator_of(message).is_valid({key: said for key, said in record.items() if key != name}), name
