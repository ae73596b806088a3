"""/metrics: exactly the names, labels and values that Prometheus is promised, the same as the API's."""

import math
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.conftest import TOKEN, Served, event
from troth import __version__
from troth.domain.notices import KINDS

TEAM = ("team",)
STATES = ("pending", "at_risk", "overdue", "undated")
BASES = ("requested", "original", "agreed")
QUANTILES = ("0.1", "0.5", "0.9")
VERDICTS = ("kept", "late", "slipped", "broken", "over_budget", "void")
TYPES = ("made", "reopened", "amended", "renegotiated", "warned", "delivered", "accepted", "rejected", "revoked", "cancelled")


def of_a_subject(prefix: str, labels: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        f"{prefix}_reliability_ratio": (labels, ()),
        f"{prefix}_reliability_low_ratio": (labels, ()),
        f"{prefix}_reliability_high_ratio": (labels, ()),
        f"{prefix}_evidence_promises": (labels, ()),
        f"{prefix}_commitments": ((*labels, "state"), STATES),
    }


# By name: the labels, and the values of the last one that are always there.
PROMISED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **of_a_subject("troth", TEAM),
    **of_a_subject("troth_customer", ("customer",)),
    **of_a_subject("troth_goal", ("goal",)),
    **of_a_subject("troth_organisation", ()),
    "troth_kept_ratio": (TEAM, ()),
    "troth_on_time_ratio": (("team", "basis"), BASES),
    "troth_in_budget_ratio": (TEAM, ()),
    "troth_acceptance_ratio": (TEAM, ()),
    "troth_rating": (TEAM, ()),
    "troth_surprise_ratio": (TEAM, ()),
    "troth_moved_ratio": (TEAM, ()),
    "troth_margin_ratio": (("team", "quantile"), QUANTILES),
    "troth_outcomes": (("team", "verdict"), VERDICTS),
    "troth_next_due_timestamp_seconds": (TEAM, ()),
    "troth_oldest_overdue_timestamp_seconds": (TEAM, ()),
    "troth_relationship_reliability_ratio": (("team", "customer"), ()),
    "troth_relationships_left_out": ((), ()),
    "troth_unmade_commitments": ((), ()),
    "troth_target_ratio": ((), ()),
    "troth_deliveries_total": (("source", "result"), ("mapped", "empty", "duplicate", "refused")),
    "troth_events_total": (("type",), (*(f"troth.commitment-{kind}" for kind in TYPES), "troth.event-retracted")),
    "troth_ingest_seconds_bucket": (("le",), ()),
    "troth_ingest_seconds_count": ((), ()),
    "troth_ingest_seconds_sum": ((), ()),
    "troth_last_event_timestamp_seconds": ((), ()),
    "troth_notices_total": (("kind",), KINDS),
    "troth_alerts_total": (("result",), ("taken", "refused", "failed")),
    "troth_alerts_firing": ((), ()),
    "troth_build_info": (("version",), (__version__,)),
}
Values = dict[tuple[str, tuple[str, ...]], float]


def scrape(served: Served) -> Values:
    """The values of a scrape by name and label values."""
    text = served.http.get("/metrics").raise_for_status().text
    return {
        (sample.name, tuple(sample.labels[label] for label in PROMISED[sample.name][0])): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in PROMISED
    }


def lives() -> Iterator[dict[str, Any]]:
    """Two teams with all kinds of outcomes, and one of which nothing is left."""
    for team, customers in (("Web", ("Sales", "Legal")), ('Od\\d "team"', ("Sales",))):
        for customer in customers:
            said: dict[str, Any] = {"team": team, "customer": customer, "goal": "Grow", "budget": 10, "requested_at": "2026-01-08"}
            for outcome in ("kept", "late", "slipped"):
                yield event(subject=f"{team} {customer} {outcome}", due_at="2026-01-10", **said)
            yield event(subject=f"{team} {customer} pending", due_at="2999-06-30T12:00:00Z", **said)
            yield event(subject=f"{team} {customer} undated", **said)
            done = event("commitment-delivered", f"{team} {customer} kept", "2", cost=9)
            yield done | {"time": "2026-01-05T00:00:00Z"}
            yield event("commitment-accepted", f"{team} {customer} kept", "3", rating=4) | {"time": "2026-01-06T00:00:00Z"}
            yield event("commitment-delivered", f"{team} {customer} late", "2") | {"time": "2026-01-12T00:00:00Z"}
    yield event("commitment-warned", "unmade")
    yield event(subject="gone", team="Gone", customer="Gone too", goal="Gone as well")
    yield event("event-retracted", "gone", "2") | {"data": {"source": "test", "id": "1", "reason": "a mistake"}}


