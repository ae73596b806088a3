"""The metrics of the alerts: what became of them, what fires, and what waits for whom."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from troth.metrics import catalogue


class AlertInstruments(Collector):
    """Counts what becomes of alerts and messages (alerts.crier.Counting, alerts.teller.Counting), all zeros from the start.

    `watch` is told what fires, and by receiver how many notices wait.
    """

    def __init__(self, receivers: Iterable[str]) -> None:
        self._alerts = Counter(dict.fromkeys(catalogue.ALERTS.values, 0))
        self._messages = Counter(dict.fromkeys(((receiver, result) for receiver in receivers for result in catalogue.MESSAGES.values), 0))
        self._firing: Callable[[], int] = lambda: 0
        self._waiting: Callable[[], Mapping[str, int]] = dict

    def watch(self, firing: Callable[[], int], waiting: Callable[[], Mapping[str, int]]) -> None:
        """Show what these say from now on."""
        self._firing, self._waiting = firing, waiting

    def alerted(self, result: str, number: int) -> None:
        """So many alerts were taken, refused or failed."""
        self._alerts[result] += number

    def messaged(self, receiver: str, result: str) -> None:
        """A message to a receiver was sent or failed."""
        self._messages[receiver, result] += 1

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        alerts = CounterMetricFamily(catalogue.ALERTS.name, catalogue.ALERTS.help, labels=catalogue.ALERTS.labels)
        for result, number in self._alerts.items():
            alerts.add_metric([result], number)
        messages = CounterMetricFamily(catalogue.MESSAGES.name, catalogue.MESSAGES.help, labels=catalogue.MESSAGES.labels)
        for names, number in self._messages.items():
            messages.add_metric(list(names), number)
        waiting = GaugeMetricFamily(catalogue.NOTICES_WAITING.name, catalogue.NOTICES_WAITING.help, labels=catalogue.NOTICES_WAITING.labels)
        for receiver, number in self._waiting().items():
            waiting.add_metric([receiver], number)
        firing = GaugeMetricFamily(catalogue.ALERTS_FIRING.name, catalogue.ALERTS_FIRING.help, self._firing())
        return alerts, firing, messages, waiting
