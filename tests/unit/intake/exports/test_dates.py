from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from troth.intake.delivery import Unmappable
from troth.intake.exports.dates import Dates

BERLIN = ZoneInfo("Europe/Berlin")


def learnt(*texts: str, formats: tuple[str, ...] = ()) -> Dates:
    dates = Dates(formats, UTC)
    for text in texts:
        dates.learn(text)
    return dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04", "2026-03-04"),
        ("04/Mar/26", "2026-03-04"),
        ("04/Mar/2026 12:00 AM", "2026-03-04T00:00:00.000000Z"),
        ("2026-03-04T11:00:00+01:00", "2026-03-04T10:00:00.000000Z"),
        ("13/4/2026 9:05", "2026-04-13T09:05:00.000000Z"),
        ("4/13/2026 9:05:01 PM", "2026-04-13T21:05:01.000000Z"),
        ("4/13/2026, 9:05\u202fPM", "2026-04-13T21:05:00.000000Z"),
        ("Mar 4, 2026", "2026-03-04"),
        ("04.03.2026 23:59", "2026-03-04T23:59:00.000000Z"),
        ("", None),
    ],
)
def test_a_date_is_read_as_tools_write_it(text: str, day: str | None) -> None:
    dates = learnt(text)
    assert dates.doubt() == ""
    assert dates.iso(text, "Due") == day


def test_one_date_tells_how_the_others_are_written() -> None:
    dates = learnt("3/4/2026", "4/13/2026")
    assert dates.doubt() == ""
    assert dates.iso("3/4/2026", "Due") == "2026-03-04"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["3/4/2026", "5/6/2026"], "may be written as %d/%m/%y or as %m/%d/%y"),
        (["4. März 2026"], "none of its dates can be read: say with --times"),
    ],
)
def test_a_table_whose_dates_are_in_doubt_is_asked_about(texts: list[str], said: str) -> None:
    assert said in learnt(*texts).doubt()


def test_what_the_user_says_holds() -> None:
    dates = learnt("3/4/2026", formats=("%d/%m/%Y",))
    assert dates.doubt() == ""
    assert dates.iso("3/4/2026", "Due") == "2026-04-03"


@pytest.mark.parametrize("text", ["next Friday", "2026-13-45", "31/Feb/26", "99999999999"])
def test_what_is_no_date_is_named_with_its_column(text: str) -> None:
    dates = learnt("2026-03-04", text)
    assert dates.doubt() == ""
    with pytest.raises(Unmappable, match="Due is no date that is written as the others are"):
        dates.iso(text, "Due")


def test_a_time_without_a_zone_is_in_that_of_the_tool() -> None:
    dates = Dates((), BERLIN)
    dates.learn("04/Mar/26 12:00 AM")
    assert dates.instant("04/Mar/26 12:00 AM", "Created") == "2026-03-03T23:00:00.000000Z"
    assert dates.instant("04/Mar/26", "Created") == "2026-03-03T23:00:00.000000Z"