@pytest.fixture(scope="module", autouse=True)
def lived(served: Served) -> None:
    served.take(*lives())


def test_names_and_labels_are_those_that_are_promised_and_no_others(served: Served) -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    for family in text_string_to_metric_families(served.http.get("/metrics").text):
        for sample in family.samples:
            if not sample.name.startswith("process_"):
                found.setdefault(sample.name, set()).add(tuple(sorted(sample.labels)))
    assert found == {name: {tuple(sorted(labels))} for name, (labels, _) in PROMISED.items()}


def test_all_values_of_a_label_are_there_with_zeros(served: Served) -> None:
    values = scrape(served)
    for name, (labels, always) in PROMISED.items():
        if always:
            others = {key[1][:-1] for key in values if key[0] == name}
            assert others or not labels[:-1]
            assert {key[1] for key in values if key[0] == name} == {(*other, value) for other in others for value in always}, name
    assert values["troth_outcomes", ("Web", "broken")] == 0
    assert values["troth_deliveries_total", ("github", "mapped")] == 0
    assert values["troth_events_total", ("troth.commitment-cancelled",)] == 0


def test_there_is_no_timestamp_no_created_and_a_help_and_type_for_each(served: Served) -> None:
    answer = served.http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "_created" not in answer.text
    lines = answer.text.splitlines()
    assert [line for line in lines if not line.startswith("#") and not re.fullmatch(r"[a-z_]+(\{.*\})? \S+", line)] == []
    for name in PROMISED:
        family = re.sub(r"_(bucket|count|sum)$", "", name) if name.startswith("troth_ingest") else name
        assert any(line.startswith(f"# HELP {family} ") for line in lines), name
        assert any(line.startswith(f"# TYPE {family} ") for line in lines), name


def nan(value: float | None) -> float:
    return math.nan if value is None else value


def seconds(time: str | None) -> float:
    return math.nan if time is None else datetime.fromisoformat(time).timestamp()


def of_summary(prefix: str, labels: tuple[str, ...], summary: dict[str, Any]) -> Values:
    """What a summary of the API says, as samples."""
    states = summary["commitments"] | {"undated": summary["undated"]}
    return {
        (f"{prefix}_reliability_ratio", labels): summary["reliability"],
        (f"{prefix}_reliability_low_ratio", labels): summary["low"],
        (f"{prefix}_reliability_high_ratio", labels): summary["high"],
        (f"{prefix}_evidence_promises", labels): summary["evidence"],
        **{(f"{prefix}_commitments", (*labels, state)): states[state] for state in STATES},
    }


def of_team(summary: dict[str, Any]) -> Values:
    """The rest of what a team's summary says."""
    labels = (summary["team"],)
    ratios = ("kept", "in_budget", "acceptance", "surprise", "moved")
    return {
        **of_summary("troth", labels, summary),
        **{(f"troth_{name}_ratio", labels): nan(summary.get(name, summary.get(f"{name}_ratio"))) for name in ratios},
        ("troth_rating", labels): nan(summary["rating"]),
        **{("troth_on_time_ratio", (*labels, basis)): nan(summary["on_time"][basis]) for basis in BASES},
        **{("troth_margin_ratio", (*labels, quantile)): nan(summary["margin"][quantile]) for quantile in QUANTILES},
        **{("troth_outcomes", (*labels, verdict)): summary["outcomes"][verdict] for verdict in VERDICTS},
        ("troth_next_due_timestamp_seconds", labels): seconds(summary["next_due"]),
        ("troth_oldest_overdue_timestamp_seconds", labels): seconds(summary["oldest_overdue"]),
    }


def of_api(served: Served) -> Values:
    """All that the API's summaries say, as samples."""
    teams = served.get("/v1/teams")
    expected: Values = {("troth_unmade_commitments", ()): teams["unmade"], ("troth_target_ratio", ()): 0.8}
    expected |= of_summary("troth_organisation", (), served.get("/v1/organisation"))
    for summary in teams["teams"]:
        expected |= of_team(summary)
        for pair in served.get(f"/v1/teams/{summary['team']}")["customers"]:
            expected["troth_relationship_reliability_ratio", (summary["team"], pair["customer"])] = pair["reliability"]
    for kind in ("customer", "goal"):
        for summary in served.get(f"/v1/{kind}s")[f"{kind}s"]:
            expected |= of_summary(f"troth_{kind}", (summary[kind],), summary)
    return expected


