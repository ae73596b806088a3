"""Why a verdict is what it is, and what each event did, in words that a reader without code can check."""

import pytest

from tests.notation import (
    UNKNOWN,
    Happening,
    accepted,
    amended,
    at,
    budget_set,
    cancelled,
    dated_again,
    delivered,
    events_of,
    moved,
    promised,
    rejected,
    reopened,
    retracted,
    revoked,
    warned,
)
from troth.domain.fold import fold
from troth.domain.instants import MICROSECONDS_A_DAY
from troth.domain.life import commitment, history
from troth.domain.verdict import Rules

BY_DAY_10 = ("day 0", promised(due="day 10"))
DAY_10, DAY_12 = "2026-01-11T00:00:00.000000Z", "2026-01-13T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        ([("day 1", delivered())], "No promise was recorded, only what came after one: it counts for nothing."),
        ([("day 0", promised())], "No date is in force, so there is nothing to keep or to miss."),
        ([("day 0", promised(due="day 100"))], "It is open and due at 2026-04-11T00:00:00.000000Z."),
        ([BY_DAY_10], f"Its date {DAY_10} passed and it is not delivered."),
        ([BY_DAY_10, ("day 12", delivered())], f"Delivered at {DAY_12}, after its date {DAY_10}."),
        ([BY_DAY_10, ("day 10", delivered())], f"Delivered at {DAY_10}, by its date {DAY_10}."),
        ([BY_DAY_10, ("day 12", revoked())], f"Its date {DAY_10} was in force and the team took its word back at {DAY_12}."),
        ([BY_DAY_10, ("day 12", cancelled())], f"Its date {DAY_10} was in force and the customer cancelled it at {DAY_12}."),
        ([BY_DAY_10, ("day 10", cancelled())], f"The customer cancelled it at {DAY_10}, by its date {DAY_10}: it counts for nothing."),
        (
            [("day 0", promised()), ("day 12", cancelled())],
            f"The customer cancelled it at {DAY_12}, and it had no date: it counts for nothing.",
        ),
        (
            [("day 10", revoked()), ("day 12", promised(due="day 20"))],
            f"It was revoked at {DAY_10}, before it was promised at {DAY_12}: it counts for nothing.",
        ),
        (
            [("day 0", promised(due="day 12", budget=0.5, unit="EUR")), ("day 10", delivered(cost=1))],
            f"Delivered at {DAY_10}, by its date {DAY_12}, but it cost 1 EUR and the budget in force was 0.5 EUR.",
        ),
    ],
)
def test_a_verdict_says_the_rule_that_gave_it(happened: list[Happening], why: str) -> None:
    assert commitment(fold("c", events_of(happened)), at("day 50"), Rules().tolerance, UNKNOWN)["why"] == why


