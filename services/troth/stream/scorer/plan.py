"""What a scorer is made with, and how its clients speak to Kafka."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

import faust

from troth.domain.verdict import Rules
from troth.stream.broker import Broker
from troth.stream.topics import Topics


@dataclass(frozen=True)
class Plan:
    """The group's name, the broker and its topics, what the numbers are made with, and where Faust may put its files.

    A worker of which nothing is heard for `session_seconds` is given up, and its share goes to others.
    """

    group: str
    broker: Broker
    topics: Topics
    partitions: int
    rules: Rules
    zone: tzinfo
    data: Path
    session_seconds: float = 6.0

    def aiokafka(self) -> dict[str, Any]:
        """What the clients of aiokafka take. Raises BrokerTrouble."""
        broker = self.broker
        said: dict[str, Any] = {"bootstrap_servers": broker.servers.split(","), "security_protocol": broker.security_protocol}
        if broker.has_tls:
            said["ssl_context"] = broker.ssl_context()
        if broker.has_sasl:
            said |= {
                "sasl_mechanism": broker.sasl_mechanism,
                "sasl_plain_username": broker.username,
                "sasl_plain_password": broker.password,
            }
        return said

    def faust(self) -> dict[str, Any]:
        """What Faust takes. Raises BrokerTrouble."""
        broker, context = self.broker, self.broker.ssl_context()
        said: dict[str, Any] = {"broker": [f"kafka://{server.strip()}" for server in broker.servers.split(",")]}
        if broker.has_sasl:
            said["broker_credentials"] = faust.SASLCredentials(
                username=broker.username, password=broker.password, ssl_context=context, mechanism=broker.sasl_mechanism
            )
        elif context is not None:
            said["broker_credentials"] = faust.SSLCredentials(context)
        return said
