"""Many at once: requests share commits, none is lost, one that fails harms no other, and a full queue says so."""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.notation import delivered, promised
from tests.unit.ledger.support import MADE, Clock, delivery, documents, events, notices, opened
from troth.domain.recording import Busy, Conflict, Receipt, Unwritable
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.writer import WAITING_REQUESTS

BY_DAY_10 = ("day 0", promised(due="day 10"))


def _commits_of(ledger: Ledger) -> list[str]:
    statements: list[str] = []
    ledger._committer._connection.set_trace_callback(statements.append)
    return statements


def test_requests_that_wait_share_a_commit_and_none_is_lost(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> list[Receipt]:
        ledger = Ledger(tmp_path, MADE, clock)
        ledger.start()
        statements = _commits_of(ledger)
        sent = [ledger.append(delivery(clock), events([BY_DAY_10], clock, f"c{number % 300}")) for number in range(400)]
        receipts = await asyncio.gather(*sent)
        assert statements.count("COMMIT") < 40
        await ledger.stop()
        return receipts

    receipts = asyncio.run(go())
    assert sum(receipt.duplicates or 0 for receipt in receipts) == 100
    assert sum(len(receipt.new) for receipt in receipts) == 300
    with opened(tmp_path, clock) as ledger:
        assert documents(ledger, clock)["teams"]["teams"][0]["outcomes"]["slipped"] == 300


async def _after_turns(turns: int, ledger: Ledger, clock: Clock) -> Receipt:
    for _ in range(turns):
        await asyncio.sleep(0)
    return await ledger.append(delivery(clock), events([BY_DAY_10], clock, f"c{turns}"))


def test_requests_that_come_one_after_another_without_a_pause_share_a_commit(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> None:
        ledger = Ledger(tmp_path, MADE, clock)
        statements = _commits_of(ledger)
        await asyncio.gather(*(_after_turns(number, ledger, clock) for number in range(60)))
        assert statements.count("COMMIT") == 1
        await ledger.stop()

    asyncio.run(go())


def test_no_request_waits_for_the_end_of_a_stream_that_has_none(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> None:
        ledger = Ledger(tmp_path, MADE, clock)
        stream = [asyncio.create_task(_after_turns(number, ledger, clock)) for number in range(1_000)]
        await stream[0]
        assert not stream[-1].done()
        await asyncio.gather(*stream)
        await ledger.stop()

    asyncio.run(go())


def test_one_that_is_refused_harms_none_of_those_it_shares_a_commit_with(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> list[Receipt | BaseException]:
        ledger = Ledger(tmp_path, MADE, clock)
        other = events([("day 0", promised(due="day 11"))], clock, "c7")
        sent = [events([BY_DAY_10], clock, f"c{number}") for number in range(20)]
        results = await asyncio.gather(*(ledger.append(delivery(clock), each) for each in [*sent, other, *sent]), return_exceptions=True)
        await ledger.stop()
        return results

    results = asyncio.run(go())
    assert [type(result) for result in results] == [Receipt] * 20 + [Conflict] + [Receipt] * 20
    with opened(tmp_path, clock) as ledger:
        assert documents(ledger, clock)["teams"]["teams"][0]["outcomes"]["slipped"] == 20


def test_on_a_full_disk_all_who_share_the_commit_are_told_and_may_send_again(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> None:
        ledger = Ledger(tmp_path, MADE, clock)
        connection = ledger._committer._connection
        connection.execute("PRAGMA max_page_count = 1")  # which is taken as: no more than there are
        sent = [events([BY_DAY_10], clock, f"c{number}") for number in range(100)]
        results = await asyncio.gather(*(ledger.append(delivery(clock), each) for each in sent), return_exceptions=True)
        assert {type(result) for result in results} == {Unwritable}
        connection.execute("PRAGMA max_page_count = 1000000")
        again = await asyncio.gather(*(ledger.append(delivery(clock), each) for each in sent))
        assert sum(len(receipt.new) for receipt in again) == 100
        await ledger.stop()

    asyncio.run(go())
    with opened(tmp_path, clock) as ledger:
        assert documents(ledger, clock)["teams"]["teams"][0]["outcomes"]["slipped"] == 100


def test_one_request_too_many_is_told_that_the_ledger_is_busy_and_those_before_it_are_recorded(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> list[Receipt | BaseException]:
        ledger = Ledger(tmp_path, MADE, clock)
        sent = (ledger.append(delivery(clock), events([BY_DAY_10], clock, f"c{number}")) for number in range(WAITING_REQUESTS + 5))
        results = await asyncio.gather(*sent, return_exceptions=True)
        assert len((await ledger.append(delivery(clock), events([BY_DAY_10], clock, "later"))).new) == 1
        await ledger.stop()
        return results

    results = asyncio.run(go())
    assert [type(result) for result in results] == [Receipt] * WAITING_REQUESTS + [Busy] * 5


def test_stopping_finishes_what_was_given(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> list[Receipt]:
        ledger = Ledger(tmp_path, MADE, clock)
        ledger.start()
        sent = [asyncio.create_task(ledger.append(delivery(clock), events([BY_DAY_10] * 30, clock, f"c{number}"))) for number in range(200)]
        await asyncio.sleep(0)
        await ledger.stop()
        return await asyncio.gather(*sent)

    assert sum(len(receipt.new) for receipt in asyncio.run(go())) == 6_000
    with opened(tmp_path, clock) as ledger:
        assert len(documents(ledger, clock)["commitments"]) == 200


def test_who_gives_up_waiting_harms_no_other(tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> None:
        ledger = Ledger(tmp_path, MADE, clock)
        gone = asyncio.create_task(ledger.append(delivery(clock), events([BY_DAY_10], clock, "gone")))
        stays = asyncio.create_task(ledger.append(delivery(clock), events([BY_DAY_10], clock, "stays")))
        await asyncio.sleep(0)
        gone.cancel()
        assert len((await stays).new) == 1
        await ledger.stop()

    asyncio.run(go())


def test_readers_see_whole_deliveries_only_while_others_write(tmp_path: Path) -> None:
    clock = Clock("day 20")

    def read(ledger: Ledger) -> None:
        reading = LedgerReading(ledger, clock)
        for _ in range(30):
            made = [team["commitments"]["overdue"] + team["outcomes"]["late"] for team in reading.teams(None)["teams"]]
            assert all(count % 10 == 0 for count in made)
            assert len(reading.commitments(limit=1_000)["commitments"]) % 10 == 0

    async def go() -> None:
        ledger = Ledger(tmp_path, MADE, clock)
        with ThreadPoolExecutor(3) as threads:
            loop = asyncio.get_running_loop()
            reads = [loop.run_in_executor(threads, read, ledger) for _ in range(3)]
            for number in range(30):
                ten = [
                    event
                    for each in range(10)
                    for event in events([BY_DAY_10, ("day 12", delivered())][: 1 + each % 2], clock, f"{number}-{each}")
                ]
                random.Random(number).shuffle(ten)
                await ledger.append(delivery(clock), ten)
            await asyncio.gather(*reads)
        await ledger.stop()

    asyncio.run(go())


def test_time_alone_makes_a_promise_slip_and_tells_it(tmp_path: Path) -> None:
    clock = Clock("day 5")

    async def go() -> None:
        ledger = Ledger(tmp_path, MADE, clock)
        ledger.start()
        await ledger.append(delivery(clock), events([BY_DAY_10], clock))
        assert notices(ledger, clock) == []
        clock.go_to("day 11")
        async with asyncio.timeout(30):
            while not notices(ledger, clock):  # noqa: ASYNC110 - the ledger tells nobody yet; a reader has to look
                await asyncio.sleep(0.02)
        assert notices(ledger, clock) == ["slipped day 10"]
        await ledger.stop()

    asyncio.run(go())


@pytest.mark.parametrize("size", [10, 1_000], ids=["on the loop", "on a thread"])
def test_deliveries_of_any_size_are_recorded_in_the_order_they_came(size: int, tmp_path: Path) -> None:
    clock = Clock("day 20")

    async def go() -> list[str]:
        ledger = Ledger(tmp_path, MADE, clock)
        sent = [events([("day 0", promised(due="day 10"))] * size, clock, f"c{number}") for number in range(8)]
        receipts = await asyncio.gather(*(ledger.append(delivery(clock), each) for each in sent))
        assert [len(receipt.new) for receipt in receipts] == [size] * 8
        with ledger.readers.snapshot() as connection:
            order = [row[0] for row in connection.execute("SELECT subject FROM events GROUP BY subject ORDER BY min(seq)")]
        await ledger.stop()
        return order

    assert asyncio.run(go()) == [f"c{number}" for number in range(8)]