@pytest.mark.parametrize(
    ("before", "happening", "effect"),
    [
        ([], BY_DAY_10, "promises, by a date"),
        ([], ("day 0", promised()), "promises, without a date"),
        ([], ("day 5", promised(due="day 1")), "promises, without a date: the one named was not after the promise itself"),
        ([("day 0", delivered())], ("day 5", promised()), "promises, without a date; it was already delivered, so it counts for nothing"),
        ([], ("day 0", warned()), "nothing: it was not promised yet"),
        ([], ("day 0", moved(to="day 9")), "nothing: it was not promised yet"),
        ([], ("day 0", amended(team="b")), "nothing: it was not promised yet"),
        ([BY_DAY_10], ("day 5", moved(to="day 20")), "sets the date"),
        ([BY_DAY_10], ("day 5", moved(to="day 20", budget=5)), "sets the date and sets the budget"),
        ([BY_DAY_10], ("day 5", moved(to=None, agreed=True)), "takes the date away"),
        ([BY_DAY_10], ("day 5", budget_set(5)), "sets the budget"),
        ([BY_DAY_10], ("day 5", moved(to="day 10")), "nothing: it says nothing new"),
        ([BY_DAY_10], ("day 5", moved(to="day 20", agreed=False)), "history, not in force: the customer refused"),
        ([BY_DAY_10], ("day 5", moved(to=None)), "history, not in force: a date is taken away only with the customer"),
        ([BY_DAY_10], ("day 5", moved(to="day 4")), "history, not in force: the new date was not after the renegotiation itself"),
        ([BY_DAY_10], ("day 11", moved(to="day 20", agreed=True)), "history, not in force: the date had passed"),
        (
            [BY_DAY_10],
            ("day 9.5", moved(to="day 20")),
            "history, not in force: over nine tenths of the time had gone, and the customer had not agreed",
        ),
        ([BY_DAY_10, ("day 1", delivered())], ("day 2", moved(to="day 20")), "history, not in force: it was delivered"),
        ([BY_DAY_10], ("day 5", amended(team="b", title="new")), "corrects team, title"),
        ([BY_DAY_10], ("day 9.5", amended(team="b", title="new")), "corrects title; comes too late to correct team"),
        ([BY_DAY_10], ("day 5", dated_again(team="b", due="day 20")), "corrects team; sets the date"),
        ([BY_DAY_10], ("day 5", dated_again(due="day 10")), "nothing: it says nothing new"),
        ([BY_DAY_10], ("day 5", warned()), "warns that it may slip"),
        ([BY_DAY_10], ("day 5", delivered(cost=5)), "delivers and reports the cost"),
        ([BY_DAY_10, ("day 1", delivered())], ("day 5", delivered()), "nothing: it was already delivered"),
        ([BY_DAY_10, ("day 1", delivered())], ("day 5", delivered(cost=5)), "reports the cost"),
        ([BY_DAY_10], ("day 5", accepted()), "the customer is satisfied, which delivers it"),
        ([BY_DAY_10, ("day 1", delivered())], ("day 5", accepted()), "the customer is satisfied"),
        ([BY_DAY_10], ("day 5", rejected()), "the customer is not satisfied"),
        ([BY_DAY_10, ("day 1", delivered())], ("day 5", rejected()), "the customer is not satisfied: open again"),
        ([BY_DAY_10], ("day 5", reopened()), "nothing: it was open"),
        ([BY_DAY_10, ("day 1", delivered())], ("day 5", reopened()), "open again"),
        ([BY_DAY_10, ("day 1", accepted())], ("day 5", reopened()), "nothing: the customer had accepted it"),
        ([BY_DAY_10], ("day 5", revoked()), "the team takes its word back"),
        ([BY_DAY_10, ("day 1", revoked())], ("day 5", cancelled()), "nothing: it was already revoked"),
        ([BY_DAY_10], ("day 5", cancelled()), "the customer no longer wants it"),
        ([BY_DAY_10], ("day 5", retracted(1)), "strikes the event 1 of story from the record"),
        ([("day 0", retracted(2))], ("day 5", delivered()), "nothing: retracted (a mistake)"),
    ],
)
def test_an_event_says_what_it_did_or_why_nothing(before: list[Happening], happening: Happening, effect: str) -> None:
    told = history("c", [(event, event.time) for event in events_of([*before, happening])])
    assert told[-1]["effect"] == effect


def test_an_event_recorded_over_a_day_after_it_happened_is_late_news() -> None:
    [event] = events_of([BY_DAY_10])
    recorded = [event.time, event.time + MICROSECONDS_A_DAY, event.time + MICROSECONDS_A_DAY + 1]
    assert [history("c", [(event, moment)])[0]["late_news"] for moment in recorded] == [False, False, True]


def test_a_history_shows_an_event_as_posted_with_the_time_it_was_given() -> None:
    [event] = events_of([BY_DAY_10])
    [shown] = history("c", [(event, event.time)])
    assert {name: shown[name] for name in event.posted} == event.posted
    assert shown["recorded_at"] == "2026-01-01T00:00:00.000000Z"


def test_of_two_retractions_of_one_event_the_first_in_order_is_named_whichever_came_first() -> None:
    events = events_of([BY_DAY_10, ("day 1", delivered()), ("day 3", retracted(2)), ("day 2", retracted(2))])
    recorded = [(event, event.time) for event in events]
    assert history("c", recorded) == history("c", recorded[::-1])


def test_a_retraction_of_a_retraction_changes_nothing_about_it() -> None:
    events = events_of([BY_DAY_10, ("day 1", delivered()), ("day 2", retracted(2)), ("day 3", retracted(3)), ("day 4", retracted(5))])
    told = [event["effect"] for event in history("c", [(event, event.time) for event in events])]
    assert told[1] == "nothing: retracted (a mistake)"
    assert told[2:] == [f"strikes the event {number} of story from the record" for number in (2, 3, 5)]
