"""The dashboard *Trust*: how far the next promises can be relied on, for those who lead."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import queries
from dashboards.frame import PanelBuilder, dashboard, each_of, known
from dashboards.looks import LINE, NEUTRAL, PERCENT
from dashboards.panels import WHOLE, Line, bars, dashed, figure, leading_to, sentence, solid, trend
from dashboards.queries import BELOW, GOAL, ORGANISATION, TEAM, now
from dashboards.tables import Rows, count_column, direction_column, ranked, ratio_column, standing_column, text_column, when_column
from troth.metrics import catalogue

SHOWN_IN_TRENDS: Final = 6  # a leader compares no more at once
TEAM_LINKS: Final = (
    ("Open the team's dashboard", "/d/troth-team?var-team=${__value.raw:percentencode}&${__url_time_range}"),
    ("Open the team on the board", "${board}/teams/?name=${__value.raw:percentencode}"),
)
_AT_RISK_LINK: Final = ("See them on the board", "${board}/commitments?state=at_risk&team=${__value.raw:percentencode}")
GOAL_LINKS: Final = (("Open the goal on the board", "${board}/goals/?name=${__value.raw:percentencode}"),)

_SENTENCE: Final = """\
### Of the next 100 promises expect ${expected} to be kept: ${standing} of ${target}.

**${below}** of ${teams} teams are below it even at best. **${overdue}** promises are overdue and **${at_risk}** more at risk: \
[see which on the board](${board}/)."""


def trust() -> Dashboard:
    """How the organisation, its teams and its goals stand."""
    variables = [
        known("expected", queries.expected(ORGANISATION), '/expected="([^"]+)"/'),
        known("standing", queries.worded(now(ORGANISATION.reliability), ORGANISATION), '/standing="([^"]+)"/'),
        known("target", f"floor(100 * {now(catalogue.TARGET)} + 0.5)"),
        known("below", _below()),
        known("teams", f"count({now(TEAM.reliability)})"),
        known("overdue", now(ORGANISATION.commitments, state="overdue")),
        known("at_risk", now(ORGANISATION.commitments, state="at_risk")),
        each_of("worst", "team", queries.worst(TEAM, SHOWN_IN_TRENDS)),
    ]
    description = "How far the next promises can be relied on, which teams and goals need help, and how early the customers hear of it."
    return dashboard("trust", "Troth: Trust", description, list(_panels()), variables)


def _below() -> str:
    return f"count(({queries.standing(TEAM)}) == {BELOW}) or vector(0)"


def _panels() -> Iterator[PanelBuilder]:
    yield sentence(
        _SENTENCE, "The whole in one sentence. Read it first; where it does not say what you hoped for, look at the teams below."
    )
    yield from _figures()
    yield _teams()
    yield _trend()
    yield _next_to_slip()
    yield _told()
    yield _goals()


def _figures() -> Iterator[PanelBuilder]:
    yield figure(
        "Reliability of all teams",
        "The share of the next promises to expect kept. Red only where even the upper end of its range is under the target, green only "
        "where the lower end is over it. Red: promise less until the worst teams have recovered.",
        queries.worded(now(ORGANISATION.reliability), ORGANISATION),
        PERCENT,
        name="{{standing}}",
    )
    yield figure(
        "Teams below the target",
        "Teams that are below the target even at best. Take their next promises only with a plan; they are at the top of the table below.",
        _below(),
    )
    yield leading_to(
        figure(
            "Overdue",
            "Open promises whose date has passed. Each of them needs a new date that its customer agrees to: the board lists them.",
            now(ORGANISATION.commitments, state="overdue"),
        ),
        "See them on the board",
        "${board}/commitments?state=overdue",
    )
    yield leading_to(
        figure(
            "At risk",
            "Open promises that are more likely late than not, or whose team has warned. Ask now what would help: the board lists them.",
            now(ORGANISATION.commitments, state="at_risk"),
        ),
        "See them on the board",
        "${board}/commitments?state=at_risk",
    )


def _teams() -> PanelBuilder:
    rows = Rows("team", "Team", TEAM_LINKS, queries.worst_first(TEAM))
    columns = [
        standing_column(queries.standing(TEAM)),
        text_column("Of the next 100", queries.expected(TEAM), "expected"),
        count_column("Overdue", now(TEAM.commitments, state="overdue")),
        count_column("At risk", now(TEAM.commitments, state="at_risk")),
        direction_column(queries.direction(TEAM)),
        ratio_column("Reliability", now(TEAM.reliability)),
        count_column("Evidence", now(TEAM.evidence)),
    ]
    says = (
        "Teams, the one with the worst upper end first; those with too few promises come last and have no colour. The range is what to "
        "expect kept of the next 100 promises; evidence is how many fresh promises it rests on. Talk to the teams in red first."
    )
    return ranked("Teams, worst first", says, rows, columns)


def _trend() -> PanelBuilder:
    lines = [
        Line("reliability", queries.lately(TEAM.reliability, team="$worst"), solid(LINE)),
        Line("lower bound", queries.lately(TEAM.low, team="$worst"), dashed(LINE)),
        Line("target", queries.lately(catalogue.TARGET), dashed(NEUTRAL)),
    ]
    says = (
        "One of the six teams that stand worst: its reliability, and the lower bound that may be relied on. "
        "A line that falls for weeks is a reason to ask why; one that rises says that help has worked."
    )
    panel = trend("$worst", says, lines).span(WHOLE).height(7)
    return panel.repeat("worst").repeat_direction("h").max_per_row(3)


def _next_to_slip() -> PanelBuilder:
    at_risk, overdue = (now(TEAM.commitments, state=state) for state in ("at_risk", "overdue"))
    concerned = f"(({at_risk} + {overdue}) > 0)"
    rows = Rows("team", "Team", (_AT_RISK_LINK,), f"-{concerned}")
    columns = [
        count_column("At risk", f"{at_risk} and {concerned}"),
        count_column("Overdue", f"{overdue} and {concerned}"),
        when_column("Next due", f"{now(catalogue.NEXT_DUE)} and {concerned}"),
        when_column("Oldest overdue", f"{now(catalogue.OLDEST_OVERDUE)} and {concerned}"),
    ]
    says = (
        "Teams with promises at risk or overdue, most first, and when their next one is due. "
        "A team's name leads to its promises at risk: agree on a new date with the customer while there is time."
    )
    return ranked("What slips next", says, rows, columns).span(12).height(9)


def _told() -> PanelBuilder:
    says = (
        "Of a team's failed promises, the share whose customer was told by the date. Bad news told early costs little trust, a "
        "surprise much: ask the teams at the top to warn as soon as they doubt a date."
    )
    return bars("How early we tell", says, f"sort(1 - {now(catalogue.SURPRISE)})", "{{team}}")


def _goals() -> PanelBuilder:
    rows = Rows("goal", "Goal", GOAL_LINKS, queries.worst_first(GOAL))
    columns = [
        standing_column(queries.standing(GOAL)),
        text_column("Of the next 100", queries.expected(GOAL), "expected"),
        count_column("Overdue", now(GOAL.commitments, state="overdue")),
        count_column("At risk", now(GOAL.commitments, state="at_risk")),
        ratio_column("Reliability", now(GOAL.reliability)),
    ]
    says = (
        "The goals of the business and how far the promises made for them can be relied on, worst first. "
        "For a goal in red, make fewer promises and larger margins; the dashboard Goals has the trends."
    )
    return ranked("Goals, worst first", says, rows, columns).height(8)
