"""The ledger's place on disk: one writer, no file of something else or of a later version, and a disk that is full."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.notation import at, delivered, posted, promised
from tests.unit.ledger.support import Clock, delivery, disagreements, documents, events, killed, notices, opened, record
from troth.domain.recording import Unwritable
from troth.ledger.committer import Request
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.record import LedgerRecord
from troth.ledger.schema import MIGRATIONS, StrangeFile
from troth.ledger.store import FILE, Held, NoLedger, open_reader

BY_DAY_10 = ("day 0", promised(due="day 10"))


def test_a_second_writer_is_refused_until_the_first_is_gone_and_harms_nothing(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        with pytest.raises(Held, match="Stop it first"), opened(tmp_path, clock):
            pass
        assert len(record(ledger, clock, BY_DAY_10).new) == 1
    with opened(tmp_path, clock) as ledger:
        assert record(ledger, clock, BY_DAY_10).duplicates == 1


def test_the_directory_is_made_and_strange_files_in_it_are_let_be(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b #1?%20"
    clock = Clock("day 5")
    with opened(directory, clock) as ledger:
        (directory / "notes.txt").write_text("mine")
        record(ledger, clock, BY_DAY_10)
        assert len(documents(ledger, clock)["teams"]["teams"]) == 1
    assert (directory / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, BY_DAY_10)
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    _assert_refused(tmp_path, r"newer Troth .schema 99.*Upgrade")


def test_a_file_of_the_first_version_comes_forward_with_all_that_is_in_it(tmp_path: Path) -> None:
    clock = Clock("day 5")
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    MIGRATIONS[0](connection)
    connection.execute("PRAGMA user_version = 1")
    connection.execute("INSERT INTO deliveries VALUES ('00-00000000-0', 'github', 7, 'a ping', 'nothing', 1, 0, '[]', '{}')")
    event = {**posted(1, ("day 0", promised(due="day 10")), "in it"), "datefrom": "a milestone"}
    row = ("in it", event["source"], event["id"], at("day 0"), at("day 1"), json.dumps(event, separators=(",", ":")))
    connection.execute("INSERT INTO events VALUES (1, ?, ?, ?, ?, ?, ?)", row)
    connection.close()
    with pytest.raises(StrangeFile, match="older Troth"):
        open_reader(tmp_path)
    with opened(tmp_path, clock) as ledger:
        [found] = LedgerReading(ledger, clock).deliveries(limit=10, cursor=None, source="github", result="empty")["deliveries"]
        assert (found["what"], found["remap_of"], found["remapped_by"]) == ("a ping", None, None)
        assert len(record(ledger, clock, BY_DAY_10).new) == 1
        assert [one.id for one in LedgerRecord(ledger).members(event["source"], "a milestone")] == ["in it"]


def test_a_database_of_something_else_is_refused_and_not_touched(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    _assert_refused(tmp_path, r"something else.*--data")


@pytest.mark.parametrize("content", [b"Dear diary, " * 1_000, b"SQLite format 3\0" + b"\xff" * 5_000], ids=["a diary", "a broken file"])
def test_a_file_that_is_no_database_is_refused_and_not_touched(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    _assert_refused(tmp_path, "cannot be read as a ledger")


def _assert_refused(directory: Path, sentence: str) -> None:
    before = (directory / FILE).read_bytes()
    for _ in range(2):
        with pytest.raises(StrangeFile, match=sentence), opened(directory, Clock()):
            pass
        with pytest.raises(StrangeFile, match=sentence):
            open_reader(directory)
    assert (directory / FILE).read_bytes() == before


def test_reading_where_there_is_no_ledger_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(NoLedger, match="--data"):
        open_reader(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def _let_pages(ledger: Ledger, more: int) -> None:
    """Let the file grow by so many pages and then find the disk full."""
    connection = ledger._committer._connection
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + more}")


@pytest.mark.parametrize("pages", [0, 1, 2, 7, 40])
def test_on_a_full_disk_a_delivery_is_refused_nothing_is_lost_and_it_goes_on_when_there_is_room(pages: int, tmp_path: Path) -> None:
    clock = Clock("day 5")
    life = (("day 0", promised(due="day 10", conditions="x" * 2_000)), ("day 3", delivered()))
    with opened(tmp_path / "never full", clock) as ledger:
        for subject in ("first", "second", "third"):
            record(ledger, clock, *life, subject=subject)
        expected = documents(ledger, clock)
    with opened(tmp_path / "full", clock) as ledger:
        record(ledger, clock, *life, subject="first")
        before = documents(ledger, clock)
        _let_pages(ledger, pages)
        with pytest.raises(Unwritable, match=r"full.*Free space"):
            record(ledger, clock, *life * 200, subject="too much")
        assert documents(ledger, clock) == before
        _let_pages(ledger, 1_000)
        for subject in ("second", "third"):
            record(ledger, clock, *life, subject=subject)
        assert documents(ledger, clock) == expected


def test_what_time_told_while_the_disk_was_full_is_recorded_when_there_is_room(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, ("day 0", promised(due="day 10")), *[("day 1", promised(conditions="x" * 2_000))] * 20)
        _let_pages(ledger, 0)
        clock.go_to("day 11")
        with pytest.raises(Unwritable):
            record(ledger, clock, *[("day 1", promised(conditions="x" * 2_000))] * 20, subject="too much")
        ledger._committer.pass_time()
        [team] = documents(ledger, clock)["teams"]["teams"]
        assert team["outcomes"]["slipped"] == 1
        _let_pages(ledger, 1_000)
        ledger._committer.pass_time()
        assert notices(ledger, clock) == ["slipped day 10"]
    with opened(tmp_path, clock) as ledger:
        assert notices(ledger, clock) == ["slipped day 10"]


def test_a_commit_is_on_disk_before_it_is_answered(tmp_path: Path) -> None:
    with opened(tmp_path, Clock()) as ledger:
        connection = ledger._committer._connection
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL: a fsync at each commit"


def test_what_follows_a_full_disk_and_a_restart_is_not_lost_by_a_kill(tmp_path: Path) -> None:
    clock = Clock("day 5")
    others = {f"other {number}": [BY_DAY_10] for number in range(20)}
    with opened(tmp_path / "a", clock) as ledger:
        for subject, happened in others.items():
            record(ledger, clock, *happened, subject=subject)
        _let_pages(ledger, 20)
        too_much = [("day 1", promised(conditions="x" * 2_000))] * 200
        sharing = [
            Request(delivery(clock), events([BY_DAY_10], clock, "fits")),
            Request(delivery(clock), events(too_much, clock, "too much")),
        ]
        assert [type(result) for _, result in ledger._committer.commit(sharing)] == [Unwritable, Unwritable]
        _let_pages(ledger, 1_000)
    with opened(tmp_path / "a", clock) as ledger:
        record(ledger, clock, BY_DAY_10, ("day 3", delivered()), subject="after")
        copy = killed(tmp_path / "a", tmp_path / "b")
        expected = documents(ledger, clock)
    assert disagreements(copy, clock) == []
    with opened(copy, clock) as ledger:
        assert documents(ledger, clock) == expected
