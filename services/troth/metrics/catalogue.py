"""The catalogue: every metric's name, kind, labels and meaning. The exporter, the rules and the dashboards read it here."""

from typing import Final, NamedTuple

from troth.domain.notices import KINDS
from troth.domain.reliability import QUANTILES
from troth.domain.verdict import BASES, COUNTED, VOID

STATES: Final = ("pending", "at_risk", "overdue", "undated")
RESULTS: Final = ("mapped", "empty", "duplicate", "refused")


class Metric(NamedTuple):
    """One metric: labels in order, of which `values` names those of the last one where they are known beforehand."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str
    values: tuple[str, ...] = ()


def _of_a_subject(prefix: str, whose: str, labels: tuple[str, ...]) -> tuple[Metric, ...]:
    return (
        Metric(f"{prefix}_reliability_ratio", "gauge", labels, f"Share of the next promises {whose} to expect kept, 0 to 1."),
        Metric(f"{prefix}_reliability_low_ratio", "gauge", labels, "Lower end of the 90 % interval of that share."),
        Metric(f"{prefix}_reliability_high_ratio", "gauge", labels, "Upper end of the 90 % interval of that share."),
        Metric(f"{prefix}_evidence_promises", "gauge", labels, "Outcomes behind it, in fresh promises: each fades by its half-life."),
        Metric(f"{prefix}_commitments", "gauge", (*labels, "state"), "Open commitments by state; a date that passed is overdue.", STATES),
    )


_TEAM: Final = ("team",)
KEPT: Final = Metric("troth_kept_ratio", "gauge", _TEAM, "Share of counted promises kept, faded.")
ON_TIME: Final = Metric(
    "troth_on_time_ratio", "gauge", (*_TEAM, "basis"), "Share on time against the requested, original or agreed date, faded.", BASES
)
IN_BUDGET: Final = Metric(
    "troth_in_budget_ratio", "gauge", _TEAM, "Share within budget, of those delivered with cost and budget known, faded."
)
ACCEPTANCE: Final = Metric(
    "troth_acceptance_ratio", "gauge", _TEAM, "Share whose customer's last word is accepted, of those with one, faded."
)
RATING: Final = Metric("troth_rating", "gauge", _TEAM, "Mean rating of the customers' last words, 1 to 5, faded.")
SURPRISE: Final = Metric(
    "troth_surprise_ratio", "gauge", _TEAM, "Share of failures that the customer was not told of by their date, faded."
)
MOVED: Final = Metric("troth_moved_ratio", "gauge", _TEAM, "Share whose date or budget in force is not the original one, faded.")
MARGIN: Final = Metric(
    "troth_margin_ratio", "gauge", (*_TEAM, "quantile"), "Part of the promised time left at delivery; below 0 late.", tuple(QUANTILES)
)
OUTCOMES: Final = Metric(
    "troth_outcomes", "gauge", (*_TEAM, "verdict"), "Commitments by verdict on the agreed date, all time.", (*COUNTED, VOID)
)
NEXT_DUE: Final = Metric("troth_next_due_timestamp_seconds", "gauge", _TEAM, "When its next open promise is due.")
OLDEST_OVERDUE: Final = Metric("troth_oldest_overdue_timestamp_seconds", "gauge", _TEAM, "When its oldest overdue promise was due.")
TEAM: Final = (
    *_of_a_subject("troth", "of a team", _TEAM),
    KEPT,
    ON_TIME,
    IN_BUDGET,
    ACCEPTANCE,
    RATING,
    SURPRISE,
    MOVED,
    MARGIN,
    OUTCOMES,
    NEXT_DUE,
    OLDEST_OVERDUE,
)
RELATIONSHIP: Final = Metric(
    "troth_relationship_reliability_ratio", "gauge", ("team", "customer"), "Share of a team's next promises to a customer to expect kept."
)
CUSTOMER: Final = _of_a_subject("troth_customer", "to a customer", ("customer",))
GOAL: Final = _of_a_subject("troth_goal", "for a goal", ("goal",))
ORGANISATION: Final = _of_a_subject("troth_organisation", "of the organisation", ())
UNMADE: Final = Metric("troth_unmade_commitments", "gauge", (), "Commitments with events but without a promise; they count for nothing.")
LEFT_OUT: Final = Metric(
    "troth_relationships_left_out", "gauge", (), "Relationships above the limit of the setting relationship_metrics, so not shown here."
)
TARGET: Final = Metric("troth_target_ratio", "gauge", (), "Reliability aimed at: the setting target.")

DELIVERIES: Final = Metric(
    "troth_deliveries_total", "counter", ("source", "result"), "Deliveries by source and what became of them.", RESULTS
)
EVENTS: Final = Metric("troth_events_total", "counter", ("type",), "Events stored since the start, by type.")
INGEST: Final = Metric("troth_ingest_seconds", "histogram", (), "Seconds from a delivery's arrival until it was on disk.")
LAST_EVENT: Final = Metric(
    "troth_last_event_timestamp_seconds", "gauge", (), "When an event was last stored; 0 before the first since the start."
)
NOTICES: Final = Metric("troth_notices_total", "counter", ("kind",), "Notices recorded since the start, by kind.", KINDS)
REPLICA_LAG: Final = Metric("troth_replica_lag_records", "gauge", (), "Records that a replica has not read yet; NaN while Kafka is away.")
REPLICA_SKIPPED: Final = Metric(
    "troth_replica_skipped_records_total", "counter", (), "Records that a replica could not take in since the start: see `troth rejected`."
)
SPOOL: Final = Metric("troth_spool_events", "gauge", (), "Events that wait on the gateway's disk until Kafka takes them.")
REJECTED: Final = Metric(
    "troth_rejected_total",
    "counter",
    (),
    "Records of the log that were no event of their commitment, since the start; `troth rejected` shows them.",
)
BEHIND: Final = Metric("troth_log_events_behind", "gauge", (), "Events of a scorer's partitions of the log that it has not folded yet.")
ALERTS: Final = Metric(
    "troth_alerts_total",
    "counter",
    ("result",),
    "Alerts said to Alertmanager since the start: it took them, refused them for good, or failed, after which they are said again.",
    ("taken", "refused", "failed"),
)
ALERTS_FIRING: Final = Metric("troth_alerts_firing", "gauge", (), "Alerts of promises that fire now.")
MESSAGES: Final = Metric(
    "troth_messages_total",
    "counter",
    ("receiver", "result"),
    "Messages to chat and mail since the start; what failed is sent again.",
    ("sent", "failed"),
)
NOTICES_WAITING: Final = Metric("troth_notices_waiting", "gauge", ("receiver",), "Notices that a receiver has not been told of yet.")
BUILD: Final = Metric("troth_build_info", "gauge", ("version",), "1; the version is in the label.")

ALL: Final = (
    *TEAM,
    RELATIONSHIP,
    *CUSTOMER,
    *GOAL,
    *ORGANISATION,
    UNMADE,
    LEFT_OUT,
    TARGET,
    DELIVERIES,
    EVENTS,
    INGEST,
    LAST_EVENT,
    NOTICES,
    REPLICA_LAG,
    REPLICA_SKIPPED,
    SPOOL,
    REJECTED,
    BEHIND,
    ALERTS,
    ALERTS_FIRING,
    MESSAGES,
    NOTICES_WAITING,
    BUILD,
)
