from collections.abc import Sequence
from datetime import UTC

from tests.notation import promised
from tests.unit.alerts.stories import notice, story
from troth.alerts.messages import LISTED, Message, Waiting, bundles, message
from troth.alerts.words import Telling
from troth.domain.notices import Notice


def made_of(notices: Sequence[Notice], board: str = "", *, in_doubt: bool = False) -> Message:
    def tell(notice: Notice) -> Telling:
        return Telling(notice, story(("day 0", promised(due="day 10"))), f"https://troth.example/{notice.commitment}")

    return message(notices, tell, UTC, board, in_doubt=in_doubt)


def waiting(**teams: int) -> list[Waiting]:
    return [Waiting(f"{team} {number}", team) for team, count in teams.items() for number in range(count)]


def test_one_promise_is_told_in_full() -> None:
    said = made_of([notice("slipped")])
    assert said.title == "Web Shop: Slipped: Thing c"
    assert said.body.startswith("Overdue since 11 Jan 2026, 00:00")
    assert said.body.endswith("https://troth.example/c")


def test_fifty_of_a_team_are_listed_in_one_message_with_a_link_each_and_the_worst_first() -> None:
    said = made_of([notice("moved", commitment="m"), *(notice("slipped", commitment=f"c-{n}") for n in range(50))])
    assert said.title == "Web Shop: 50 promises slipped, 1 moved"
    lines = said.body.splitlines()
    assert lines[0] == "Slipped:"
    assert lines[1].startswith("- Thing c-0 (for Sales): Overdue since 11 Jan 2026, 00:00")
    assert lines[1].endswith("https://troth.example/c-0")
    assert lines[51:53] == ["", "Moved:"]
    assert len(lines) == 54


def test_a_list_ends_somewhere_and_says_how_many_it_leaves_out_and_where_they_are() -> None:
    said = made_of([notice("slipped", commitment=f"c-{n}") for n in range(LISTED + 7)], "https://troth.example/commitments")
    assert said.body.count("\n- ") == LISTED
    assert said.body.endswith("\n\nAnd 7 more: https://troth.example/commitments")


def test_a_message_of_several_teams_names_each() -> None:
    said = made_of([notice("slipped", team="a"), notice("slipped", team="b", commitment="d")])
    assert said.title == "2 teams: 2 promises slipped"
    assert [line for line in said.body.splitlines() if line.endswith(":")] == ["a, slipped:", "b, slipped:"]


def test_what_may_be_a_repetition_says_so() -> None:
    assert made_of([notice("slipped")], in_doubt=True).body.startswith("This may be a repetition")


def test_a_few_teams_have_a_message_each_and_many_or_a_small_budget_one_together() -> None:
    assert [len(bundle) for bundle in bundles(waiting(a=50, b=1), budget=6)] == [50, 1]
    assert [len(bundle) for bundle in bundles(waiting(a=5, b=1, c=1, d=1), budget=6)] == [8]
    assert [len(bundle) for bundle in bundles(waiting(a=5, b=1), budget=1)] == [6]
    assert bundles([], budget=6) == []


def test_what_is_in_doubt_goes_alone_as_it_went_before() -> None:
    doubtful = [Waiting("x", "a", in_doubt=True), Waiting("y", "b", in_doubt=True)]
    assert bundles([*doubtful, *waiting(a=2)], budget=6) == [doubtful, waiting(a=2)]
