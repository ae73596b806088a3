"""What every ledger does, whatever carries it. A new one inherits `LedgerContract` and says how it is started: one class.

Where ledgers differ by design, it is in a hook of the class: how one tells that it does not take an event. What not every ledger can
promise (to count duplicates) is not in it.
"""

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.notation import Happening, at, delivered, moved, posted, promised, rejected, retracted, revoked, warned
from troth.demo import simulate
from troth.domain.events import EVENTS_A_COMMITMENT, Event, read_event
from troth.domain.instants import Instant
from troth.domain.recording import DeliveryRecord, Receipt
from troth.gateway.reading import Document, Reading

Answer = TypeVar("Answer")
_numbers = count()

CLIENTS = 8
NOW = at("day 100")
YEAR = [read_event(one, NOW) for one in simulate(NOW, seed=3)]
MOMENTS = (at("day -200"), at("day 20.5"), NOW)

BY_DAY_10 = ("day 0", promised(due="day 10"))
STORIES: dict[str, tuple[list[Happening], str]] = {
    "kept": ([BY_DAY_10, ("day 9", delivered())], "kept"),
    "late": ([BY_DAY_10, ("day 11", delivered())], "late"),
    "slipped": ([BY_DAY_10], "slipped"),
    "broken": ([BY_DAY_10, ("day 5", revoked())], "broken"),
    "over budget": ([("day 0", promised(due="day 10", budget=9.99)), ("day 9", delivered(cost=10))], "over_budget"),
    "moved in time": ([BY_DAY_10, ("day 5", moved(to="day 20")), ("day 19", delivered())], "kept"),
    "moved too late": ([BY_DAY_10, ("day 9.5", moved(to="day 20")), ("day 19", delivered())], "late"),
    "rejected": ([BY_DAY_10, ("day 9", delivered()), ("day 9.5", rejected())], "slipped"),
    "retracted": ([BY_DAY_10, ("day 9", delivered()), ("day 12", retracted(2))], "slipped"),
    "unmade": ([("day 9", delivered())], "unmade"),
}


@dataclass(frozen=True, slots=True)
class Running:
    """A ledger that runs: `append` answers once it is recorded for good, and `reading` then shows it, where it must after a wait."""

    append: Callable[[DeliveryRecord, list[Event]], Awaitable[Receipt]]
    reading: Reading


