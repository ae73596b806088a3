"""Whatever people and pushes do to a dashboard in whatever order: a person's change is gone only where somebody forced it."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grafana import EDITOR, Grafana, small_grafana
from troth.grafana.client import Grafana as Client
from troth.grafana.pushing import Wanted, steps
from troth.grafana.sources import Dashboard

UID = "troth-trust"
TITLES = st.sampled_from(["one", "two", "three"])
DEEDS = st.one_of(
    st.tuples(st.sampled_from(["push", "force", "edit"]), TITLES),
    st.tuples(st.sampled_from(["move", "carry", "upgrade", "restore"]), st.just("")),
)


class Story:
    """One dashboard that is pushed, edited, moved, restored and shown anew; it knows whose the content is."""

    def __init__(self, grafana: Grafana, client: Client) -> None:
        self.grafana, self.client = grafana, client
        self.is_ours = True  # no person's change stands
        self.pushed = ""
        self.upgraded = False

    def push(self, title: str, *, force: bool = False) -> None:
        wanted = Wanted("Troth", "prometheus", "http://prometheus:9090", "", [Dashboard("a.json", {"uid": UID, "title": title})])
        writes = self.grafana.writes
        planned = list(steps(self.client, wanted, force=force))
        for step in planned:
            if step.write is not None:
                step.write()
        there = self._title()
        if self.is_ours or force:
            assert there == title
            assert not planned[-1].refused
            if self.pushed == title and self.is_ours and not force:
                assert self.grafana.writes == writes
            self.is_ours, self.pushed = True, title
            self.upgraded = self.upgraded and planned[-1].write is None
        elif there != title:
            assert planned[-1].refused
            assert self.grafana.writes == writes

    def edit(self, title: str) -> None:
        self.grafana.edit(UID, title=f"{title}, by a person")
        self.is_ours = False

    def carry(self) -> None:
        """A change, saved with the message of the save before it."""
        self.grafana.edit(UID, message=self.grafana.dashboards[UID]["versions"][-1]["message"], title="carried, by a person")
        self.is_ours = False

    def move(self) -> None:
        """Moving saves what Grafana shows: in newer words it passes for a change, to be on the safe side."""
        self.grafana.move(UID, "elsewhere")
        self.is_ours = self.is_ours and not self.upgraded

    def restore(self) -> None:
        """Somebody goes back to what was pushed last, if Grafana still shows it as it was pushed."""
        if not self.upgraded:
            self.grafana.edit(UID, message="Restored", title=self.pushed)
            self.is_ours = True

    def upgrade(self) -> None:
        """Grafana shows what was saved last in newer words. Where a person saved it, if only to move it, that passes for a change."""
        self.grafana.dashboards[UID]["versions"][-1]["data"]["schemaVersion"] = 42
        self.upgraded = True
        self.is_ours = self.is_ours and self.grafana.dashboards[UID]["versions"][-1]["createdBy"] == "sa-troth"

    def _title(self) -> str:
        return str(self.grafana.model(UID)["title"])


@pytest.fixture(scope="module")
def grafana() -> Iterator[Grafana]:
    with small_grafana() as one:
        yield one


@given(st.lists(DEEDS, max_size=12))
@settings(max_examples=60)
def test_a_persons_change_stands_until_it_is_forced_or_taken_back(grafana: Grafana, deeds: list[tuple[str, str]]) -> None:
    for held in (grafana.folders, grafana.sources, grafana.dashboards):
        held.clear()
    grafana.folders["elsewhere"] = {"uid": "elsewhere", "title": "Elsewhere", "version": 1}
    with Client(grafana.url, EDITOR) as client:
        story = Story(grafana, client)
        story.push("one")
        for deed, title in deeds:
            match deed:
                case "push" | "force":
                    story.push(title, force=deed == "force")
                case "edit":
                    story.edit(title)
                case _:
                    getattr(story, deed)()
