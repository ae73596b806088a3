"""The dashboard *Relationship*: one team's word to one customer, beside everybody else's."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import queries
from dashboards.frame import PanelBuilder, choice, dashboard, known, marks
from dashboards.looks import LINE, NEUTRAL, OTHER, PERCENT, THIRD
from dashboards.panels import Line, dashed, figure, sentence, solid, trend
from dashboards.queries import CUSTOMER, TEAM, lately, now
from dashboards.subjects import open_figure, reliability_figure, worst_table
from dashboards.tables import matrix
from troth.metrics import catalogue

_TEAM: Final = {"team": "$team"}
_CUSTOMER: Final = {"customer": "$customer"}
_BOTH: Final = {**_TEAM, **_CUSTOMER}
_SENTENCE: Final = """\
#### Of the next 100 promises of ${team} to ${customer} expect about ${kept} to be kept; \
of all of its promises ${from_team}, of all promises to ${customer} ${to_customer}.

[The promises between them on the board](${board}/commitments?team=${team:percentencode}&customer=${customer:percentencode})
"""


def relationship() -> Dashboard:
    """A team and a customer."""
    name = catalogue.RELATIONSHIP.name
    variables = [
        choice("team", "Team", f"label_values({name}, team)"),
        choice("customer", "Customer", f'label_values({name}{{team="$team"}}, customer)'),
        known("kept", f"floor(100 * {now(catalogue.RELATIONSHIP, **_BOTH)} + 0.5)"),
        known("from_team", queries.expected(TEAM, **_TEAM), queries.EXPECTED),
        known("to_customer", queries.expected(CUSTOMER, **_CUSTOMER), queries.EXPECTED),
    ]
    description = "What a team's word to a customer is worth, beside its word to others and beside that of other teams."
    return dashboard("relationship", "Troth: Relationship", description, list(_panels()), variables, [marks("team:${team}")])


def _panels() -> Iterator[PanelBuilder]:
    yield sentence(_SENTENCE, "The two in one sentence. Choose others above; the link leads to their promises.")
    says = (
        "The share of the team's next promises to this customer to expect kept. It has no colour, as a relationship alone rests on few "
        "promises: compare it with the two beside it before you judge."
    )
    yield figure("Between them", says, now(catalogue.RELATIONSHIP, **_BOTH), PERCENT, no_value="no promise between them")
    yield reliability_figure(TEAM, "The team to all", "Where it is red, the trouble is the team's, not of the two.", **_TEAM)
    yield reliability_figure(CUSTOMER, "All teams to the customer", "Where it is red, the customer is served badly by all.", **_CUSTOMER)
    yield open_figure(CUSTOMER, "overdue", " to the customer", **_CUSTOMER)
    yield _trend()
    yield _matrix()
    yield _customers()


def _trend() -> PanelBuilder:
    lines = [
        Line("between them", lately(catalogue.RELATIONSHIP, **_BOTH), solid(LINE)),
        Line("the team to all", lately(TEAM.reliability, **_TEAM), dashed(OTHER)),
        Line("all to the customer", lately(CUSTOMER.reliability, **_CUSTOMER), dashed(THIRD)),
        Line("target", queries.target_line(), dashed(NEUTRAL)),
    ]
    says = (
        "The reliability between the two over time, beside what the team does for all its customers and what the customer gets from all "
        "teams. Where it parts from both, something is wrong between the two: let them talk."
    )
    return trend("Over time", says, lines).span(24).height(9)


def _matrix() -> PanelBuilder:
    says = (
        "Every team and every customer: the share of the next promises to expect kept; the darker, the more. Read a row to see whom a team "
        "serves worse than others, a column to see who lets a customer down. Empty: no promise between them."
    )
    return matrix("Teams and customers", says, ("team", "Team"), "customer", now(catalogue.RELATIONSHIP))


def _customers() -> PanelBuilder:
    says = (
        "Customers, the one whom all teams together serve worst first; the range is what to expect kept of the next 100 promises to it. "
        "Go to those in red before they come to you."
    )
    return worst_table(CUSTOMER, "Customers, worst served first", says).height(9)
