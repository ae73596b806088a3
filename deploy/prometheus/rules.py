"""Prometheus' rules, made of the catalogue's metrics: `outputs()`. `python -m schemas.build` writes them beside this file."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from dashboards.queries import CUSTOMER, ENOUGH_PROMISES, GOAL, ORGANISATION, TEAM, Subject, before, held, now
from troth.metrics import catalogue
from troth.metrics.catalogue import Metric

JOB: Final = "troth"
TARGET: Final = f"scalar({held(catalogue.TARGET)})"
SURPRISES_RATIO: Final = 0.5
SOON_DAYS: Final = 7
BEHIND_EVENTS: Final = 1_000
_NUMBER: Final = '{{ $value | printf "%.0f" }}'  # a million is 1e+06 otherwise


class Alert(NamedTuple):
    """An alert: what it asks, how long that has to hold, how long it goes on firing after it no longer does, and what it says."""

    name: str
    expression: str
    waits: str
    keeps: str
    severity: str
    summary: str
    description: str


def recorded(subject: Subject, metric: Metric) -> str:
    """The name of a metric's largest value over all programs that show it: level:metric:operation."""
    return f"{subject.label or 'organisation'}:{metric.name}:max"


def change(subject: Subject) -> str:
    """The name of a subject's change of reliability within 28 days."""
    return f"{subject.label or 'organisation'}:{subject.reliability.name}:delta28d"


def recording() -> Iterator[dict[str, str]]:
    """The recording rules: the headline of each subject once, however many programs show it, and its change."""
    for subject in (ORGANISATION, TEAM, CUSTOMER, GOAL):
        for metric in (subject.reliability, subject.low, subject.high, subject.evidence):
            yield {"record": recorded(subject, metric), "expr": now(metric)}
        yield {"record": change(subject), "expr": f"{now(subject.reliability)} - {before(subject.reliability)}"}


def trust() -> Iterator[Alert]:
    """The alerts of what teams promised. Each is a team's, never a person's."""
    enough = f"{held(TEAM.evidence)} >= {ENOUGH_PROMISES}"
    yield Alert(
        "TrothTeamOverdue",
        f"{held(TEAM.commitments, state='overdue')} > 0",
        *("1m", "15m", "warning"),
        "{{ $labels.team }} is overdue with " + _NUMBER + " of its promises",
        "Their date has passed, and they are neither delivered nor agreed anew with whom they were made to.",
    )
    yield Alert(
        "TrothTeamAtRisk",
        f"{held(TEAM.commitments, state='at_risk')} > 0 and {held(catalogue.NEXT_DUE)} - time() < {SOON_DAYS} * 86400",
        *("15m", "30m", "warning"),
        "{{ $labels.team }} is likely to miss " + _NUMBER + " of its promises, and its next is due within a week",
        "More of the time is gone than the team has needed in most of what it kept. There is still time to tell the customer.",
    )
    yield Alert(
        "TrothReliabilityBelowTarget",
        f"{held(TEAM.high)} < {TARGET} and {enough}",
        *("1h", "1h", "warning"),
        "{{ $labels.team }} keeps at best {{ $value | humanizePercentage }} of its promises, which is below the target",
        "Even the upper end of the range to expect is under the target: this is no bad luck.",
    )
    yield Alert(
        "TrothReliabilityFalling",
        f"{held(TEAM.reliability)} < {before(TEAM.low)} and {enough}",
        *("1h", "1h", "warning"),
        "{{ $labels.team }} has fallen to {{ $value | humanizePercentage }}, below the range of 28 days ago",
        "Something changed within the month: what it was is in the team's last promises.",
    )
    yield Alert(
        "TrothSurprises",
        f"{held(catalogue.SURPRISE)} > {SURPRISES_RATIO} and {enough}",
        *("1h", "1h", "warning"),
        "{{ $labels.team }} told nobody of {{ $value | humanizePercentage }} of its failures in time",
        "What costs trust most is not the missed date, but to hear of it when it has passed.",
    )
    yield Alert(
        "TrothEvidenceFading",
        f"{held(TEAM.evidence)} < {ENOUGH_PROMISES} and {before(TEAM.evidence)} >= {ENOUGH_PROMISES}",
        *("1h", "1h", "info"),
        "{{ $labels.team }} has hardly any fresh promises left to judge it by",
        "Its score says less each week. Either it promises nothing any more, or its tool no longer tells.",
    )


