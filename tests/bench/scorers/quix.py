"""A peer: Quix Streams with its state (RocksDB and a changelog), as its documentation has it; the tallies stay in memory."""

import time
from datetime import UTC
from typing import Any

from pydantic_core import from_json, to_json
from quixstreams import Application, State  # type: ignore[import-not-found]  # in an environment of its own, if at all

from tests.bench.scorers.clock import Clock, asked
from troth.domain.book import Book
from troth.domain.events import Event, recall_event
from troth.domain.fold import extend
from troth.domain.standing import Standing
from troth.domain.verdict import Rules
from troth.stream.records import read_record

given, clock, book = asked(), Clock(), Book(Rules(), time.time_ns() // 1_000)


def fold(value: bytes, key: bytes, timestamp: int, headers: Any, state: State) -> None:
    """One event into its commitment's state and the book."""
    clock.begin()
    event = read_record(key, value, headers or (), timestamp, UTC)
    held = state.get("life")
    old = None if held is None else Standing(*from_json(held["standing"]))
    events: list[list[Any]] = [] if held is None else held["events"]
    if any(from_json(posted)["id"] == event.id for _, posted in events):
        return
    events.append([event.time, value.decode()])
    new, _ = extend(old, [event], lambda: _all(events))
    book.replace(old, new)
    state.set("life", {"standing": _text(new), "events": events})


def _all(events: list[list[Any]]) -> list[Event]:
    return [recall_event(posted, time) for time, posted in events]


def _text(standing: Standing) -> str:
    return to_json(standing).decode()


app = Application(
    broker_address=given.servers,
    consumer_group=f"{given.prefix}quix",
    auto_offset_reset="earliest",
    state_dir=str(given.directory),
    use_changelog_topics=True,
    loglevel="ERROR",
)
topic = app.topic(f"{given.prefix}events", key_deserializer="bytes", value_deserializer="bytes")
stream = app.dataframe(topic)
stream.apply(fold, stateful=True, metadata=True)
app.run(count=given.events)
clock.end()
