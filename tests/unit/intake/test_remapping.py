from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notation import DAY_0, posted, promised
from troth.domain.events import read_event
from troth.domain.recording import Logged
from troth.intake.remapping import SOURCE, Difference, alike, difference, retraction_of
from troth.intake.texts import REMOVED


def made(id: str = "1", **said: Any) -> dict[str, Any]:
    return {**posted(1, ("day 0", promised(**said))), "id": id}


def compared(said: Sequence[Logged], wanted: Sequence[dict[str, Any]], others: Sequence[Logged] = ()) -> Difference:
    return difference(said, wanted, lambda _: [*said, *others])


def logged(*events: dict[str, Any], struck_by: str = "") -> list[Logged]:
    return [Logged(1, event, struck_by) for event in events]


def test_what_is_said_still_stays_whatever_it_is_called() -> None:
    assert not compared(logged(made("1")), [made("2")])


def test_what_is_said_no_more_is_struck_and_what_was_not_said_is_added() -> None:
    assert compared(logged(made("1")), [made("2", team="b")]) == ([made("1")], [made("2", team="b")], [])


def test_a_name_that_was_retracted_comes_back_as_the_next_of_its_kind() -> None:
    once = compared(logged(made("1"), struck_by=SOURCE), [made("1")])
    assert [event["id"] for event in once.add] == ["1~2"]
    later = compared([*logged(made("1"), made("1~2"), struck_by=SOURCE)], [made("1")])
    assert [event["id"] for event in later.add] == ["1~3"]
    assert not compared([*logged(made("1"), struck_by=SOURCE), *logged(made("1~2"))], [made("1")])


def test_a_name_that_gets_other_content_is_struck_and_comes_back_as_the_next_of_its_kind() -> None:
    changed = compared(logged(made("4711")), [made("4711", team="b")])
    assert (changed.strike, [event["id"] for event in changed.add]) == ([made("4711")], ["4711~2"])


def test_a_name_of_full_length_is_cut_for_the_number_behind_it() -> None:
    [event] = compared(logged(made("x" * 200), struck_by=SOURCE), [made("x" * 200)]).add
    assert (len(event["id"]), event["id"][-3:]) == (200, "x~2")


def test_what_was_retracted_by_hand_stays_so() -> None:
    change = compared(logged(made("1"), struck_by="troth-record"), [made("1")])
    assert not change
    assert change.stays == ["1 of commitment c was retracted by hand"]


def test_another_content_under_the_name_of_somebody_else_is_let_be_and_said() -> None:
    change = compared([], [made("1", team="b")], logged(made("1")))
    assert not change
    assert "with other content" in change.stays[0]


def test_what_another_delivery_said_already_is_not_added_again() -> None:
    assert compared([], [made("1")], logged(made("1"))) == ([], [], [])


@pytest.mark.parametrize(
    ("came", "kept", "same"),
    [
        ("A till for Jette", "A till for [removed]", True),
        ("A till for Jette and Per", "A till for [removed] and [removed]", True),
        ("[removed]", "[removed]", True),
        ("A till for Jette", "A desk for [removed]", False),
        ("A till", "A till for [removed]", False),
        ("aa", "a[removed]aa", False),
        ("A till for [removed]", "A till for Jette", False),
        ("", "[removed]", True),
    ],
)
def test_a_text_is_the_same_where_only_a_name_was_removed_from_it(came: str, kept: str, same: bool) -> None:
    assert alike(made(title=came), made(title=kept)) is same


@given(st.text("ab[]", max_size=8), st.lists(st.tuples(st.text("ab", min_size=1, max_size=3), st.text("ab", max_size=3)), max_size=4))
def test_whatever_name_is_removed_the_text_is_the_same(begin: str, parts: list[tuple[str, str]]) -> None:
    came = begin + "".join(name + rest for name, rest in parts)
    kept = begin + "".join(REMOVED + rest for _, rest in parts)
    assert alike(came, kept)


def test_a_text_of_many_removed_names_is_compared_in_a_time_that_does_not_explode() -> None:
    assert not alike("a" * 2_000, (REMOVED + "a") * 200 + "b")


def test_true_is_not_one() -> None:
    assert not alike({"agreed": True}, {"agreed": 1})
    assert alike({"budget": 1}, {"budget": 1.0})


def test_a_retraction_is_an_event_that_can_be_taken_and_has_one_name() -> None:
    event = made("x" * 200)
    retraction = retraction_of(event, DAY_0)
    assert read_event(retraction, DAY_0).data["id"] == event["id"]
    assert retraction["id"] == retraction_of(event, DAY_0 + 1)["id"] != retraction_of(made("1"), DAY_0)["id"]
