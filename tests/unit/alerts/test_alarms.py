from datetime import UTC

import pytest

from tests.notation import at, delivered, promised
from tests.unit.alerts.stories import notice, story
from troth.alerts.alarms import Alarm, Labels, document, of_notices, of_troubles, turn
from troth.domain.instants import format_instant
from troth.domain.notices import AT_RISK, SLIPPED
from troth.domain.telling import Recorded, Trouble

HOUR = 3_600 * 1_000_000
SLIP = Labels("slipped", "Web Shop", "Sales", "c")
PROMISED = story(("day 0", promised(team="Web Shop", customer="Sales", due="day 10", title="The checkout")))
TRUE = {SLIP: Alarm(at("day 10"))}


def troubled(kind: str) -> list[Trouble]:
    assert PROMISED.standing is not None
    return [Trouble(kind, PROMISED.standing)]


def test_an_overdue_promise_fires_since_its_date_and_one_at_risk_since_it_is_seen() -> None:
    assert of_troubles(troubled(SLIPPED), at("day 12")) == TRUE
    assert of_troubles(troubled(AT_RISK), at("day 8")) == {SLIP._replace(kind="at_risk"): Alarm(at("day 8"))}


def test_a_move_fires_for_an_hour_and_history_that_is_brought_in_does_not() -> None:
    now = at("day 11")
    [(labels, alarm)] = of_notices([Recorded(1, notice("moved", when="day 10"), now)], now).items()
    assert (labels.kind, alarm.until) == ("moved", now + HOUR)
    assert of_notices([Recorded(1, notice("moved", when="day -60"), now)], now) == {}
    assert of_notices([Recorded(1, notice("moved"), now - 2 * HOUR)], now) == {}
    assert of_notices([Recorded(1, notice("slipped"), now)], now) == {}


def test_what_is_true_begins_once_and_what_is_not_any_more_ends() -> None:
    now = at("day 12")
    assert turn({}, TRUE, {}, now) == (TRUE, set())
    assert turn(TRUE, TRUE, {}, now) == ({}, set())
    ended = {SLIP: Alarm(at("day 10"), ended_at=now)}
    assert turn(TRUE, {}, {}, now) == (ended, set())
    assert turn(ended, TRUE, {}, now) == (TRUE, set())
    assert turn(ended, {}, {}, now + 60_000_000) == ({}, set())
    assert turn(ended, {}, {}, now + HOUR) == ({}, {SLIP})


@pytest.mark.parametrize("hours", [-24 * 365, -2, 2, 24 * 365])
def test_a_clock_that_jumps_ends_nothing_that_is_true_and_leaves_nothing_for_ever(hours: int) -> None:
    now = at("day 12")
    moved = {SLIP._replace(kind="moved"): Alarm(now, now + HOUR)}
    changed, gone = turn({**TRUE, **moved}, TRUE, {}, now + hours * HOUR)
    assert SLIP not in changed
    assert gone == set()
    [alarm] = changed.values()
    assert alarm.ended_at is not None
    assert alarm.ended_at > alarm.starts_at
    assert turn(changed, {}, {}, now - 24 * 365 * HOUR)[1] == set(changed)


def test_an_alert_has_its_labels_and_says_what_happened() -> None:
    said = document(SLIP, TRUE[SLIP], PROMISED, "https://troth.example/c", UTC, at("day 12"))
    assert said["labels"] == {
        "alertname": "TrothPromiseSlipped",
        "kind": "slipped",
        "team": "Web Shop",
        "customer": "Sales",
        "commitment": "c",
    }
    assert said["annotations"]["summary"] == "Slipped: The checkout"
    assert "Promised on 1 Jan 2026" in said["annotations"]["description"]
    assert (said["startsAt"], said["generatorURL"]) == (format_instant(at("day 10")), "https://troth.example/c")
    assert "endsAt" not in said


def test_one_that_is_over_says_that_it_recovered_and_when() -> None:
    over = story(("day 0", promised(due="day 10", title="The checkout")), ("day 12", delivered()))
    said = document(SLIP, TRUE[SLIP]._replace(ended_at=at("day 12")), over, "", UTC, at("day 12"))
    assert said["annotations"]["summary"] == "Recovered: The checkout"
    assert said["startsAt"] < said["endsAt"] == format_instant(at("day 12"))
    assert "generatorURL" not in said


def test_what_just_began_names_no_start_so_that_clocks_may_differ() -> None:
    assert "startsAt" not in document(SLIP, Alarm(at("day 12")), PROMISED, "", UTC, at("day 12"))
    assert "startsAt" not in document(SLIP, Alarm(at("day 12")), PROMISED, "", UTC, at("day 11"))
