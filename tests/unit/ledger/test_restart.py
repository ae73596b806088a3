"""A ledger comes back as it was: after a checkpoint, after a kill, after other settings, and with what passed meanwhile."""

import sqlite3
from datetime import timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest

from tests.notation import Happening, accepted, amended, budget_set, delivered, moved, promised, reopened, revoked, warned
from tests.unit.ledger.support import MADE, Clock, disagreements, documents, killed, notices, opened, record
from troth.domain.verdict import Rules
from troth.ledger.ledger import Ledger
from troth.ledger.restore import Made
from troth.ledger.store import FILE

LIVES: dict[str, list[Happening]] = {
    "kept": [
        ("day 0", promised(due="day 10", customer="x", goal="g", budget=50)),
        ("day 8", delivered(cost=40)),
        ("day 9", accepted(rating=4)),
    ],
    "late": [("day 0", promised(team="b", due="day 10", customer="y")), ("day 5", warned()), ("day 12", delivered())],
    "open": [("day 0", promised(due="day 60", customer="x", requested="day 20")), ("day 5", moved(to="day 70"))],
    "slipped": [("day 3", promised(team="b", due="day 13"))],
    "undated": [("day 3", promised(team="c"))],
    "unmade": [("day 3", delivered())],
    "revoked": [
        ("day 3", promised(due="day 30")),
        ("day 5", budget_set(9)),
        ("day 9", revoked()),
        ("day 10", reopened()),
        ("day 11", revoked()),
    ],
    "handed over": [("day 3", promised(due="day 40")), ("day 4", amended(team="d")), ("day 39", delivered())],
}
MORE: dict[str, list[Happening]] = {
    "kept": [*LIVES["kept"], ("day 8.5", reopened())],
    "open": [*LIVES["open"], ("day 18", delivered())],
    "slipped": [*LIVES["slipped"], ("day 4", moved(to="day 48"))],
    "unmade": [*LIVES["unmade"], ("day 2", promised(due="day 6"))],
    "new": [("day 40", promised(team="new", due="day 49"))],
}


def _record_all(ledger: Ledger, clock: Clock, lives: dict[str, list[Happening]]) -> None:
    for subject, happened in lives.items():
        record(ledger, clock, *happened, subject=subject)


def test_a_restart_gives_the_same_documents(tmp_path: Path) -> None:
    clock = Clock("day 50")
    with opened(tmp_path, clock) as ledger:
        _record_all(ledger, clock, LIVES)
        before = documents(ledger, clock)
    with opened(tmp_path, clock) as ledger:
        assert documents(ledger, clock) == before
        assert disagreements(tmp_path, clock) == []


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    clock = Clock("day 50")
    with opened(tmp_path / "a", clock) as ledger:
        _record_all(ledger, clock, LIVES)
        copy = killed(tmp_path / "a", tmp_path / "b")
        before, told = documents(ledger, clock), notices(ledger, clock)
    with opened(copy, clock) as ledger:
        assert documents(ledger, clock) == before
        assert sorted(notices(ledger, clock)) == sorted(told)


@pytest.mark.parametrize("others", [0, 60], ids=["most have changed since", "few have changed since"])
def test_a_kill_long_after_a_checkpoint_loses_nothing_either(others: int, tmp_path: Path) -> None:
    clock = Clock("day 40")
    with opened(tmp_path / "a", clock) as ledger:
        _record_all(ledger, clock, LIVES | {f"other {number}": LIVES["open"] for number in range(others)})
    clock.go_to("day 50")
    with opened(tmp_path / "a", clock) as ledger:
        _record_all(ledger, clock, MORE)
        copy = killed(tmp_path / "a", tmp_path / "b")
        before, told = documents(ledger, clock), notices(ledger, clock)
    assert disagreements(copy, clock) == []
    with opened(copy, clock) as ledger:
        assert documents(ledger, clock) == before
        assert sorted(notices(ledger, clock)) == sorted(told)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(Made(Rules(half_life_days=30), MADE.zone), id="another half-life"),
        pytest.param(Made(Rules(tolerance=Fraction(1, 10)), MADE.zone), id="another tolerance"),
        pytest.param(Made(Rules(), timezone(timedelta(hours=-8))), id="another zone"),
    ],
)
def test_other_settings_at_a_restart_give_the_numbers_of_a_ledger_that_always_had_them(made: Made, tmp_path: Path) -> None:
    clock = Clock("day 50")
    by_day = LIVES | {
        "by the end of a day": [("day 1", {"type": "troth.commitment-made", "data": _PROMISE_BY_A_DAY}), ("day 5.2", delivered(cost=104))]
    }
    with opened(tmp_path / "always", clock, made) as ledger:
        _record_all(ledger, clock, by_day)
        expected = documents(ledger, clock), documents(ledger, clock, "day 45")
    with opened(tmp_path / "changed", clock) as ledger:
        _record_all(ledger, clock, by_day)
        assert (documents(ledger, clock), documents(ledger, clock, "day 45")) != expected
    for _ in range(2):
        with opened(tmp_path / "changed", clock, made) as ledger:
            assert (documents(ledger, clock), documents(ledger, clock, "day 45")) == expected
        assert disagreements(tmp_path / "changed", clock, made) == []


