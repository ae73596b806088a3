"""The program among others: standard input and output, pipes that close, interrupts."""

import json
import signal
import subprocess
import time
from pathlib import Path

from tests.notation import posted, promised
from tests.running import TROTH, environment, troth

MADE = posted(1, ("day 0", promised(due="day 10")))


def test_an_import_reads_standard_input_and_sets_aside_in_the_current_directory(tmp_path: Path) -> None:
    lines = json.dumps(MADE).encode() + b"\nnot JSON\n"
    done = troth("import", "-", cwd=tmp_path, typed=lines)
    assert done.returncode == 1
    assert b"stdin: 2 lines: 1 new event, 0 known already, 1 line refused" in done.stdout
    assert json.loads((tmp_path / "stdin.refused.ndjson").read_text())["line"] == 2


def test_an_export_into_a_pipe_that_closes_ends_quietly(tmp_path: Path) -> None:
    events = [{**MADE, "subject": f"c{number}", "padding": "x" * 1_000} for number in range(2_000)]
    troth("import", "-", cwd=tmp_path, typed="".join(json.dumps(event) + "\n" for event in events).encode())
    with subprocess.Popen([TROTH, "export"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as export:
        assert export.stdout is not None
        assert export.stderr is not None
        assert json.loads(export.stdout.readline()) == events[0]
        export.stdout.close()
        assert export.stderr.read() == b""
    assert export.returncode == 1


def test_an_export_goes_straight_into_an_import(tmp_path: Path) -> None:
    troth("import", "-", cwd=tmp_path, typed=json.dumps(MADE).encode())
    exported = troth("export", cwd=tmp_path).stdout
    assert b"1 new event" in troth("import", "-", "--data", "copy", cwd=tmp_path, typed=exported).stdout


def test_an_interrupted_import_leaves_a_sound_ledger_and_a_second_run_goes_on(tmp_path: Path) -> None:
    with (tmp_path / "log.ndjson").open("w") as file:
        for number in range(40_000):
            file.write(json.dumps({**MADE, "subject": f"c{number}"}) + "\n")
    written_ahead = tmp_path / "troth-data" / "troth.db-wal"
    with subprocess.Popen([TROTH, "import", "log.ndjson"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE) as running:
        while not written_ahead.exists() or written_ahead.stat().st_size < 1_000_000:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate()
    assert running.returncode == 130
    assert b"Interrupted after" in said
    assert b"Traceback" not in said
    assert troth("verify", cwd=tmp_path).returncode == 0
    there = troth("export", cwd=tmp_path).stdout.count(b"\n")
    assert 0 < there < 40_000
    done = troth("import", "log.ndjson", cwd=tmp_path)
    assert f"{40_000 - there:,} new events, {there:,} known already".encode() in done.stdout
