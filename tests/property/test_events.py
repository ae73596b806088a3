"""Whatever JSON comes, reading it as an event ends in an event or in a refusal with its reasons."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notation import FAR_AHEAD, UNKNOWN
from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import Event, Malformed, read_event, recall_event
from troth.domain.fold import fold
from troth.domain.life import commitment, history
from troth.domain.verdict import Rules

_ENVELOPE = ("specversion", "id", "source", "subject", "type", "time", "data", "datacontenttype", "traceparent")
_FIELDS = (
    "team", "title", "due_at", "customer", "goal", "requested_at", "budget", "unit", "weight", "url", "conditions", "reason", "agreed",
    "expected_at", "cost", "rating", "source", "id",
)  # fmt: skip
_times = st.datetimes().map(lambda moment: moment.isoformat()) | st.sampled_from(
    (
        "2026-01-11",
        "2026-01-11T09:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999-14:00",
        "2026-06-30T23:59:60Z",
        "2026-1-1",
    )
)
_numbers = st.integers() | st.floats() | st.sampled_from((10**400, -(10**400), 1e308, 5e-324, -0.0, 1e15, 0.30000000000000004))
_texts = st.text(st.characters(), max_size=8) | st.sampled_from(("\ud800", "\0", "e\u0301", "http://[", "https://x.example/", "a", "1.0"))
_scalars = st.none() | st.booleans() | _numbers | _texts | _times | st.sampled_from(EVENT_TYPES)
_json = st.recursive(_scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3), max_leaves=8)
_data = st.dictionaries(st.sampled_from(_FIELDS) | _texts, _json, max_size=6)
_likely = st.fixed_dictionaries(
    {
        "specversion": st.just("1.0"),
        "id": st.just("1"),
        "source": st.just("s"),
        "subject": st.just("c"),
        "type": st.sampled_from(EVENT_TYPES),
    },
    optional={"time": _times, "data": _data | _data.map(lambda data: {"team": "a", "title": "t", "reason": "r", **data})},
)


@settings(max_examples=300)
@given(_json | st.dictionaries(st.sampled_from(_ENVELOPE) | _texts, _json, max_size=9) | _likely)
def test_any_json_is_an_event_or_is_refused_with_reasons(posted: Any) -> None:
    _read_or_refuse(posted)


@settings(max_examples=500)
@given(_likely, st.sampled_from(_FIELDS), _scalars)
def test_what_was_taken_can_be_kept_recalled_folded_and_shown(posted: dict[str, Any], field: str, value: Any) -> None:
    posted = posted | {"data": {**posted.get("data", {}), field: value}}
    event = _read_or_refuse(posted)
    if event is not None:
        text = json.dumps(event.posted, ensure_ascii=False, allow_nan=False)
        assert recall_event(text.encode(), event.time) == event
        shown = commitment(fold(event.subject, [event]), FAR_AHEAD, Rules().tolerance, UNKNOWN)
        json.dumps([shown, history(event.subject, [(event, FAR_AHEAD)])], ensure_ascii=False, allow_nan=False).encode()


def _read_or_refuse(posted: Any) -> Event | None:
    refused: Malformed | None = None
    try:
        return read_event(posted, FAR_AHEAD)
    except Malformed as error:
        refused = error
    assert refused.faults
    assert all(fault.message for fault in refused.faults)
    assert str(refused).encode(), "it can be sent"
    return None
