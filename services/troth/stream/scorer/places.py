"""Where each partition goes on, whatever comes: records lost or repeated on the way through Faust are read again or passed over.

Around a rebalance Faust may lose chunks that it had fetched, or go on elsewhere. So nothing is taken on trust: a chunk counts only where
it follows the last one, and a gap is passed over only where a reader apart from Faust finds it in the log, too.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

import faust
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from faust.types import TP

from troth.stream.scorer import faust_inside
from troth.stream.scorer.cancelling import raise_if_cancelled
from troth.stream.scorer.looking import Looker

LOOK_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 0.1


class Placed(Protocol):
    """What is read in order; `position` is the offset that comes next."""

    position: int


class Places:
    """The partitions that are read, each with what reads it."""

    def __init__(self, app: faust.App, looker: Looker) -> None:
        self._app = app
        self._looker = looker
        self._reading: dict[TP, Placed] = {}
        self._sought: set[TP] = set()
        self._astray: set[TP] = set()
        self._seen: dict[TP, int] = {}
        self._wanted = asyncio.Event()

    def begin(self, tp: TP, reader: Placed) -> None:
        """Read a partition from its reader's position on."""
        self._reading[tp] = reader
        self._sought.add(tp)
        self._wanted.set()

    def end(self) -> None:
        """Read nothing more."""
        for places in (self._reading, self._sought, self._astray, self._seen):
            places.clear()

    def follows(self, tp: TP, records: Sequence[Any]) -> bool:
        """Whether these records are the next of a partition, some of them perhaps known; where not, the right ones will be sought."""
        reader = self._reading.get(tp)
        if reader is None:
            faust_inside.pause(self._app, [tp])
            return False
        first, last = records[0].offset, records[-1].offset
        if first <= reader.position <= last:
            return True
        if tp not in self._sought:
            self._astray.add(tp)
            self._wanted.set()
        return False

    async def keep(self) -> None:
        """Seek where reading begins, and where something was lost; for as long as the task lives."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), LOOK_SECONDS)
            self._wanted.clear()
            sought, self._sought = self._sought, set()
            await self._seek(sought)
            await asyncio.sleep(PAUSE_SECONDS)  # what Faust had fetched before has arrived by then
            for tp in self._lost():
                await self._look(tp)

    def _lost(self) -> list[TP]:
        """Where what came does not follow, and where nothing comes although there is more."""
        lost = [tp for tp in self._astray if tp in self._reading]
        self._astray.clear()
        for tp, reader in self._reading.items():
            if self._seen.get(tp) == reader.position < (self._app.consumer.highwater(tp) or 0) and tp not in lost:
                lost.append(tp)
            self._seen[tp] = reader.position
        return lost

    async def _look(self, tp: TP) -> None:
        reader = self._reading.get(tp)
        if reader is None:
            return
        first = await self._looker.first_from(TopicPartition(tp.topic, tp.partition), reader.position)
        if self._reading.get(tp) is reader:
            reader.position = max(reader.position, first)  # between them is nothing to read
            await self._seek({tp})

    async def _seek(self, partitions: set[TP]) -> None:
        places = {tp: self._reading[tp].position for tp in partitions if tp in self._reading}
        if not places:
            return
        try:
            await faust_inside.seek(self._app, places)
        except asyncio.CancelledError:  # where Faust sought at the same time
            raise_if_cancelled()
            self._again(places)
        except (TimeoutError, IllegalStateError):
            self._again(places)  # the partitions have gone, or are going
        else:
            faust_inside.resume(self._app, places)

    def _again(self, partitions: Iterable[TP]) -> None:
        self._sought.update(tp for tp in partitions if tp in self._reading)
        self._wanted.set()
