"""The real Kafka of the tests: that of KAFKA_BOOTSTRAP_SERVERS, else one of this machine's Java and Maven, else none."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from tests.conftest import needs

KAFKA = str(Path(__file__).parents[1] / "deploy" / "kafka" / "kafka.py")
READY = "Kafka is ready at "
_started: list["Kafka"] = []  # what outlives the test that asked for it first


class Kafka:
    """A broker of a test's own, which it may stop, kill and start again on the same port with what it held."""

    def __init__(self, data: Path, settings: Sequence[str] = ()) -> None:
        self._data = data
        self._settings = [part for setting in settings for part in ("--set", setting)]
        self._process: subprocess.Popen[str] | None = None
        self.servers = ""

    @property
    def group(self) -> int:
        """The process group of the broker and the script that minds it."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None

    def start(self) -> None:
        """Start it; returns once it answers."""
        command = [sys.executable, KAFKA, "run", "--data", str(self._data), *self._settings]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self._process.stdout is not None
        with self._process.stdout as said:
            line = said.readline().strip()
        assert line.startswith(READY), f"{line!r} is not the ready line"
        self.servers = line.removeprefix(READY)

    def send(self, number: int) -> None:
        """Send a signal to the broker itself and to the script that minds it."""
        os.killpg(self.group, number)

    def stop(self) -> None:
        """End it as it wants to be ended."""
        assert self._process is not None
        self.send(signal.SIGTERM)
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self.send(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def own_kafka(data: Path, *settings: str) -> Iterator[Kafka]:
    """A broker of one's own in a directory; skips where there is no Java or no Maven."""
    kafka = Kafka(data, settings)
    try:
        look_for_java()
        kafka.start()
        yield kafka
    finally:
        kafka.kill()


@contextmanager
def shared_kafka(root: Path) -> Iterator[str]:
    """The address of the broker that the processes of a test run share: the first to ask starts it, the last to go ends it.

    `root` is a directory that they have in common.
    """
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    look_for_java()
    root.mkdir(parents=True, exist_ok=True)
    running = root / "running"
    with (root / "users").open("a") as users:
        with _alone(root):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not running.exists():
                kafka = Kafka(Path(tempfile.mkdtemp(prefix="troth-kafka-")))
                _started.append(kafka)
                kafka.start()
                running.write_text(f"{kafka.servers} {kafka.group}", encoding="utf-8")
        servers, group = running.read_text("utf-8").split()
        try:
            yield servers
        finally:
            with _alone(root), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.killpg(int(group), signal.SIGKILL)
                running.unlink()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def look_for_java() -> None:
    """Leave this test out where no broker can be run."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            needs(f"Kafka: KAFKA_BOOTSTRAP_SERVERS, or {program} to run one")


def new_prefix() -> str:
    """A topic prefix that no other test has."""
    return f"t{uuid4().hex[:12]}."
