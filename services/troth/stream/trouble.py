"""What can be wrong with Kafka. Apart from the client, so that who only says it need not have one."""


class BrokerTrouble(Exception):
    """Kafka cannot be used as configured, which waiting does not mend; the message says what was tried, on what, and the mend."""


class BrokerAway(Exception):
    """No broker answers now; it may later."""


class TopicMismatch(BrokerTrouble):
    """A topic that is not as Troth needs it; the message says what differs."""
