"""What always holds of the scorer's partitions: however the log is cut, shared and interrupted, the sums are those of one book."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notation import DAY_0
from tests.property.strategies import END, arrivals, departments
from tests.unit.stream.scorer.logs import RULES, Changelog, logged, new_partition, shown, shown_of, sums
from troth.domain.account import ORGANISATION
from troth.domain.book import Book
from troth.domain.events import Event
from troth.domain.fold import fold
from troth.stream.scorer.partition import Flush, Partition


def _book_of(commitments: Sequence[Sequence[Event]], thresholds: dict[str, int]) -> Book:
    book = Book(RULES, END)
    for events in commitments:
        book.replace(None, fold(events[0].subject, events))
    for team, threshold in thresholds.items():
        book.adopt(team, threshold)
    return book


thresholds = st.dictionaries(st.sampled_from("ab"), st.integers(0, 100))


@settings(max_examples=100)
@given(st.data())
def test_the_sums_of_partitions_that_are_interrupted_anywhere_are_those_of_one_book(data: st.DataObject) -> None:
    commitments = data.draw(departments(6))
    steps = data.draw(arrivals([event for events in commitments for event in events]))
    wanted = data.draw(thresholds)
    order = [event for step in steps for event in step.events]
    flushes: list[Flush] = []
    for number in range(2):
        mine = [event for event in order if int(event.subject[1:]) % 2 == number]
        partition = _read_with_interruptions(data, number, mine, flushes)
        partition.advance(END)
        partition.adopt(dict(wanted))
        flushes += [flush for flush in (partition.flush(),) if flush is not None]
    book = _book_of(commitments, wanted)
    said = {subject: shown(account, END) for subject, account in sums(flushes).items() if account.made}
    assert said == shown_of(book)
    assert sums(flushes)[ORGANISATION].unmade == book.unmade


def _read_with_interruptions(data: st.DataObject, number: int, events: Sequence[Event], flushes: list[Flush]) -> Partition:
    """Read a log in chunks; a flush is lost, or only its tallies are there, and another process begins from the changelog."""
    changelog = Changelog()
    log = logged(events, END)
    partition = new_partition(number, DAY_0)
    now = DAY_0
    furthest = 0
    for _ in range(40):
        if partition.position >= len(log):
            break
        now = min(END, now + data.draw(st.integers(0, END - DAY_0)))
        size = data.draw(st.integers(1, len(log)))
        partition.fold(log[max(0, partition.position - data.draw(st.integers(0, 2))) : partition.position + size], now)
        furthest = max(furthest, partition.position)
        fate = data.draw(st.sampled_from(("goes on", "flushes", "flushes", "dies", "dies between tallies and table")))
        if fate == "goes on":
            continue
        flush = partition.flush() if fate != "dies" else None
        if flush is not None:
            flushes.append(flush)
        if flush is not None and fate == "flushes":
            changelog.write(flush)
            partition.table.keep(len(changelog.records) - 1)
        else:
            partition = changelog.restored(DAY_0, number)
            partition.end = data.draw(st.integers(furthest, len(log)))  # what one has read is there when the next takes over
    partition.fold(log[partition.position :], END) if partition.position < len(log) else None
    return partition
