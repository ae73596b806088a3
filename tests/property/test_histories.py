"""Whatever befell an item, its export says what its webhooks said, whenever it is imported."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.lives import TOOLS, Told, Twice, life
from tests.property.test_tools import FAR
from tests.unit.intake.tools.support import Remembered
from troth.domain.events import Event, read_event
from troth.domain.standing import Standing
from troth.intake.choices import Local
from troth.intake.delivery import Delivery
from troth.intake.exports.formats import FORMATS
from troth.intake.exports.replay import replay
from troth.intake.sources import built_in

DAYS = st.sampled_from([None, "2026-02-15", "2026-03-31", "2026-06-30"])
WISHES = st.lists(
    st.tuples(st.just("due"), DAYS)
    | st.tuples(st.just("title"), st.sampled_from(["Tills", "A till"]))
    | st.tuples(st.just("risk"), st.booleans())
    | st.tuples(st.just("ended"), st.booleans()),
    max_size=8,
)


class Ledger(Remembered):
    """A ledger to which webhooks and imports come."""

    def life(self, commitment: str) -> Sequence[Event]:
        return [event for event in self.events.values() if event.subject == commitment]

    def hear(self, told: Sequence[Told]) -> None:
        for headers, payload in told:
            self.take(built_in(Local())[self.source].map(Delivery(self.source, headers, b""), payload, FAR))

    def bring_in(self, values: Sequence[Any]) -> None:
        reader = FORMATS[self.source].reader((), UTC)
        for value in values:
            reader.learn(value)
        for item in [item for value in values for item in reader.items(value)]:
            replayed = replay(built_in(Local())[self.source], reader.past(item), self, FAR, UTC)
            assert not replayed.fault, replayed.reason
            for posted in replayed.events:
                event = read_event(posted, FAR)
                self.events.setdefault((event.subject, event.id), event)

    def names(self, commitment: str) -> set[str]:
        return {id for subject, id in self.events if subject == commitment}

    def stands(self, commitment: str) -> Standing:
        """How it stands, without how much was told of it, from when and until when."""
        return self.standing(commitment)._replace(events=0, first_time=0, last_time=0, last_rank=0, last_id="")


def told_twice(tool: str, data: st.DataObject, *without: str) -> Twice:
    """A life of an item in both ways; of a title that was, GitLab's export does not tell."""
    left_out = {*without, *(["title"] if tool == "gitlab" else [])}
    wishes = [(field, value) for field, value in data.draw(WISHES) if field not in left_out]
    return TOOLS[tool](*life(data.draw(DAYS), wishes))


@pytest.mark.parametrize("tool", sorted(TOOLS))
@given(data=st.data())
def test_a_history_is_what_the_webhooks_told(tool: str, data: st.DataObject) -> None:
    twice = told_twice(tool, data)
    heard, brought = Ledger(tool), Ledger(tool)
    heard.hear(twice.webhooks)
    brought.bring_in(twice.export)
    assert brought.names(twice.commitment) == heard.names(twice.commitment)
    assert brought.stands(twice.commitment) == heard.stands(twice.commitment)
    brought.bring_in(twice.export)
    heard.bring_in(twice.export)
    assert brought.names(twice.commitment) == heard.names(twice.commitment)


@pytest.mark.parametrize("tool", sorted(TOOLS))
@given(data=st.data())
def test_a_history_that_comes_after_some_of_the_webhooks_or_before_them_ends_the_same(tool: str, data: st.DataObject) -> None:
    # What a webhook first hears of with its label on is at risk from then on: that it was before, it cannot know.
    twice = told_twice(tool, data, "risk")
    heard, late, early = Ledger(tool), Ledger(tool), Ledger(tool)
    heard.hear(twice.webhooks)
    since = data.draw(st.integers(0, len(twice.webhooks)))
    late.hear(twice.webhooks[since:])
    late.bring_in(twice.export)
    early.bring_in(twice.export)
    early.hear(twice.webhooks[since:])
    assert late.stands(twice.commitment) == heard.stands(twice.commitment)
    assert early.stands(twice.commitment) == heard.stands(twice.commitment)


def as_now(tool: str, export: Sequence[Any]) -> list[Any]:
    """The same export without what was changed."""
    if tool == "jira":
        return [{name: value for name, value in one.items() if name != "changelog"} for one in export]
    changes = {"github": "event", "gitlab": "created_at"}[tool]
    return [one for one in export if changes not in one or "iid" in one or "due_on" in one]


@pytest.mark.parametrize("tool", ["github", "gitlab", "jira"])
@given(data=st.data())
def test_an_export_without_changes_adds_nothing_to_what_the_webhooks_told_and_nothing_twice(tool: str, data: st.DataObject) -> None:
    twice = told_twice(tool, data)
    heard, fresh = Ledger(tool), Ledger(tool)
    heard.hear(twice.webhooks)
    stood = heard.stands(twice.commitment)
    heard.bring_in(as_now(tool, twice.export))
    assert heard.stands(twice.commitment) == stood
    fresh.bring_in(as_now(tool, twice.export))
    names = fresh.names(twice.commitment)
    fresh.bring_in(as_now(tool, twice.export))
    assert fresh.names(twice.commitment) == names
    if names:
        now = fresh.stands(twice.commitment)
        assert (now.title, now.state) == (stood.title, stood.state)
        # A date that was written after an end counts for nothing, and nothing tells that it was.
        had_ended = any(name.startswith("delivered") for name in heard.names(twice.commitment))
        assert now.due_at == stood.due_at or had_ended
