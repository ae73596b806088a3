"""Kafka's brokers: how they are spoken to, and in a sentence why they cannot be."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import KafkaAdminClient, errors

from troth.stream.knock import knock
from troth.stream.trouble import BrokerAway, BrokerTrouble

OLDEST: Final = (2, 4)  # the first that makes topics with the replication that is its default
CONNECT_SECONDS: Final = 10
_HOW: Final = "kafka_security_protocol, kafka_sasl_mechanism, and kafka_bootstrap_servers"
_NEEDED: Final = f"Troth needs Kafka {'.'.join(map(str, OLDEST))} or newer."


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
        """What the clients of kafka-python take. Raises BrokerTrouble for an authority's file that is none."""
        said: dict[str, Any] = {"bootstrap_servers": self.servers.split(","), "security_protocol": self.security_protocol}
        if self.has_tls:
            said["ssl_context"] = self.ssl_context()
        return said | self.credentials()

    def credentials(self) -> dict[str, str]:
        """The user as kafka-python takes one; nothing where none is named."""
        if not self.has_sasl:
            return {}
        return {"sasl_mechanism": self.sasl_mechanism, "sasl_plain_username": self.username, "sasl_plain_password": self.password}

    def places(self) -> list[tuple[str, int]]:
        """Host and port of each server. Raises BrokerTrouble for one that is none."""
        found = []
        for server in self.servers.split(","):
            host, _, port = server.strip().rpartition(":")
            if not host or not port.isdecimal():
                raise BrokerTrouble(f"kafka_bootstrap_servers has {server!r}, which is not host:port.")
            found.append((host.strip("[]"), int(port)))
        return found

    def ssl_context(self) -> ssl.SSLContext | None:
        """For clients that take a context: None where nothing is encrypted. Raises BrokerTrouble for a file that is none."""
        if not self.has_tls:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:
            raise BrokerTrouble(f"The authority's file kafka_ca_file ({self.ca_file}) cannot be used: {error}.") from None


@contextmanager
def admin(broker: Broker) -> Iterator[KafkaAdminClient]:
    """A client that administers. Raises BrokerAway, or BrokerTrouble for credentials, a certificate or a version that will not do."""
    with said_of(broker, "be connected to"):
        knock(broker.places(), broker.ssl_context(), broker.credentials() or None, CONNECT_SECONDS)
        client = KafkaAdminClient(
            **broker.kafka_python(),
            client_id="troth",
            bootstrap_timeout_ms=CONNECT_SECONDS * 1_000,
            request_timeout_ms=CONNECT_SECONDS * 1_000,
        )
    try:
        with said_of(broker, "be asked for its version"):
            _look_at_version(broker, client)
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
    except (errors.UnsupportedSaslMechanismError, errors.IllegalSaslStateError) as error:
        raise BrokerTrouble(f"{where}: it does not take the name of a user so ({error}). Set {_HOW}.") from None
    except errors.AuthorizationError as error:
        raise BrokerTrouble(f"{where}: {user} has no right to ({error}). Grant it: docs/cluster.md says which.") from None
    except (errors.UnsupportedVersionError, errors.IncompatibleBrokerVersion, errors.UnrecognizedBrokerVersion) as error:
        raise BrokerTrouble(f"{where}: it is too old ({error}). {_NEEDED}") from None
    except ssl.SSLCertVerificationError as error:
        raise BrokerTrouble(
            f"{where}: its certificate does not hold ({error.verify_message}). Set kafka_ca_file to the file of the authority that "
            "signed it, and kafka_bootstrap_servers to the names it was signed for."
        ) from None
    except ssl.SSLError as error:
        raise BrokerTrouble(
            f"{where}: it does not speak TLS there ({error.reason or error}). Set kafka_bootstrap_servers, or kafka_security_protocol."
        ) from None
    except (errors.RetriableError, errors.UnknownBrokerIdError, OSError) as error:  # the second while no controller is elected
        raise BrokerAway(f"{where}: {error}. Start it, or set kafka_bootstrap_servers and kafka_security_protocol.") from None


def _look_at_version(broker: Broker, client: KafkaAdminClient) -> None:
    version = client.get_broker_version_data(client.describe_cluster()["controller_id"]).broker_version
    if version < OLDEST:
        raise BrokerTrouble(f"Kafka at {broker.servers} cannot be used: it is too old ({'.'.join(map(str, version))}). {_NEEDED}")
