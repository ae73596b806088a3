"""The dashboard *Trust*: how far the next promises can be relied on, for those who lead."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import queries
from dashboards.frame import PanelBuilder, dashboard, each_of, known
from dashboards.panels import bars, figure, sentence
from dashboards.queries import GOAL, ORGANISATION, TEAM, now
from dashboards.subjects import IN_A_TREND, open_figure, reliability_figure, worst_table, worst_trends
from dashboards.tables import Rows, count_column, ranked, when_column
from troth.metrics import catalogue

_SENTENCE: Final = """\
#### Of the next 100 promises expect ${expected} to be kept: ${standing} of ${target}; \
${below} of ${teams} teams and ${goals_below} of ${goals} goals are below it even at best.

[${overdue} overdue](${board}/commitments?state=overdue), [${at_risk} more at risk](${board}/commitments?state=at_risk), \
[all on the board](${board}/)
"""


def trust() -> Dashboard:
    """How the organisation, its teams and its goals stand."""
    variables = [
        known("expected", queries.expected(ORGANISATION), queries.EXPECTED),
        known("standing", queries.worded(now(ORGANISATION.reliability), ORGANISATION), queries.STANDING),
        known("target", queries.target_of_100()),
        known("below", queries.number_below(TEAM)),
        known("teams", f"count({now(TEAM.reliability)})"),
        known("goals_below", queries.number_below(GOAL)),
        known("goals", f"count({now(GOAL.reliability)}) or vector(0)"),
        known("overdue", now(ORGANISATION.commitments, state="overdue")),
        known("at_risk", now(ORGANISATION.commitments, state="at_risk")),
        each_of("worst", "team", queries.worst(TEAM, IN_A_TREND)),
    ]
    description = "How far the next promises can be relied on, which teams and goals need help, and how early the customers hear of it."
    return dashboard("trust", "Troth: Trust", description, list(_panels()), variables)


def _panels() -> Iterator[PanelBuilder]:
    yield sentence(
        _SENTENCE, "The whole in one sentence. Read it first; where it does not say what you hoped for, look at the teams below."
    )
    what_to_do = "Where it is red, promise less until the worst teams have recovered."
    yield reliability_figure(ORGANISATION, "Reliability of all teams", what_to_do)
    says = "Teams that are below the target even at best: the first in the table. Take their next promises only with a plan."
    yield figure("Teams below the target", says, queries.number_below(TEAM))
    yield open_figure(ORGANISATION, "overdue")
    yield open_figure(ORGANISATION, "at_risk")
    yield _teams()
    yield _next_to_slip()
    yield _told()
    yield _goals()
    yield worst_trends(TEAM, "A line that falls for weeks is a reason to ask why; one that rises says that help has worked.")


def _teams() -> PanelBuilder:
    says = (
        "Teams, the one with the worst upper end first; those with too few promises come last and have no colour. The range is what to "
        "expect kept of the next 100 promises; evidence is how many fresh promises it rests on. Talk to the teams in red first."
    )
    return worst_table(TEAM, "Teams, worst first", says).height(13)


def _next_to_slip() -> PanelBuilder:
    at_risk, overdue = (now(TEAM.commitments, state=state) for state in ("at_risk", "overdue"))
    concerned = f"(({at_risk} + {overdue}) > 0)"
    to_the_board = ("See its promises at risk on the board", "${board}/commitments?state=at_risk&team=${__value.raw:percentencode}")
    columns = [
        when_column("Next due", f"{now(catalogue.NEXT_DUE)} and {concerned}"),
        count_column("At risk", f"{at_risk} and {concerned}"),
        count_column("Overdue", f"{overdue} and {concerned}"),
        when_column("Oldest overdue", f"{now(catalogue.OLDEST_OVERDUE)} and {concerned}"),
    ]
    says = (
        "Teams with promises at risk or overdue, most first, and when their next one is due. "
        "A team's name leads to its promises at risk: agree on a new date with the customer while there is time."
    )
    return ranked("What slips next", says, Rows("team", "Team", (to_the_board,), f"-{concerned}"), columns).span(12).height(10)


def _told() -> PanelBuilder:
    says = (
        "Of a team's failed promises, the share whose customer was told by the date. Bad news told early costs little trust, a "
        "surprise much: ask the teams at the top to warn as soon as they doubt a date."
    )
    return bars("How early we tell", says, f"sort((1 - {now(catalogue.SURPRISE)}) >= 0)", "{{team}}")


def _goals() -> PanelBuilder:
    says = (
        "The goals of the business and how far the promises made for them can be relied on, worst first. "
        "For a goal in red, make fewer promises and larger margins; the dashboard Goals has the trends."
    )
    return worst_table(GOAL, "Goals, worst first", says).height(8)
