"""Random lives: every type of event, many at equal instants, names that collide across sources, retractions of anything."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.notation import DAY_0, FAR_AHEAD
from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import (
    ACCEPTED,
    AMENDED,
    CANCELLED,
    DELIVERED,
    MADE,
    REJECTED,
    RENEGOTIATED,
    REOPENED,
    RETRACTED,
    REVOKED,
    WARNED,
    Event,
    read_event,
)
from troth.domain.instants import MICROSECONDS_A_DAY, Instant, format_instant

HALF_DAYS = 60
END = DAY_0 + 45 * MICROSECONDS_A_DAY  # nothing happens, and nothing is due, after it

Data = Mapping[str, Any]
_SOURCES = ("jira", "hand")
_NUMBERS = tuple(str(number) for number in range(4))


def instants(last: int = HALF_DAYS) -> st.SearchStrategy[Instant]:
    """Half days, and now and then the microsecond after one."""
    halves = st.integers(0, last).map(lambda half: DAY_0 + half * MICROSECONDS_A_DAY // 2)
    return st.tuples(halves, st.sampled_from((0, 0, 0, 1))).map(sum)


_dates = instants(HALF_DAYS + 25).map(format_instant)
_amounts = st.sampled_from((0, 50, 100, 99.5))
_names = st.fixed_dictionaries({"source": st.sampled_from(_SOURCES), "id": st.sampled_from(_NUMBERS)})
_ratings = st.fixed_dictionaries({}, optional={"rating": st.integers(1, 5)})
_people = {"customer": st.sampled_from("xy"), "goal": st.sampled_from("g"), "requested_at": _dates}
_promise = st.fixed_dictionaries(
    {"team": st.sampled_from("ab"), "title": st.just("t"), "due_at": _dates},
    optional=_people | {"budget": _amounts, "weight": st.sampled_from((0.1, 0.5, 1))},
)
_data: dict[int, st.SearchStrategy[Any]] = {
    MADE: _promise | _promise.map(lambda data: {key: value for key, value in data.items() if key != "due_at"}),
    REOPENED: st.just({}),
    AMENDED: st.fixed_dictionaries({}, optional=_people | {"team": st.sampled_from("ab"), "title": st.just("other")}),
    RENEGOTIATED: st.fixed_dictionaries({}, optional={"due_at": _dates | st.none(), "budget": _amounts, "agreed": st.booleans()}),
    WARNED: st.fixed_dictionaries({}, optional={"expected_at": _dates}),
    DELIVERED: st.fixed_dictionaries({}, optional={"cost": _amounts}),
    ACCEPTED: _ratings,
    REJECTED: _ratings,
    REVOKED: st.just({}),
    CANCELLED: st.just({}),
    RETRACTED: _names.map(lambda name: name | {"reason": "a mistake"}),
}
# What is frequent in life is frequent here, so that most lives are promises that go some way.
_ranks = st.sampled_from((MADE, *range(11), REOPENED, RENEGOTIATED, RENEGOTIATED, DELIVERED, DELIVERED, REJECTED, RETRACTED))
_happenings = _ranks.flatmap(lambda rank: st.tuples(st.just(rank), instants(), _data[rank]))


def event(rank: int, time: Instant, data: Data, name: tuple[str, str], subject: str = "c") -> Event:
    """An event as if it had been posted."""
    source, identity = name
    kind = {"type": EVENT_TYPES[rank], "data": data}
    posted = {"specversion": "1.0", "id": identity, "source": source, "subject": subject, "time": format_instant(time), **kind}
    return read_event(posted, FAR_AHEAD)


@st.composite
def lives(draw: st.DrawFn, subject: str = "c", most: int = 8) -> list[Event]:
    """The events of one commitment, each once, in no order; nearly always with a promise among them."""
    names = st.tuples(st.sampled_from(_SOURCES), st.sampled_from(_NUMBERS))
    happenings = draw(st.lists(st.tuples(names, _happenings), max_size=most - 1, unique_by=lambda one: one[0]))
    first = draw(st.tuples(instants(20), _data[MADE]))
    return [
        event(MADE, *first, ("first", "0"), subject),
        *(event(rank, time, data, name, subject) for name, (rank, time, data) in happenings),
    ]


class Step(NamedTuple):
    """What a ledger meets: events that arrive together, or (none) time that goes on to `now`."""

    events: Sequence[Event]
    now: Instant


@st.composite
def departments(draw: st.DrawFn, most: int = 4) -> list[list[Event]]:
    """The lives of a few commitments, whose names of events are alike."""
    count = draw(st.integers(1, most))
    return [draw(lives(f"c{nth}", 6)) for nth in range(count)]


@st.composite
def arrivals(draw: st.DrawFn, events: Sequence[Event]) -> list[Step]:
    """The events in any order, some twice, in groups, with time going on between them up to END."""
    order = draw(st.permutations([*events, *draw(st.lists(st.sampled_from(events), max_size=3))]))
    steps = []
    now = DAY_0
    while order:
        size = draw(st.integers(1, len(order)))
        now = max(now, draw(instants(HALF_DAYS + 25)))
        steps.append(Step(order[:size], now))
        order = order[size:]
    return [*steps, Step((), END)]
