"""Everything that the pages and the API read of a ledger, as one object."""

from collections.abc import Callable

from troth.domain.instants import Instant
from troth.ledger.beside import Readable
from troth.ledger.promises import Promises
from troth.ledger.scores import Scores
from troth.ledger.traces import Traces


class LedgerReading(Scores, Promises, Traces):
    """Scores, commitments and traces of one ledger; safe to call from several threads."""

    def __init__(self, ledger: Readable, clock: Callable[[], Instant]) -> None:
        Scores.__init__(self, ledger)
        Promises.__init__(self, ledger, clock, self.outlooks)
