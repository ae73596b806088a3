"""The backtest on logs that a reader can work out by hand."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import pytest

from tests.notation import Happening, accepted, amended, at, cancelled, delivered, events_of, moved, promised, rejected, retracted, revoked
from troth.domain.backtest import Answer, answers
from troth.domain.events import Event
from troth.domain.instants import day_of
from troth.domain.verdict import Rules

RULES = Rules(half_life_days=90)
Z_SQUARED = 1.6448536269514722**2
LATER = "day 100"


def life(subject: str, *happenings: Happening) -> list[Event]:
    return events_of(happenings, subject)


def asked(*lives: Sequence[Event], now: str = LATER, rules: Rules = RULES) -> list[Answer]:
    return list(answers(lives, rules, at(now)))


def days_of(found: Iterable[Answer]) -> list[int]:
    return [answer.day - day_of(at("day 0")) for answer in found]


def test_a_promise_is_asked_about_at_a_tenth_a_half_and_nine_tenths_of_its_time() -> None:
    found = asked(life("a", ("day 0", promised(due="day 20")), ("day 20", delivered())))
    assert [(day, answer.point, answer.on_time) for day, answer in zip(days_of(found), found, strict=True)] == [
        (2, 10, True),
        (10, 50, True),
        (18, 90, True),
    ]


def test_with_nothing_known_the_chance_falls_from_a_half_and_both_baselines_say_a_half() -> None:
    found = asked(life("a", ("day 0", promised(due="day 20")), ("day 20", delivered())))
    # Three promises of an average of 0.5: 1.5 s / (1.5 + 1.5 s), where s is 1 less the square of the time gone.
    assert [answer.chance for answer in found] == pytest.approx([s / (1 + s) for s in (0.99, 0.75, 0.19)])
    assert {(answer.team, answer.organisation) for answer in found} == {(0.5, 0.5)}


def test_a_chance_is_made_of_what_had_come_by_then_and_no_more() -> None:
    first = life("first", ("day 0", promised(due="day 10")), ("day 6", delivered()))
    second = life("second", ("day 6", promised(due="day 16")), ("day 30", delivered()))
    found = {(answer.day - day_of(at("day 0")), answer.point): answer for answer in asked(first, second)}
    assert sorted(found) == [(1, 10), (5, 50), (7, 10), (11, 50), (15, 90)]  # after nine tenths the first was delivered
    assert found[5, 50].team == 0.5
    fresh = 2 ** (-1 / 90)  # kept on day 6 at a pace of 0.6, a day before the question
    kept_ratio = (fresh + Z_SQUARED / 2) / (fresh + Z_SQUARED)
    assert found[7, 10].team == pytest.approx(kept_ratio)
    prior = 3 * kept_ratio * 0.99
    assert found[7, 10].chance == pytest.approx((fresh + prior) / (fresh + 3 * (1 - kept_ratio) + prior))
    # After nine tenths what the team did at 0.6 says nothing more of it: the organisation's average is left.
    whole = found[15, 90].organisation
    assert found[15, 90].chance == pytest.approx(3 * whole * 0.19 / (3 * (1 - whole) + 3 * whole * 0.19))
    assert [found[key].on_time for key in sorted(found)] == [True, True, False, False, False]


def test_another_teams_outcome_moves_the_organisation_alone() -> None:
    other = life("other", ("day 0", promised("b", due="day 4")), ("day 2", delivered()))
    ours = life("ours", ("day 3", promised("a", due="day 13")), ("day 13", delivered()))
    [answer] = [answer for answer in asked(other, ours) if answer.day == day_of(at("day 4"))]
    assert answer.team == 0.5
    assert answer.organisation > 0.5


def test_a_date_that_passes_counts_from_the_microsecond_after_it() -> None:
    late = life("late", ("day 0", promised(due="day 2")))
    ours = life("ours", ("day 1", promised(due="day 11")), ("day 11", delivered()))
    found = [answer.team for answer in asked(late, ours) if answer.day >= day_of(at("day 2")) and answer.on_time]
    assert found[0] == 0.5  # a tenth of ours has gone at the very instant at which the other is due
    assert found[1] < 0.5


@pytest.mark.parametrize(
    ("happenings", "points"),
    [
        ((("day 0", promised()),), []),  # no date, nothing to ask
        ((("day 0", promised(due="day 0")),), []),  # nor where it was due at the instant it was made
        ((("day 0", promised(due="day 0 + 1 microsecond")),), []),  # nor within the least time there is
        ((("day 0", promised(due="day 200")),), []),  # still pending: nobody knows
        ((("day 0", promised(due="day 10")), ("day 9.5", cancelled())), []),  # void
        ((("day 0", promised(due="day 10")), ("day 9.5", moved(None, agreed=True))), []),  # undated in the end
        ((("day 0", promised(due="day 10")), ("day 5", delivered())), [(10, True)]),  # done by then is no question
        ((("day 0", promised(due="day 10")), ("day 9.5", revoked())), [(10, False), (50, False), (90, False)]),
        ((("day 0", promised(due="day 10")),), [(10, False), (50, False), (90, False)]),  # slipped, and open to this day
        ((("day 0", promised(due="day 10")), ("day 10 + 1 microsecond", accepted())), [(10, False), (50, False), (90, False)]),
        (
            # Moved on day 6 to day 20: a tenth and a half of the first date were asked about, a half and more of the second.
            (("day 0", promised(due="day 10")), ("day 6", moved("day 20")), ("day 19", delivered())),
            [(10, True), (50, True), (50, True), (90, True)],
        ),
        (
            # Delivered on day 3, rejected on day 7: half its time had gone while nobody asked.
            (("day 0", promised(due="day 10")), ("day 3", delivered()), ("day 7", rejected()), ("day 12", delivered())),
            [(10, False), (90, False)],
        ),
        (
            # The delivery of day 3 was struck from the record on day 7; half way it was thought to be done.
            (("day 0", promised(due="day 10")), ("day 3", delivered()), ("day 7", retracted(2)), ("day 10", delivered())),
            [(10, True), (90, True)],
        ),
    ],
)
def test_what_is_asked_and_what_came(happenings: Sequence[Happening], points: list[tuple[int, bool]]) -> None:
    assert [(answer.point, answer.on_time) for answer in asked(life("a", *happenings))] == points


def test_over_budget_is_on_time() -> None:
    over = life("a", ("day 0", promised(due="day 10", budget=10)), ("day 10", delivered(cost=20)))
    assert {answer.on_time for answer in asked(over, rules=Rules(tolerance=Fraction(1, 10)))} == {True}


def test_a_promise_that_changes_teams_takes_its_outcome_along() -> None:
    given = life("given", ("day 0", promised("b", due="day 3")), ("day 1", amended(team="a")))
    own = life("own", ("day 5", promised("a", due="day 15")), ("day 15", delivered()))
    others = life("others", ("day 5", promised("b", due="day 15")), ("day 15", delivered()))
    ours, theirs = [answer.team for answer in asked(given, own, others) if answer.day == day_of(at("day 6"))]
    assert ours < 0.5
    assert theirs == 0.5


def test_a_team_whose_promises_were_all_broken_has_a_chance_nonetheless() -> None:
    lives = [life(f"c{nth}", ("day 0", promised(due="day 10")), ("day 1", revoked())) for nth in range(20)]
    lives.append(life("last", ("day 5", promised(due="day 15")), ("day 15", delivered())))
    chances = [answer.chance for answer in asked(*lives) if answer.on_time]
    assert len(chances) == 3
    assert all(0 < chance < 0.1 for chance in chances)
