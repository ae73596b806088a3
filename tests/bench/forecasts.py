"""What the forecast costs: an event with it beside the same event without, and a threshold that changes for many open promises."""

import asyncio
import gc
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

from tests.bench.life import TEAMS, lives
from tests.bench.rows import Row, alternate, limit_row, seconds_of
from troth.domain import book as books
from troth.domain.book import Book
from troth.domain.events import Event, read_event
from troth.domain.instants import MICROSECONDS_A_DAY, Instant
from troth.domain.recording import DeliveryRecord
from troth.domain.standing import DELIVERED, Standing
from troth.domain.verdict import Rules
from troth.gateway.posting import new_delivery_id
from troth.settings import read_settings
from troth.wiring import clock, open_ledger

_TIMES = 1.2
_MILLISECONDS = 20
_CLIENTS = 64
_OF_ONE_TEAM = 10_000
_KEPT, _LATE = 30, 60


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    promises, commitments, rounds = (20_000, 2_000, 3) if quick else (100_000, 10_000, 5)
    yield from _an_event(work, promises, commitments, rounds)
    yield from _a_threshold(promises, rounds)


def _an_event(work: Path, promises: int, commitments: int, rounds: int) -> Iterator[Row]:
    """The processor's time of events that 64 clients post at once, as `serve` takes them; the disk's is the same for both."""
    _fill(work / "on", promises)
    shutil.copytree(work / "on", work / "off")

    def without(number: int) -> float:
        with _no_forecast():
            return _microseconds_an_event(work / "off", commitments, f"round-{number}")

    paired = alternate(rounds, lambda number: _microseconds_an_event(work / "on", commitments, f"round-{number}"), without)
    path = f"one event, {promises:,} open promises, {TEAMS} teams | without the forecast"
    yield Row(path, f"{paired.ours:.0f} us", f"{paired.peer:.0f} us", paired.ratio, f"at most {_TIMES}", paired.ratio <= _TIMES)


def _fill(data: Path, promises: int) -> None:
    ledger = open_ledger(read_settings({"data": data}, {}))
    now = clock()
    posted = lives(2 * promises, now, open_ones=promises, together=True)
    for start in range(0, len(posted), 20_000):
        events = [read_event(each, now) for each in posted[start : start + 20_000]]
        ledger.append_now(DeliveryRecord(new_delivery_id(now), "events", now), events)
    ledger.close()


def _microseconds_an_event(data: Path, commitments: int, run: str) -> float:
    now = clock()
    events = [read_event(each, now) for each in lives(commitments, now, prefix=run)]
    return 1e6 * asyncio.run(_processor_seconds(data, events)) / len(events)


async def _processor_seconds(data: Path, events: list[Event]) -> float:
    ledger = open_ledger(read_settings({"data": data}, {}))
    ledger.start()
    coming = iter(events)

    async def client() -> None:
        for event in coming:
            now = clock()
            await ledger.append(DeliveryRecord(new_delivery_id(now), "events", now), [event])

    began = time.process_time()
    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    took = time.process_time() - began
    await ledger.stop()
    return took


@contextmanager
def _no_forecast() -> Iterator[None]:
    """A ledger that never looks ahead: the peer that the forecast is measured beside."""
    with ExitStack() as patched:
        patched.enter_context(patch.object(Book, "forecast", lambda _: []))
        patched.enter_context(patch.object(books, "risk_instant", lambda *_: None))
        yield


def _a_threshold(promises: int, rounds: int) -> Iterator[Row]:
    """A team's threshold falls with some late outcomes, and is back once they are taken away."""
    book = _book(promises)
    late = [_outcome(f"late-{number}", book.now, 15) for number in range(_LATE)]

    def turned(turn: Callable[[Standing], object]) -> tuple[float, int]:
        for standing in late:
            turn(standing)
        before = len(list(book.endangered))
        return 1_000 * seconds_of(book.forecast), abs(len(list(book.endangered)) - before)

    turns = [(turned(lambda each: book.replace(None, each)), turned(lambda each: book.replace(each, None))) for _ in range(rounds)]
    for way, moved, measured in (
        ("falls", "are at risk", [fall for fall, _ in turns]),
        ("rises", "no longer are", [rise for _, rise in turns]),
    ):
        path = f"a threshold with {_OF_ONE_TEAM:,} open promises of its team {way}, and {measured[0][1]:,} {moved}"
        yield limit_row(path, median(milliseconds for milliseconds, _ in measured), _MILLISECONDS, "ms")


def _book(promises: int) -> Book:
    book = Book(Rules(), clock())
    for number in range(promises):
        team = "team" if number < _OF_ONE_TEAM else f"team-{number % (TEAMS - 1)}"
        book.replace(None, _open(f"open-{number}", book.now, team, number))
    for number in range(_KEPT):
        book.replace(None, _outcome(f"kept-{number}", book.now, 9))
    book.forecast()
    gc.collect()
    return book


def _open(commitment: str, now: Instant, team: str, number: int) -> Standing:
    """A promise of 50 days, of which 1 to 40 have gone."""
    made_at = now - (1 + number * 7 % 40) * MICROSECONDS_A_DAY
    return _standing(commitment, made_at, made_at + 50 * MICROSECONDS_A_DAY, team, number)


def _outcome(commitment: str, now: Instant, took_days: int) -> Standing:
    """A promise of ten days, and its delivery."""
    made_at = now - 20 * MICROSECONDS_A_DAY
    standing = _standing(commitment, made_at, made_at + 10 * MICROSECONDS_A_DAY, "team", 0)
    return standing._replace(state=DELIVERED, closed_at=made_at + took_days * MICROSECONDS_A_DAY)


def _standing(commitment: str, made_at: Instant, due_at: Instant, team: str, number: int) -> Standing:
    return Standing(
        commitment,
        made_at=made_at,
        team=team,
        customer=f"customer-{number % 20}",
        goal=f"goal-{number % 5}",
        title="A promise to the business",
        original_due_at=due_at,
        original_set_at=made_at,
        due_at=due_at,
        due_set_at=made_at,
    )
