"""A log without Kafka: records as a consumer gives them, and partitions that read them."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from itertools import count
from typing import NamedTuple

from troth.domain.account import Account, Subject
from troth.domain.book import Book
from troth.domain.events import Event
from troth.domain.instants import Instant
from troth.domain.verdict import Rules
from troth.stream.records import event_key, event_value
from troth.stream.scorer.partition import Flush, Partition
from troth.stream.scorer.scoring import Scores
from troth.stream.scorer.table import MemoryTable
from troth.stream.tallies import NO_SUBJECT, Sum, part_key, write_stated

RULES = Rules(half_life_days=30)


class Record(NamedTuple):
    """What there is of a record."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    headers: Sequence[tuple[str, bytes]] = ()
    topic: str = "events"
    partition: int = 0


def logged(events: Iterable[Event], recorded_at: Instant, first: int = 0) -> list[Record]:
    """Events as records of a log, one after the other."""
    return [Record(offset, event_key(event), event_value(event), recorded_at // 1_000) for offset, event in enumerate(events, first)]


class Changelog:
    """The changelog of a partition's table: what it flushed, in order."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def write(self, flush: Flush) -> None:
        for key, value in flush.table.items():
            self.records.append(Record(len(self.records), key, value))

    def restored(self, now: Instant, number: int = 0) -> Partition:
        """A partition made of it by another process."""
        partition = new_partition(number)
        partition.restore(self.records)
        for _ in partition.rebuild(now):
            pass
        return partition


def new_partition(number: int = 0, now: Instant = 0) -> Partition:
    """A partition that read nothing yet."""
    partition = Partition(number, RULES, UTC, MemoryTable())
    for _ in partition.rebuild(now):
        pass
    return partition


def sums(flushes: Iterable[Flush]) -> dict[Subject, Sum]:
    """What the subjects' owner makes of what partitions say."""
    scores = Scores(RULES, lambda: 0, 1)
    scores.own({0: 0})
    offsets = count()
    for flush in flushes:
        records = [Record(next(offsets), part_key(subject, flush.partition), value) for subject, value in flush.parts]
        if flush.stated is not None:
            records.append(Record(next(offsets), part_key(NO_SUBJECT, flush.partition), write_stated(flush.stated)))
        scores.take(0, records)
    return dict(scores.accounts)


def shown(account: Account | Sum, now: Instant) -> object:
    """All that is shown of an account."""
    return account.tally, account.made, account.undated, account.states(now), account.next_due(now), account.oldest_overdue(now)


def shown_of(book: Book) -> dict[Subject, object]:
    """All that is shown of a book's subjects on which anything stands."""
    return {subject: shown(account, book.now) for subject, account in book.accounts.items() if account.made}
