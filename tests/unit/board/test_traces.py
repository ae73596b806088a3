from typing import Any

import pytest

from troth.gateway.board import traces


def delivery(**changes: Any) -> dict[str, Any]:
    return {"result": "mapped", "new": 0, "duplicates": 0, "events": [], "remap_of": None, "remapped_by": None} | changes


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"new": 1}, "Became 1 new event"),
        ({"new": 500, "duplicates": 1}, "Became 500 new events, 1 more was known already"),
        ({"result": "duplicate", "duplicates": 3}, "Known already: nothing was added"),
        ({"result": "empty"}, "Kept, but nothing came of it"),
        ({"result": "remapped", "remapped_by": "2"}, "Known already, or nothing, at first; mapped again since"),
        ({"result": "remapped", "remapped_by": "2", "new": 1}, "Became 1 new event; mapped again since"),
        ({"new": 3, "remap_of": "1"}, "What an earlier one says, mapped again"),
    ],
)
def test_what_became_of_a_delivery_is_said(changes: dict[str, Any], text: str) -> None:
    assert traces.became(delivery(**changes)) == text


def test_the_first_promises_of_a_delivery_are_named_each_once() -> None:
    events = [{"subject": subject} for subject in ("a", "b", "a", "c", "d", "a")]
    assert traces.promises_of(delivery(events=events, new=5, duplicates=4)) == (["a", "b", "c"], 4)
    assert traces.promises_of(delivery()) == ([], 0)


def test_an_event_is_said_in_a_word_and_one_of_a_later_version_by_its_type() -> None:
    assert traces.event_word({"type": "troth.commitment-made"}) == "Promised"
    assert traces.event_word({"type": "troth.event-retracted"}) == "Struck from the record"
    assert traces.event_word({"type": "troth.commitment-praised"}) == "troth.commitment-praised"
