"""A year of trend in a real Prometheus on its first day."""

import json
from pathlib import Path

import pytest

from tests.prometheus import needs_prometheus, prometheus
from tests.running import environment, serving, troth
from troth.domain.instants import MICROSECONDS_A_DAY, MICROSECONDS_A_SECOND, format_instant
from troth.wiring import clock

DAYS = 40


def day(before: int) -> int:
    """A midnight in microseconds."""
    return (clock() // MICROSECONDS_A_DAY - before) * MICROSECONDS_A_DAY


@pytest.mark.slow
def test_prometheus_shows_of_each_past_midnight_what_the_api_says_of_it(tmp_path: Path) -> None:
    needs_prometheus()
    with serving("demo", tmp_path / "ledger") as served:
        filled = troth("backfill", "--data", "ledger", "--to", "prometheus/data", "--days", str(DAYS), cwd=tmp_path)
        assert filled.returncode == 0, filled.stderr.decode()
        with prometheus(tmp_path / "prometheus", []) as running:
            for before in (0, 1, 17, DAYS):
                at = day(before)
                shown = running.query("troth_reliability_low_ratio", at / MICROSECONDS_A_SECOND)
                said = json.loads(served.get(f"/v1/teams?at={format_instant(at)}"))
                assert {one["metric"]["team"]: float(one["value"][1]) for one in shown} == {
                    one["team"]: one["low"] for one in said["teams"]
                }
                overdue = running.query('troth_commitments{state="overdue"}', at / MICROSECONDS_A_SECOND)
                assert {one["metric"]["team"]: int(one["value"][1]) for one in overdue} == {
                    one["team"]: one["commitments"]["overdue"] for one in said["teams"]
                }
            for name in ("customer", "goal", "organisation"):
                assert running.query(f"troth_{name}_evidence_promises", day(3) / MICROSECONDS_A_SECOND)
            assert running.query("troth_reliability_ratio", day(DAYS + 1) / MICROSECONDS_A_SECOND) == []


def test_the_history_can_be_written_to_a_file_alone(tmp_path: Path) -> None:
    with serving("demo", tmp_path / "ledger"):
        pass
    done = troth("backfill", "--data", "ledger", "--file", "history.txt", "--days", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    lines = (tmp_path / "history.txt").read_text("utf-8").splitlines()
    assert lines[-1] == "# EOF"
    assert any(line.startswith('troth_organisation_reliability_ratio{job="troth"} 0.') for line in lines)
    assert sum(line.startswith('troth_target_ratio{job="troth"} 0.8 ') for line in lines) == 3


def test_without_promtool_and_without_a_place_it_says_what_to_do(tmp_path: Path) -> None:
    nowhere = troth("backfill", "--data", "ledger", cwd=tmp_path)
    assert nowhere.returncode == 2
    assert b"--file" in nowhere.stderr
    without = troth("backfill", "--data", "ledger", "--to", "data", cwd=tmp_path, PATH="/nowhere")
    assert without.returncode == 1
    assert without.stderr.decode().startswith("troth: promtool, which comes with Prometheus, is not on the path.")


def test_what_promtool_does_not_take_is_told(tmp_path: Path) -> None:
    needs_prometheus()
    with serving("demo", tmp_path / "ledger"):
        pass
    (tmp_path / "data").write_text("a file where a directory should be")
    done = troth("backfill", "--data", "ledger", "--to", "data", "--days", "1", cwd=tmp_path, PATH=environment()["PATH"])
    assert done.returncode == 1
    assert done.stderr.decode().startswith("troth: promtool could not make blocks in data:")
