from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from tests.notation import Happening, at, delivered, moved, promised, revoked, warned
from tests.unit.alerts.stories import notice, story, told
from troth.alerts.words import counts, moment
from troth.domain.instants import end_of_day, parse_instant
from troth.domain.notices import KINDS

BY_DAY_10 = ("day 0", promised(due="day 10"))


def test_a_message_says_who_promised_what_to_whom_and_when_since_when_what_the_team_said_and_where_to_look() -> None:
    about = story(("day 0", promised(team="Web Shop", customer="Sales", due="day 10")), said="Two are\nill.", said_at="day 8")
    assert told("slipped", about) == [
        "Overdue since 11 Jan 2026, 00:00: the date passed and it was not delivered.",
        "Team: Web Shop",
        "Customer: Sales",
        "Promised on 1 Jan 2026, 00:00 for 11 Jan 2026, 00:00.",
        "The team said on 9 Jan 2026, 00:00: “Two are ill.”",
        "https://troth.example/c",
    ]


@pytest.mark.parametrize(
    ("kind", "happened", "sentence"),
    [
        ("at_risk", [BY_DAY_10, ("day 8", warned(expected="day 12"))], "The team expects it on 13 Jan 2026, 00:00."),
        ("recovered", [BY_DAY_10, ("day 11", delivered())], "is no longer: delivered on 12 Jan 2026, 00:00."),
        ("recovered", [BY_DAY_10, ("day 11", revoked())], "is no longer: taken back on 12 Jan 2026, 00:00."),
        ("recovered", [BY_DAY_10, ("day 5", moved("day 20"))], "is no longer: it is due on 21 Jan 2026, 00:00 now."),
        ("recovered", [], "is no longer: it is not on record any more."),
        ("moved", [BY_DAY_10, ("day 5", moved("day 10"))], "it is due on 11 Jan 2026, 00:00 now."),
        ("moved", [BY_DAY_10, ("day 5", moved(None, agreed=True))], "Its date, 11 Jan 2026, 00:00, was taken away on"),
        ("revoked", [BY_DAY_10, ("day 5", revoked())], "the team will not deliver what was due on 11 Jan 2026, 00:00."),
    ],
)
def test_each_kind_says_what_happened(kind: str, happened: list[Happening], sentence: str) -> None:
    assert sentence in told(kind, story(*happened))[0]


def test_a_date_that_was_moved_is_said_with_the_first_one() -> None:
    about = story(BY_DAY_10, ("day 5", moved("day 20", agreed=True)))
    assert "Promised on 1 Jan 2026, 00:00, first for 11 Jan 2026, 00:00, now for 21 Jan 2026, 00:00." in told("moved", about)


@pytest.mark.parametrize(
    ("said", "said_at", "sentence"),
    [
        ("", None, "The team has said nothing of it."),
        ("", "day 8", "The team said on 9 Jan 2026, 00:00: it may slip."),
        ("x" * 600, "day 8", f"The team said on 9 Jan 2026, 00:00: “{'x' * 499}…”"),
    ],
)
def test_what_the_team_said_is_quoted_or_its_silence_told(said: str, said_at: str | None, sentence: str) -> None:
    assert sentence in told("slipped", story(BY_DAY_10, said=said, said_at=said_at))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_that_is_not_known(kind: str) -> None:
    assert not [line for line in told(kind, story()) if "None" in line]


def test_the_end_of_a_day_in_the_zone_is_said_as_the_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert moment(end_of_day(date(2026, 7, 30), berlin), berlin) == "30 Jul 2026"
    assert moment(parse_instant("2026-07-30T12:05:00Z"), berlin) == "30 Jul 2026, 14:05"
    assert moment(at("day 0"), UTC) == "1 Jan 2026, 00:00"


def test_counts_name_the_worst_first() -> None:
    assert counts([notice("moved"), notice("slipped"), notice("slipped")]) == "2 promises slipped, 1 moved"
    assert counts([notice("recovered")]) == "1 promise recovered"
