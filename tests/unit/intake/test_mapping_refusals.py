"""What a mapping cannot map is explained by field and value, and no shape of a payload raises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.instants import parse_instant
from troth.intake.delivery import Mapped
from troth.intake.mapping import map_payload
from troth.intake.mapping_file import read_mapping

NO_TIME = "is no time: it has to be 2026-01-11 or 2026-01-11 09:30, or `times` has to name the format"
NOW = parse_instant("2026-06-01T00:00:00Z")
HEAD = 'source = "desk"\nsubject = "id"\n'
ROW = {"id": "7", "team": "Ops", "at": "2026-01-05 09:30", "due": "2026-01-31", "note": None}
MADE = '[made]\ntime = "at"\nteam = "team"\n'


def _mapped(text: str, payload: Any, head: str = HEAD) -> Mapped:
    return map_payload(read_mapping(head + text, "desk.toml"), payload, NOW)


@pytest.mark.parametrize(
    ("text", "payload", "reason"),
    [
        pytest.param(MADE, ROW | {"id": None}, "subject (`id`) is empty", id="no id"),
        pytest.param(MADE, ROW | {"at": ""}, "[made] time (`at`) is empty", id="no time"),
        pytest.param(MADE, ROW | {"team": " "}, "[made] team is empty, and a promise is a team's", id="no team"),
        pytest.param(MADE, ROW | {"at": "next Friday"}, f"[made] time (`at`) {NO_TIME} (found: 'next Friday')", id="no time at all"),
        pytest.param(
            MADE + 'due_at = "due"\n',
            ROW | {"due": "2026-13-45"},
            f"[made] due_at (`due`) {NO_TIME} (found: '2026-13-45')",
            id="a day that does not exist",
        ),
        pytest.param(
            MADE,
            ROW | {"at": "0001-01-01T00:00:00+14:00"},
            "[made] time (`at`) is beyond the years 1 to 9999 (found: '0001-01-01T00:00:00+14:00')",
            id="before all time",
        ),
        pytest.param(
            MADE + 'due_at = "due"\n',
            ROW | {"due": "9999-12-31"},
            "[made] due_at (`due`) is beyond the years 1 to 9999 (found: '9999-12-31')",
            id="after all time",
        ),
        pytest.param(
            MADE, ROW | {"at": "2026-07-01 10:00"}, "[made] time (`at`) is still to come (found: '2026-07-01 10:00')", id="the future"
        ),
        pytest.param(
            MADE,
            ROW | {"at": 1767605400},
            '[made] time (`at`) is not a text; `times = "epoch-seconds"` or "epoch-milliseconds" reads numbers (found: 1767605400)',
            id="a number as a time",
        ),
        pytest.param(MADE, ROW | {"team": ["Ops"]}, "[made] team (`team`) is not a text (found: a list)", id="a list as a team"),
        pytest.param(
            MADE,
            ROW | {"team": "x" * 201},
            "[made] team (`team`) is longer than 200 characters (found: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...')",
            id="a long name",
        ),
        pytest.param(
            MADE,
            ROW | {"team": "jo@corp.example"},
            "[made] team (`team`) looks like a mail address, so like a person; name a unit of an organisation (found: '[removed]')",
            id="a person as a team",
        ),
        pytest.param(
            MADE + 'budget = "b"\n',
            ROW | {"b": "1,200"},
            "[made] budget (`b`) is not a number such as 1234.5 (found: '1,200')",
            id="a number with a comma",
        ),
        pytest.param(
            MADE + 'budget = "b"\n',
            ROW | {"b": "NaN"},
            "[made] budget (`b`) is not a number such as 1234.5 (found: 'NaN')",
            id="not a number",
        ),
        pytest.param(
            MADE + 'budget = "b"\n',
            ROW | {"b": "1e999999999"},
            "[made] budget (`b`) has more than 15 digits (found: '1e999999999')",
            id="a very large number",
        ),
        pytest.param(
            MADE + 'url = "u"\n',
            ROW | {"u": "javascript:alert(1)"},
            "[made] url (`u`) is no address: it has to begin with https:// (found: 'javascript:alert(1)')",
            id="no address",
        ),
        pytest.param(
            '[renegotiated]\ntime = "at"\nagreed = "ok"\n',
            ROW | {"ok": "perhaps"},
            "[renegotiated] agreed (`ok`) is neither true nor false (found: 'perhaps')",
            id="neither true nor false",
        ),
        pytest.param(
            '[made]\ntime = "at"\nteam = "abs(id)"\n',
            ROW,
            "[made] team (`abs(id)`) cannot be worked out: In function abs(), invalid type for value: 7, "
            "expected one of: ['number'], received: \"string\" (found: empty)",
            id="JMESPath of a wrong type",
        ),
        pytest.param(
            MADE + '[delivered]\nwhen = "done"\ntime = "done"\n',
            ROW | {"done": "soon"},
            f"[delivered] time (`done`) {NO_TIME} (found: 'soon')",
            id="half of it is not taken",
        ),
        pytest.param(
            '[delivered]\nwhen = "done"\ntime = "at"\n[revoked]\nwhen = "state == \'dropped\'"\ntime = "at"\n',
            ROW,
            "no rule applies: [delivered] when is `done`; [revoked] when is `state == 'dropped'`",
            id="nothing applies",
        ),
        pytest.param(MADE, ["not", "an", "object"], "subject (`id`) is empty", id="a list"),
        pytest.param(MADE, None, "subject (`id`) is empty", id="null"),
    ],
)
def test_what_cannot_be_mapped_is_explained_with_field_and_value(text: str, payload: Any, reason: str) -> None:
    mapped = _mapped(text, payload)
    assert (mapped.events, mapped.reason) == ([], reason)


@pytest.mark.parametrize(
    ("times", "value", "asks"),
    [
        ("epoch-seconds", 1767605400250, "seconds or milliseconds"),
        ("epoch-milliseconds", 1767605400, "seconds or milliseconds"),
        ("epoch-seconds", "soon", "not a number"),
    ],
)
def test_seconds_are_not_taken_for_milliseconds(times: str, value: Any, asks: str) -> None:
    mapped = _mapped('[delivered]\ntime = "at"\n', ROW | {"at": value}, f'{HEAD}times = "{times}"\n')
    assert mapped.events == []
    assert asks in mapped.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["2026-01-05", "2026-01-05T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROW, "a", "b"]), inner),
    max_leaves=10,
)
ANY = read_mapping(
    HEAD
    + '[made]\nwhen = "a != b"\ntime = "at"\nteam = "team"\ntitle = "join(\',\', a[])"\nbudget = "b"\nurl = "note"\nrequested_at = "due"\n'
    + '[renegotiated]\nwhen = "contains(a, \'x\') || a > b"\ntime = "at"\ndue_at = "due"\nagreed = "b"\nreason = "note"\n'
    + '[accepted]\nwhen = "length(a) > `1`"\ntime = "max(a)"\nrating = "sum(a)"\n',
    "any.toml",
)


@given(JSON | st.fixed_dictionaries(dict.fromkeys(("id", "team", "at", "due", "note", "a", "b"), JSON)))
def test_no_json_raises(payload: Any) -> None:
    mapped = map_payload(ANY, payload, NOW)
    assert bool(mapped.events) != bool(mapped.reason)
    for event in mapped.events:
        event["id"].encode()


def test_a_payload_nested_without_end_is_explained() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    mapped = _mapped('[made]\nwhen = "a == b"\ntime = "at"\nteam = "a"\n', ROW | {"a": deep, "b": deep})
    assert mapped.events == []
    assert mapped.reason
