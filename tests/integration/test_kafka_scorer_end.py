"""A scorer's flush that takes its time: the table is never ahead of the tallies, and what was folded when it is told to end is in it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cluster import Cluster, running
from tests.notation import at, events_of, promised
from troth.domain.events import Event
from troth.domain.recording import DeliveryRecord

pytestmark = pytest.mark.slow
NOW = at("day 5")


def promises(name: str) -> list[Event]:
    """Promises of as many commitments as it takes to be in every partition."""
    return [event for number in range(10) for event in events_of([("day 0", promised(due="day 10"))], f"{name}-{number}")]


async def held_while_it_writes(cluster: Cluster) -> None:
    """Leave the scorer with a flush under way and with events that it folded after that had begun; it goes on a moment later."""
    worker, gate, reached = cluster._worker, asyncio.Event(), asyncio.Event()
    write = worker._writer.write

    before = cluster.records("standings")

    async def held(topic: str, partition: int, records: Iterable[Any]) -> list[tuple[int, int]]:
        if topic == cluster.topics.tallies.name:
            reached.set()
            await gate.wait()
        return await write(topic, partition, records)

    worker._writer.write = held  # type: ignore[method-assign]  # a broker that takes its time
    await cluster.publisher.append(DeliveryRecord("1", "test", NOW), promises("first"))
    await reached.wait()
    await cluster.publisher.append(DeliveryRecord("2", "test", NOW), promises("second"))
    while sum(partition.position for partition in worker._ownership.partitions.values()) < 20:  # noqa: ASYNC110 - nobody is told of it
        await asyncio.sleep(0.02)
    assert cluster.records("standings") == before, "the table was written before its tallies were acknowledged"
    asyncio.get_running_loop().call_later(0.5, gate.set)


def test_what_a_scorer_had_folded_when_it_was_told_to_end_is_there_when_it_is_started_anew(kafka: str, tmp_path: Path) -> None:
    with running(kafka, tmp_path, lambda: NOW) as (cluster, remote):
        remote.call(cluster.catch_up())
        remote.call(held_while_it_writes(cluster))
    with running(kafka, tmp_path, lambda: NOW) as (cluster, remote):
        remote.call(cluster.publisher.append(DeliveryRecord("3", "test", NOW), promises("third")))
        remote.call(cluster.agree())
        [team] = cluster.reading.teams(None)["teams"]
        assert team["commitments"]["pending"] == 30
