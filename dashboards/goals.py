"""The dashboard *Goals*: how far what the business wants to reach rests on promises that hold."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import queries
from dashboards.frame import PanelBuilder, dashboard, each_of, known
from dashboards.looks import MERE_NUMBER, OTHER, THIRD
from dashboards.panels import Line, bars, figure, sentence, solid, trend
from dashboards.queries import GOAL, lately, now
from dashboards.subjects import IN_A_TREND, worst_table, worst_trends

_SENTENCE: Final = """\
#### ${below} of ${goals} goals rest on promises that are even at best below the target of ${target}; \
${overdue} promises made for goals are overdue, ${at_risk} more at risk.

[All goals on the board](${board}/#goals)
"""


def goals() -> Dashboard:
    """All goals, and the worst of them over time."""
    variables = [
        known("below", queries.number_below(GOAL)),
        known("goals", f"count({now(GOAL.reliability)}) or vector(0)"),
        known("target", queries.target_of_100()),
        known("overdue", _sum("overdue")),
        known("at_risk", _sum("at_risk")),
        each_of("worst", "goal", queries.worst(GOAL, IN_A_TREND)),
    ]
    description = "The goals of the business, and how far the promises that were made for them can be relied on."
    return dashboard("goals", "Troth: Goals", description, list(_panels()), variables)


def _sum(state: str) -> str:
    return f"sum({now(GOAL.commitments, state=state)}) or vector(0)"


def _panels() -> Iterator[PanelBuilder]:
    yield sentence(
        _SENTENCE, "The goals in one sentence. Where one is below the target, open it on the board and see whose promises it waits for."
    )
    says = "Goals that are below the target even at best: the first in the table. Give them fewer promises, or more time."
    yield figure("Goals below the target", says, queries.number_below(GOAL)).span(8)
    says = "Promises made for a goal whose date has passed. Agree on new dates, or say that the goal will be late."
    yield figure("Overdue", says, _sum("overdue")).span(8)
    says = "Promises made for a goal that will more likely be late than not. Ask now what would help."
    yield figure("At risk", says, _sum("at_risk")).span(8)
    says = (
        "The goals of the business, the one with the worst upper end first; the range is what to expect kept of the next 100 promises made "
        "for it. Red: the goal's date does not hold as things are; say so now."
    )
    yield worst_table(GOAL, "Goals, worst first", says).height(9)
    yield worst_trends(GOAL, "A goal that falls needs a look at its teams; the board names them.")
    says = "All open promises for each goal, the most first. Many at once for one goal are a reason to put some off."
    yield bars("Open promises", says, f"sort_desc(sum by (goal) ({now(GOAL.commitments)}))", "{{goal}}", MERE_NUMBER)
    yield _late()


def _late() -> PanelBuilder:
    says = (
        "Promises made for goals that are overdue or at risk, over time. A line that does not come down again is work that nobody owns: "
        "name somebody."
    )
    looks = {"overdue": OTHER, "at_risk": THIRD}
    lines = [
        Line(state.replace("_", " "), f"sum({lately(GOAL.commitments, state=state)})", solid(colour)) for state, colour in looks.items()
    ]
    return trend("Overdue and at risk", says, lines, MERE_NUMBER).height(10)
