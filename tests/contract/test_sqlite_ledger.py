"""The ledger in one process keeps the contract of all ledgers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest

from tests.contract.ledger_contract import LedgerContract, Running
from troth.domain.events import Event, Malformed
from troth.domain.instants import Instant
from troth.domain.recording import Conflict, DeliveryRecord
from troth.domain.verdict import Rules
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.restore import Made


class TestSqliteLedger(LedgerContract):
    @asynccontextmanager
    async def start(self, directory: Path, clock: Callable[[], Instant]) -> AsyncIterator[Running]:
        ledger = Ledger(directory, Made(Rules(), UTC), clock)
        ledger.start()
        try:
            yield Running(ledger.append, LedgerReading(ledger, clock))
        finally:
            await ledger.stop()

    async def refused(self, ledger: Running, delivery: DeliveryRecord, event: Event) -> str:
        with pytest.raises((Conflict, Malformed)) as refused:
            await ledger.append(delivery, [event])
        return str(refused.value)
