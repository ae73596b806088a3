"""Lists of commitments, deliveries and notices: filtered, in order, and page by page without a gap or a double."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notation import Happening, cancelled, delivered, promised, revoked, warned
from tests.unit.ledger.support import Clock, all_commitments, opened, record
from troth.ledger.promises import ORDERS, STATES
from troth.ledger.reading import LedgerReading

ODD_NAMES = ("a/b", "a b", "ü", "東京", "100%", "_", "\\", "'; DROP TABLE events; --", "🚀", "x" * 200, "ID", "id", "0", " lead", "5 6")
LIVES: dict[str, list[Happening]] = {
    "pending": [("day 0", promised(team="c", due="day 40", customer="x"))],
    "due today": [("day 0", promised(due="day 30"))],
    "overdue": [("day 0", promised(team="b", due="day 20", goal="g"))],
    "undated": [("day 0", promised())],
    "kept": [("day 0", promised(due="day 20", title="Ship 100% of it")), ("day 9", delivered())],
    "kept, too": [("day 0", promised(due="day 20", title="ship the rest")), ("day 9", delivered())],
    "late": [("day 0", promised(due="day 20")), ("day 25", delivered())],
    "revoked": [("day 0", promised(due="day 20")), ("day 9", revoked())],
    "cancelled": [("day 0", promised(due="day 20")), ("day 9", cancelled())],
    "unmade": [("day 9", delivered())],
    **{name: [("day 1", promised(team=name, due="day 35"))] for name in ODD_NAMES},
}


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerReading]:
    clock = Clock("day 30")
    with opened(tmp_path_factory.mktemp("ledger"), clock) as ledger:
        for subject, happened in LIVES.items():
            record(ledger, clock, *happened, subject=subject)
        yield LedgerReading(ledger, clock)


def _ids(reading: LedgerReading, **asked: Any) -> list[str]:
    return [each["id"] for each in all_commitments(reading, **asked)]


@pytest.mark.parametrize("limit", [1, 2, 7, 1_000])
@pytest.mark.parametrize("order", ORDERS)
def test_page_by_page_each_commitment_comes_once_and_in_order(reading: LedgerReading, order: str, limit: int) -> None:
    pages = all_commitments(reading, order=order, limit=limit)
    found = [each["id"] for each in pages]
    assert len(set(found)) == len(found)
    match order:
        case "id":
            assert found == sorted(LIVES, key=lambda name: name.encode())
        case "due":
            assert set(found) == LIVES.keys() - {"undated", "unmade"}
            assert [each["due_at"] for each in pages] == sorted(each["due_at"] for each in pages)
        case "chance":
            assert found == ["due today"]
        case _:
            assert found == ["late", "kept, too", "kept"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"team": "b"}, ["overdue"]),
        ({"customer": "x"}, ["pending"]),
        ({"goal": "g"}, ["overdue"]),
        ({"team": "a", "state": "delivered"}, ["kept", "kept, too", "late"]),
        ({"state": "unmade"}, ["unmade"]),
        ({"state": "overdue"}, ["overdue"]),
        ({"state": "undated"}, ["undated"]),
        ({"state": "revoked"}, ["revoked"]),
        ({"state": "cancelled"}, ["cancelled"]),
        ({"state": "pending", "team": "c"}, ["pending"]),
        ({"state": "at_risk"}, ["due today"]),
        ({"state": "open", "team": "a"}, ["due today", "undated"]),
        ({"q": "ship"}, ["kept", "kept, too"]),
        ({"q": "100%"}, ["100%", "kept"]),
        ({"q": "_"}, ["_"]),
        ({"q": "\\"}, ["\\"]),
        ({"q": "kept"}, ["kept", "kept, too"]),
        ({"q": "DROP TABLE"}, ["'; DROP TABLE events; --"]),
        ({"q": "none has this"}, []),
        ({"team": "nobody"}, []),
        *(({"team": name}, [name]) for name in ODD_NAMES),
    ],
    ids=str,
)
def test_a_filter_finds_what_it_says(reading: LedgerReading, asked: dict[str, str], found: list[str]) -> None:
    assert _ids(reading, **asked) == found


def test_every_commitment_is_in_the_lists_of_its_state_and_of_no_other(reading: LedgerReading) -> None:
    by_state = {state: set(_ids(reading, state=state)) for state in STATES}
    assert by_state["pending"] | by_state["at_risk"] | by_state["overdue"] | by_state["undated"] == by_state["open"]
    exclusive = [by_state[state] for state in ("unmade", "open", "delivered", "revoked", "cancelled")]
    assert sum(map(len, exclusive)) == len(set().union(*exclusive)) == len(LIVES)


@pytest.fixture(scope="module")
def endangered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerReading]:
    """A team that is late with a third of its promises: four at risk, by their time or a warning, one on course and one overdue."""
    clock = Clock("day 30")
    with opened(tmp_path_factory.mktemp("ledger"), clock) as ledger:
        for number in range(24):
            done = ("day 15" if number % 3 == 0 else "day 5", delivered())
            record(ledger, clock, ("day 0", promised(due="day 10")), done, subject=f"past {number}")
        for name, due in (("far gone", "day 31"), ("half gone", "day 50"), ("also half gone", "day 50"), ("warned", "day 300")):
            warning = [("day 29", warned())] if name == "warned" else []
            record(ledger, clock, ("day 10", promised(due=due, customer="x")), *warning, subject=name)
        record(ledger, clock, ("day 29", promised(due="day 300")), subject="on course")
        record(ledger, clock, ("day 0", promised(due="day 20")), subject="overdue")
        record(ledger, clock, ("day 0", promised(team="b", due="day 300")), ("day 29", warned()), subject="other team")
        yield LedgerReading(ledger, clock)


BY_DANGER = ["far gone", "also half gone", "half gone", "warned"]


def test_what_is_at_risk_comes_with_the_lowest_chance_first_and_then_by_date(endangered: LedgerReading) -> None:
    assert _ids(endangered, order="chance", team="a") == BY_DANGER
    found = all_commitments(endangered, order="chance")
    assert {each["id"] for each in found} == set(_ids(endangered, state="at_risk")) == {*BY_DANGER, "other team"}
    assert [each["chance"] for each in found] == sorted(each["chance"] for each in found)
    assert all(each["at_risk"] and each["forecast"]["why"] for each in found)


@pytest.mark.parametrize("limit", [1, 2, 3, 1_000])
def test_what_is_at_risk_comes_page_by_page(endangered: LedgerReading, limit: int) -> None:
    assert _ids(endangered, order="chance", customer="x", limit=limit) == BY_DANGER


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "at_risk", "q": "GONE"}, BY_DANGER[:3]),
        ({"state": "open", "q": "a promise", "team": "b"}, ["other team"]),
        ({"q": "100%"}, []),
        ({"team": "nobody"}, []),
        ({"state": "overdue"}, []),
        ({"state": "pending"}, []),
    ],
    ids=str,
)
def test_what_is_at_risk_is_filtered_as_any_list(endangered: LedgerReading, asked: dict[str, str], found: list[str]) -> None:
    assert _ids(endangered, order="chance", **asked) == found


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_commitment_and_a_team_of_any_name_are_found_by_it(reading: LedgerReading, name: str) -> None:
    found, team = reading.commitment(name), reading.team(name, None)
    assert found is not None
    assert team is not None
    assert (found["id"], found["team"], team["team"]) == (name, name, name)


@pytest.mark.parametrize("cursor", ["", "x", "x y", "9" * 30 + " a", "9" * 5_000 + " a", "-" + "9" * 30 + " a", "1.5 a"])
@pytest.mark.parametrize("order", ["due", "closed", "chance"])
def test_a_cursor_that_is_none_of_ours_is_refused(reading: LedgerReading, order: str, cursor: str) -> None:
    with pytest.raises(ValueError, match=r"invalid|beyond|Exceeds|not enough values"):
        reading.commitments(order=order, cursor=cursor)


@pytest.mark.parametrize("cursor", ["1 nan 1 a", "1 inf 1 a", "1 low 1 a", "x 0.5 1 a", "1 0.5 x a", "9" * 30 + " 0.5 1 a", "1 0.5 1"])
def test_a_cursor_of_chances_that_is_none_of_ours_is_refused(reading: LedgerReading, cursor: str) -> None:
    with pytest.raises(ValueError, match=r"invalid|beyond|not enough values|could not convert"):
        reading.commitments(order="chance", cursor=cursor)


@pytest.mark.parametrize("cursor", ["x", "9" * 30, "9" * 5_000, "1.5"])
def test_a_cursor_of_notices_that_is_none_of_ours_is_refused(reading: LedgerReading, cursor: str) -> None:
    with pytest.raises(ValueError, match=r"invalid|beyond|Exceeds"):
        reading.notices(limit=10, cursor=cursor)


def test_deliveries_and_notices_come_latest_first_page_by_page(reading: LedgerReading) -> None:
    for name, read in (("deliveries", reading.deliveries), ("notices", reading.notices)):
        found: list[str] = []
        cursor = None
        while True:
            page = read(limit=2, cursor=cursor)
            assert len(page[name]) <= 2
            found += [each["id"] for each in page[name]]
            cursor = page["next"]
            if cursor is None:
                break
        whole = [each["id"] for each in read(limit=1_000, cursor=None)[name]]
        assert found == whole
        assert len(set(found)) == len(found) > 3


def test_a_delivery_with_many_events_names_all_of_them_when_asked_for_alone(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        receipt = record(ledger, clock, *[("day 1", promised())] * 25)
        again = record(ledger, clock, *[("day 1", promised())] * 25)
        reading = LedgerReading(ledger, clock)
        for one, result in ((receipt, "mapped"), (again, "duplicate")):
            found = reading.delivery(one.delivery)
            assert found is not None
            assert (found["result"], found["events"]) == (result, [{**name, "type": "troth.commitment-made"} for name in one.names])
        assert len(reading.deliveries(limit=1, cursor=None)["deliveries"][0]["events"]) == 10
        assert reading.delivery("no such") is None
