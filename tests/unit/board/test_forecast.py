"""The forecast on the board: what slips next, why a chance is what it is, and the form that asks what a team may promise."""

import re
from fractions import Fraction
from typing import Any

import pytest
from httpx2 import Response

from tests.unit.board.documents import FakeReading, advised, ahead, at, commitment, forecast, overdue, summary
from tests.unit.board.test_pages import HOSTILE, Markup, client, text_of

COUNTS = {"pending": 2, "at_risk": 1, "overdue": 1}


def at_risk(**changes: Any) -> dict[str, Any]:
    """An open promise whose chance has fallen under a half."""
    seen = forecast(risk_at=at(-2), moved_by=f"It is at risk since {at(-2)}.")
    return ahead(**{"id": "refunds", "title": "Refunds in a day", "chance": 0.4999, "at_risk": True, "forecast": seen} | changes)


def words_of(page: Response) -> str:
    """A page's words, with a blank between those of neighbouring elements."""
    return re.sub(r" ([.,:])", r"\1", text_of(page.text.replace("<", " <")))


def shown(path: str, *promises: dict[str, Any], **changes: Any) -> str:
    """The words of a page of a ledger with these promises, and a team with these changes."""
    return words_of(client(FakeReading(promises=list(promises), teams=[summary(**changes)])).get(path))


def test_the_front_page_says_what_slips_next_apart_from_what_is_overdue_and_what_is_on_course() -> None:
    text = shown("/", overdue(), at_risk(), ahead())
    behind, risky, coming = (text.index(heading) for heading in ("Overdue The longest", "Slips next", "Due next"))
    assert behind < text.index("Receipts in four languages") < risky < text.index("Refunds in a day") < coming
    assert coming < text.index("Split payment for large orders")
    assert "Refunds in a day Payments to Sales 49 in 100 due 1 Dec" in text
    assert "in 8 days due 1 Dec 81 in 100 on time" in text


def test_what_slips_next_is_asked_for_by_its_chance() -> None:
    reading = FakeReading()
    client(reading).get("/")
    assert [asked["order"] for asked in reading.asked if asked["state"] == "at_risk"] == ["chance"]
    assert "No open promise is at risk." in shown("/", overdue())


@pytest.mark.parametrize("path", ["/teams/Payments", "/customers/Sales", "/goals/Open%20the%20Nordic%20market"])
def test_open_promises_come_overdue_then_at_risk_by_chance_then_by_date(path: str) -> None:
    reading = FakeReading(promises=[ahead(), at_risk(), overdue()], teams=[summary(commitments=COUNTS)])
    text = words_of(client(reading).get(path))
    listed = [text.rindex(title) for title in ("Receipts in four languages", "Refunds in a day", "Split payment for large orders")]
    assert listed == sorted(listed)
    asked = [(each["state"], each["order"]) for each in reading.asked if "order" in each]
    assert asked == [("overdue", "due"), ("at_risk", "chance"), ("pending", "due")]
    assert "at risk, 49 in 100 on time" in text


def test_the_table_of_scores_counts_what_is_at_risk_and_leads_there() -> None:
    html = client(FakeReading(teams=[summary(commitments=COUNTS)])).get("/").text
    links = {attributes["href"] for tag, attributes in Markup(html).elements if tag == "a"}
    assert "/commitments?team=Payments&state=at_risk" in links


def test_the_list_of_what_is_at_risk_is_by_chance_unless_asked_otherwise() -> None:
    reading = FakeReading(promises=[at_risk()])
    text = words_of(client(reading).get("/commitments?state=at_risk"))
    assert reading.asked[-1]["order"] == "chance"
    assert "At risk 49 in 100 on time" in text
    client(reading).get("/commitments?state=at_risk&order=due")
    assert reading.asked[-1]["order"] == "due"


def test_a_promise_says_why_its_chance_is_what_it_is_and_what_would_move_it() -> None:
    text = shown("/commitments/splits", ahead())
    assert "Will it be on time? 81 in 100" in text
    assert "Of about 12 fresh promises, 9 were in time: 81 in 100." in text
    assert "It falls at risk on 28 Nov unless it is delivered before." in text
    assert "T00:00" not in text


