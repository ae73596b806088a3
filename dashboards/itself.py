"""The dashboard *Troth itself*: whether what comes in is taken, kept and judged in time. For those who run it."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import queries
from dashboards.frame import PanelBuilder, dashboard
from dashboards.looks import AGO, FAINT, LINE, MERE_NUMBER, OTHER, THIRD, worded
from dashboards.panels import Line, bars, figure, names, sentence, solid, trend
from dashboards.queries import now, rate
from troth.metrics import catalogue

_A_DAY: Final = "1d"
_NO_ALERTS: Final = "Only where alerts are turned on"
_MEMORY: Final = "process_resident_memory_bytes"  # of prometheus-client, in every program
_SENTENCE: Final = """\
#### Troth itself: is what is posted taken, kept and judged in time?

[What came in](${board}/deliveries), [what was refused](${board}/deliveries?result=refused)
"""


def itself() -> Dashboard:
    """Ingest, lag, spool and errors."""
    description = "Whether Troth takes what is posted, keeps it, and judges it in time; for those who run it."
    made = dashboard("itself", "Troth: Troth itself", description, list(_panels()))
    assert made.time is not None  # noqa: S101 - dashboard() has set it
    made.time.from_val = "now-1d"
    return made


def _panels() -> Iterator[PanelBuilder]:
    yield sentence(_SENTENCE, "What this dashboard answers. Look here when numbers seem old, or an alert of Troth's own has fired.", 3)
    yield from _figures()
    yield from _intake()
    yield from _telling()
    yield from _machine()


def _trend(title: str, says: str, lines: list[Line], unit: str = MERE_NUMBER) -> timeseries.Panel:
    return trend(title, says, lines, unit).interval("1m")


def _figures() -> Iterator[PanelBuilder]:
    says = "When an event was last stored by any program. Hours ago on a working day: look at the webhooks of your tools."
    last = figure("Last event", says, f"1000 * {queries.latest(catalogue.LAST_EVENT)}", AGO)
    yield last.mappings(worded({0: "none since the start"})).span(4)
    says = "Deliveries refused in the last day: unsigned, wrong, or too large. More than none: the list on the board says why for each."
    yield figure("Refused in a day", says, queries.counted(catalogue.DELIVERIES, _A_DAY, result="refused")).span(4)
    says = "Programs that Prometheus reads metrics of. Fewer than you run: one is down, or its target is missing in Prometheus."
    yield figure("Programs", says, f"count({catalogue.BUILD.name})").span(4)
    says = "The version of each program. More than one for longer than an upgrade takes: finish the upgrade."
    yield names("Version", says, now(catalogue.BUILD), "{{version}}").span(4)
    says = "Commitments with events but without a promise. They count for nothing: import what made them, or mend the mapping."
    yield figure("Without a promise", says, now(catalogue.UNMADE)).span(4)
    says = "Relationships left out of the metrics. More than none: raise the setting relationship_metrics, or look on the board."
    yield figure("Relationships left out", says, now(catalogue.LEFT_OUT)).span(4)


def _intake() -> Iterator[PanelBuilder]:
    says = "Deliveries a minute by what became of them. Refused ones are a secret that changed; empty ones a mapping that fits no more."
    looks = {"mapped": LINE, "empty": THIRD, "duplicate": FAINT, "refused": OTHER}
    lines = [Line(result, f"60 * {rate(catalogue.DELIVERIES, result=result)}", solid(colour)) for result, colour in looks.items()]
    yield _trend("Deliveries a minute", says, lines)
    says = "Seconds from a delivery's arrival until it is on disk; half of them, and all but one in 100, are faster. Rising: a slow disk."
    lines = [
        Line("all but one in 100", queries.quantile(catalogue.INGEST, 0.99), solid(OTHER)),
        Line("half", queries.quantile(catalogue.INGEST, 0.5), solid(LINE)),
    ]
    yield _trend("Time to take a delivery", says, lines, "s")
    says = "Events stored in the last day, by type. A type that should be there and is not: look at the mapping of its tool."
    kept = queries.short("type", "troth.(?:commitment-)?(.*)", queries.counted(catalogue.EVENTS, _A_DAY, by="type"))
    yield bars("Events in a day", says, f"sort_desc({kept})", "{{type}}", MERE_NUMBER).height(14)
    says = "Notices recorded in the last day, by kind. Many slips at once: look at the team, or for a calendar that changed."
    told = queries.counted(catalogue.NOTICES, _A_DAY, by="kind")
    yield bars("Notices in a day", says, f"sort_desc({told})", "{{kind}}", MERE_NUMBER).height(14)


def _telling() -> Iterator[PanelBuilder]:
    says = (
        "Alerts of promises that fire now, and notices that chat and mail have not been told of yet. Waiting for long: a receiver refuses."
    )
    lines = [
        Line("alerts firing", now(catalogue.ALERTS_FIRING), solid(OTHER)),
        Line("notices waiting", f"sum({now(catalogue.NOTICES_WAITING)})", solid(LINE)),
    ]
    yield _trend("Telling people", says, lines).no_value(_NO_ALERTS)
    says = "What could not be said in the last minutes: to Alertmanager, to chat and mail. All is said again; lasting failures need a look."
    lines = [
        Line("Alertmanager failed", f"60 * {rate(catalogue.ALERTS, result='failed')}", solid(OTHER)),
        Line("Alertmanager refused", f"60 * {rate(catalogue.ALERTS, result='refused')}", solid(THIRD)),
        Line("chat and mail failed", f"60 * {rate(catalogue.MESSAGES, result='failed')}", solid(LINE)),
    ]
    yield _trend("Failures a minute to tell people", says, lines).no_value(_NO_ALERTS)


def _machine() -> Iterator[PanelBuilder]:
    says = "Memory of the largest program. It grows with open promises and subjects, not with history; growing without them is a fault."
    memory = f"max({_MEMORY} and on (instance, job) {catalogue.BUILD.name})"
    yield _trend("Memory", says, [Line("the largest program", memory, solid(LINE))], "bytes")
    says = "Events that wait on a gateway's disk until Kafka takes them. Rising: Kafka is away; nothing is lost until the disk is full."
    yield _of_a_cluster("Waiting in the spool", says, [Line("events", f"sum({catalogue.SPOOL.name})", solid(LINE))])
    says = "Events that scorers have not folded, and records that a replica has not read. Rising for minutes: add a scorer, see its log."
    lines = [
        Line("not folded", f"sum({catalogue.BEHIND.name})", solid(OTHER)),
        Line("not read by a replica", now(catalogue.REPLICA_LAG), solid(LINE)),
    ]
    yield _of_a_cluster("Behind the log", says, lines)
    says = "Records set aside a minute, as no event of their commitment. Where there are any, `troth rejected` shows them and why."
    lines = [
        Line("by scorers", f"60 * {rate(catalogue.REJECTED)}", solid(OTHER)),
        Line("by replicas", f"60 * {rate(catalogue.REPLICA_SKIPPED)}", solid(LINE)),
    ]
    yield _of_a_cluster("Set aside a minute", says, lines)


def _of_a_cluster(title: str, says: str, lines: list[Line]) -> PanelBuilder:
    return _trend(title, says, lines).no_value("Only where Troth runs on Kafka")
