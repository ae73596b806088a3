"""A real Kafka that will not have us, or that we cannot have: a sentence that says why, and a status other than 0."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)

from tests.gateways import publishing, wait_for
from tests.integration.conftest import event
from tests.kafka import free_ports, new_prefix, own_kafka
from tests.notation import delivered, posted, promised
from tests.running import TOKEN, Server, serving, troth
from tests.topics import records_of
from tests.unit.test_cluster_page import rows

PASSWORD = "a-password-of-the-tests"
KEYSTORE = "a-keystore-of-the-tests"
# Users by their line in docs/cluster.md.
GRANTED = {"gateway": "of the gateway", "scorer": "of the scorers", "replica": "of the replica", "notifier": "of the notifier"}
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


@dataclass(frozen=True)
class Guarded:
    """A broker with a listener for anyone, one for users, one for users with TLS, and the file of its authority.

    `owner` may do everything, `stranger` nothing.
    """

    plain: str
    sasl: str
    tls: str
    ca_file: Path


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    data = tmp_path_factory.mktemp("guarded")
    sasl, tls = (f"127.0.0.1:{port}" for port in free_ports(2))
    lines = [
        "sasl.enabled.mechanisms=SCRAM-SHA-512",
        f"listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config={SCRAM}",
        f"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={SCRAM}",
        f"listener.name.sasl_ssl.ssl.keystore.location={data / 'keys.p12'}",
        f"listener.name.sasl_ssl.ssl.keystore.password={KEYSTORE}",
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users=User:ANONYMOUS;User:owner",
    ]
    flags = [
        "--listener",
        f"SASL_PLAINTEXT://{sasl}",
        "--listener",
        f"SASL_SSL://{tls}",
        *(part for line in lines for part in ("--set", line)),
    ]
    with own_kafka(data / "broker", *flags, before=lambda: _make_keys(data)) as kafka:
        client = KafkaAdminClient(bootstrap_servers=kafka.servers)
        client.alter_user_scram_credentials(
            [UserScramCredentialUpsertion(name, "SCRAM-SHA-512", PASSWORD) for name in ("owner", "stranger", *GRANTED)]
        )
        client.close()
        yield Guarded(kafka.servers, sasl, tls, data / "authority.pem")


def _make_keys(data: Path) -> None:
    common = ["-alias", "kafka", "-keystore", str(data / "keys.p12"), "-storepass", KEYSTORE]
    named = ["-keyalg", "EC", "-dname", "CN=kafka", "-ext", "san=ip:127.0.0.1", "-validity", "7"]
    subprocess.run(["keytool", "-genkeypair", *common, *named], check=True, capture_output=True)
    subprocess.run(["keytool", "-exportcert", "-rfc", *common, "-file", data / "authority.pem"], check=True, capture_output=True)


def ask(
    servers: str, protocol: str, cwd: Path, *flags: str, user: str = "owner", password: str = PASSWORD, mechanism: str = "SCRAM-SHA-512"
) -> tuple[int, str]:
    """Make topics by the command line; returns its status and what it said on stderr, which never holds the password."""
    where = ["--kafka-bootstrap-servers", servers, "--kafka-security-protocol", protocol, "--topic-prefix", new_prefix()]
    named = ["--kafka-sasl-username", user, "--kafka-sasl-mechanism", mechanism]
    done = troth("topics", "--create", *where, *named, *flags, cwd=cwd, TROTH_KAFKA_SASL_PASSWORD=password)
    said = done.stderr.decode()
    assert password not in said + done.stdout.decode()
    return done.returncode, said


def test_a_user_with_a_password_makes_topics_with_and_without_tls(guarded: Guarded, tmp_path: Path) -> None:
    assert ask(guarded.sasl, "SASL_PLAINTEXT", tmp_path) == (0, "")
    assert ask(guarded.tls, "SASL_SSL", tmp_path, "--kafka-ca-file", str(guarded.ca_file)) == (0, "")


def test_a_password_may_come_from_a_file(guarded: Guarded, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    where = ["--kafka-bootstrap-servers", guarded.sasl, "--kafka-security-protocol", "SASL_PLAINTEXT", "--topic-prefix", new_prefix()]
    where += ["--kafka-sasl-username", "owner"]
    done = troth("topics", "--create", *where, cwd=tmp_path, TROTH_KAFKA_SASL_PASSWORD_FILE=str(tmp_path / "password"))
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("listener", "protocol", "change", "sentence"),
    [
        ("sasl", "SASL_PLAINTEXT", {"password": "not-the-password"}, "it refuses the user 'owner'"),
        ("sasl", "SASL_PLAINTEXT", {"user": "nobody"}, "it refuses the user 'nobody'"),
        ("sasl", "SASL_PLAINTEXT", {"user": "stranger"}, "the user 'stranger' has no right to"),
        ("sasl", "SASL_SSL", {}, "it does not speak TLS there"),
        ("tls", "SASL_SSL", {}, "its certificate does not hold (self-signed certificate)"),
        ("plain", "SASL_PLAINTEXT", {}, "it does not take the name of a user so"),
        ("sasl", "SASL_PLAINTEXT", {"mechanism": "PLAIN"}, "it does not take the name of a user so"),
        ("sasl", "PLAINTEXT", {}, "could not be connected to: "),
    ],
)
def test_what_stands_between_us_and_kafka_is_said_in_a_sentence(
    guarded: Guarded, tmp_path: Path, listener: str, protocol: str, change: dict[str, str], sentence: str
) -> None:
    servers = getattr(guarded, listener)
    status, said = ask(servers, protocol, tmp_path, **change)
    assert status == 1
    assert said.startswith(f"troth: Kafka at {servers} could not ")
    assert sentence in said
    assert said.count("\n") == 1


def test_a_file_of_an_authority_that_is_none_is_named(guarded: Guarded, tmp_path: Path) -> None:
    status, said = ask(guarded.tls, "SASL_SSL", tmp_path, "--kafka-ca-file", "nowhere.pem")
    assert (status, said) == (
        1,
        "troth: The authority's file kafka_ca_file (nowhere.pem) cannot be used: [Errno 2] No such file or directory.\n",
    )


def test_a_gateway_publishes_as_a_user(guarded: Guarded, tmp_path: Path) -> None:
    prefix = new_prefix()
    who = ["--kafka-security-protocol", "SASL_PLAINTEXT", "--kafka-sasl-username", "owner"]
    with publishing(tmp_path / "data", guarded.sasl, prefix, *who, TROTH_KAFKA_SASL_PASSWORD=PASSWORD) as gateway:
        assert gateway.post(event()).status_code == 202
        assert gateway.spooled() == 0
    assert len(records_of(guarded.plain, f"{prefix}events")) == 1


@pytest.mark.parametrize("program", ["gateway", "scorer", "replica"])
def test_each_program_ends_with_a_sentence_where_its_password_is_wrong(guarded: Guarded, tmp_path: Path, program: str) -> None:
    where = ["--kafka-bootstrap-servers", guarded.sasl, "--topic-prefix", new_prefix(), "--port", "0", "--data", "data"]
    who = ["--kafka-security-protocol", "SASL_PLAINTEXT", "--kafka-sasl-username", "owner"]
    done = troth(program, *where, *who, cwd=tmp_path, TROTH_TOKENS=TOKEN, TROTH_KAFKA_SASL_PASSWORD="not-the-password")
    assert done.returncode == 1
    assert b"it refuses the user 'owner'" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"not-the-password" not in done.stderr


def ready(server: Server) -> bool:
    return httpx2.get(f"{server.url}/readyz").status_code == 200


def grant(servers: str, prefix: str, user: str) -> None:
    """Give a user the rights that docs/cluster.md names, on the topics of a prefix."""
    [(reads, writes, group)] = [cells for name, *cells in rows("| user |") if name == GRANTED[user]]
    everywhere = ResourcePattern(ResourceType.TOPIC, prefix, ACLResourcePatternType.PREFIXED)
    rights = [(ACLOperation.DESCRIBE, ResourcePattern(ResourceType.CLUSTER, "kafka-cluster"))]
    rights += [(operation, everywhere) for operation in (ACLOperation.DESCRIBE, ACLOperation.DESCRIBE_CONFIGS)]
    for operation, kind, cell in (
        (ACLOperation.READ, ResourceType.TOPIC, reads),
        (ACLOperation.WRITE, ResourceType.TOPIC, writes),
        (ACLOperation.READ, ResourceType.GROUP, group),
    ):
        rights += [(operation, ResourcePattern(kind, prefix + name)) for name in cell.replace("`", "").split()]
    client = KafkaAdminClient(bootstrap_servers=servers)
    client.create_acls([ACL(f"User:{user}", "*", operation, ACLPermissionType.ALLOW, resource) for operation, resource in rights])
    client.close()


def test_programs_with_the_rights_that_the_page_names_and_with_tls_do_their_work(guarded: Guarded, tmp_path: Path) -> None:
    prefix = new_prefix()
    flags = ["--kafka-bootstrap-servers", guarded.tls, "--topic-prefix", prefix, "--kafka-security-protocol", "SASL_SSL"]
    flags += ["--kafka-ca-file", str(guarded.ca_file), "--partitions", "2"]
    made = troth("topics", "--create", *flags, cwd=tmp_path, TROTH_KAFKA_SASL_USERNAME="owner", TROTH_KAFKA_SASL_PASSWORD=PASSWORD)
    assert made.returncode == 0, made.stderr.decode()
    with ExitStack() as running:
        servers = {}
        for user in GRANTED:
            grant(guarded.plain, prefix, user)
            who = [*flags, "--kafka-sasl-username", user]
            said = {"TROTH_KAFKA_SASL_PASSWORD": PASSWORD, "TROTH_ALERTMANAGER_URL": "http://127.0.0.1:1"}
            servers[user] = running.enter_context(serving(user, tmp_path / user, *who, log=tmp_path / f"{user}.log", **said))
        servers["gateway"].post([posted(1, ("day 0", promised(due="day 10"))), posted(2, ("day 9", delivered()))])
        for user, server in servers.items():
            wait_for(lambda server=server: ready(server), f"the {user} to be ready")  # type: ignore[misc]  # bound at once
        kept = b'troth_outcomes{team="a",verdict="kept"} 1.0'
        for user in ("scorer", "replica"):
            wait_for(lambda user=user: kept in servers[user].get("/metrics"), f"the {user} to show the team")  # type: ignore[misc]  # bound at once