def test_a_promise_at_risk_says_so_in_its_first_line_and_is_under_a_half_where_it_is() -> None:
    text = shown("/commitments/refunds", at_risk())
    assert "Refunds in a day: at risk, due in 8 days, on 1 Dec." in text
    assert "49 in 100, at risk" in text
    assert "It is at risk since 21 Nov." in text


def test_a_warning_is_said_where_the_chance_alone_would_be_no_risk() -> None:
    warned = at_risk(chance=0.9, forecast=forecast(warned_at=at(-3)))
    assert "at risk, 90 in 100 on time; the team warned" in shown("/teams/Payments", warned, commitments=COUNTS)


@pytest.mark.parametrize("document", [commitment(), overdue()])
def test_what_is_settled_or_overdue_has_no_forecast(document: dict[str, Any]) -> None:
    assert "Will it be on time?" not in shown(f"/commitments/{document['id']}", document)


def test_a_team_is_asked_what_it_may_promise_and_the_date_that_holds_is_the_answer() -> None:
    reading = FakeReading()
    page = client(reading).get("/teams/Payments?days=20&confidence=0.85")
    assert reading.asked[-1] == {"team": "Payments", "days": 20, "confidence": Fraction(85, 100), "at": None}
    assert page.status_code == 200
    text = words_of(page)
    assert "Promise 19 Dec." in text  # 26.2 days after 23 November, 12:00
    assert "28.5 took up to 1.31 times what was promised" in text


def test_where_no_date_holds_the_page_says_so_without_one() -> None:
    reading = FakeReading()
    reading.advised = advised(factor=None, advised_days=None, why="No date holds at this confidence.")
    text = words_of(client(reading).get("/teams/Payments?days=20"))
    assert "No date holds at this confidence." in text
    assert "Promise " not in text[text.index("No date holds") - 20 :].partition("By customer")[0]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        *((f"days={wrong}", "is no number of days to go by: give one above 0, at most 3,650.") for wrong in (
            "0", "-1", "1000000", "soon", "nan", "inf", "-inf", "9" * 400, "1e999", "0x10", HOSTILE)),
        *((f"days=20&confidence={wrong}", "is no share of promises: write 85 of 100 as 0.85") for wrong in (
            "0", "1", "150", "-0.5", "much", "nan", "inf", HOSTILE)),
        ("days=&confidence=0.9", "How many days the team would promise is missing: give one above 0"),
        ("confidence=0.9", "How many days the team would promise is missing"),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence_on_the_same_page(query: str, said: str) -> None:
    reading = FakeReading()
    page = client(reading).get(f"/teams/Payments?{query}")
    assert page.status_code == 422
    assert said in words_of(page)
    assert "keeps about 79 of 100 promises" in words_of(page)
    assert "<script" not in page.text
    assert not any("confidence" in asked for asked in reading.asked)


def test_the_form_keeps_the_question_and_the_moment_asked_from() -> None:
    reading = FakeReading(teams=[summary(team="..")])
    html = client(reading).get("/teams/?name=..&at=2026-03-31&days=20.5&confidence=0.6").text
    fields = [attributes for tag, attributes in Markup(html).elements if tag == "input"]
    hidden = {each["name"]: each["value"] for each in fields if each.get("type") == "hidden"}
    assert hidden == {"name": "..", "at": "2026-03-31"}
    assert next(each["value"] for each in fields if each.get("name") == "days") == "20.5"
    assert '<option value="0.6" selected>60 of 100</option>' in html
    assert '<option value="0.85">85 of 100</option>' in html


@pytest.mark.parametrize("path", ["/customers/Sales?days=20", "/goals/Open%20the%20Nordic%20market?days=20"])
def test_only_a_team_is_asked(path: str) -> None:
    reading = FakeReading()
    assert "What may it promise?" not in client(reading).get(path).text
    assert not any("confidence" in asked for asked in reading.asked)
