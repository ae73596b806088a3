#!/usr/bin/env python3
"""A real Apache Kafka of one node without Docker: fetched by Maven, run on this machine's Java (17 or newer).

`python deploy/kafka/kafka.py run --data DIR [--port N]` formats DIR where it is new, starts the broker, says
`Kafka is ready at 127.0.0.1:N` once it answers, and stops it on SIGTERM or Ctrl-C. Needs nothing but Python, Java and Maven.
"""

import argparse
import base64
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = HERE / "lib"
READY_SECONDS = 60


def fetch() -> Path:
    """The libraries, fetched by Maven where they are not there yet. Exits with a sentence where that cannot be."""
    if not any(LIBRARIES.glob("kafka_*.jar")):
        fetched = LIBRARIES.with_name(f"lib.{uuid.uuid4().hex}")  # several may fetch at once, and one may be cut off
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        done = subprocess.run([*command, f"-DoutputDirectory={fetched}"], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"Maven could not fetch Kafka's libraries into {LIBRARIES}: {(done.stdout + done.stderr).strip()[-2_000:]}")
        try:
            fetched.rename(LIBRARIES)
        except OSError:  # another was quicker
            shutil.rmtree(fetched)
    return LIBRARIES


def properties(data: Path, port: int, listeners: list[str], extra: list[str]) -> str:
    """The configuration of one node that is broker and controller; `extra` lines go last, and so before the others."""
    controller = free_port()
    plain = f"PLAINTEXT://127.0.0.1:{port}"
    lines = [
        "process.roles=broker,controller",
        "node.id=1",
        f"controller.quorum.voters=1@127.0.0.1:{controller}",
        f"listeners={','.join([plain, f'CONTROLLER://127.0.0.1:{controller}', *listeners])}",
        "controller.listener.names=CONTROLLER",
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
        f"log.dirs={data / 'log'}",
        "auto.create.topics.enable=false",
        "offsets.topic.replication.factor=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1",
        "group.initial.rebalance.delay.ms=0",
        "offsets.topic.num.partitions=4",
        *extra,
    ]
    return "\n".join(lines) + "\n"


def run(data: Path, port: int, listeners: list[str], extra: list[str]) -> int:
    """Run the broker until it is told to stop; returns its status."""
    classes = f"{fetch()}/*"
    java = ["java", "-Xmx512m", "-Xms128m", f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}", "-cp", classes]
    data.mkdir(parents=True, exist_ok=True)
    configured = data / "server.properties"
    if not configured.exists():
        configured.write_text(properties(data, port or free_port(), listeners, extra), encoding="utf-8")
    port = int(
        next(line for line in configured.read_text("utf-8").splitlines() if line.startswith("listeners=")).split(",")[0].rpartition(":")[2]
    )
    if not (data / "log" / "meta.properties").exists():
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        formatting = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "--config", configured]
        subprocess.run(formatting, check=True, stdout=subprocess.DEVNULL)
    broker = subprocess.Popen([*java, "kafka.Kafka", configured], stdout=(data / "kafka.log").open("ab"), stderr=subprocess.STDOUT)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: broker.terminate())
    if not answers(broker, port):
        broker.kill()
        sys.exit(f"Kafka did not answer on port {port} within {READY_SECONDS} s; {data / 'kafka.log'} says why.")
    print(f"Kafka is ready at 127.0.0.1:{port}", flush=True)
    status = broker.wait()
    return 0 if status in (0, 143) else status  # 143: ended by SIGTERM


def answers(broker: "subprocess.Popen[bytes]", port: int) -> bool:
    """Whether the broker takes connections, once it does or has ended."""
    until = time.monotonic() + READY_SECONDS
    while broker.poll() is None and time.monotonic() < until:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="fetch the libraries and end")
    running = commands.add_parser("run", help="run a broker until it is told to stop")
    running.add_argument("--data", type=Path, required=True, help="directory of the broker; made where it is not there")
    running.add_argument("--port", type=int, default=0, help="port of a new directory's broker; 0 picks a free one")
    running.add_argument(
        "--listener", action="append", default=[], metavar="NAME://HOST:PORT", help="one more for a new directory's broker"
    )
    running.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a line of a new directory's configuration")
    asked = parser.parse_args()
    if asked.command == "fetch":
        print(fetch())
        return 0
    return run(asked.data.resolve(), asked.port, asked.listener, asked.set)


if __name__ == "__main__":
    sys.exit(main())
