"""The collector computes anew only what changed, and never shows what has passed."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import given
from hypothesis import strategies as st

from tests.notation import DAY_0, at, day, posted, promised
from troth.domain.book import Book
from troth.domain.events import read_event
from troth.domain.fold import fold
from troth.domain.instants import MICROSECONDS_A_DAY, MICROSECONDS_A_SECOND
from troth.domain.standing import Standing
from troth.domain.verdict import Rules
from troth.metrics.collector import BookCollector

NOW = at("day 20")


def standing(subject: str, team: str, due: str, customer: str | None = "sales") -> Standing:
    """A promise of day 0."""
    said = promised(team, due=due) if customer is None else promised(team, due=due, customer=customer)
    return fold(subject, [read_event(posted(1, ("day 0", said), subject), NOW)])


class Scrapes:
    """A book, and a collector that lives as long as it does."""

    def __init__(self, relationships: int = 100) -> None:
        self.book = Book(Rules(), DAY_0)
        self._relationships = relationships
        self._collector = self._new_collector()

    def _new_collector(self) -> BookCollector:
        @contextmanager
        def held() -> Iterator[Book]:
            yield self.book

        return BookCollector(held, self._relationships)

    def scrape(self, collector: BookCollector | None = None) -> dict[tuple[str, ...], float | None]:
        """Values by name and label values; None for NaN, which equals nothing."""
        samples = [sample for family in (collector or self._collector).collect() for sample in family.samples]
        found = {(one.name, *one.labels.values()): None if math.isnan(one.value) else one.value for one in samples}
        assert len(found) == len(samples), "two samples have the same name and labels"
        return found

    def scrape_by_a_new_one(self) -> dict[tuple[str, ...], float | None]:
        return self.scrape(self._new_collector())


def test_a_date_that_passes_shows_though_no_event_came() -> None:
    scrapes = Scrapes()
    scrapes.book.replace(None, standing("c", "a", "day 10"))
    before = scrapes.scrape()
    assert (before["troth_commitments", "a", "pending"], before["troth_commitments", "a", "overdue"]) == (1, 0)
    assert day(round((before["troth_next_due_timestamp_seconds", "a"] or 0) * MICROSECONDS_A_SECOND)) == "day 10"
    scrapes.book.advance(at("day 10 + 1 microsecond"))
    after = scrapes.scrape()
    assert (after["troth_commitments", "a", "pending"], after["troth_commitments", "a", "overdue"]) == (0, 1)
    assert after["troth_next_due_timestamp_seconds", "a"] is None
    assert after["troth_outcomes", "a", "slipped"] == 1
    assert (after["troth_reliability_ratio", "a"] or 1) < 0.5


def test_evidence_fades_at_midnight_though_no_event_came() -> None:
    scrapes = Scrapes()
    scrapes.book.replace(None, standing("c", "a", "day 1"))
    scrapes.book.advance(at("day 2"))
    seen = []
    for when in ("day 2", "day 2.9", "day 3"):
        scrapes.book.advance(at(when))
        seen.append(scrapes.scrape()["troth_evidence_promises", "a"] or 0)
    assert seen[0] == seen[1] > seen[2]


def test_what_is_taken_back_is_shown_no_longer() -> None:
    scrapes = Scrapes()
    promise = standing("c", "a", "day 10")
    nothing = scrapes.scrape()
    scrapes.book.replace(None, promise)
    assert len(scrapes.scrape()) > len(nothing)
    scrapes.book.replace(promise, None)
    assert scrapes.scrape() == nothing


def test_relationships_above_the_limit_are_counted_and_the_first_by_name_shown() -> None:
    scrapes = Scrapes(relationships=2)
    for number in range(5):
        scrapes.book.replace(None, standing(f"c{number}", "a", "day 10", f"customer {4 - number}"))
    shown = [key[1:] for key in scrapes.scrape() if key[0] == "troth_relationship_reliability_ratio"]
    assert shown == [("a", "customer 0"), ("a", "customer 1")]
    assert scrapes.scrape()["troth_relationships_left_out",] == 3


STEPS = st.lists(
    st.tuples(st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(["a", "b"]), st.integers(1, 12), st.integers(0, 3 * 86_400)), max_size=8
)


@given(STEPS)
def test_what_was_kept_from_the_last_scrape_is_what_would_be_computed_now(steps: list[tuple[str, str, int, int]]) -> None:
    scrapes = Scrapes()
    known: dict[str, Standing] = {}
    for subject, team, due, seconds in steps:
        new = standing(subject, team, f"day {due}", None if due % 3 else "sales")
        scrapes.book.replace(known.get(subject), new)
        known[subject] = new
        scrapes.book.advance(scrapes.book.now + seconds * MICROSECONDS_A_SECOND)
        assert scrapes.scrape() == scrapes.scrape_by_a_new_one()
    scrapes.book.advance(scrapes.book.now + 20 * MICROSECONDS_A_DAY)
    assert scrapes.scrape() == scrapes.scrape_by_a_new_one()
