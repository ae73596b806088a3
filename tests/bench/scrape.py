"""GET /metrics when one team in a hundred has changed, beside prometheus-client's own text of as many samples."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import nullcontext

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

from tests.bench.life import CUSTOMERS, GOALS, TEAMS
from tests.bench.rows import Paired, Row, alternate, seconds_of
from troth import __version__
from troth.domain.book import Book
from troth.domain.instants import MICROSECONDS_A_DAY
from troth.domain.standing import DELIVERED, Standing
from troth.domain.verdict import Rules
from troth.metrics.collector import BookCollector
from troth.metrics.instruments import Instruments, NoticesCollector
from troth.wiring import clock

_CHANGED_TEAMS = TEAMS // 100


def measure(*, quick: bool) -> Iterator[Row]:
    rounds = 5 if quick else 15
    few, many = (10_000, 100_000) if quick else (10_000, 1_000_000)
    short, long = (_paired(outcomes, rounds) for outcomes in (few, many))
    for outcomes, paired in ((few, short), (many, long)):
        path = f"GET /metrics after {outcomes:,} outcomes | text of its samples"
        yield Row(path, _shown(paired.ours), _shown(paired.peer), paired.ratio, "at most 2", paired.ratio <= 2)
    growth = long.ours / short.ours
    yield Row(f"GET /metrics, {many:,} outcomes | {few:,}", _shown(long.ours), _shown(short.ours), growth, "about 1", growth < 1.25)


def _paired(outcomes: int, rounds: int) -> Paired:
    book = _book(outcomes)
    instruments = Instruments(__version__, ["events"], [NoticesCollector(dict), BookCollector(lambda: nullcontext(book), 10_000)])
    instruments.text()
    samples = CollectorRegistry()
    samples.register(_Ready(instruments._registry.collect()))

    def ours(number: int) -> float:
        for team in range(_CHANGED_TEAMS):
            for customer in range(CUSTOMERS):
                book.replace(None, _delivered(book, f"round-{number}-{team}-{customer}", team, customer, customer % GOALS))
        return seconds_of(instruments.text)

    return alternate(rounds, ours, lambda _: seconds_of(lambda: generate_latest(samples)))


class _Ready(Collector):
    """Families with all their samples in them, so that the peer does nothing but write the text."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _book(outcomes: int) -> Book:
    book = Book(Rules(), clock())
    for number in range(outcomes):
        book.replace(None, _delivered(book, f"c-{number}", number % TEAMS, number // TEAMS % CUSTOMERS, number % GOALS))
    gc.collect()
    return book


def _delivered(book: Book, commitment: str, team: int, customer: int, goal: int) -> Standing:
    # Spread over 300 days and over paces and verdicts, as a history is.
    spread = hash(commitment)
    made_at = book.now - 360 * MICROSECONDS_A_DAY + spread % (300 * MICROSECONDS_A_DAY)
    return Standing(
        commitment,
        state=DELIVERED,
        made_at=made_at,
        team=f"team-{team}",
        customer=f"customer-{customer}",
        goal=f"goal-{goal}",
        original_due_at=made_at + 30 * MICROSECONDS_A_DAY,
        original_set_at=made_at,
        due_at=made_at + 30 * MICROSECONDS_A_DAY,
        due_set_at=made_at,
        closed_at=made_at + spread % (40 * MICROSECONDS_A_DAY),
    )


def _shown(seconds: float) -> str:
    return f"{1_000 * seconds:.1f} ms"
