"""Kafka's brokers: how they are spoken to, and in a sentence why they cannot be."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import KafkaAdminClient, errors

from troth.stream.trouble import BrokerAway, BrokerTrouble

OLDEST: Final = "2.1"  # the first with all of the admin and producer protocols that are spoken here
CONNECT_SECONDS: Final = 10


@dataclass(frozen=True)
class Broker:
    """How Kafka is spoken to: `servers` as host:port, comma-separated, and with SSL or SASL the file and names for it."""

    servers: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @property
    def has_sasl(self) -> bool:
        """Whether a user is named to Kafka."""
        return self.security_protocol.startswith("SASL")

    @property
    def has_tls(self) -> bool:
        """Whether what is said is encrypted."""
        return self.security_protocol.endswith("SSL")

    def kafka_python(self) -> dict[str, Any]:
        """What the clients of kafka-python take."""
        said: dict[str, Any] = {"bootstrap_servers": self.servers.split(","), "security_protocol": self.security_protocol}
        if self.has_tls:
            said["ssl_cafile"] = self.ca_file or None
        if self.has_sasl:
            said |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return said

    def ssl_context(self) -> ssl.SSLContext | None:
        """For clients that take a context: None where nothing is encrypted. Raises BrokerTrouble for a file that is none."""
        if not self.has_tls:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise BrokerTrouble(f"The authority's file kafka_ca_file ({self.ca_file}) cannot be used: {error}.") from None


@contextmanager
def admin(broker: Broker) -> Iterator[KafkaAdminClient]:
    """A client that administers. Raises BrokerAway, or BrokerTrouble for credentials, a certificate or a version that will not do."""
    with said_of(broker, "be connected to"):
        _knock(broker)  # the client tells an absent broker from a slow one after ten seconds only, and then leaves sockets behind
        client = KafkaAdminClient(
            **broker.kafka_python(),
            client_id="troth",
            bootstrap_timeout_ms=CONNECT_SECONDS * 1_000,
            request_timeout_ms=CONNECT_SECONDS * 1_000,
        )
    try:
        yield client
    finally:
        client.close()


@contextmanager
def said_of(broker: Broker, attempt: str) -> Iterator[None]:
    """Say of Kafka's errors what was attempted: `attempt` follows `could not`. Raises BrokerAway or BrokerTrouble."""
    where = f"Kafka at {broker.servers} could not {attempt}"
    user = f"the user {broker.username!r}"
    try:
        yield
    except errors.SaslAuthenticationFailedError as error:
        raise BrokerTrouble(
            f"{where}: it refuses {user} ({error}). Set kafka_sasl_username, kafka_sasl_mechanism, and TROTH_KAFKA_SASL_PASSWORD "
            "or the file that TROTH_KAFKA_SASL_PASSWORD_FILE names."
        ) from None
    except errors.AuthorizationError as error:
        raise BrokerTrouble(f"{where}: {user} has no right to ({error}). Grant it: docs/cluster.md says which.") from None
    except (errors.UnsupportedVersionError, errors.IncompatibleBrokerVersion, errors.UnrecognizedBrokerVersion) as error:
        raise BrokerTrouble(f"{where}: the broker is too old ({error}). Troth needs Kafka {OLDEST} or newer.") from None
    except (errors.KafkaConnectionError, errors.KafkaTimeoutError, errors.NodeNotReadyError, OSError) as error:
        raise BrokerAway(f"{where}: {error}. Start it, or set kafka_bootstrap_servers and kafka_security_protocol.") from None


def _knock(broker: Broker) -> None:
    for number, server in enumerate(servers := broker.servers.split(","), 1):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
            return
        except ValueError:
            raise BrokerTrouble(f"kafka_bootstrap_servers has {server!r}, which is not host:port.") from None
        except OSError:
            if number == len(servers):
                raise
