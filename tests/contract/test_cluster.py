"""The cluster keeps the contract of all ledgers: written to by a gateway's publisher, read from a replica, with a scorer between them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from tests.contract.cluster import WhenCaughtUp, running
from tests.contract.ledger_contract import LedgerContract, Running
from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.recording import DeliveryRecord, Receipt
from troth.gateway.reading import Reading


@pytest.mark.slow
class TestCluster(LedgerContract):
    """What is answered with a receipt is readable after a wait; a conflict is known only behind it, and is told on troth.rejected.

    At the end of each test the scorer's sums have to be those of the replica.
    """

    @pytest.fixture(autouse=True)
    def _on(self, kafka: str) -> None:
        self.servers = kafka

    @asynccontextmanager
    async def start(self, directory: Path, clock: Callable[[], Instant]) -> AsyncIterator[Running]:
        with running(self.servers, directory, clock) as (cluster, remote):
            reading = WhenCaughtUp(cluster, remote)

            async def append(delivery: DeliveryRecord, events: list[Event]) -> Receipt:
                reading.behind = True
                return await remote.do(cluster.publisher.append(delivery, events))

            self.rejected = cluster.rejected
            yield Running(append, cast("Reading", reading))
            await remote.do(cluster.agree())

    async def refused(self, ledger: Running, delivery: DeliveryRecord, event: Event) -> str:
        await ledger.append(delivery, [event])
        ledger.reading.teams(None)  # waits until it is scored
        [rejected] = self.rejected()
        return str(rejected["reason"])
