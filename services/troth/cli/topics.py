"""`troth topics`: what the topics of a cluster hold, and whether the brokers have them so."""

from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from troth.cli.options import with_settings
from troth.settings import CLUSTER, Settings

_WIDTH: Final = 140


@with_settings(*CLUSTER)
def topics(settings: Settings, *, create: Annotated[bool, typer.Option("--create", help="Make those that are missing.")] = False) -> None:
    """Show the topics of a cluster and whether Kafka has them as Troth needs them; with --create, make those that are missing.

    Ends with status 1 where one is missing or differs.
    """
    from troth.stream.topics import describe, make_or_check  # noqa: PLC0415 - only the cluster's commands need Kafka's packages
    from troth.wiring.kafka import broker_of, topics_of  # noqa: PLC0415 - as above

    broker, wanted = broker_of(settings), topics_of(settings)
    if create:
        for name in make_or_check(broker, wanted.all(), wanted.replication):
            typer.echo(f"Made {name}.")
    differences = describe(broker, wanted.all())
    table = Table("topic", "key", "partitions", "kept", "is")
    for topic in wanted.all():
        is_so = "; ".join(differences[topic.name]) or "as it should be"
        table.add_row(topic.name, topic.key, str(topic.partitions), topic.kept, is_so)
    Console(markup=False, highlight=False, width=max(Console().width, _WIDTH)).print(table)
    if any(differences.values()):
        raise typer.Exit(1)
