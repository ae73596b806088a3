"""What always holds of redaction: nothing but texts changes, and what is left is an event."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notation import FAR_AHEAD
from tests.property.strategies import lives
from troth.domain.events import Event, read_event
from troth.domain.fold import fold, walk
from troth.domain.redaction import FIELDS, REDACTED, blanked, redacted, texts_of

FIELD_SETS = st.sets(st.sampled_from(FIELDS), min_size=1)


@settings(max_examples=200)
@given(lives(), st.data())
def test_a_life_whose_texts_are_blanked_comes_to_the_same(events: list[Event], data: st.DataObject) -> None:
    fields = data.draw(FIELD_SETS)
    chosen = data.draw(st.sets(st.sampled_from([event.name for event in events])))
    without = [redacted(event, fields) if event.name in chosen else event for event in events]
    assert fold("c", without)._replace(title=None) == fold("c", events)._replace(title=None)
    assert [event.name for event, _, _ in walk("c", without)] == [event.name for event, _, _ in walk("c", events)]


@given(
    lives(), FIELD_SETS, st.dictionaries(st.sampled_from(("note", "datefrom", "traceparent")), st.text("ab", max_size=3) | st.booleans())
)
def test_what_is_left_is_the_event_without_its_texts_and_blanking_it_again_changes_nothing(
    events: list[Event], fields: set[str], extensions: dict[str, str | bool]
) -> None:
    for event in events:
        posted = {**event.posted, **extensions}
        left = blanked(posted, fields)
        assert read_event(left, FAR_AHEAD) == redacted(read_event(posted, FAR_AHEAD), fields)
        assert blanked(left, fields) == left
        assert not texts_of(left, fields)
        assert left.get("datefrom") == posted.get("datefrom")
        if "extensions" in fields and isinstance(posted.get("note"), str):
            assert left["note"] == REDACTED
