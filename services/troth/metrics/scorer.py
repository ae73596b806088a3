"""The metrics of a scorer: the gauges of its share of the subjects, and what it read and said."""

from collections import Counter as Tally
from collections.abc import Sequence
from time import time

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.registry import Collector

from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import Event
from troth.domain.notices import Notice
from troth.metrics import catalogue


class ScorerInstruments:
    """Counts what a scorer does (stream.scorer.worker.Counting); `text` is the answer to a scrape."""

    def __init__(self, version: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this one untyped
        registry = self._registry = CollectorRegistry()
        events, notices, rejected = catalogue.EVENTS, catalogue.NOTICES, catalogue.REJECTED
        counted = Counter(events.name, events.help, events.labels, registry=registry)
        told = Counter(notices.name, notices.help, notices.labels, registry=registry)
        self._types = [counted.labels(event_type) for event_type in EVENT_TYPES]
        self._kinds = {kind: told.labels(kind) for kind in notices.values}
        self._rejected = Counter(rejected.name, rejected.help, registry=registry)
        self._last = Gauge(catalogue.LAST_EVENT.name, catalogue.LAST_EVENT.help, registry=registry)
        Gauge(catalogue.BUILD.name, catalogue.BUILD.help, catalogue.BUILD.labels, registry=registry).labels(version).set(1)
        ProcessCollector(registry=registry)

    def watch(self, *others: Collector) -> None:
        """Show these numbers, too, from now on."""
        for other in others:
            self._registry.register(other)

    def folded(self, events: Sequence[Event]) -> None:
        """Events were folded."""
        for rank, number in Tally(event.rank for event in events).items():
            self._types[rank].inc(number)
        if events:
            self._last.set(time())

    def refused(self, count: int) -> None:
        """So many records went to troth.rejected."""
        self._rejected.inc(count)

    def told(self, notices: Sequence[Notice]) -> None:
        """Notices were sent."""
        for notice in notices:
            self._kinds[notice.kind].inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
