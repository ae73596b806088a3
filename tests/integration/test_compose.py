"""docker-compose.yml without an engine: it is a compose file, it keeps what it promises, and what it says runs as a cluster."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.compose import FILE, ROOT, NotSet, environment_of, kafka_properties, read, troth_services
from tests.dockerfile import entrypoint, last
from tests.gateways import wait_for
from tests.kafka import own_kafka
from tests.notation import delivered, posted, promised
from tests.running import TOKEN, Server, starting
from troth.settings import FLAGS, SECRET_SETTINGS, read_settings, variable

SECRETS = {"TROTH_TOKENS": TOKEN, "GRAFANA_PASSWORD": "a-password-of-the-tests"}
DOCUMENT = read(SECRETS)
SERVICES = DOCUMENT["services"]
OURS = troth_services(DOCUMENT)
EVERY = pytest.mark.parametrize("name", SERVICES)
EACH_OF_OURS = pytest.mark.parametrize("name", OURS)
KAFKA = "kafka:9092"
# What has a host name or a port in it, and where the broker of a test has its own.
OF_THE_PLACE = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}


def test_it_is_a_file_as_the_compose_specification_wants_it() -> None:
    schema = json.loads((ROOT / "tests/specifications/compose-spec.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    faults = [f"{list(fault.path)}: {fault.message}" for fault in Draft202012Validator(schema).iter_errors(DOCUMENT)]
    assert faults == []


def test_the_services_are_those_of_a_cluster_and_of_its_watchers() -> None:
    watchers = {"kafka", "prometheus", "alertmanager", "grafana"}
    assert set(SERVICES) == {"gateway", "scorer-1", "scorer-2", "replica", "notifier"} | watchers
    assert {name: service["command"] for name, service in OURS.items()} == {
        "gateway": ["gateway"],
        "scorer-1": ["scorer"],
        "scorer-2": ["scorer"],
        "replica": ["replica"],
        "notifier": ["notifier"],
    }


@pytest.mark.parametrize("missing", SECRETS)
def test_it_says_which_secret_it_lacks_and_holds_none_itself(missing: str) -> None:
    with pytest.raises(NotSet, match=missing):
        read({name: value for name, value in SECRETS.items() if name != missing})
    secret = [variable(name) for name in SECRET_SETTINGS] + ["GF_SECURITY_ADMIN_PASSWORD"]
    for line in FILE.read_text("utf-8").splitlines():
        if line.strip().partition(":")[0] in secret:
            assert re.search(r": \$\{\w+:(\?[^}]+|-)\}$", line), f"{line!r} may hold a secret"


@EVERY
def test_every_service_has_a_health_check_limits_a_restart_and_a_volume_of_its_own(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["restart"] == "unless-stopped"
    own = [volume for volume in service["volumes"] if volume.partition(":")[0] == name]
    assert len(own) == 1
    assert name in DOCUMENT["volumes"]
    assert not [volume for volume in service["volumes"] if volume.startswith("./") and not (ROOT / volume.partition(":")[0]).is_dir()]


@EVERY
def test_what_is_published_is_published_to_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@EACH_OF_OURS
def test_a_program_of_ours_has_no_rights_and_a_root_that_is_read_only(name: str) -> None:
    service = OURS[name]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert "user" not in service
    assert "privileged" not in service
    assert service["volumes"] == [f"{name}:{last('WORKDIR')}"]
    assert environment_of(service)["TROTH_DATA"] == last("WORKDIR")


@EACH_OF_OURS
def test_a_program_of_ours_is_given_settings_that_there_are(name: str) -> None:
    known = {variable(setting) for setting in (*FLAGS, *SECRET_SETTINGS)}
    environment = environment_of(OURS[name])
    assert {said for said in environment if said not in known} == set()
    read_settings({}, environment)


def test_all_programs_of_ours_make_the_same_numbers() -> None:
    alike = [{said: value for said, value in environment_of(service).items() if said not in _ALONE} for service in OURS.values()]
    assert alike == alike[:1] * len(alike)


_ALONE = {"TROTH_TOKENS", "TROTH_ADMIN_TOKENS", "TROTH_TARGET", "TROTH_ALERTMANAGER_URL", "TROTH_PUBLIC_URL"}


def test_prometheus_scrapes_every_program_of_ours_and_nothing_that_is_not_there() -> None:
    targets = scraped("troth")
    port = environment_of(OURS["gateway"])["TROTH_PORT"]
    assert sorted(targets) == sorted(f"{name}:{port}" for name in OURS)
    [[manager]] = [each["targets"] for each in prometheus()["alerting"]["alertmanagers"][0]["static_configs"]]
    assert manager.partition(":")[0] in SERVICES


def prometheus() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    return found


def scraped(job: str) -> list[str]:
    """The targets of a job of Prometheus."""
    [configured] = [each for each in prometheus()["scrape_configs"] if each["job_name"] == job]
    return [target for group in configured["static_configs"] for target in group["targets"]]


@contextmanager
def up(name: str, service: Mapping[str, Any], servers: str, place: Path) -> Iterator[Server]:
    """One service as the file has it: its command and environment, and of these only host names, ports and paths replaced."""
    data = place / name
    data.mkdir()
    replaced = {KAFKA: servers, "/data": str(data), "0.0.0.0": "127.0.0.1"}  # noqa: S104 - what the file says within its network
    environment = {said: replaced.get(value, value) for said, value in environment_of(service).items()} | {"TROTH_PORT": "0"}
    with (place / f"{name}.log").open("ab") as log, starting([*entrypoint(), *service["command"]], data, log, **environment) as server:
        wait_for(lambda: healthy(service, server), f"{name} to be healthy")
        yield server


def healthy(service: Mapping[str, Any], server: Server) -> bool:
    """What the service's own health check says."""
    kind, *command = service["healthcheck"]["test"]
    assert kind == "CMD"
    address = f"http://127.0.0.1:{environment_of(service)['TROTH_PORT']}"
    command = [sys.executable if part == "python" else part.replace(address, server.url) for part in command]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_the_cluster_of_the_file_scores_what_is_posted_to_its_gateway_and_ends_when_told(tmp_path: Path) -> None:
    configured = [f"{name}={value}" for name, value in kafka_properties(SERVICES["kafka"]).items() if name not in OF_THE_PLACE]
    flags = [part for setting in configured for part in ("--set", setting)]
    with own_kafka(tmp_path / "kafka", *flags) as broker, ExitStack() as running:
        servers = {name: running.enter_context(up(name, service, broker.servers, tmp_path)) for name, service in OURS.items()}
        assert servers["gateway"].post([posted(1, ("day 0", promised(due="day 10"))), posted(2, ("day 9", delivered()))]) == 202
        kept = 'troth_outcomes{team="a",verdict="kept"} 1.0'
        scrapes = {target: f"{servers[target.partition(':')[0]].url}/metrics" for target in scraped("troth")}

        def shown() -> list[str]:
            return [target.partition(":")[0] for target, url in scrapes.items() if kept in httpx2.get(url).raise_for_status().text]

        wait_for(lambda: len(shown()) == 2, "a scorer and the replica to show the team")
        assert [name.partition("-")[0] for name in shown()] == ["scorer", "replica"]
        assert "/teams/a" in httpx2.get(f"{servers['replica'].url}/").raise_for_status().text
        assert {name: server.end() for name, server in reversed(servers.items())} == dict.fromkeys(servers, 0)
