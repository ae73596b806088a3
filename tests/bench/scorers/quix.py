"""A peer: Quix Streams as its documentation has it: state by commitment, regrouped by team, state by team; changelogs on."""

import json
import time
from datetime import UTC
from typing import Any

from quixstreams import Application, State  # type: ignore[import-not-found]  # in an environment of its own, if at all

from tests.bench.scorers import naive
from tests.bench.scorers.clock import Clock, asked
from troth.stream.records import read_record

given, clock = asked(), Clock()
done = [0]
app = Application(
    broker_address=given.servers,
    consumer_group=f"{given.prefix}quix",
    auto_offset_reset="earliest",
    state_dir=str(given.directory),
    use_changelog_topics=True,
    loglevel="ERROR",
)


def fold(value: bytes, key: bytes, timestamp: int, headers: Any, state: State) -> naive.Changed:
    """One event into its commitment's life."""
    clock.begin()
    event = read_record(key, value, headers or (), timestamp, UTC)
    held = state.get("life")
    life, change = naive.fold(None if held is None else held.encode(), event, value, time.time_ns() // 1_000)
    state.set("life", life.decode())
    return {**change, "cells": json.dumps(change["cells"])}  # sums are larger than its numbers


def add(change: naive.Changed, state: State) -> None:
    """One change into its team's tally."""
    held = state.get("tally")
    tally = naive.add(None if held is None else json.loads(held), {**change, "cells": json.loads(change["cells"])})
    state.set("tally", json.dumps(tally))
    done[0] += 1
    if done[0] >= given.events:
        app.stop()


log = app.topic(f"{given.prefix}events", key_deserializer="bytes", value_deserializer="bytes")
app.dataframe(log).apply(fold, stateful=True, metadata=True).group_by("team").apply(add, stateful=True)
app.run()
clock.end()