SOFTWARE = ("deliveries", "events", "ingest", "last_event", "notices", "alerts", "build", "relationships_left_out")


def of_the_numbers(values: Values) -> Values:
    """A scrape without what is of the software itself."""
    return {key: value for key, value in values.items() if not re.match(f"troth_({'|'.join(SOFTWARE)})", key[0])}


def test_every_value_is_the_one_that_the_api_gives(served: Served) -> None:
    assert of_the_numbers(scrape(served)) == pytest.approx(of_api(served), rel=1e-12, nan_ok=True)


def test_what_nothing_divides_is_nan_and_what_stands_is_a_number(served: Served) -> None:
    served.take(event(subject="first", team="New"))
    values = scrape(served)
    assert values["troth_reliability_ratio", ("New",)] == 0.5
    for name in ("kept_ratio", "in_budget_ratio", "acceptance_ratio", "rating", "next_due_timestamp_seconds"):
        assert math.isnan(values[f"troth_{name}", ("New",)])
    assert math.isnan(values["troth_on_time_ratio", ("New", "agreed")])
    assert math.isnan(values["troth_margin_ratio", ("New", "0.5")])


def test_what_no_made_promise_stands_on_is_not_shown(served: Served) -> None:
    assert [key for key in scrape(served) if any("Gone" in label for label in key[1])] == []
    assert "Gone" not in [team["team"] for team in served.get("/v1/teams")["teams"]]


def test_a_commitment_is_never_a_label(served: Served) -> None:
    labels = {label for _, labels in scrape(served) for label in labels}
    for commitment in served.get("/v1/commitments", limit=1000)["commitments"]:
        assert commitment["id"] not in labels


def test_a_second_scrape_follows_whatever_changed_and_keeps_the_rest(serve: Callable[..., Served]) -> None:
    served = serve()
    served.take(*lives())
    before = of_the_numbers(scrape(served))
    assert of_the_numbers(scrape(served)) == pytest.approx(before, nan_ok=True, rel=0, abs=0)
    served.take(event("commitment-delivered", "Web Legal slipped", "2") | {"time": "2026-01-09T00:00:00Z"})
    after = scrape(served)
    changed = {key for key, value in before.items() if not (value == after[key] or (math.isnan(value) and math.isnan(after[key])))}
    assert {key[1][0] for key in changed if "organisation" not in key[0]} == {"Web", "Legal", "Grow"}
    assert of_the_numbers(after) == pytest.approx(of_api(served), nan_ok=True, rel=1e-12)
    served.take(event("event-retracted", "Web Legal slipped", "3") | {"data": {"source": "test", "id": "2", "reason": "not yet"}})
    assert of_the_numbers(scrape(served)) == pytest.approx(before, nan_ok=True, rel=0, abs=0)


def test_relationships_above_the_limit_are_left_out_and_counted_but_stay_in_the_ledger(serve: Callable[..., Served]) -> None:
    served = serve(relationship_metrics=2)
    served.take(*(event(subject=f"c {n}", team="a", customer=f"customer {n}") for n in range(5)))
    values = scrape(served)
    shown = sorted(key[1] for key in values if key[0] == "troth_relationship_reliability_ratio")
    assert shown == [("a", "customer 0"), ("a", "customer 1")]
    assert values["troth_relationships_left_out", ()] == 3
    assert len(served.get("/v1/teams/a")["customers"]) == 5
    assert len([key for key in values if key[0] == "troth_customer_reliability_ratio"]) == 5


def test_the_software_counts_what_it_did(serve: Callable[..., Served]) -> None:
    served = serve()
    none = scrape(served)
    assert none["troth_last_event_timestamp_seconds", ()] == 0
    assert none["troth_build_info", (__version__,)] == 1
    served.post(event(due_at="2026-01-10"))
    served.post(event(due_at="2026-01-10"))
    served.post([])
    served.post(event(title=""))
    served.post(event(), token=f"{TOKEN}x")
    served.http.post("/webhooks/github", json={})
    values = scrape(served)
    for result in ("mapped", "duplicate", "empty"):
        assert values["troth_deliveries_total", ("events", result)] == 1
    assert values["troth_deliveries_total", ("events", "refused")] == 2
    assert values["troth_deliveries_total", ("github", "refused")] == 1
    assert values["troth_events_total", ("troth.commitment-made",)] == 1
    assert values["troth_ingest_seconds_count", ()] == 3
    assert values["troth_last_event_timestamp_seconds", ()] > 0
    assert values["troth_notices_total", ("slipped",)] == 1
