"""`make cluster` without make: the whole cluster on this machine by one command, which one signal ends."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.compose import ROOT
from tests.gateways import wait_for
from tests.kafka import look_for_java
from tests.notation import delivered, posted, promised
from tests.running import TOKEN, Server, environment


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_cluster_says_where_to_post_and_to_look_and_ends_with_all_it_started(tmp_path: Path, number: int) -> None:
    look_for_java()
    command = [sys.executable, str(ROOT / "deploy/cluster.py"), "--data", str(tmp_path / "cluster"), "--port", "0"]
    script = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(TROTH_TOKENS=TOKEN))
    try:
        assert script.stdout is not None
        said = dict(line.split(maxsplit=1) for line in iter(script.stdout.readline, "Ctrl-C ends all.\n"))
        started = children_of(script.pid)
        assert len(started) == 5
        gateway = Server(script, said["Post"].removeprefix("to ").strip().partition("/v1")[0])
        assert gateway.post([posted(1, ("day 0", promised(due="day 10"))), posted(2, ("day 9", delivered()))]) == 202
        kept = 'troth_outcomes{team="a",verdict="kept"} 1.0'
        places = [*said["Numbers"].split(" and "), f"{said['Board']}/metrics".replace("\n", "")]
        wait_for(lambda: sum(kept in httpx2.get(place.strip()).text for place in places) == 2, "a scorer and the replica to show the team")
        assert gateway.end(number) == 0
        assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    finally:
        script.kill()
        script.wait()
        assert script.stdout is not None
        script.stdout.close()


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]
