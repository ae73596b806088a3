"""The simulated year, as `troth demo` serves it."""

import json
import sqlite3
from pathlib import Path

from tests.notation import posted, promised
from tests.running import serving, troth


def events_of(data: Path, cwd: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in troth("export", "--data", data, cwd=cwd).stdout.splitlines()]


def test_a_demo_is_a_year_that_was_recorded_as_it_happened(tmp_path: Path) -> None:
    data, log = tmp_path / "demo", tmp_path / "log"
    with serving("demo", data, log=log) as server:
        teams = json.loads(server.get("/v1/teams"))["teams"]
        assert len(teams) >= 8
        page = server.get("/v1/commitments/payments-0120")
        assert b'"late_news":false' in page
        assert b'"late_news":true' not in page
        assert b"imulated" in server.get("/")
        assert server.end() == 0
    assert b"Simulated data" in log.read_bytes()
    assert b"all agree" in troth("verify", "--data", data, cwd=tmp_path).stdout
    with sqlite3.connect(data / "troth.db") as connection:
        [(slips,)] = connection.execute("SELECT count(*) FROM notices WHERE kind = 'slipped'")
        [(promises,)] = connection.execute("SELECT count(*) FROM standings")
    connection.close()
    assert 0 < slips < promises / 3


def test_a_demo_of_the_same_day_goes_on_and_one_of_another_day_is_made_anew(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with serving("demo", data):
        pass
    first = events_of(data, tmp_path)
    with serving("demo", data):
        pass
    again = events_of(data, tmp_path)
    assert again[: len(first)] == first or again[0] != first[0]  # midnight may have passed between the two
    old = tmp_path / "old"
    old_event = {**posted(1, ("day 0", promised())), "source": "troth-demo"}
    # As a demo leaves it that was made on another day.
    troth("import", "-", "--data", old, cwd=tmp_path, typed=json.dumps(old_event).encode())
    with sqlite3.connect(old / "troth.db") as connection:
        connection.execute("UPDATE deliveries SET source = 'troth-demo'")
    connection.close()
    with serving("demo", old):
        pass
    renewed = events_of(old, tmp_path)
    assert old_event not in renewed
    assert len(renewed) > 1_000
    assert b"all agree" in troth("verify", "--data", old, cwd=tmp_path).stdout


def test_a_demo_leaves_a_ledger_with_other_events_alone(tmp_path: Path) -> None:
    event = posted(1, ("day 0", promised()))
    troth("import", "-", "--data", "mine", cwd=tmp_path, typed=json.dumps(event).encode())
    done = troth("demo", "--data", "mine", "--port", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert b"other events than those of troth-demo" in done.stderr
    assert b"Traceback" not in done.stderr
    assert events_of(tmp_path / "mine", tmp_path) == [event]


def test_a_demo_goes_to_a_directory_of_its_own_unless_one_is_named(tmp_path: Path) -> None:
    done = troth("demo", "--host", "192.0.2.1", cwd=tmp_path)  # an address that no machine has
    assert b"Cannot listen on 192.0.2.1" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["troth-demo"]
