"""`troth republish`: a new generation of a cluster's topics, with another number of partitions."""

from collections import Counter
from typing import Annotated

import typer

from troth.cli.options import with_settings
from troth.cli.words import counted
from troth.settings import CLUSTER, Settings, WrongSettings


@with_settings(*CLUSTER)
def republish(
    settings: Settings,
    *,
    source: Annotated[str, typer.Option("--from", metavar="PREFIX", help="The topic prefix of the topics that there are.")],
) -> None:
    """Publish the log, the deliveries, the notices and what was told anew under another topic prefix, with any number of partitions.

    It makes the topics of --topic-prefix with --partitions, and leaves those of --from as they are. Do it once the gateways publish
    to the new ones; done twice it changes no number. docs/cluster.md tells the steps before and after.
    """
    from troth.stream.republish import republish as published  # noqa: PLC0415 - only the cluster's commands need Kafka's packages
    from troth.stream.topics import Topics  # noqa: PLC0415 - as above
    from troth.wiring.kafka import broker_of, topics_of  # noqa: PLC0415 - as above

    if source == settings.topic_prefix:
        raise WrongSettings(f"--from is {source}, and so is topic_prefix: name another with --topic-prefix, to publish it anew under.")
    wanted, done = topics_of(settings), Counter[str]()
    for name, count in published(broker_of(settings), Topics(source), wanted):
        done[name] += count
    for topic in (wanted.told, wanted.notices, wanted.deliveries, wanted.events):
        typer.echo(f"{topic.name}: {counted(done[topic.name], 'record')} published anew.")
