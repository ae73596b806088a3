"""What is a promise is the user's to say: every key of a table [sources.<name>], and what it changes."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.unit.intake.tools import test_azure_devops, test_jira, test_linear
from tests.unit.intake.tools.support import NOW, Remembered, chosen, told
from troth.domain.events import read_event
from troth.intake.choices import Choices
from troth.intake.delivery import Mapped

DUE: Final = "2026-03-31T23:59:59.999999Z"
FIELDS: Final[dict[str, Any]] = {
    "unit_of_house": {"value": "Sales"},
    "aim": "Grow in Denmark",
    "wanted": "2026-02-28",
    "planned": 1200.5,
    "share": 0.5,
    "spent": "900",
    "terms": "Paid by the 10th\nor not at all",
    "page": "https://wiki.example/pay",
    "named": "Invoices",
    "squad": "Blue",
    "launch": "2026-05-31",
    "ready": True,
    "components": [{"name": "Checkout"}, {"name": "API"}],
}


def issue(fields: Mapping[str, Any] | None = None, /, **table: Any) -> Mapped:
    """Jira's issue with a due date and fields of the user's own, by what the user chose."""
    return test_jira.issue("updated", None, chosen(**table), **{**FIELDS, **(fields or {})})


def terms(mapped: Mapped) -> dict[str, Any]:
    """What is promised."""
    return next(data for kind, _, data in told(mapped) if kind == "made")


def kinds(mapped: Mapped) -> list[str]:
    """What happened."""
    return [kind for kind, _, _ in told(mapped)]


def asked(mapped: Mapped) -> set[str]:
    """What happens where the ledger's record agrees."""
    return {one.kind for one in mapped.asked}


@pytest.mark.parametrize(
    ("key", "expression", "value"),
    [
        ("team", "fields.squad", "Blue"),
        ("team", "fields.components[0].name", "Checkout"),
        ("customer", "fields.unit_of_house.value", "Sales"),
        ("goal", "fields.aim", "Grow in Denmark"),
        ("requested_at", "fields.wanted", "2026-02-28T23:59:59.999999Z"),
        ("due_at", "fields.launch", "2026-05-31T23:59:59.999999Z"),
        ("budget", "fields.planned", 1200.5),
        ("unit", "'EUR'", "EUR"),
        ("weight", "fields.share", 0.5),
        ("title", "fields.named", "Invoices"),
        ("url", "fields.page", "https://wiki.example/pay"),
        ("conditions", "fields.terms", "Paid by the 10th\nor not at all"),
    ],
)
def test_each_term_may_be_had_from_a_field(key: str, expression: str, value: Any) -> None:
    mapped = issue(**{key: expression})
    assert terms(mapped)[key] == value
    assert [read_event(event, NOW) for event in mapped.events]


def test_the_cost_is_told_when_it_is_delivered() -> None:
    [delivered, *_] = told(issue(test_jira.RESOLVED, cost="fields.spent"))
    assert (delivered[0], delivered[2]) == ("delivered", {"cost": 900})


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"promise": "fields.ready"}, ""),
        ({"promise": "fields.ready && fields.share > `0.7`"}, "PAY-12 does not meet promise (`fields.ready && fields.share > `0.7``)"),
        ({"labels": ["Promise"]}, ""),
        ({"labels": ["vow"]}, "PAY-12 has none of the `labels`"),
        ({"types": "story"}, ""),
        ({"types": ["Epic"]}, "PAY-12 is of type 'Story', which is not among `types`"),
    ],
)
def test_a_condition_a_label_or_a_type_says_what_is_a_promise(table: dict[str, Any], reason: str) -> None:
    mapped = issue({"labels": ["promise"]}, **table)
    assert (mapped.events == []) is bool(reason)
    assert mapped.reason == (f"{reason}: not a promise" if reason else "")


def test_to_have_a_due_date_makes_a_promise_unless_one_without_is_one_too() -> None:
    without = {"duedate": None}
    assert issue(without).reason == "PAY-12 has no due date: not a promise"
    assert "due_at" not in terms(issue(without, undated=True))


def test_a_date_may_be_looked_for_elsewhere_and_told_where_the_tool_does_not() -> None:
    sprint = {"customfield_7": [{"id": 5, "boardId": 1, "endDate": "2026-02-06T16:00:00.000Z"}]}
    assert terms(issue(sprint, dates_from=["sprint", "duedate"]))["due_at"] == "2026-02-06T16:00:00.000000Z"
    path = {"System.IterationPath": "Shop\\Sprint 3", "Microsoft.VSTS.Scheduling.DueDate": None}
    mapped = test_azure_devops.item("created", chosen(dates={"Shop\\Sprint 3": "2026-02-06"}), path)
    assert terms(mapped)["due_at"] == "2026-02-06T23:59:59.999999Z"


@pytest.mark.parametrize(("key", "kind"), [("done", "delivered"), ("wont_do", "revoked"), ("cancelled", "cancelled")])
def test_a_status_may_mean_an_end(key: str, kind: str) -> None:
    status = {"status": {"name": "Parked", "statusCategory": {"key": "indeterminate"}}}
    assert kinds(issue(status, **{key: ["parked"]})) == [kind, "made"]
    assert kinds(issue(status)) == ["made"]


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ({"at_risk": "fields.ready"}, "warned"),
        ({"at_risk_labels": ["shaky"]}, "warned"),
        ({"accepted": "fields.ready"}, "accepted"),
        ({"rejected": "fields.ready"}, "rejected"),
    ],
)
def test_a_field_or_a_label_may_speak_for_the_team_or_the_customer(table: dict[str, Any], kind: str) -> None:
    said = issue({"labels": ["Shaky"]}, **table)
    assert kind in asked(said)
    assert kind not in asked(issue({"labels": ["Shaky"]}))
    ledger = Remembered("jira")
    ledger.take(said, said)
    assert [event.type for event in ledger.events.values()].count(f"troth.commitment-{kind}") == 1


def test_days_end_in_the_zone_and_teams_have_their_names() -> None:
    mapped = issue(zone="Europe/Berlin", teams={"Payments": "Pay"})
    assert (terms(mapped)["due_at"], terms(mapped)["team"]) == ("2026-03-31T21:59:59.999999Z", "Pay")
    assert terms(test_linear.issue("create", None, chosen(teams={"Payments": "Pay"})))["team"] == "Pay"


def test_every_key_that_there_is_is_tested_here() -> None:
    here = {
        *("team", "customer", "goal", "requested_at", "due_at", "budget", "unit", "weight", "title", "url", "conditions", "cost"),
        *("promise", "labels", "types", "undated", "dates_from", "dates", "done", "wont_do", "cancelled"),
        *("at_risk", "at_risk_labels", "accepted", "rejected", "zone", "teams"),
    }
    assert here == Choices.model_fields.keys()
