"""`troth replica`: the board and the API of a cluster."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from troth import wiring
from troth.cli.options import RULES, with_settings
from troth.cli.serving import CannotListen, say
from troth.ledger.ledger import Ledger
from troth.settings import CLUSTER, Settings

REPLICA_DATA: Final = Path("troth-replica")
_READING: Final = ("host", "port", "reading", "target", "relationship_metrics")


@with_settings("data", *_READING, *RULES, *CLUSTER, data=REPLICA_DATA)
def replica(settings: Settings) -> None:
    """Read a cluster's log from Kafka into a ledger of its own, and serve the board, the API and /metrics of it.

    It goes on where it left off, and serves what it has while Kafka is away. /readyz tells when it has read all there was at its start.
    """
    from troth.wiring.replica import run  # noqa: PLC0415 - only the cluster's commands need Kafka's packages

    run_on_a_replica(settings, run)


def run_on_a_replica(settings: Settings, run: Callable[[Settings, Ledger, Callable[[str], None]], None]) -> None:
    """Serve a program on a ledger that follows a cluster; it closes the ledger itself once it serves. Raises CannotListen."""
    with ExitStack() as unless_served:
        ledger = wiring.open_ledger(settings, replica=True)
        unless_served.callback(ledger.close)
        try:
            run(settings, ledger, say)
        except OSError as error:
            raise CannotListen.at(settings, error) from None
        unless_served.pop_all()
