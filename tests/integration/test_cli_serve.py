"""The program itself: it serves, holds its directory, ends when told, and loses nothing when killed."""

import json
import random
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.notation import delivered, moved, posted, promised, retracted, warned
from tests.running import ADMIN_TOKEN, TOKEN, Server, serving, troth

MADE = posted(1, ("day 0", promised(due="day 10")))
DONE = posted(2, ("day 9", delivered()))


def history(commitments: int) -> list[dict[str, Any]]:
    """Lives of many kinds, in order."""
    random.seed(5)
    told = []
    for number in range(commitments):
        due, done = random.uniform(2, 100), random.uniform(1, 120)
        life = [("day 0", promised(f"team {number % 7}", customer=f"customer {number % 3}", due=f"day {due:.3f}"))]
        if number % 4 == 0:
            life.append((f"day {due / 2:.3f}", warned()))
        if number % 5 == 0:
            life.append((f"day {due / 3:.3f}", moved(f"day {due + 20:.3f}")))
        if number % 9:
            life.append((f"day {done:.3f}", delivered()))
        if number % 11 == 0:
            life.append((f"day {done + 1:.3f}", retracted(len(life))))
        told += [posted(nth, happening, f"c/{number}") for nth, happening in enumerate(life, 1)]
    return told


def write(path: Path, events: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def test_it_serves_until_it_is_told_to_end_and_writes_nothing_outside_its_directory(tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    data.mkdir()
    (data / "notes.txt").write_text("not ours")
    with serving("serve", data) as server:
        assert server.get("/readyz")
        assert server.post([MADE, DONE]) == 202
        assert server.end(signal.SIGTERM) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]
    assert (data / "notes.txt").read_text() == "not ours"
    assert {path.name for path in data.iterdir()} <= {"notes.txt", "troth.db", "troth.db-wal", "troth.db-shm", "troth.lock"}
    assert b"all agree" in troth("verify", "--data", data, cwd=tmp_path).stdout


def test_ctrl_c_ends_it_with_status_0(tmp_path: Path) -> None:
    with serving("serve", tmp_path / "ledger") as server:
        assert server.end(signal.SIGINT) == 0


def test_while_it_holds_the_ledger_others_read_but_do_not_write(tmp_path: Path) -> None:
    data, file = tmp_path / "ledger", write(tmp_path / "log.ndjson", [MADE])
    with serving("serve", data) as server:
        assert server.post([MADE, DONE]) == 202
        for command in (
            ["serve", "--port", "0"],
            ["import", file],
            ["record", "--type", "delivered", "--commitment", "c", "--yes"],
            ["demo"],
        ):
            done = troth(*command, "--data", data, cwd=tmp_path)
            assert done.returncode == 1, command
            assert b"is held by another troth" in done.stderr
            assert b"--to URL" in done.stderr
            assert b"Traceback" not in done.stderr
        at_day = "2026-01-20T00:00:00Z"
        beside = troth("score", "--json", "--at", at_day, "--data", data, cwd=tmp_path).stdout
        assert beside == server.get(f"/v1/teams?at={at_day}") + b"\n"
        assert troth("export", "--data", data, cwd=tmp_path).stdout.count(b"\n") == 2
        assert troth("verify", "--data", data, cwd=tmp_path).stdout == b"1 commitment, 2 events: all agree.\n"
        assert b"kept" in troth("explain", "c", "--data", data, cwd=tmp_path).stdout


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = troth("serve", "--port", str(taken.getsockname()[1]), "--data", "ledger", cwd=tmp_path)
    assert done.returncode == 1
    assert b"Address already in use" in done.stderr
    assert b"--port" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_is_no_ledger_or_no_directory_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "troth.db").write_text("this is a text and no database, whatever it is called. " * 99)
    (tmp_path / "file").write_text("")
    for data in ("ledger", "file"):
        for command in (["serve", "--port", "0"], ["score"], ["demo", "--port", "0"]):
            done = troth(*command, "--data", data, cwd=tmp_path)
            assert done.returncode == 1, command
            assert done.stderr.startswith(b"troth: ")
            assert b"Traceback" not in done.stderr
    assert (tmp_path / "ledger" / "troth.db").read_text().startswith("this is a text")


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    acknowledged: set[str] = set()
    for round_ in range(3):
        with serving("serve", data) as server:
            enough = threading.Event()
            with ThreadPoolExecutor(4) as clients:
                posting = [clients.submit(_post_until_it_dies, server, f"{round_}-{client}", acknowledged, enough) for client in range(4)]
                enough.wait()
                server.end(signal.SIGKILL)
            assert all(one.result() for one in posting)
    log = [json.loads(line) for line in troth("export", "--data", data, cwd=tmp_path).stdout.splitlines()]
    assert len(acknowledged) >= 3 * 40
    assert acknowledged <= {event["subject"] for event in log}
    assert len({event["subject"] for event in log}) == len(log)
    with serving("serve", data) as server:
        assert server.end() == 0
    assert troth("verify", "--data", data, cwd=tmp_path).returncode == 0


