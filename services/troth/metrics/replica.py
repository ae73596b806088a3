"""The metrics of a replica."""

from collections.abc import Callable, Iterable
from math import nan

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from troth.metrics.catalogue import REPLICA_LAG, REPLICA_SKIPPED


class ReplicaCollector(Collector):
    """How far a replica is behind (None: not known), and how many records it could not take in."""

    def __init__(self, lag: Callable[[], int | None], skipped: Callable[[], int]) -> None:
        self._lag = lag
        self._skipped = skipped

    def collect(self) -> Iterable[Metric]:
        """Both metrics."""
        lag = self._lag()
        yield GaugeMetricFamily(REPLICA_LAG.name, REPLICA_LAG.help, nan if lag is None else lag)
        yield CounterMetricFamily(REPLICA_SKIPPED.name, REPLICA_SKIPPED.help, self._skipped())
