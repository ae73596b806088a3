"""Whatever is in an export, each of its items becomes events that the ledger takes, or a reason."""

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.exports import test_azure_devops, test_github, test_gitlab, test_jira
from tests.property.test_tools import FAR, ODD, _places, _with
from troth.domain.events import Event, read_event
from troth.intake.choices import Local
from troth.intake.delivery import Unmappable
from troth.intake.exports.formats import FORMATS
from troth.intake.exports.replay import replay
from troth.intake.sources import built_in

JIRA_COLUMNS = test_jira.HEAD.split(",")
AZURE = {"ID": ["7"], "Work Item Type": ["Bug"], "Title": ["x"], "State": ["Closed"], "Area Path": ["Shop"], "Due Date": ["2026-03-31"]}
AZURE |= {"Created Date": ["2026-01-01"], "Changed Date": ["2026-02-01"], "Tags": [""]}
WHOLE: dict[str, Any] = {
    "github": [test_github.SHOP, test_github.an_issue(), test_github.SPRING, *test_github.happenings()],
    "gitlab": [test_gitlab.an_issue(), test_gitlab.a_milestone(test_gitlab.SPRING), *test_gitlab.CHANGES],
    "jira": [test_jira.an_issue(), {"id": "10100", "name": "Spring", "archived": False, "released": False}],
    "jira-csv": [{name: [text] for name, text in zip(JIRA_COLUMNS, test_jira.ROW.split(","), strict=True)}],
    "azure-devops": [
        {"isLastBatch": True, "values": [{"id": 41, "rev": rev, "fields": one} for rev, one in enumerate(test_azure_devops.states(), 1)]}
    ],
    "azure-devops-csv": [AZURE],
}


class Empty:
    """A ledger with nothing in it."""

    def life(self, commitment: str) -> Sequence[Event]:
        return ()


@pytest.mark.parametrize("name", sorted(WHOLE))
@given(data=st.data())
def test_no_shape_of_an_item_raises(name: str, data: st.DataObject) -> None:
    form = FORMATS[name]
    whole = WHOLE[name]
    odd = st.text(max_size=8) if form.table else ODD
    for _ in range(data.draw(st.integers(0, 2))):
        places = [place for place in _places(whole) if len(place) > (2 if form.table else 1)]
        whole = _with(whole, data.draw(st.sampled_from(places)), data.draw(odd))
    reader = form.reader((), UTC)
    values = [value for value in whole if form.table or form.fits(value)]
    for value in values:
        reader.learn(value)
    source = built_in(Local())[form.source]
    for item in [item for value in values for item in reader.items(value)]:
        try:
            replayed = replay(source, reader.past(item), Empty(), FAR, UTC)
        except Unmappable:
            continue
        assert bool(replayed.events) != bool(replayed.reason)
        assert all(read_event(posted, FAR, UTC).source == form.source for posted in replayed.events)
        json.dumps(replayed.events)
