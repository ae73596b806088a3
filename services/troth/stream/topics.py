"""The topics: what each holds, how it is kept, and that the brokers have them so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from troth.stream.broker import Broker, admin, said_of
from troth.stream.trouble import TopicMismatch

DAY_MS: Final = 86_400_000
FOR_EVER: Final = "-1"
LAG_MS: Final = str(3_600_000)  # no record is compacted away while a stale writer may still be about
MESSAGE_BYTES: Final = str(2_000_000)


@dataclass(frozen=True)
class Topic:
    """One topic: `holds` and `key` in words, its number of partitions, and its configuration by Kafka's names."""

    name: str
    holds: str
    key: str
    partitions: int
    config: tuple[tuple[str, str], ...]

    @property
    def kept(self) -> str:
        """How long its records are kept, in words."""
        config = dict(self.config)
        if config["cleanup.policy"] == "compact":
            return "the last of each key"
        return "for ever" if config["retention.ms"] == FOR_EVER else f"{int(config['retention.ms']) // DAY_MS} days"


class Topics:
    """All topics of one prefix. `partitions` is that of the keyed ones; `replication` 0 is the broker's default."""

    def __init__(self, prefix: str = "troth.", partitions: int = 8, replication: int = 0) -> None:
        self.replication = replication
        compacted = (("cleanup.policy", "compact"), ("min.compaction.lag.ms", LAG_MS), ("max.message.bytes", MESSAGE_BYTES))
        log = (("cleanup.policy", "delete"), ("retention.ms", FOR_EVER), ("retention.bytes", "-1"), ("max.message.bytes", MESSAGE_BYTES))
        plain = ("compression.type", "uncompressed")  # others publish there, too, in compressions that our clients cannot read
        year = (("cleanup.policy", "delete"), ("retention.ms", str(365 * DAY_MS)), ("max.message.bytes", MESSAGE_BYTES))
        self.events = Topic(f"{prefix}events", "the log: every event, a CloudEvent in JSON", "commitment", partitions, (*log, plain))
        self.tallies = Topic(
            f"{prefix}tallies",
            "what each partition of the log says of a subject",
            "subject and partition of the log",
            partitions,
            compacted,
        )
        self.standings = Topic(
            f"{prefix}standings", "each commitment's standing and events: the table of the scorers", "commitment", partitions, compacted
        )
        self.scores = Topic(f"{prefix}scores", "the summary of each subject", "subject", partitions, compacted)
        self.notices = Topic(f"{prefix}notices", "what the customer or the team should hear", "commitment", partitions, log)
        self.deliveries = Topic(f"{prefix}deliveries", "what became of each delivery", "the delivery's id", partitions, year)
        self.rejected = Topic(
            f"{prefix}rejected", "records of the log that are no event, with the reason", "that of the record", partitions, year
        )
        self.told = Topic(f"{prefix}told", "whose turn it is to tell, and what was told to whom", "the receiver", 1, log)

    def all(self) -> tuple[Topic, ...]:
        """Every one."""
        return self.events, self.standings, self.tallies, self.scores, self.notices, self.deliveries, self.rejected, self.told


def make_or_check(broker: Broker, topics: Iterable[Topic], replication: int = 0) -> list[str]:
    """Make the topics that are missing and check those that are there; returns the names of those it made.

    Raises TopicMismatch with all that differs, BrokerAway, or BrokerTrouble.
    """
    topics = list(topics)
    with admin(broker) as client, said_of(broker, "make or check the topics"):
        there = set(client.list_topics())
        made = [topic.name for topic in topics if topic.name not in there and _make(client, topic, replication)]
        differences = _differences(client, [topic for topic in topics if topic.name not in made])
    if differences:
        raise TopicMismatch(
            f"Topics of Kafka at {broker.servers} are not as Troth needs them: {'; '.join(differences)}. "
            "Change them with Kafka's own tools, or begin a new generation with another topic_prefix (docs/cluster.md)."
        )
    return made


def describe(broker: Broker, topics: Iterable[Topic]) -> dict[str, list[str]]:
    """By topic what differs from what is declared; "is missing" for one that is not there. Raises BrokerAway or BrokerTrouble."""
    topics = list(topics)
    with admin(broker) as client, said_of(broker, "look at the topics"):
        there = set(client.list_topics())
        said = {topic.name: ["is missing"] for topic in topics if topic.name not in there}
        return said | {topic.name: _differences(client, [topic]) for topic in topics if topic.name in there}


def _make(client: KafkaAdminClient, topic: Topic, replication: int) -> bool:
    new = NewTopic(topic.name, topic.partitions, replication or -1, topic_configs=dict(topic.config))
    try:
        client.create_topics([new], wait_for_metadata=True)
    except TopicAlreadyExistsError:  # another program was first
        return False
    return True


def _differences(client: KafkaAdminClient, topics: list[Topic]) -> list[str]:
    if not topics:
        return []
    partitions = {found["name"]: len(found["partitions"]) for found in client.describe_topics([topic.name for topic in topics])}
    differences = [
        f"{topic.name} has {partitions[topic.name]} partitions, not {topic.partitions}"
        for topic in topics
        if partitions[topic.name] != topic.partitions
    ]
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    [configured] = client.describe_configs(resources, config_filter="all").values()
    for topic in topics:
        config = {name: value["value"] for name, value in configured[topic.name].items()}
        differences += [
            f"{topic.name} has {name}={config.get(name)}, not {value}" for name, value in topic.config if config.get(name) != value
        ]
    return differences
