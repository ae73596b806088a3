"""The collector: gauges of every subject, computed at scrape from the book; what did not change since is not computed again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from math import nan
from typing import Any

from prometheus_client import Metric as Family
from prometheus_client.samples import Sample

from troth.domain.account import ORGANISATION, Account, Subject
from troth.domain.instants import MICROSECONDS_A_SECOND, Day, Instant, day_of
from troth.domain.reliability import beside_of, reliability_of
from troth.domain.scored import Scored, SubjectAccount
from troth.metrics import catalogue
from troth.metrics.catalogue import Metric

Samples = list[tuple[str, Sample]]


class BookCollector:
    """Yields the gauges of a book. `book` gives it for as long as it is held; `relationships` bounds how many are shown.

    Where it may be a part (not `whole`), the organisation and the unmade are shown only where it has an account of the organisation.
    """

    def __init__(self, book: Callable[[], AbstractContextManager[Scored]], relationships: int, *, whole: bool = True) -> None:
        self._book = book
        self._whole = whole
        self._relationships = relationships
        self._known: dict[Subject, tuple[int, Day, Samples]] = {}

    def collect(self) -> Iterator[Family]:
        """All families with all their samples, as of the book's now."""
        gauges = [*catalogue.TEAM, catalogue.RELATIONSHIP, *catalogue.CUSTOMER, *catalogue.GOAL, *catalogue.ORGANISATION]
        families = {
            metric.name: Family(metric.name, metric.help, metric.kind) for metric in [*gauges, catalogue.UNMADE, catalogue.LEFT_OUT]
        }
        with self._book() as book:
            for subject in self._shown(book, families):
                for name, sample in self._samples(book, subject):
                    families[name].samples.append(sample)
            if self._whole or ORGANISATION in book.accounts:
                families[catalogue.UNMADE.name].add_sample(catalogue.UNMADE.name, {}, book.unmade)
        yield from families.values()

    def _shown(self, book: Scored, families: dict[str, Family]) -> Iterable[Subject]:
        standing_on = [subject for subject, account in book.accounts.items() if account.made and subject != ORGANISATION]
        relationships = sorted(subject for subject in standing_on if subject.is_pair and subject.customer is not None)
        left_out = max(0, len(relationships) - self._relationships)
        families[catalogue.LEFT_OUT.name].add_sample(catalogue.LEFT_OUT.name, {}, left_out)
        organisation = [ORGANISATION] if self._whole or ORGANISATION in book.accounts else []
        return [*organisation, *(subject for subject in standing_on if not subject.is_pair), *relationships[: self._relationships]]

    def _samples(self, book: Scored, subject: Subject) -> Samples:
        account = book.accounts.get(subject) or Account(with_days=True)
        today = day_of(book.now)
        known = self._known.get(subject)
        if known is not None and known[:2] == (account.version, today):
            return known[2]
        samples = list(_samples_of(book, subject, account))
        self._known[subject] = (account.version, today, samples)
        return samples


def _samples_of(book: Scored, subject: Subject, account: SubjectAccount) -> Iterator[tuple[str, Sample]]:
    labels = {kind: name for kind, name in subject._asdict().items() if name is not None}
    score = reliability_of(account.tally, day_of(book.now), book.rules.half_life_days)
    if subject.is_pair:
        yield catalogue.RELATIONSHIP.name, _sample(catalogue.RELATIONSHIP, labels, score.reliability)
        return
    states = {**account.states(book.now), "undated": account.undated}
    headline = (score.reliability, score.low, score.high, score.evidence, states)
    if subject.team is None:
        metrics = catalogue.CUSTOMER if subject.customer else catalogue.GOAL if subject.goal else catalogue.ORGANISATION
        yield from _filled(metrics, labels, headline)
        return
    beside = beside_of(account.tally)
    ratios = (score.kept_ratio, beside.on_time, beside.in_budget, beside.acceptance, beside.rating, beside.surprise, beside.moved)
    dates = (_seconds(account.next_due(book.now)), _seconds(account.oldest_overdue(book.now)))
    yield from _filled(catalogue.TEAM, labels, (*headline, *ratios, beside.margin, beside.outcomes, *dates))


def _filled(metrics: Iterable[Metric], labels: dict[str, str], values: Iterable[Any]) -> Iterator[tuple[str, Sample]]:
    for metric, value in zip(metrics, values, strict=True):
        if not metric.values:
            yield metric.name, _sample(metric, labels, value)
            continue
        for label in metric.values:
            yield metric.name, _sample(metric, {**labels, metric.labels[-1]: label}, value[label])


def _sample(metric: Metric, labels: dict[str, str], value: float | None) -> Sample:
    return Sample(metric.name, labels, nan if value is None else value)


def _seconds(instant: Instant | None) -> float | None:
    return None if instant is None else instant / MICROSECONDS_A_SECOND