def itself() -> Iterator[Alert]:
    """The alerts of the software."""
    yield Alert(
        "TrothIngestSilent",
        f"sum(rate({catalogue.EVENTS.name}[1d])) == 0",
        *("1d", "15m", "warning"),
        "No tool has told Troth anything for two days",
        "The numbers stand still while promises pass their dates. A webhook was switched off, or its secret changed.",
    )
    yield Alert(
        "TrothSpoolGrowing",
        f"max by (instance) (min_over_time({catalogue.SPOOL.name}[5m])) > 0",
        *("5m", "15m", "critical"),
        _NUMBER + " events wait on the disk of {{ $labels.instance }}",
        "Kafka does not take them. Nothing is lost while the disk has room, but no score knows of them.",
    )
    yield Alert(
        "TrothScorerLagging",
        f"max by (instance) (min_over_time({catalogue.BEHIND.name}[5m])) > {BEHIND_EVENTS}",
        *("10m", "15m", "warning"),
        "The scorer {{ $labels.instance }} is " + _NUMBER + " events behind",
        "Its teams are shown as they were. It catches up after a restart; where it does not, one more scorer takes a share.",
    )
    yield Alert(
        "TrothReplicaLagging",
        f"max by (instance) (min_over_time({catalogue.REPLICA_LAG.name}[5m])) > {BEHIND_EVENTS}",
        *("10m", "15m", "warning"),
        "The replica {{ $labels.instance }} is " + _NUMBER + " records behind",
        "The board and the API show what was.",
    )
    yield Alert(
        "TrothRecordsRejected",
        f"sum(increase({catalogue.REJECTED.name}[15m])) > 0",
        *("0m", "1h", "warning"),
        _NUMBER + " records of the log were rejected",
        "Something writes to the log what is no event, or says another thing by a name that stands already. They count for nothing.",
    )
    yield Alert(
        "TrothMessagesWaiting",
        f"max by (receiver) (min_over_time({catalogue.NOTICES_WAITING.name}[5m])) > 0",
        *("15m", "15m", "critical"),
        "{{ $labels.receiver }} has not been told of " + _NUMBER + " notices",
        "What should reach people does not. They are kept and sent again until it does.",
    )
    yield Alert(
        "TrothTargetDown",
        f'up{{job="{JOB}"}} == 0',
        *("5m", "5m", "critical"),
        "{{ $labels.instance }} does not answer Prometheus",
        "The program is down, or not to be reached, or it asks for a token that Prometheus has not.",
    )


def outputs(mark: str) -> Iterator[tuple[str, str]]:
    """Each file's path from the root, and its text."""
    groups = {"troth-trust": trust(), "troth-itself": itself()}
    yield "deploy/prometheus/recording.yml", _text(mark, [{"name": "troth-trends", "rules": list(recording())}])
    yield (
        "deploy/prometheus/alerts.yml",
        _text(mark, [{"name": name, "rules": list(map(_rule, alerts))} for name, alerts in groups.items()]),
    )


def _rule(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.waits,
        "keep_firing_for": alert.keeps,
        "labels": {"severity": alert.severity},
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": f"docs/runbooks/{alert.name}.md",
        },
    }


def _text(mark: str, groups: list[dict[str, Any]]) -> str:
    return f"# {mark}\n\n" + yaml.safe_dump({"groups": groups}, sort_keys=False, width=1_000, allow_unicode=True)
