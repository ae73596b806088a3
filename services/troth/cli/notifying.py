"""`troth notifier`: tells people what slips in a cluster."""

from pathlib import Path
from typing import Final

from troth.cli.options import RULES, with_settings
from troth.cli.replica import run_on_a_replica
from troth.settings import CLUSTER, Settings

NOTIFIER_DATA: Final = Path("troth-notifier")


@with_settings("data", "host", "port", "reading", "alertmanager_url", "public_url", *RULES, *CLUSTER, data=NOTIFIER_DATA)
def notifier(settings: Settings) -> None:
    """Tell Alertmanager what slips in a cluster, and chat and mail what happens to promises: each notice once to each receiver.

    It reads the log and the notices from Kafka into a ledger of its own, and keeps there what is still to be told. Of several
    notifiers one tells, and another takes over when it ends. Receivers are set by TROTH_RECEIVER_<NAME>_URLS.
    """
    from troth.wiring.notifier import run  # noqa: PLC0415 - only the cluster's commands need Kafka's packages

    run_on_a_replica(settings, run)