class LedgerContract(ABC):
    """The tests; a ledger's own class adds `start` and `refused`, and nothing else."""

    @abstractmethod
    def start(self, directory: Path, clock: Callable[[], Instant]) -> AbstractAsyncContextManager[Running]:
        """Start the ledger whose data are in `directory` (made where it is missing), and stop it in the end."""

    @abstractmethod
    async def refused(self, ledger: Running, delivery: DeliveryRecord, event: Event) -> str:
        """Append an event that is not to be taken; returns what is said of it, and fails where nothing is."""

    def during(self, directory: Path, ask: Callable[[Running], Awaitable[Answer]], now: Instant = NOW) -> Answer:
        """What `ask` answers of a ledger that runs at `now`."""

        async def run() -> Answer:
            async with self.start(directory, lambda: now) as ledger:
                return await ask(ledger)

        return asyncio.run(run())

    @pytest.mark.parametrize("seed", [1, 2])
    def test_shuffled_doubled_and_by_eight_clients_at_once_the_documents_are_the_same_to_the_byte(self, seed: int, tmp_path: Path) -> None:
        async def in_order(ledger: Running) -> bytes:
            await _post(ledger, YEAR, 500)
            return _all_documents(ledger.reading)

        async def wildly(ledger: Running) -> bytes:
            chance = random.Random(seed)
            events = [*YEAR, *YEAR]
            chance.shuffle(events)
            shares = [events[client::CLIENTS] for client in range(CLIENTS)]
            await asyncio.gather(*(_post(ledger, share, chance.choice((1, 7, 60))) for share in shares))
            return _all_documents(ledger.reading)

        assert self.during(tmp_path / "wildly", wildly) == self.during(tmp_path / "in order", in_order)

    def test_what_was_answered_is_there_after_a_restart_to_the_byte(self, tmp_path: Path) -> None:
        async def first(ledger: Running) -> bytes:
            await _post(ledger, YEAR, 1_000)
            return _all_documents(ledger.reading)

        async def again(ledger: Running) -> bytes:
            return _all_documents(ledger.reading)

        assert self.during(tmp_path, first) == self.during(tmp_path, again) == self.during(tmp_path, again)

    @pytest.mark.parametrize("backwards", [False, True], ids=["in order", "the last first"])
    def test_stories_end_as_they_should_event_by_event(self, backwards: bool, tmp_path: Path) -> None:
        async def told(ledger: Running) -> dict[str, str]:
            for subject, (happened, _) in STORIES.items():
                events = _events(happened, subject)
                await _post(ledger, events[::-1] if backwards else events, 1)
            return {subject: _found(ledger, subject)["verdict"]["agreed"] for subject in STORIES}

        assert self.during(tmp_path, told) == {subject: verdict for subject, (_, verdict) in STORIES.items()}

    def test_an_answer_is_readable_at_once(self, tmp_path: Path) -> None:
        async def told(ledger: Running) -> None:
            for nth, (state, verdict) in enumerate((("open", "slipped"), ("delivered", "kept"), ("open", "slipped"))):
                await _post(ledger, [_events(STORIES["retracted"][0], "c")[nth]], 1)
                found = _found(ledger, "c")
                assert (found["state"], found["verdict"]["agreed"], len(found["history"])) == (state, verdict, nth + 1)
                [team] = ledger.reading.teams(None)["teams"]
                assert team["outcomes"][verdict] == 1

        self.during(tmp_path, told)

    def test_the_same_event_again_changes_nothing_and_stands_once(self, tmp_path: Path) -> None:
        async def told(ledger: Running) -> None:
            events = _events(STORIES["moved in time"][0], "c")
            await _post(ledger, events, 3)
            before = _all_documents(ledger.reading)
            for size in (1, 2, 3):
                await _post(ledger, [*events, *events], size)
            assert _all_documents(ledger.reading) == before
            assert len(_found(ledger, "c")["history"]) == len(events)

        self.during(tmp_path, told)

    def test_a_name_that_stands_for_other_content_is_told_so_and_the_first_stands(self, tmp_path: Path) -> None:
        first, other = (_events([("day 0", promised(team=team, due="day 10"))], "c") for team in "ab")

        async def told(ledger: Running) -> str:
            await _post(ledger, first, 1)
            before = _all_documents(ledger.reading)
            said = await self.refused(ledger, _delivery(), other[0])
            assert _all_documents(ledger.reading) == before
            assert len(_found(ledger, "c")["history"]) == 1
            return said

        assert "with other content" in self.during(tmp_path, told)

    def test_a_commitment_of_as_many_events_as_it_takes_takes_no_more_and_stands_as_it_did(self, tmp_path: Path) -> None:
        happened = [("day 0", promised(due="day 10")), *[("day 1", warned())] * (EVENTS_A_COMMITMENT - 1), ("day 9", delivered())]

        async def told(ledger: Running) -> str:
            *events, one_more = _events(happened, "c")
            await _post(ledger, events, EVENTS_A_COMMITMENT)
            said = await self.refused(ledger, _delivery(), one_more)
            found = _found(ledger, "c")
            assert (found["state"], len(found["history"])) == ("open", EVENTS_A_COMMITMENT)
            return said

        assert f"has {EVENTS_A_COMMITMENT} events and takes no more" in self.during(tmp_path, told)

    def test_a_slip_is_told_once_for_its_date_whatever_comes_again_and_after_any_restart(self, tmp_path: Path) -> None:
        async def told(ledger: Running) -> list[str]:
            for subject in ("slipped", "late", "moved in time", "moved too late"):
                events = _events(STORIES[subject][0], subject)
                await _post(ledger, [*events, *events], 2 * len(events))
            slips = [notice for notice in ledger.reading.notices(limit=1_000, cursor=None)["notices"] if notice["kind"] == "slipped"]
            return sorted(f"{notice['commitment']} at {notice['date']}" for notice in slips)

        by_day_10 = "at 2026-01-11T00:00:00.000000Z"
        expected = [f"late {by_day_10}", f"moved too late {by_day_10}", f"slipped {by_day_10}"]
        assert self.during(tmp_path, told) == expected
        assert self.during(tmp_path, told) == expected

    def test_what_a_warning_puts_at_risk_is_shown_told_once_and_no_longer_so_when_it_is_delivered(self, tmp_path: Path) -> None:
        happened = [("day 0", promised(due="day 200")), ("day 50", warned()), ("day 60", warned()), ("day 99", delivered())]
        events = _events(happened, "c")

        async def told(ledger: Running) -> list[list[str]]:
            await _post(ledger, events[:3], 1)
            seen = _found(ledger, "c")
            assert seen["at_risk"]
            assert seen["chance"] == pytest.approx(0.75 / 1.75)  # half its time has gone, and nothing is known of its team
            assert seen["forecast"]["warned_at"] is not None
            before = _ids(ledger.reading.commitments(order="chance"))
            await _post(ledger, events[3:], 1)
            assert _found(ledger, "c")["forecast"] is None
            notices = ledger.reading.notices(limit=1_000, cursor=None)["notices"]
            return [before, _ids(ledger.reading.commitments(order="chance")), [notice["kind"] for notice in notices]]

        assert self.during(tmp_path, told) == [["c"], [], ["at_risk"]]

    def test_time_that_went_by_while_it_was_down_has_gone_by(self, tmp_path: Path) -> None:
        async def promise(ledger: Running) -> Document:
            await _post(ledger, _events([BY_DAY_10], "c"), 1)
            return {"commitments": ledger.reading.organisation(None)["commitments"]}

        async def look(ledger: Running) -> Document:
            return {"commitments": ledger.reading.organisation(None)["commitments"]}

        assert self.during(tmp_path, promise, at("day 5")) == {"commitments": {"pending": 1, "at_risk": 0, "overdue": 0}}
        assert self.during(tmp_path, look, at("day 11")) == {"commitments": {"pending": 0, "at_risk": 0, "overdue": 1}}

    def test_names_of_any_kind_are_kept_apart(self, tmp_path: Path) -> None:
        names = ["a/b", "a", "b", "A", "ü", "%2F", "'", '"', "\\", "x" * 200, "🚀", "a b", " a"]

        async def told(ledger: Running) -> None:
            for name in names:
                await _post(ledger, _events([("day 0", promised(team=name, customer=name, goal=name, due="day 10"))], name), 1)
            assert sorted(team["team"] for team in ledger.reading.teams(None)["teams"]) == sorted(names)
            for name in names:
                found = ledger.reading.team(name, None)
                assert found is not None
                assert [(pair["team"], pair["customer"]) for pair in found["customers"]] == [(name, name)]
                assert _found(ledger, name)["team"] == name

        self.during(tmp_path, told)


