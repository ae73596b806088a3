"""`troth gateway` while its broker, its disk or itself fails: what it acknowledged is on the log, and in order."""

import resource
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.gateways import NOWHERE, Gateway, Load, publishing, told_first, wait_for
from tests.integration.conftest import event
from tests.kafka import Kafka, new_prefix, own_kafka
from troth.stream.broker import Broker
from troth.stream.topics import Topics, make_or_check

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def _broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with own_kafka(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def broker(_broker: Kafka) -> Kafka:
    """A broker that a test may stop or kill; it runs before each."""
    if not _broker.is_running:
        _broker.start()
    return _broker


@pytest.fixture
def gateway(broker: Kafka, tmp_path: Path) -> Iterator[Gateway]:
    with publishing(tmp_path / "data", broker.servers, new_prefix()) as running:
        yield running


def assert_all_on_the_log_in_order(gateway: Gateway, *loads: Load) -> None:
    """Everything acknowledged is there; of each commitment the events were first told in the order in which they were posted."""
    told = told_first(gateway.log())
    for load in loads:
        for subject, acknowledged in load.acknowledged.items():
            assert set(acknowledged) <= set(told.get(subject, [])), subject
            assert told.get(subject, []) == sorted(told.get(subject, [])), subject


@pytest.mark.parametrize("batch", [1, 50])
def test_a_broker_that_is_killed_under_load_and_comes_back_loses_nothing(broker: Kafka, gateway: Gateway, batch: int) -> None:
    with Load(gateway, "load", batch=batch) as load:
        load.wait_for_more(100)
        broker.kill()
        load.wait_for_more(2_000)
        assert gateway.spooled() > 0
        broker.start()
        gateway.wait_until_spool_is_empty()
        load.wait_for_more(2_000)
        assert gateway.spooled() == 0
    assert load.answers.keys() == {202}
    assert_all_on_the_log_in_order(gateway, load)


def test_a_broker_that_is_ended_as_it_should_be_and_comes_back_loses_nothing(broker: Kafka, gateway: Gateway) -> None:
    with Load(gateway, "load") as load:
        for _ in range(2):
            load.wait_for_more(500)
            broker.stop()
            load.wait_for_more(500)
            broker.start()
            gateway.wait_until_spool_is_empty()
    assert load.answers.keys() == {202}
    assert_all_on_the_log_in_order(gateway, load)


def test_while_the_broker_stands_still_what_is_posted_is_acknowledged_from_the_spool(broker: Kafka, gateway: Gateway) -> None:
    with Load(gateway, "load") as load:
        load.wait_for_more(100)
        broker.send(signal.SIGSTOP)
        try:
            load.wait_for_more(2_000)
            assert gateway.spooled() > 0
            assert gateway.server.get("/readyz")
        finally:
            broker.send(signal.SIGCONT)
        gateway.wait_until_spool_is_empty()
        load.wait_for_more(100)
    assert load.answers.keys() == {202}
    assert_all_on_the_log_in_order(gateway, load)


def test_a_gateway_that_is_killed_with_a_full_spool_or_while_it_empties_it_loses_nothing(broker: Kafka, tmp_path: Path) -> None:
    prefix = new_prefix()
    loads = []
    for round_ in range(2):
        with publishing(tmp_path / "data", NOWHERE, prefix) as alone:
            with Load(alone, f"alone-{round_}", batch=100) as load:
                load.wait_for_more(10_000)
                alone.server.end(signal.SIGKILL)
            loads.append(load)
    for round_ in range(3):
        with publishing(tmp_path / "data", broker.servers, prefix) as back:
            with Load(back, f"back-{round_}", batch=10) as load:
                wait_until_it_shrinks(back)
                back.server.end(signal.SIGKILL)
            loads.append(load)
    with publishing(tmp_path / "data", broker.servers, prefix) as last:
        last.wait_until_spool_is_empty()
        assert_all_on_the_log_in_order(last, *loads)


def test_a_broker_that_dies_while_the_spool_empties_into_it_loses_nothing(broker: Kafka, tmp_path: Path) -> None:
    prefix = new_prefix()
    with publishing(tmp_path / "data", NOWHERE, prefix) as alone, Load(alone, "load", batch=200) as load:
        load.wait_for_more(40_000)
    with publishing(tmp_path / "data", broker.servers, prefix) as back:
        for end in (broker.kill, broker.stop):
            wait_until_it_shrinks(back)
            end()
            assert back.spooled() > 0
            broker.start()
        back.wait_until_spool_is_empty()
        assert_all_on_the_log_in_order(back, load)


def wait_until_it_shrinks(gateway: Gateway) -> None:
    before = gateway.spooled()
    wait_for(lambda: gateway.spooled() < before, "the spool to shrink")


def test_a_gateway_that_is_told_to_end_finishes_what_it_has_taken(broker: Kafka, gateway: Gateway) -> None:
    with Load(gateway, "load") as load:
        load.wait_for_more(500)
        assert gateway.server.end(signal.SIGTERM) == 0
    assert load.answers.keys() == {202}
    assert_all_on_the_log_in_order(gateway, load)


def test_a_gateway_that_is_told_to_end_while_the_broker_stands_still_ends_and_keeps_what_it_took(broker: Kafka, tmp_path: Path) -> None:
    prefix = new_prefix()
    with publishing(tmp_path / "data", broker.servers, prefix) as gateway, Load(gateway, "load") as load:
        load.wait_for_more(100)
        broker.send(signal.SIGSTOP)
        load.wait_for_more(100)
        assert gateway.server.end(signal.SIGTERM) == 0
        broker.send(signal.SIGCONT)
    with publishing(tmp_path / "data", broker.servers, prefix) as again:
        again.wait_until_spool_is_empty()
        assert_all_on_the_log_in_order(again, load)


def test_what_is_wrong_with_a_broker_that_comes_later_is_said_and_events_are_still_taken(broker: Kafka, tmp_path: Path) -> None:
    prefix, log = new_prefix(), tmp_path / "log"
    make_or_check(Broker(broker.servers), [Topics(prefix, partitions=2).events])
    broker.stop()
    with publishing(tmp_path / "data", broker.servers, prefix, log=log) as gateway:
        assert gateway.post(event()).status_code == 202
        broker.start()
        wait_for(lambda: f"{prefix}events has 2 partitions, not 8" in log.read_text(), "the log to say what is wrong")
        assert gateway.post(event(id="2")).status_code == 202
        assert gateway.http.get("/readyz").status_code == 200
        assert gateway.spooled() == 2
        assert log.read_text().count("has 2 partitions") == 1


LARGE: list[dict[str, Any]] = [event("commitment-made", f"large {n}", conditions="x" * 2_000) for n in range(100)]


def posted_until_refused(gateway: Gateway) -> httpx2.Response:
    answer = gateway.post(LARGE)
    while answer.status_code == 202:
        answer = gateway.post(LARGE)
    return answer


def test_a_full_spool_is_answered_with_503_until_the_broker_is_back(broker: Kafka, tmp_path: Path) -> None:
    with publishing(tmp_path / "data", broker.servers, new_prefix(), "--spool-megabytes", "1") as gateway:
        assert gateway.post(event()).status_code == 202
        broker.kill()
        refused = posted_until_refused(gateway)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "1"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert "spool_megabytes" in refused.json()["detail"]
        assert gateway.http.get("/readyz").status_code == 503
        assert gateway.http.get("/healthz").status_code == 200
        broker.start()
        gateway.wait_until_spool_is_empty()
        wait_for(lambda: gateway.post(LARGE).status_code == 202, "events to be taken again")
        wait_for(lambda: gateway.http.get("/readyz").status_code == 200, "the gateway to be ready")


@pytest.mark.parametrize("kilobytes", [0, 37, 150, 600])
def test_a_disk_that_is_full_at_any_byte_loses_nothing_that_was_acknowledged(broker: Kafka, tmp_path: Path, kilobytes: int) -> None:
    prefix = new_prefix()
    with publishing(tmp_path / "data", NOWHERE, prefix) as gateway:
        with Load(gateway, "load", batch=10) as load:
            load.wait_for_more(100)
            size = max(path.stat().st_size for path in (tmp_path / "data").iterdir())
            limit_file_size(gateway, size + kilobytes * 1_024)
            wait_for(lambda: 503 in load.answers, "the disk to be full")
            limit_file_size(gateway, resource.RLIM_INFINITY)
            load.wait_for_more(100)
            gateway.server.end(signal.SIGKILL)
        assert load.answers.keys() == {202, 503}
    with publishing(tmp_path / "data", broker.servers, prefix) as again:
        again.wait_until_spool_is_empty()
        assert_all_on_the_log_in_order(again, load)


def limit_file_size(gateway: Gateway, size: int) -> None:
    """Let no file of the gateway grow beyond so many bytes: a write there fails as it does on a full disk."""
    _, hard = resource.prlimit(gateway.server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gateway.server.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def test_a_flood_while_the_broker_stands_still_takes_a_bounded_memory(broker: Kafka, gateway: Gateway) -> None:
    large = [event("commitment-made", f"large {n}", conditions="x" * 2_000) for n in range(1_000)]
    assert gateway.post(large).status_code == 202
    broker.send(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(64) as clients:
            answers = set(clients.map(lambda _: gateway.post(large).status_code, range(400)))
        assert answers == {202, 503}
        assert peak_megabytes(gateway) < 700
    finally:
        broker.send(signal.SIGCONT)


def peak_megabytes(gateway: Gateway) -> float:
    """The most memory that it ever had in use."""
    status = Path(f"/proc/{gateway.server.process.pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) / 1_000 for line in status.splitlines() if line.startswith("VmHWM:"))
