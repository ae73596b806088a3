"""The backtest: the forecast asked again at every promise as it was known then, scored by what came (SCORING, "Forecast and advice").

A question is put at a tenth, a half and nine tenths of the time of each date in force, where it is then still open. Known is
what had happened by then. What came is the verdict on the agreed basis in the end, kept and over budget being on time: the very
event that the paces count, of which the forecast is made. So a promise whose date was moved is judged by the date it ended
with; one that ended void, undated or pending is left out, for nobody can say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from troth.domain.events import RETRACTED, Event
from troth.domain.fold import fold, walk
from troth.domain.forecast import Odds, elapsed_hundredths, falls_at_risk
from troth.domain.instants import Day, Instant, day_of
from troth.domain.reliability import reliability_of
from troth.domain.standing import Standing
from troth.domain.tally import SUM, Change, Tally, weight_of
from troth.domain.verdict import INFINITE_PACE, KEPT, OVER_BUDGET, Rules, judge, pace

POINTS: Final = (10, 50, 90)  # hundredths of the promised time
_BANDS: Final = (*POINTS, 100, INFINITE_PACE)
_TURN, _QUESTION = 0, 1


class Answer(NamedTuple):
    """A question that was put after `point` hundredths of the time: the chance, the two baselines, and whether it came true."""

    day: Day
    point: int
    chance: float
    team: float
    organisation: float
    on_time: bool


class _Counted(NamedTuple):
    # An outcome as far as a forecast is made of it; its pace is coarsened, see _band.
    verdict: str
    day: Day
    weight: int
    band: int


class _Spell(NamedTuple):
    # The time from the first instant to before the second in which nothing happened to a commitment.
    since: Instant
    until: Instant
    standing: Standing


_Step = tuple[Instant, int, str, _Counted | None, int]  # a turn: what is counted, and a sign; a question: a point, negative if in vain


def answers(lives: Iterable[Sequence[Event]], rules: Rules, now: Instant) -> Iterator[Answer]:
    """All questions in the order of their instants, answered from what had happened by then; `lives` are commitments' events."""
    steps: list[_Step] = []
    for life in lives:
        steps += _steps(_spells(life, now), rules, now)
    steps.sort(key=itemgetter(0, 1))
    whole, teams = Tally(), defaultdict[str, Tally](Tally)
    for instant, kind, team, counted, number in steps:
        if kind == _QUESTION:
            yield _answer(teams[team], whole, rules, day_of(instant), number)
        elif counted is not None:
            change = _change(counted, rules).times(number)
            whole.add(change)
            teams[team].add(change)


def _answer(team: Tally, whole: Tally, rules: Rules, today: Day, number: int) -> Answer:
    of_whole = reliability_of(whole, today, rules.half_life_days).reliability
    of_team = reliability_of(team, today, rules.half_life_days).reliability
    chance = Odds(team.paces, today, rules.half_life_days, of_whole).chance(abs(number))
    return Answer(today, abs(number), chance, of_team, of_whole, on_time=number > 0)


def _spells(life: Sequence[Event], now: Instant) -> list[_Spell]:
    subject = life[0].subject
    known = [event for event in life if event.time <= now]
    if any(event.rank == RETRACTED for event in known):
        # A retraction counts only from its own time on, so what was known is folded anew at each.
        times = sorted({event.time for event in known})
        after = {time: fold(subject, (event for event in known if event.time <= time)) for time in times}
    else:
        after = {event.time: standing for event, standing, _ in walk(subject, known)}
    ends = [*list(after)[1:], now + 1]
    return [_Spell(since, until, standing) for (since, standing), until in zip(after.items(), ends, strict=True)]


def _steps(spells: Sequence[_Spell], rules: Rules, now: Instant) -> Iterator[_Step]:
    if not spells:
        return
    last = spells[-1].standing
    end = judge(last, last.due_at, now, rules.tolerance)
    was: tuple[str, _Counted] | None = None
    for spell in spells:
        team, due = spell.standing.team or "", spell.standing.due_at
        looks = [spell.since]
        if spell.standing.is_open and due is not None and spell.since <= due < spell.until - 1:
            looks.append(due + 1)
        for instant in looks:
            counted = _counted(spell.standing, instant, rules)
            became = None if counted is None else (team, counted)
            if became != was:
                yield from ((instant, _TURN, *each, sign) for each, sign in ((was, -1), (became, 1)) if each is not None)
                was = became
        if end.settled_at is not None:
            came = 1 if end.name in (KEPT, OVER_BUDGET) else -1
            yield from ((instant, _QUESTION, team, None, came * point) for instant, point in _questions(spell))


def _questions(spell: _Spell) -> Iterator[tuple[Instant, int]]:
    start, due = spell.standing.original_set_at, spell.standing.due_at
    if start is None or due is None or not spell.standing.is_open:
        return
    for point in POINTS:
        instant = falls_at_risk(start, due, point)
        # A promise of a few microseconds has no instant at which just a tenth has gone.
        if spell.since <= instant < spell.until and elapsed_hundredths(start, due, instant) == point:
            yield instant, point


def _counted(standing: Standing, now: Instant, rules: Rules) -> _Counted | None:
    verdict = judge(standing, standing.due_at, now, rules.tolerance)
    if verdict.settled_at is None:
        return None
    return _Counted(verdict.name, day_of(verdict.settled_at), standing.weight, _band(pace(standing)))


def _band(hundredths: int) -> int:
    # Questions are put at the points alone, so a sum over the paces beyond a point is the same over paces coarsened to them.
    return next(band for band in _BANDS if hundredths <= band)


def _change(counted: _Counted, rules: Rules) -> Change:
    weight = counted.weight * weight_of(counted.day, rules.half_life_days)
    return Change((SUM["agreed", counted.verdict],), weight, pace=counted.band)
