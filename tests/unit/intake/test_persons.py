"""What is kept of a delivery is without its people."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.intake.persons import strip

PERSONS = ["user", "assignee", "assignees", "owner"]


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        pytest.param({"user": {"login": "jdoe"}, "n": 1}, {"user": None, "n": 1}, id="a field"),
        pytest.param({"a": [{"Assignee": "Jane Doe", "b": True}]}, {"a": [{"Assignee": None, "b": True}]}, id="at any depth, in any case"),
        pytest.param(
            {"assignees": [{"login": "jdoe"}], "url": "https://x.example/jdoe/shop", "note": "@JDOE, see jdoes"},
            {"assignees": None, "url": "https://x.example/[removed]/shop", "note": "@[removed], see jdoes"},
            id="what they are called, elsewhere",
        ),
        pytest.param(
            {"title": "Ask <jane.doe+x@corp.example> or jürgen@firma.example: soon", "k@y.example": 1},
            {"title": "Ask <[removed]> or [removed]: soon", "[removed]": 1},
            id="mail addresses in any text",
        ),
        pytest.param({"owner": {"login": "octo", "type": "Organization"}, "full_name": "octo/shop"}, None, id="an organisation stays"),
        pytest.param(
            {"user": {"login": "io"}, "host": "github.io"}, {"user": None, "host": "github.io"}, id="very short names are not looked for"
        ),
        pytest.param([1, None, "x", 1.5, False, {}, []], None, id="all else stays"),
        pytest.param({"at": "5 apples @ 3", "handle": "@octo"}, None, id="an at sign alone is no address"),
    ],
)
def test_people_are_left_out(payload: Any, kept: Any) -> None:
    before = json.dumps(payload)
    assert strip(payload, PERSONS) == (payload if kept is None else kept)
    assert json.dumps(payload) == before


def test_a_payload_of_any_depth_is_kept_in_part_and_can_be_written() -> None:
    payload: Any = "jdoe@corp.example"
    for _ in range(200_000):
        payload = [{"a": payload}]
    assert "[removed]" in json.dumps(strip(payload, PERSONS))


def test_a_hostile_text_takes_no_time_beyond_its_length() -> None:
    text = "a" * 1_000_000
    assert strip({"a": text + " @", "b": "@" * 100_000, "c": text + "@", "d": "a@" * 100_000 + "b"}, PERSONS)["a"] == text + " @"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["user", "owner", "name", "login", "type", "x"]) | st.text(), inner),
)


@given(JSON)
def test_no_json_raises_and_no_person_is_left(payload: Any) -> None:
    kept = strip(payload, ["user", "owner"])

    def look(value: Any) -> None:
        if isinstance(value, dict):
            assert value.get("user") is None or value["user"].get("type") == "Organization"
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(part)

    look(kept)
