"""Taking partitions over and giving them away: tables read back from their changelog, books made of them."""

import asyncio
from collections.abc import Callable, Iterable

from aiokafka import TopicPartition
from faust.types import TP

from troth.domain.instants import Instant
from troth.stream.scorer.fence import end
from troth.stream.scorer.looking import Looker
from troth.stream.scorer.outlooks import Outlooks
from troth.stream.scorer.partition import Partition
from troth.stream.scorer.places import Places
from troth.stream.scorer.plan import Plan
from troth.stream.scorer.scoring import Scores
from troth.stream.scorer.table import Table


class Ownership:
    """`partitions` are those of the log that are ready to be folded. A partition that stays through a rebalance stays in memory."""

    def __init__(
        self,
        plan: Plan,
        looker: Looker,
        places: Places,
        scores: Scores,
        outlooks: Outlooks,
        *,
        clock: Callable[[], Instant],
        new_table: Callable[[int], Table],
    ) -> None:
        self.partitions: dict[int, Partition] = {}
        self.missing = "It has not joined its group yet."
        self._plan = plan
        self._looker = looker
        self._places = places
        self._scores = scores
        self._outlooks = outlooks
        self._clock = clock
        self._new_table = new_table
        self._kept: dict[int, Partition] = {}
        self._generation = -1
        self._taking_over: asyncio.Task[None] | None = None

    def give_away(self) -> None:
        """Show, read and flush nothing from now on: another may take over at once."""
        self.missing = "The group shares its partitions out anew."
        self._scores.hide()
        self._places.end()
        self.partitions.clear()
        if self._taking_over is not None:
            self._taking_over.cancel()

    def take_over(self, assigned: Iterable[TP], generation: int) -> None:
        """Begin with these partitions, in a task of its own: the group must not wait for it."""
        anew, self._generation = generation != self._generation + 1, generation
        self._taking_over = asyncio.get_running_loop().create_task(self._take_over(set(assigned), anew=anew))
        self._taking_over.add_done_callback(_end_on_trouble)

    async def _take_over(self, assigned: set[TP], *, anew: bool) -> None:
        log, tallies, standings = (
            topic.name for topic in (self._plan.topics.events, self._plan.topics.tallies, self._plan.topics.standings)
        )
        logs = sorted(tp.partition for tp in assigned if tp.topic == log)
        homes = sorted(tp.partition for tp in assigned if tp.topic == tallies)
        for number in set(self._kept) - set(logs):
            self._kept.pop(number).table.close()
        self.missing = "It looks up where its partitions end."
        wanted = {TopicPartition(topic, number) for topic in (log, standings) for number in logs}
        ends = await self._looker.ends(wanted | {TopicPartition(tallies, number) for number in homes}) if assigned else {}
        self._scores.own({number: ends[TopicPartition(tallies, number)] for number in homes})
        for number in homes:
            reader = self._scores.partition(number)
            if reader is not None:
                self._places.begin(TP(tallies, number), reader)
        await self._outlooks.whole.wait()
        for number in logs:
            self.missing = f"It reads the table of partition {number} back from its changelog."
            partition = await self._recover(number, ends[TopicPartition(standings, number)])
            partition.begin(ends[TopicPartition(log, number)], anew=anew)
            teams = partition.book.thresholds.keys() | self._outlooks.thresholds.keys()
            partition.adopt({team: self._outlooks.thresholds.get(team) for team in teams})
            self.partitions[number] = partition
            self._places.begin(TP(log, number), partition)
        self.missing = ""

    async def _recover(self, number: int, written: int) -> Partition:
        kept = self._kept.get(number)
        if kept is not None and kept.table.written + 1 == written:
            return kept  # nobody else wrote: what was folded since stands
        if kept is not None:
            self._kept.pop(number).table.close()
        table = self._new_table(number)
        try:
            self._kept[number] = await self._read_back(Partition(number, self._plan.rules, self._plan.zone, table), written)
        except BaseException:
            table.close()
            raise
        return self._kept[number]

    async def _read_back(self, partition: Partition, written: int) -> Partition:
        table, topic = partition.table, self._plan.topics.standings.name
        if table.written >= written:
            table.clear()  # of another changelog than this
        async for records in self._looker.read(TopicPartition(topic, partition.number), table.written + 1, written):
            partition.restore(records)
            table.keep(records[-1].offset)
        table.keep(written - 1)
        for _ in partition.rebuild(self._clock()):
            await asyncio.sleep(0)
        return partition


def _end_on_trouble(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        end(f"Its partitions could not be taken over: {task.exception()!r}.")
