"""`troth gateway`: takes what is posted, and publishes it to Kafka."""

from contextlib import ExitStack
from functools import partial

import typer

from troth.cli.options import with_settings
from troth.cli.serving import listen
from troth.settings import GATEWAY, Settings


@with_settings(*GATEWAY)
def gateway(settings: Settings) -> None:
    """Take events and deliveries, and publish them to Kafka: the way into a cluster.

    A 202 means that Kafka has all of it, on all replicas in sync. While Kafka is away or slow, events are kept in a spool on
    disk (in --data) within 5 seconds, and go to Kafka in order when it is back. Tokens and secrets are those of `troth serve`.
    It says `Troth is ready at http://...` on standard output once it is; SIGTERM or Ctrl-C ends it after what it has accepted.
    """
    from troth.wiring import gateway as joined  # noqa: PLC0415 - only the cluster's commands need Kafka's packages

    with ExitStack() as unless_served:
        publisher = joined.open_publisher(settings, partial(typer.echo, err=True))
        unless_served.callback(publisher.close)
        listen(settings, joined.gateway(settings, publisher))
        unless_served.pop_all()  # the application has closed it
