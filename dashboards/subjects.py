"""Panels that teams, customers, goals and the organisation have alike: how they stand, and how that came about."""

from typing import Final

from grafana_foundation_sdk.builders import stat, table, timeseries

from dashboards import queries
from dashboards.looks import LINE, NEUTRAL, PERCENT
from dashboards.panels import WHOLE, Line, band, dashed, edge, figure, leading_to, solid, trend
from dashboards.queries import Subject, lately, now
from dashboards.tables import Rows, count_column, direction_column, ranked, ratio_column, standing_column, text_column

IN_A_TREND: Final = 6  # nobody compares more at once
_NAME: Final = "${__value.raw:percentencode}"
LINKS: Final = {
    "team": (
        ("Open the team's dashboard", f"/d/troth-team?var-team={_NAME}&${{__url_time_range}}"),
        ("Open the team on the board", f"${{board}}/teams/?name={_NAME}"),
    ),
    "customer": (("Open the customer on the board", f"${{board}}/customers/?name={_NAME}"),),
    "goal": (("Open the goal on the board", f"${{board}}/goals/?name={_NAME}"),),
}
_OPEN: Final = {
    "overdue": "Open promises whose date has passed. Each of them needs a new date that its customer agrees to: the board lists them.",
    "at_risk": "Open promises more likely late than not, or whose team has warned. Ask now what would help: the board lists them.",
}


def reliability_figure(subject: Subject, title: str, what_to_do: str, **where: str) -> stat.Panel:
    """The reliability in the colour of its standing."""
    says = (
        "The share of the next promises to expect kept. Red only where even the upper end of its range is under the target, green only "
        f"where the lower end is over it. {what_to_do}"
    )
    return figure(title, says, queries.worded(now(subject.reliability, **where), subject, **where), PERCENT, name="{{standing}}")


def open_figure(subject: Subject, state: str, whose: str = "", **where: str) -> stat.Panel:
    """How many promises are overdue or at risk, with the way to their list on the board."""
    panel = figure(state.replace("_", " ").capitalize() + whose, _OPEN[state], now(subject.commitments, state=state, **where), no_value="–")
    filters = "".join(f"&{label}={value.replace('$', '${')}:percentencode}}" for label, value in where.items())
    return leading_to(panel, "See them on the board", f"${{board}}/commitments?state={state}{filters}")


def worst_table(subject: Subject, title: str, description: str) -> table.Panel:
    """All of a kind, worst first, in the colour of what is certain."""
    label = subject.label or ""
    columns = [
        standing_column(queries.standing(subject)),
        text_column("Of next 100", queries.expected(subject), "expected"),
        count_column("Overdue", now(subject.commitments, state="overdue")),
        count_column("At risk", now(subject.commitments, state="at_risk")),
        direction_column(queries.direction(subject)),
        ratio_column("Reliability", now(subject.reliability)),
        count_column("Evidence", now(subject.evidence)),
    ]
    return ranked(title, description, Rows(label, label.capitalize(), LINKS[label], queries.worst_first(subject)), columns)


def worst_trends(subject: Subject, what_to_do: str) -> timeseries.Panel:
    """A small trend for each of the worst six, with its lower bound; the variable `worst` names them."""
    lines = [
        Line("reliability", lately(subject.reliability, **{subject.label or "": "~$worst"}), solid(LINE)),
        Line("lower bound", lately(subject.low, **{subject.label or "": "~$worst"}), dashed(LINE)),
        Line("target", queries.target_line(), dashed(NEUTRAL)),
    ]
    says = f"One of the six that stand worst: its reliability, and the lower bound that may be relied on. {what_to_do}"
    return trend("$worst", says, lines).span(WHOLE).height(7).repeat("worst").repeat_direction("h").max_per_row(3)


def band_trend(subject: Subject, title: str, description: str, **where: str) -> timeseries.Panel:
    """One trend with its band: what the next promises may come to, at worst and at best."""
    lines = [
        Line("at worst", lately(subject.low, **where), edge(LINE)),
        Line("at best", lately(subject.high, **where), band(LINE, "at worst")),
        Line("reliability", lately(subject.reliability, **where), solid(LINE)),
        Line("target", queries.target_line(), dashed(NEUTRAL)),
    ]
    return trend(title, description, lines).span(WHOLE).height(9)
