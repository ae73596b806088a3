"""The spool keeps what it was given, in order, whatever happens to the process or the disk."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from troth.domain.recording import Unwritable
from troth.stream.outgoing import Outgoing
from troth.stream.records import EVENT_HEADERS
from troth.stream.spool import CHUNK_BYTES, CHUNK_RECORDS, FILE, Spool, SpoolTrouble

KILOBYTE = b"x" * 1_000


def records(first: int, count: int, value: bytes = b"v", topic: str = "events") -> list[Outgoing]:
    return [Outgoing(topic, b"c-%d" % number, value, EVENT_HEADERS, number) for number in range(first, first + count)]


@contextmanager
def opened(directory: Path, megabytes: int = 10) -> Iterator[Spool]:
    with closing(Spool(directory, megabytes)) as spool:
        yield spool


def drained(spool: Spool) -> list[Outgoing]:
    """All that it holds, as it is carried away."""
    found: list[Outgoing] = []
    while not spool.is_empty:
        chunk = spool.first()
        found += chunk.records
        spool.forget(chunk)
    return found


def test_what_goes_in_comes_out_in_the_same_order_and_as_it_was(tmp_path: Path) -> None:
    given = records(0, 3) + records(3, 2 * CHUNK_RECORDS, topic="deliveries") + records(5_000, 7, value=b"\x00\xff")
    with opened(tmp_path) as spool:
        spool.append(given[:2])
        spool.append(given[2:])
        assert spool.waiting == {"events": 10, "deliveries": 2 * CHUNK_RECORDS}
        assert drained(spool) == given
        assert spool.waiting.total() == 0


def test_what_comes_while_it_is_carried_away_is_behind_what_was_there(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        spool.append(records(0, 2))
        chunk = spool.first()
        spool.append(records(2, 2))
        spool.forget(chunk)
        assert drained(spool) == records(2, 2)
        spool.append(records(4, 1))
        assert drained(spool) == records(4, 1)


def test_a_chunk_that_is_not_forgotten_comes_again(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        spool.append(records(0, 4))
        assert spool.first().records == records(0, 4)
        assert spool.first().records == records(0, 4)


def test_a_chunk_is_small_enough_to_be_sent_at_once_and_never_empty(tmp_path: Path) -> None:
    large = records(0, 3, value=b"x" * (CHUNK_BYTES + 1))
    with opened(tmp_path) as spool:
        spool.append(large + records(3, 5, value=b"x" * (CHUNK_BYTES // 2 - 100)))
        sizes = []
        while not spool.is_empty:
            spool.forget(chunk := spool.first())
            sizes.append(len(chunk.records))
    assert sizes == [1, 1, 1, 2, 2, 1]


def test_all_that_was_taken_is_there_after_a_kill_at_any_instant(tmp_path: Path) -> None:
    with opened(tmp_path / "alive") as spool:
        for number in range(50):
            if number % 7 == 3:
                spool.forget(spool.first())
            spool.append(records(2 * number, 2, value=KILOBYTE))
            shutil.copytree(tmp_path / "alive", tmp_path / f"killed-{number}")
            with opened(tmp_path / f"killed-{number}") as after:
                assert after.waiting == spool.waiting
                assert drained(after)[-2:] == records(2 * number, 2, value=KILOBYTE)


def test_a_full_spool_refuses_whole_and_says_what_to_do_and_takes_again_once_there_is_room(tmp_path: Path) -> None:
    with opened(tmp_path, megabytes=1) as spool:
        spool.append(records(0, 600, value=KILOBYTE))
        with pytest.raises(Unwritable, match=r"spool_megabytes.*send again"):
            spool.append(records(600, 600, value=KILOBYTE))
        spool.append(records(600, 50, value=KILOBYTE))
        assert drained(spool) == records(0, 650, value=KILOBYTE)
        spool.append(records(650, 600, value=KILOBYTE))
        assert drained(spool) == records(650, 600, value=KILOBYTE)


def test_what_is_in_kafka_is_not_sent_again_though_the_disk_is_too_full_to_delete_it(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        spool.append(records(0, 2 * CHUNK_RECORDS, value=KILOBYTE))
        spool._connection.execute("PRAGMA query_only = ON")  # the next write fails, as it does on a full disk
        assert drained(spool) == records(0, 2 * CHUNK_RECORDS, value=KILOBYTE)
        spool._connection.execute("PRAGMA query_only = OFF")
        spool.append(records(5_000, 1))
        assert drained(spool) == records(5_000, 1)
    with opened(tmp_path) as spool:
        assert spool.is_empty


def test_the_file_gives_its_space_back_once_it_is_empty(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        spool.append(records(0, 5_000, value=KILOBYTE))
        drained(spool)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 100_000


def test_a_commit_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        assert spool._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert spool._connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL: a fsync at each commit"


def test_a_second_gateway_on_the_same_directory_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        spool.append(records(0, 1))
        for _ in range(2):
            with pytest.raises(SpoolTrouble, match=r"held by another troth.*--data"):
                Spool(tmp_path, 10)
    with opened(tmp_path) as spool:
        assert drained(spool) == records(0, 1)


@pytest.mark.parametrize("what", ["a diary", "another database", "a newer spool"])
def test_a_file_that_is_not_ours_is_refused_and_not_touched(what: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    if what == "a diary":
        path.write_bytes(b"Dear diary, " * 1_000)
    elif what == "another database":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
    else:
        Spool(tmp_path, 10).close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 2")
            connection.execute("PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(SpoolTrouble, match=str(path)):
            Spool(tmp_path, 10)
    assert path.read_bytes() == before
