"""What always holds of the fold: it is one of a set, and there is nothing to gain from being late with a change."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.strategies import END, event, instants, lives
from troth.domain.events import AMENDED, CANCELLED, MADE, RENEGOTIATED, Event
from troth.domain.fold import extend, fold, walk
from troth.domain.instants import Instant, day_of, format_instant
from troth.domain.life import history
from troth.domain.reliability import reliability
from troth.domain.standing import OPEN, Standing
from troth.domain.tally import Tally, change_of, weight_of
from troth.domain.verdict import Rules, outcome

RULES = Rules()
TODAY = day_of(END)
AFTERWARDS = ("after", "9")


@settings(max_examples=200)
@given(st.data())
def test_any_order_and_any_duplicates_give_the_same_standing_and_the_same_history(data: st.DataObject) -> None:
    events = data.draw(lives())
    arrived = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=4))))
    assert fold("c", arrived) == fold("c", events)
    assert history("c", [(one, END) for one in arrived]) == history("c", [(one, END) for one in events])


@settings(max_examples=200)
@given(st.data())
def test_events_folded_as_they_come_in_whatever_portions_give_what_all_at_once_do(data: st.DataObject) -> None:
    events = data.draw(lives())
    waiting = data.draw(st.permutations(events))
    standing: Standing | None = None
    known: list[Event] = []
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        known += waiting[:size]
        before = standing
        standing, passed, changes = extend(standing, waiting[:size], known.copy)
        assert standing == passed[-1] == fold("c", known)
        assert (before or Standing("c")).but(changes) == standing
        assert passed[0] in (before, Standing("c"))
        waiting = waiting[size:]


@settings(max_examples=200)
@given(lives(), st.data())
def test_moving_a_date_after_it_passed_earns_nothing(events: list[Event], data: st.DataObject) -> None:
    time = data.draw(instants())
    agreed = data.draw(st.sampled_from(({}, {"agreed": True}, {"agreed": False})))
    due_at = data.draw(instants(90).map(format_instant) | st.none())
    if _due_before(events, time):
        _assert_earns_nothing(events, event(RENEGOTIATED, time, {"due_at": due_at, **agreed}, AFTERWARDS))


@settings(max_examples=200)
@given(lives(), instants())
def test_removing_a_date_alone_earns_nothing(events: list[Event], time: Instant) -> None:
    _assert_earns_nothing(events, event(RENEGOTIATED, time, {"due_at": None}, AFTERWARDS))


@settings(max_examples=200)
@given(lives(), instants())
def test_cancelling_after_the_date_earns_nothing(events: list[Event], time: Instant) -> None:
    if _due_before(events, time):
        _assert_earns_nothing(events, event(CANCELLED, time, {}, AFTERWARDS))


@settings(max_examples=200)
@given(lives(), instants(), st.sampled_from("abz"))
def test_handing_to_another_team_after_the_date_moves_no_failure(events: list[Event], time: Instant, team: str) -> None:
    if _due_before(events, time):
        told = event(AMENDED, time, {"team": team, "customer": "other", "goal": "other"}, AFTERWARDS)
        before, after = fold("c", events), fold("c", [*events, told])
        assert (after.team, after.customer, after.goal) == (before.team, before.customer, before.goal)
        _assert_earns_nothing(events, told)


@settings(max_examples=200)
@given(lives(), instants(90))
def test_promising_what_is_done_earns_nothing(events: list[Event], due: Instant) -> None:
    done = [one for one in events if one.rank != MADE]
    standing = fold("c", done)
    if standing.state != OPEN:
        now = max(one.time for one in done) + 1
        promise = event(MADE, now, {"team": "a", "title": "t", "due_at": format_instant(due)}, AFTERWARDS)
        assert _sums([*done, promise]) == (0, 0)


def _due_before(events: Sequence[Event], time: Instant) -> bool:
    """Whether at `time` the date in force has passed."""
    due = None
    for one, standing, _ in walk("c", events):
        if one.time > time:
            break
        due = standing.due_at
    return due is not None and due < time


def _sums(events: Sequence[Event]) -> tuple[int, int]:
    """What a team is credited with on the agreed basis, at the end: kept and counted."""
    result = outcome(fold("c", events), END, RULES.tolerance)
    tally = Tally()
    if result is not None:
        tally.add(change_of(result, RULES.half_life_days))
    return tally.kept_and_counted("agreed")


def _assert_earns_nothing(events: Sequence[Event], told: Event) -> None:
    (kept, counted), (kept_then, counted_then) = _sums(events), _sums([*events, told])
    assert _score(kept_then, counted_then) <= _score(kept, counted)


def _score(kept: int, counted: int) -> float:
    """The team's score with six kept of ten beside it, so that a failure that vanishes is seen, too."""
    promise = 10 * weight_of(TODAY, RULES.half_life_days)
    return reliability(6 * promise + kept, 10 * promise + counted, TODAY, RULES.half_life_days).reliability
