"""Large commits, beside which something else is done: on disk before they are answered, and undone where they cannot be."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.notation import delivered, promised
from tests.unit.ledger.support import Clock, documents, opened, record
from troth.domain.recording import Unwritable
from troth.ledger.landing import EVENTS_BESIDE, Landing
from troth.ledger.store import FILE

_UNREST = (  # each event leaves something that a commit finds out of order
    "CREATE TABLE orders (seq INTEGER REFERENCES nowhere (seq) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE nowhere (seq INTEGER PRIMARY KEY)",
    "CREATE TRIGGER disorder AFTER INSERT ON events BEGIN INSERT INTO orders VALUES (new.seq); END",
    "PRAGMA foreign_keys = ON",
)


@pytest.mark.parametrize(("size", "times"), [(EVENTS_BESIDE - 1, 0), (EVENTS_BESIDE, 1)], ids=["small", "large"])
def test_beside_a_large_commit_another_thread_does_what_there_is_to_do(size: int, times: int, tmp_path: Path) -> None:
    done: list[threading.Thread] = []
    with closing(_opened(tmp_path)) as connection, closing(Landing(connection)) as landing:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO rows VALUES (1)")
        landing.commit(size, lambda: done.append(threading.current_thread()))
        with closing(_opened(tmp_path)) as other:
            assert other.execute("SELECT count(*) FROM rows").fetchone() == (1,)
    assert len(done) == times
    assert threading.main_thread() not in done


def test_an_error_beside_a_commit_is_raised_once_both_have_ended(tmp_path: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with closing(_opened(tmp_path)) as connection, closing(Landing(connection)) as landing:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO rows VALUES (1)")
        with pytest.raises(ZeroDivisionError):
            landing.commit(EVENTS_BESIDE, fail)
        assert not connection.in_transaction
        assert connection.execute("SELECT count(*) FROM rows").fetchone() == (1,)


def test_a_large_delivery_that_cannot_be_committed_is_refused_and_counts_for_nothing(tmp_path: Path) -> None:
    clock = Clock("day 20")
    large = [("day 0", promised(due="day 10")), ("day 3", delivered()), *[("day 4", promised())] * 2 * EVENTS_BESIDE]
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, ("day 0", promised(due="day 10")), subject="first")
        before = documents(ledger, clock)
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            for statement in _UNREST[:-1]:
                other.execute(statement)
        ledger._committer._connection.execute(_UNREST[-1])
        with pytest.raises(Unwritable, match="FOREIGN KEY"):
            record(ledger, clock, *large, subject="second")
        assert documents(ledger, clock) == before
        ledger._committer._connection.execute("DROP TRIGGER disorder")
        assert len(record(ledger, clock, *large, subject="second").new) == len(large)
        [team] = documents(ledger, clock)["teams"]["teams"]
        assert (team["outcomes"]["kept"], team["outcomes"]["slipped"]) == (1, 1)


def _opened(directory: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(directory / "rows.db", isolation_level=None, check_same_thread=False)
    connection.execute("CREATE TABLE IF NOT EXISTS rows (number INTEGER)")
    return connection