_PROMISE_BY_A_DAY = {"team": "a", "title": "t", "due_at": "2026-01-05", "budget": 100}


def test_slips_of_the_time_when_it_was_down_are_told_at_the_next_start(tmp_path: Path) -> None:
    clock = Clock("day 1")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, ("day 0", promised(due="day 10")))
        record(ledger, clock, ("day 0", promised(due="day 20")), subject="other")
        assert notices(ledger, clock) == []
    clock.go_to("day 15")
    with opened(tmp_path, clock):
        pass  # a start that came to nothing, such as on a port that was taken
    with opened(tmp_path, clock) as ledger:
        assert notices(ledger, clock) == ["slipped day 10"]
    clock.go_to("day 25")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, ("day 24", delivered()), subject="third")
        assert notices(ledger, clock) == ["slipped day 10", "slipped day 20"]


def test_no_restart_and_no_rebuild_repeats_a_notice(tmp_path: Path) -> None:
    clock = Clock("day 50")
    with opened(tmp_path, clock) as ledger:
        _record_all(ledger, clock, LIVES)
        told = notices(ledger, clock)
        assert "slipped day 13" in told
    for made in (MADE, Made(Rules(half_life_days=30), MADE.zone), MADE):
        with opened(tmp_path, clock, made) as ledger:
            record(ledger, clock, ("day 1", delivered()), subject=f"unmade {made}")
        with opened(tmp_path, clock, made) as ledger:
            assert notices(ledger, clock) == told


def test_a_checkpoint_of_long_ago_holds_no_days_that_no_trend_reaches(tmp_path: Path) -> None:
    clock = Clock("day 50")
    with opened(tmp_path, clock) as ledger:
        _record_all(ledger, clock, LIVES)
        ledger._committer.keep()
        clock.go_to("day 390")
        record(ledger, clock, ("day 389", promised(team="z", due="day 400")), subject="of another team")
    assert disagreements(tmp_path, clock) == []


def test_what_was_retracted_since_a_checkpoint_of_other_settings_does_not_come_back(tmp_path: Path) -> None:
    clock = Clock("day 50")
    other = Made(Rules(half_life_days=30), MADE.zone)
    with opened(tmp_path / "a", clock) as ledger:
        record(ledger, clock, *LIVES["late"])
    with opened(tmp_path / "a", clock) as ledger:
        taken_back = {"type": "troth.event-retracted", "data": {"source": "story", "id": "1", "reason": "r"}}
        record(ledger, clock, *LIVES["late"], ("day 49", taken_back))
        copy = killed(tmp_path / "a", tmp_path / "b")
    with opened(copy, clock, other):
        pass
    assert disagreements(copy, clock, other) == []


def test_a_rebuild_from_the_log_gives_the_same_numbers(tmp_path: Path) -> None:
    clock = Clock("day 50")
    with opened(tmp_path, clock) as ledger:
        _record_all(ledger, clock, LIVES)
        before = documents(ledger, clock), documents(ledger, clock, "day 9")
    connection = sqlite3.connect(tmp_path / FILE)
    connection.executescript("DELETE FROM checkpoint; DELETE FROM accounts; DELETE FROM standings;")
    connection.close()
    with opened(tmp_path, clock) as ledger:
        assert (documents(ledger, clock), documents(ledger, clock, "day 9")) == before


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        pytest.param("UPDATE standings SET due_at = due_at + 1 WHERE id = 'late'", "commitment 'late'", id="a date"),
        pytest.param(
            "UPDATE standings SET outcome = replace(outcome, '\"late\"', '\"kept\"') WHERE id = 'late'",
            "commitment 'late'",
            id="an outcome",
        ),
        pytest.param("DELETE FROM standings WHERE id = 'late'", "commitment 'late'", id="a standing gone"),
        pytest.param(
            "INSERT INTO standings SELECT 'ghost', {rest} FROM standings WHERE id = 'late'", "standings", id="a standing too many"
        ),
        pytest.param("UPDATE accounts SET account = replace(account, '\"made\":1', '\"made\":2')", "account of Subject", id="a count"),
        pytest.param(
            "UPDATE accounts SET account = replace(account, '\"count.late\":1', '\"count.late\":2')", "account of Subject", id="a tally"
        ),
        pytest.param("UPDATE checkpoint SET value = '7' WHERE key = 'unmade'", "unmade", id="the unmade"),
        pytest.param("DELETE FROM events WHERE subject = 'late' AND id = '3'", "commitment 'late'", id="an event gone"),
    ],
)
def test_what_was_tampered_with_is_found(tampering: str, found: str, tmp_path: Path) -> None:
    clock = Clock("day 50")
    with opened(tmp_path, clock) as ledger:
        _record_all(ledger, clock, LIVES)
    assert disagreements(tmp_path, clock) == []
    connection = sqlite3.connect(tmp_path / FILE)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(standings)")]
    done = connection.execute(tampering.replace("{rest}", ", ".join(columns[1:]))).rowcount
    connection.commit()
    connection.close()
    assert done > 0
    assert any(found in sentence for sentence in disagreements(tmp_path, clock))
