"""`troth scorer`: folds the log of a cluster into scores."""

from troth.cli.options import with_settings
from troth.cli.serving import listen
from troth.settings import SCORER, Settings


@with_settings(*SCORER)
def scorer(settings: Settings) -> None:
    """Fold the log of a cluster into the scores of its teams, and show those of this scorer's share on /metrics.

    As many as there are share the log and the subjects among themselves; each subject is shown by one. It says `Troth is ready
    at http://...` on standard output once it answers, and on /readyz what it is still doing. It ends with status 70 where it has
    to give way, as after a sleep: let it be started anew.
    """
    from troth.wiring import scorer as joined  # noqa: PLC0415 - only the cluster's commands need Kafka's packages

    listen(settings, joined.scorer(settings), posts=False)