async def _post(ledger: Running, events: Sequence[Event], size: int) -> None:
    for first in range(0, len(events), size):
        await ledger.append(_delivery(), list(events[first : first + size]))


def _delivery() -> DeliveryRecord:
    return DeliveryRecord(f"{next(_numbers):012x}", "contract", NOW)


def _events(happened: Sequence[Happening], subject: str) -> list[Event]:
    return [read_event(posted(nth, happening, subject), NOW) for nth, happening in enumerate(happened, 1)]


def _ids(page: Document) -> list[str]:
    return [each["id"] for each in page["commitments"]]


def _found(ledger: Running, commitment: str) -> dict[str, Any]:
    found = ledger.reading.commitment(commitment)
    assert found is not None
    return found


def _all_documents(reading: Reading) -> bytes:
    """All that can be read at some instants and now, as its bytes; but for when a thing was recorded."""
    documents: list[Any] = []
    for moment in MOMENTS:
        teams, customers, goals = reading.teams(moment), reading.customers(moment), reading.goals(moment)
        documents += [teams, customers, goals, reading.organisation(moment)]
        documents += [reading.team(each["team"], moment) for each in teams["teams"]]
        documents += [reading.customer(each["customer"], moment) for each in customers["customers"]]
        documents += [reading.goal(each["goal"], moment) for each in goals["goals"]]
    documents += [reading.teams(None), reading.organisation(None), reading.commitments(order="chance", limit=1_000)]
    cursor = None
    while True:
        page = reading.commitments(limit=1_000, cursor=cursor)
        documents += [_lived(reading, each["id"]) for each in page["commitments"][::9]] + page["commitments"]
        cursor = page["next"]
        if cursor is None:
            return json.dumps(documents).encode()


def _lived(reading: Reading, commitment: str) -> Document:
    found = reading.commitment(commitment)
    assert found is not None
    for event in found["history"]:
        del event["recorded_at"], event["late_news"]
    return found
