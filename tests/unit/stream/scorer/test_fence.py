"""The fence in time: a process whose loop stood still for most of its session ends, and one whose loop runs does not."""

import subprocess
import sys

from troth.stream.scorer.fence import STATUS, Fence


def test_a_loop_that_ran_a_moment_ago_is_awake_and_goes_on() -> None:
    fence = Fence(session_seconds=3_600)
    fence.check()
    fence.beat()
    assert fence.awake


def test_a_loop_that_stood_still_for_its_session_shows_nothing_and_ends_its_process_before_it_writes() -> None:
    assert not Fence(session_seconds=0).awake
    stood_still = "from troth.stream.scorer.fence import Fence; Fence(0).check(); print('it wrote')"
    ended = subprocess.run([sys.executable, "-c", stood_still], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (STATUS, "")
    assert ended.stderr == (
        "troth: It stood still for as long as its session lasts, so another may have taken over. It ends with status 70, to be started "
        "anew; nothing is lost.\n"
    )
