"""Another number of partitions: a new generation of the topics, made by `troth republish` as docs/cluster.md tells."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from kafka import KafkaConsumer
from pydantic_core import from_json

from tests.integration.test_cluster import batches, difference, gauges, history, post, until
from tests.kafka import new_prefix
from tests.notation import posted, promised
from tests.running import Server, serving, troth


class Generation:
    """The programs on the topics of one prefix, each of which runs until it is ended or the test is."""

    def __init__(self, opened: ExitStack, place: Path, kafka: str, partitions: int) -> None:
        self.prefix = new_prefix()
        self.flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", self.prefix, "--partitions", str(partitions)]
        self._opened = opened
        self._place = place

    def start(self, program: str, directory: str = "") -> Server:
        return self._opened.enter_context(serving(program, self._place / (directory or program), *self.flags))


def settled(alone: Server, scorer: Server, replica: Server) -> None:
    for server in (scorer, replica):
        until(lambda server=server: "" if httpx2.get(f"{server.url}/readyz").status_code == 200 else f"{server.url} is not ready")  # type: ignore[misc]  # bound at once
        until(lambda server=server: difference(gauges(alone), gauges(server)))  # type: ignore[misc]  # as above


def kept(replica: Server) -> dict[str, str]:
    """What is kept beside the numbers, by id: what was told, what came in, and when each event of a commitment was recorded."""
    found = {f"{kind} {one['id']}": str(one) for kind in ("notices", "deliveries") for one in page(replica, f"/v1/{kind}?limit=1000")[kind]}
    recorded = {event["id"]: event["recorded_at"] for event in page(replica, "/v1/commitments/slipped")["history"]}
    return {**found, "recorded": str(recorded)}


def page(replica: Server, path: str) -> Any:
    return from_json(replica.get(path))


@pytest.mark.slow
def test_two_partitions_become_three_while_events_are_posted_and_all_is_as_it_was(kafka: str, tmp_path: Path) -> None:
    before, *after = batches(history(seed=5))[:6]
    slipped = posted(1, ("day 0", promised(due="day 10")), "slipped")
    with ExitStack() as opened:
        alone = opened.enter_context(serving("serve", tmp_path / "alone"))
        old, new = (Generation(opened, tmp_path, kafka, partitions) for partitions in (2, 3))
        gateway, scorer, replica = old.start("gateway"), old.start("scorer"), old.start("replica")
        for batch in ([slipped], before):
            post(alone, batch)
            post(gateway, batch)
        settled(alone, scorer, replica)
        until(lambda: "" if page(replica, "/v1/notices")["notices"] else "the slip is not told yet")
        was = kept(replica)

        assert gateway.end() == 0
        gateway = new.start("gateway")
        assert "\ntroth_spool_events 0.0\n" in gateway.get("/metrics").decode()
        post(alone, after[0])
        post(gateway, after[0])
        assert (scorer.end(), replica.end()) == (0, 0)
        for _ in range(2):  # once more than it takes: a second time changes nothing
            done = troth("republish", "--from", old.prefix, *new.flags, cwd=tmp_path)
            assert done.returncode == 0, done.stderr.decode()
        scorer, replica = new.start("scorer"), new.start("replica", "new-replica")
        settled(alone, scorer, replica)
        for batch in after[1:]:
            post(alone, batch)
            post(gateway, batch)
        settled(alone, scorer, replica)
        assert was.items() <= kept(replica).items()
        assert partitions_of(kafka, f"{new.prefix}events") == {0, 1, 2}


def partitions_of(kafka: str, topic: str) -> set[int]:
    consumer = KafkaConsumer(bootstrap_servers=kafka)
    try:
        return set(consumer.partitions_for_topic(topic) or ())
    finally:
        consumer.close()


def test_topics_that_are_not_there_and_the_prefix_itself_are_refused_with_a_sentence(kafka: str, tmp_path: Path) -> None:
    flags = ["--kafka-bootstrap-servers", kafka, "--topic-prefix", new_prefix()]
    missing = troth("republish", "--from", "nowhere.", *flags, cwd=tmp_path)
    assert (missing.returncode, missing.stderr.decode()) == (
        1,
        f"troth: Kafka at {kafka} has no topic nowhere.told: name the prefix of the topics that are to be published anew.\n",
    )
    itself = troth("republish", "--from", flags[-1], *flags, cwd=tmp_path)
    assert itself.returncode == 2
    assert "name another with --topic-prefix" in itself.stderr.decode()
