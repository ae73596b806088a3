"""The metrics of the software itself, and the text of all of them for a scrape."""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import Event
from troth.metrics import catalogue

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Instruments:
    """Counts what comes in; `text` is the answer to a scrape. `sources` are shown from the start, with zeros.

    `others` are the program's own numbers.
    """

    def __init__(self, version: str, sources: Iterable[str], others: Iterable[Collector]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this one untyped
        self._registry = CollectorRegistry()
        deliveries, events, ingest, last, build = (
            catalogue.DELIVERIES,
            catalogue.EVENTS,
            catalogue.INGEST,
            catalogue.LAST_EVENT,
            catalogue.BUILD,
        )
        self._deliveries = Counter(deliveries.name, deliveries.help, deliveries.labels, registry=self._registry)
        self._events = Counter(events.name, events.help, events.labels, registry=self._registry)
        self._ingest = Histogram(ingest.name, ingest.help, registry=self._registry, buckets=_BUCKETS)
        self._last = Gauge(last.name, last.help, registry=self._registry)
        Gauge(build.name, build.help, build.labels, registry=self._registry).labels(version).set(1)
        self._counts = {(source, result): self._deliveries.labels(source, result) for source in sources for result in catalogue.RESULTS}
        self._types = [self._events.labels(event_type) for event_type in EVENT_TYPES]
        for other in others:
            self._registry.register(other)
        ProcessCollector(registry=self._registry)

    def delivered(self, source: str, result: str, events: Sequence[Event], seconds: float) -> None:
        """A delivery of a source ended as mapped, empty, duplicate or refused, with these events."""
        self._counts[source, result].inc()
        if result == "refused":
            return
        self._ingest.observe(seconds)
        for rank, number in Tally(event.rank for event in events).items():
            self._types[rank].inc(number)
        if events:
            self._last.set(time())

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


class NoticesCollector(Collector):
    """The notices recorded since the start, of each kind."""

    def __init__(self, notices: Callable[[], Mapping[str, int]]) -> None:
        self._notices = notices

    def collect(self) -> Iterable[CounterMetricFamily]:
        """The one metric."""
        family = CounterMetricFamily(catalogue.NOTICES.name, catalogue.NOTICES.help, labels=catalogue.NOTICES.labels)
        counted = self._notices()
        for kind in catalogue.NOTICES.values:
            family.add_metric([kind], counted.get(kind, 0))
        yield family


class GaugeCollector(Collector):
    """One metric without labels, read at each scrape."""

    def __init__(self, metric: catalogue.Metric, read: Callable[[], float]) -> None:
        self._metric = metric
        self._read = read

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The one metric."""
        yield GaugeMetricFamily(self._metric.name, self._metric.help, value=self._read())
