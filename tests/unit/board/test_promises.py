from typing import Any

import pytest

from tests.unit.board.documents import NOW, at, commitment, event, overdue
from troth.gateway.board import history, promises
from troth.gateway.board.words import Calendar

CALENDAR = Calendar(NOW)


def said(document: dict[str, Any]) -> str:
    headline = promises.headline(document, CALENDAR)
    return headline.figure + headline.after


def verdict(agreed: str, **changes: Any) -> dict[str, Any]:
    return commitment(verdict={"requested": agreed, "original": agreed, "agreed": agreed}, **changes)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (commitment(), "kept, delivered 1 day before the date."),
        (commitment(closed_at="2026-10-09T20:00:00.000000Z"), "kept, delivered on the day."),
        (verdict("late", closed_at="2026-10-16T12:00:00.000000Z"), "late, delivered 7 days after the date."),
        (verdict("over_budget", cost=140000), "over budget, delivered 1 day before the date."),
        (overdue(), "overdue, 12 days past the date."),
        (verdict("pending", state="open", due_at=at(8), closed_at=None), "open, due in 8 days, on 1 Dec."),
        (verdict("pending", state="open", due_at=at(0.5), closed_at=None), "open, due today."),
        (verdict("broken", state="revoked"), "broken, the team took its word back on 8 Oct."),
        (verdict("broken", state="cancelled"), "broken, cancelled after its date on 8 Oct."),
        (verdict("void", state="cancelled"), "counts for nothing, cancelled in time."),
        (verdict("void"), "counts for nothing, closed before it was promised."),
        (verdict("undated", due_at=None), "no date, delivered on 8 Oct."),
        (verdict("undated", due_at=None, state="open", closed_at=None), "no date, still open."),
        (verdict("unmade", state="unmade"), "not promised."),
    ],
)
def test_a_promise_is_said_in_half_a_sentence(document: dict[str, Any], sentence: str) -> None:
    assert said(document) == sentence


def test_the_three_verdicts_are_beside_each_other_and_one_counts() -> None:
    requested, original, agreed = promises.judgements(commitment(), CALENDAR)
    assert (requested.word, original.word, agreed.word) == ("late", "late", "kept")
    assert requested.heading == "By the date Sales asked for"
    assert requested.says == "Delivered on 8 Oct, 38 days after the date."
    assert agreed.says == "Delivered on 8 Oct, 1 day before the date, and 131,400 EUR is within 135,000 EUR."
    assert [judgement.counts for judgement in (requested, original, agreed)] == [False, False, True]


def test_a_cost_over_the_budget_is_said_with_both_amounts() -> None:
    judged = promises.judgements(verdict("over_budget", cost=140000), CALENDAR)[2]
    assert judged.says == "Delivered in time, on 8 Oct, but 140,000 EUR is over 135,000 EUR."


def test_only_the_verdict_that_counts_has_a_colour() -> None:
    looks = [judgement.look for judgement in promises.judgements(verdict("late"), CALENDAR)]
    assert looks == ["", "", "alert"]


def test_each_event_is_said_with_what_it_named_and_what_it_did() -> None:
    lines = history.history(commitment())
    assert [line.title for line in lines] == ["Promised", "Warned", "Renegotiated", "Renegotiated", "Delivered", "Delivered", "Accepted"]
    assert lines[1].said == ["Expected 9 Oct.", "Reason: The bank certifies late."]
    assert lines[2].said == ["Due 9 Oct.", "Budget 135,000 EUR.", "The customer agreed."]
    assert lines[3].said[-1] == "The customer refused."
    assert lines[3].effect == "History, not in force: the customer refused."
    assert [line.number for line in lines if line.inert] == [6]


def test_news_that_was_recorded_over_a_day_later_is_marked() -> None:
    made = [event("commitment-made", -50, "promises", recorded=recorded) for recorded in (-50, -49.01, -48.99)]
    assert [line.late_news for line in history.history(commitment(history=made))] == [False, False, True]


def test_taking_a_date_away_and_striking_an_event_are_said() -> None:
    struck = event("event-retracted", -3, "strikes it", source="tracker", id="9", reason="typed twice")
    removed = event("commitment-renegotiated", -4, "takes the date away", due_at=None, agreed=True)
    removed_line, struck_line = history.history(commitment(history=[removed, struck]))
    assert removed_line.said == ["The date is taken away.", "The customer agreed."]
    assert struck_line.said == ["Event 9 of tracker.", "Reason: Typed twice."]


def test_a_history_too_long_for_a_page_is_shown_from_both_ends() -> None:
    lines = history.history(commitment(history=[event("commitment-warned", -n, "warns") for n in range(1000, 0, -1)]))
    beginning, between, end = history.shortened(lines)
    assert (len(beginning), between, len(end)) == (100, 800, 100)
    assert (beginning[0].number, end[-1].number) == (1, 1000)
    assert history.shortened(lines[:200]) == (lines[:200], 0, [])


def test_the_first_budget_is_the_one_of_the_first_event_in_force() -> None:
    assert history.first_budget(commitment()) == 120000
    refused = event("commitment-renegotiated", -60, "history, not in force: the customer refused", budget=9, agreed=False)
    later = event("commitment-renegotiated", -50, "sets the budget", budget=7)
    made = event("commitment-made", -70, "promises, by a date")
    assert history.first_budget(commitment(history=[made, refused, later])) == 7
    assert history.first_budget(commitment(history=[made])) is None


def test_the_life_shows_what_counted_and_every_date_once() -> None:
    chart = history.life_of(commitment(), CALENDAR)
    assert chart is not None
    assert [(placed.mark.sign, placed.mark.title, placed.mark.look) for placed in chart.above] == [
        ("1", "Promised", "on"),
        ("2", "Warned", ""),
        ("3", "Moved", "on"),
        ("4", "Move refused", "no"),
        ("5", "Delivered", "on"),
        ("7", "Accepted, 4 of 5", "on"),
    ]
    assert [(placed.mark.sign, placed.mark.title, placed.mark.detail) for placed in chart.below] == [
        ("A", "Asked for", "31 Aug"),
        ("B", "First promised", "18 Sep"),
        ("C", "Agreed", "9 Oct"),
        ("D", "Proposed, not in force", "23 Oct"),
    ]
    assert chart.overdue_from is None
    assert chart.today is None


def test_an_open_promise_past_its_date_is_overdue_up_to_today() -> None:
    chart = history.life_of(overdue(made_at=at(-50), requested_at=None), CALENDAR)
    assert chart is not None
    assert chart.overdue_from is not None
    assert chart.end == chart.today


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://tracker.example/1", True),
        (None, False),
        ("", False),
        ("javascript:alert(1)", False),
        ("https://redacted.invalid/", False),
    ],
)
def test_only_an_address_of_a_page_is_led_to(url: str | None, leads: bool) -> None:
    assert promises.has_page(commitment(url=url)) is leads


def test_what_nobody_promised_has_no_life() -> None:
    assert history.life_of(commitment(made_at=None), CALENDAR) is None
