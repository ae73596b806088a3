"""What is on record of the commitments that a tool's delivery asks about."""

from collections.abc import Mapping, Sequence
from typing import Final

from troth.domain.standing import Standing
from troth.ledger import rows
from troth.ledger.beside import Readable

# The latest `made` of its source says what a promise has its date from.
_MEMBERS: Final = (
    "SELECT DISTINCT e.subject FROM events AS e"
    " WHERE e.container = ? AND e.source = ?"
    " AND NOT EXISTS (SELECT 1 FROM events AS later WHERE later.subject = e.subject AND later.source = e.source AND later.time > e.time"
    " AND json_extract(later.posted, '$.type') = 'troth.commitment-made'"
    " AND later.container IS NOT e.container)"
)


class LedgerRecord:
    """A ledger as intake asks it (intake.asking.Record); safe to call from several threads."""

    def __init__(self, ledger: Readable) -> None:
        self._ledger = ledger

    def standings(self, commitments: Sequence[str]) -> Mapping[str, Standing]:
        """Those of the commitments that there are."""
        if not commitments:
            return {}
        with self._ledger.readers.snapshot() as connection:
            return rows.standings_of(connection, commitments)

    def members(self, source: str, container: str) -> Sequence[Standing]:
        """The open promises of a source that have their date from a container, by id."""
        with self._ledger.readers.snapshot() as connection:
            subjects = [subject for (subject,) in connection.execute(_MEMBERS, (container, source))]
            found = rows.standings_of(connection, subjects) if subjects else {}
        return [found[subject] for subject in sorted(found) if found[subject].is_open]
