"""A real Kafka of a version that is too old."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kafka import free_ports, look_for_java
from tests.running import troth
from troth.stream.knock import knock

POM = Path(__file__).parents[1] / "old_kafka" / "pom.xml"
LIBRARIES = POM.with_name("lib")
START_SECONDS = 60


@pytest.fixture
def old_kafka(tmp_path: Path) -> Iterator[str]:
    """The address of Apache Kafka 2.3.1 with a ZooKeeper."""
    look_for_java()
    if not any(LIBRARIES.glob("kafka_*.jar")):
        fetch = ["mvn", "--quiet", "--batch-mode", "--file", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={LIBRARIES}"]
        subprocess.run(fetch, check=True)
    of_zookeeper, of_kafka = free_ports(2)
    (tmp_path / "zookeeper.properties").write_text(
        f"dataDir={tmp_path / 'zookeeper'}\nclientPort={of_zookeeper}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n", "utf-8"
    )
    (tmp_path / "kafka.properties").write_text(
        f"listeners=PLAINTEXT://127.0.0.1:{of_kafka}\nlog.dirs={tmp_path / 'kafka'}\n"
        f"zookeeper.connect=127.0.0.1:{of_zookeeper}\nzookeeper.connection.timeout.ms=60000\n",
        "utf-8",
    )
    with ExitStack() as running, (tmp_path / "log").open("wb") as log:
        for name in ("org.apache.zookeeper.server.quorum.QuorumPeerMain zookeeper.properties", "kafka.Kafka kafka.properties"):
            command = ["java", "-Xmx256m", "-cp", f"{LIBRARIES}/*", *name.split()]
            process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
            running.callback(process.wait)
            running.callback(process.kill)
        wait_for(of_kafka)
        yield f"127.0.0.1:{of_kafka}"


def wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return knock([("127.0.0.1", port)], None, None, START_SECONDS)
        except OSError:
            assert time.monotonic() < until, f"nothing answers on port {port}"
            time.sleep(0.2)


def test_a_broker_that_is_too_old_is_refused_with_both_versions(old_kafka: str, tmp_path: Path) -> None:
    asked = troth("topics", "--create", "--kafka-bootstrap-servers", old_kafka, cwd=tmp_path)
    assert asked.returncode == 1
    assert asked.stderr.decode() == (f"troth: Kafka at {old_kafka} cannot be used: it is too old (2.3). Troth needs Kafka 2.4 or newer.\n")
