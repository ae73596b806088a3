"""What the settings say of Kafka, as the programs of a cluster take it."""

import logging

from troth.settings import Settings, WrongSettings
from troth.stream.broker import Broker
from troth.stream.topics import Topics


def broker_of(settings: Settings) -> Broker:
    """How Kafka is spoken to. Raises WrongSettings where a user is wanted and none is named."""
    if settings.kafka_security_protocol.startswith("SASL") and not (settings.kafka_sasl_username and settings.kafka_sasl_password):
        raise WrongSettings(
            f"kafka_security_protocol is {settings.kafka_security_protocol}, which takes a user: set kafka_sasl_username, and "
            "TROTH_KAFKA_SASL_PASSWORD or the file that TROTH_KAFKA_SASL_PASSWORD_FILE names."
        )
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what it has to say is said in our own sentences
    return Broker(
        settings.kafka_bootstrap_servers,
        settings.kafka_security_protocol,
        settings.kafka_sasl_mechanism,
        settings.kafka_sasl_username,
        settings.kafka_sasl_password,
        settings.kafka_ca_file,
    )


def topics_of(settings: Settings) -> Topics:
    """The topics of the prefix."""
    return Topics(settings.topic_prefix, settings.partitions, settings.replication_factor)