def _post_until_it_dies(server: Server, client: str, acknowledged: set[str], enough: threading.Event) -> bool:
    number = 0
    try:
        while True:
            number += 1
            batch = [{**MADE, "subject": f"{client}-{number}-{nth}"} for nth in range(3)]
            if server.post(batch) == 202:
                acknowledged.update(event["subject"] for event in batch)
            if number >= 10:
                enough.set()
    except OSError:
        return True
    except Exception as error:  # noqa: BLE001 - the client's own words for a connection that broke
        return "connect" in str(error).lower() or "disconnect" in str(error).lower()


def test_no_token_is_in_the_log_or_the_data(tmp_path: Path) -> None:
    data, log = tmp_path / "ledger", tmp_path / "log"
    secret = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw=="
    with serving("serve", data, log=log, TROTH_WEBHOOK_GITHUB_SECRETS=secret) as server:
        assert server.post([MADE]) == 202
        assert server.post([MADE], token="a-wrong-token") == 401
        assert server.post([DONE], token=ADMIN_TOKEN) == 202
        server.end()
    for path in (log, *data.iterdir()):
        content = path.read_bytes()
        for token in (TOKEN, ADMIN_TOKEN, "a-wrong-token", secret):
            assert token.encode() not in content, path.name


def test_the_same_events_in_any_order_and_by_any_way_give_the_same_bytes(tmp_path: Path) -> None:
    events = history(300)
    shuffled = events * 2
    random.seed(1)
    random.shuffle(shuffled)
    assert troth("import", write(tmp_path / "in-order.ndjson", events), "--data", "one", cwd=tmp_path).returncode == 0
    assert troth("import", write(tmp_path / "shuffled.ndjson", shuffled), "--data", "two", cwd=tmp_path).returncode == 0
    batches = [shuffled[place : place + 37] for place in range(0, len(shuffled), 37)]
    with serving("serve", tmp_path / "three") as server, ThreadPoolExecutor(8) as clients:
        assert set(clients.map(lambda batch: server.post(batch, ADMIN_TOKEN), batches)) == {202}
    for day in ("2026-01-20", "2026-03-15T12:30:00Z", "2026-10-01"):
        scores = {troth("score", "--json", "--at", day, "--data", data, cwd=tmp_path).stdout for data in ("one", "two", "three")}
        assert len(scores) == 1
        assert b'"team 6"' in scores.pop()


def test_an_import_posts_to_a_running_server_and_sets_aside_what_it_refuses(tmp_path: Path) -> None:
    other = {**MADE, "data": {**MADE["data"], "title": "something else"}}
    lines = [MADE, other, DONE, posted(3, ("day 9.5", retracted(2)))]
    file = write(tmp_path / "log.ndjson", lines)
    with serving("serve", tmp_path / "ledger") as server:
        first = troth("import", file, "--to", server.url, cwd=tmp_path, TROTH_TOKENS=TOKEN)
        assert first.returncode == 1
        assert b"4 lines: 2 new events, 0 known already, 2 lines refused" in first.stdout
        aside = [json.loads(line) for line in (tmp_path / "log.ndjson.refused.ndjson").read_text().splitlines()]
        assert {line["line"]: line["reasons"][0].split()[-1] for line in aside}.keys() == {2, 4}
        assert any("admin's token" in line["reasons"][0] for line in aside)
        second = troth("import", file, "--to", server.url, cwd=tmp_path, TROTH_TOKENS=TOKEN, TROTH_ADMIN_TOKENS=ADMIN_TOKEN)
        assert b"1 new event, 2 known already, 1 line refused" in second.stdout
        wrong = troth("import", file, "--to", server.url, cwd=tmp_path, TROTH_TOKENS="another")
        assert wrong.returncode == 1
        assert b"401" in wrong.stderr
        recorded = troth(
            "record", "--type", "delivered", "--commitment", "c", "--yes", "--to", server.url, cwd=tmp_path, TROTH_TOKENS=TOKEN
        )
        assert b"Recorded as event" in recorded.stdout
        assert server.get("/v1/commitments/c").count(b"recorded_at") == 4
