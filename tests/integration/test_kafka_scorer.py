"""`troth scorer` on a real Kafka: whatever happens to the scorers, they show together what one process would."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.kafka import new_prefix
from tests.scorers import DEADLINE_SECONDS, Log, Scorers, clock, lives, scorers_of
from tests.topics import records_of
from troth.domain.instants import format_instant

pytestmark = pytest.mark.slow
SESSION_SECONDS = 6


@pytest.fixture
def log(kafka: str) -> Iterator[Log]:
    log = Log(kafka, new_prefix())
    yield log
    log.close()


@pytest.fixture
def scorers(log: Log, tmp_path: Path) -> Iterator[Scorers]:
    with scorers_of(log, tmp_path / "scorers") as running:
        yield running


def test_one_scorer_shows_what_one_process_would_after_a_kill_too(log: Log, scorers: Scorers) -> None:
    log.post(lives(1, 1_500))
    scorers.start("one")
    scorers.wait_until_equal()
    sender = threading.Thread(target=log.post, args=(lives(2, 1_500), 1_000))
    sender.start()
    time.sleep(0.7)
    scorers.send("one", signal.SIGKILL)
    scorers.start("one")
    sender.join()
    scorers.wait_until_equal()


def test_a_scorer_that_waits_for_the_session_of_one_that_died_does_not_give_way(log: Log, scorers: Scorers) -> None:
    log.post(lives(13, 300))
    scorers.start("one", TROTH_SESSION_SECONDS="9")
    scorers.wait_until_equal()
    scorers.send("one", signal.SIGKILL)
    scorers.start("one")
    scorers.wait_until_equal()


def test_a_table_on_disk_is_the_same_after_a_kill_and_after_a_clean_end(log: Log, tmp_path: Path) -> None:
    pytest.importorskip("rocksdict", reason="needs rocksdict")
    log.post(lives(3, 1_000))
    with scorers_of(log, tmp_path / "scorers", TROTH_TABLE_STORE="rocksdb") as scorers:
        scorers.start("one")
        scorers.wait_until_equal()
        scorers.send("one", signal.SIGKILL)
        log.post(lives(4, 500))
        scorers.start("one")
        scorers.wait_until_equal()
        assert scorers.stop("one") == 0
        log.post(lives(5, 500))
        scorers.start("one")
        scorers.wait_until_equal()


def test_scorers_that_join_leave_die_and_sleep_move_the_teams_and_show_each_once(log: Log, scorers: Scorers) -> None:
    log.post(lives(6, 1_500))
    scorers.start("one")
    scorers.start("two")
    scorers.wait_until_equal()
    assert all(scorers.shares().values())

    def while_events_come(seed: int, happens: Any) -> None:
        sender = threading.Thread(target=log.post, args=(lives(seed, 900), 400))
        sender.start()
        happens()
        while sender.is_alive():
            scorers.gauges()
            time.sleep(0.1)
        sender.join()
        scorers.wait_until_equal()

    while_events_come(7, lambda: scorers.start("three"))
    assert all(scorers.shares().values())
    while_events_come(8, lambda: scorers.stop("three"))
    while_events_come(9, lambda: _sleep(scorers, "two", SESSION_SECONDS + 4))

    def die() -> None:
        scorers.send("one", signal.SIGKILL)
        scorers.start("one")

    while_events_come(10, die)
    assert scorers.seen_twice == []


def _sleep(scorers: Scorers, name: str, seconds: float) -> None:
    scorers.send(name, signal.SIGSTOP)
    time.sleep(seconds)
    scorers.send(name, signal.SIGCONT)


def test_more_scorers_than_partitions_are_ready_with_nothing_to_show(kafka: str, tmp_path: Path) -> None:
    with closing(Log(kafka, new_prefix(), partitions=2)) as log, scorers_of(log, tmp_path / "scorers") as scorers:
        log.post(lives(11, 300))
        for number in range(3):
            scorers.start(str(number))
        scorers.wait_until_equal()
        assert not all(scorers.shares().values())


def test_what_is_no_event_is_rejected_with_its_reason_and_the_log_goes_on(log: Log, scorers: Scorers) -> None:
    [first, *rest] = list(islice(lives(12, 50), 50))
    log.post([first])
    other = {**first, "type": "troth.commitment-warned", "data": {}}
    log.put(first["subject"].encode(), json.dumps(other).encode())
    log.put(b"another", json.dumps(first).encode())
    log.put(None, json.dumps(first).encode())
    log.put(b"c-1", b"\xff")
    log.put(b"c-1", None)
    log.put(first["subject"].encode(), json.dumps({**first, "id": "newer", "type": "troth.commitment-dreamt"}).encode())
    log.put(first["subject"].encode(), json.dumps({**first, "id": "large"}).encode() + b" " * 1_000_000)
    log.post(rest)
    server = scorers.start("one")
    scorers.wait_until_equal()
    reasons = [json.loads(record.value)["reason"] for record in records_of(log.servers, log.topics.rejected.name)]
    of_the_record = ["its key is b'another'", "it has no key", "it is not JSON", "a tombstone", "an event has 1000000 at most"]
    parts = ["with other content", "/type: is not a type of event", *of_the_record]
    assert len(reasons) == len(parts)
    for part in parts:
        assert any(part in reason for reason in reasons), part
    assert "troth_rejected_total 7.0" in server.get("/metrics").decode()


def test_a_slip_is_told_once_and_in_time_and_history_is_told_by_what_it_came_to(log: Log, scorers: Scorers) -> None:
    log.post([_made("kept", -9, due=-3), _delivered("kept", -5), _made("slipped", -9, due=-3)])
    scorers.start("one")
    scorers.wait_until_equal()
    due_at = clock() + 3_000_000
    log.post([{**_made("soon", -9, due=0), "data": {"team": "a", "title": "t", "due_at": format_instant(due_at)}}])
    soon = _notice(log, "soon")
    assert soon["kind"] == "slipped"
    assert soon["told_at_ms"] * 1_000 < due_at + 2_000_000
    told = [(notice["kind"], notice["commitment"]) for notice in _notices(log)]
    assert sorted(told) == [("slipped", "slipped"), ("slipped", "soon")]


def _made(commitment: str, days: int, due: int) -> dict[str, Any]:
    return _event("made", commitment, days, {"team": "a", "title": "t", "due_at": format_instant(clock() + due * 86_400_000_000)})


def _delivered(commitment: str, days: int) -> dict[str, Any]:
    return _event("delivered", commitment, days, {})


def _event(kind: str, commitment: str, days: int, data: dict[str, Any]) -> dict[str, Any]:
    time_of = format_instant(clock() + days * 86_400_000_000)
    event_type = f"troth.commitment-{kind}"
    return {"specversion": "1.0", "id": kind, "source": "t", "type": event_type, "subject": commitment, "time": time_of, "data": data}


def _notices(log: Log) -> list[dict[str, Any]]:
    return [{**json.loads(record.value), "told_at_ms": record.timestamp} for record in records_of(log.servers, log.topics.notices.name)]


def _notice(log: Log, commitment: str) -> dict[str, Any]:
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        for notice in _notices(log):
            if notice["commitment"] == commitment:
                return notice
        time.sleep(0.2)
    raise AssertionError(f"nothing was told of {commitment}")
