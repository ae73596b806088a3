"""The dashboard *Team*: what one team's word is worth, and to whom."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import queries
from dashboards.frame import PanelBuilder, choice, dashboard, known, marks
from dashboards.looks import AGO, FAINT, LINE, MERE_NUMBER, OTHER, PERCENT, THIRD
from dashboards.panels import Line, band, bars, edge, figure, figure_with_past, sentence, solid, stacked, trend
from dashboards.queries import CUSTOMER, TEAM, lately, now
from dashboards.subjects import LINKS, band_trend, open_figure, reliability_figure
from dashboards.tables import Rows, ranked, ratio_column
from troth.metrics import catalogue

_THIS: Final = {"team": "$team"}
_SENTENCE: Final = """\
#### Of ${team}'s next 100 promises expect ${expected} to be kept: ${standing} of ${target}.

[Its promises on the board](${board}/commitments?team=${team:percentencode}), \
[what it may promise next](${board}/teams/?name=${team:percentencode})
"""


def team() -> Dashboard:
    """All that is known of one team."""
    variables = [
        choice("team", "Team", f"label_values({TEAM.reliability.name}, team)"),
        known("expected", queries.expected(TEAM, **_THIS), queries.EXPECTED),
        known("standing", queries.worded(now(TEAM.reliability, **_THIS), TEAM, **_THIS), queries.STANDING),
        known("target", queries.target_of_100()),
    ]
    description = "One team: its reliability and how sure that is, dates, margins, surprises, budget, acceptance, and its customers."
    return dashboard("team", "Troth: Team", description, list(_panels()), variables, [marks("team:${team}")])


def _panels() -> Iterator[PanelBuilder]:
    yield sentence(
        _SENTENCE, "The team in one sentence. Choose another above; the links lead to its promises and to advice on the next one."
    )
    yield reliability_figure(TEAM, "Reliability", "Where it is red, ask the team what it can keep, and promise no more.", **_THIS)
    yield open_figure(TEAM, "overdue", **_THIS)
    yield open_figure(TEAM, "at_risk", **_THIS)
    says = "When its next open promise is due. Look now whether it will hold: the board has its chance."
    yield figure("Next due", says, f"1000 * {now(catalogue.NEXT_DUE, **_THIS)}", AGO, no_value="nothing dated")
    yield _reliability()
    yield _bases()
    yield _margin()
    yield from _beside()
    yield _customers()
    yield _outcomes()
    yield _states()


def _reliability() -> PanelBuilder:
    says = (
        "Reliability with the range that it lies in nine times of ten, and the target. A wide band means little evidence: ask for smaller "
        "promises more often. Where the whole band is under the target, the dates have to change."
    )
    return band_trend(TEAM, "Reliability and its range", says, **_THIS)


def _bases() -> PanelBuilder:
    says = (
        "The share on time by three dates: asked for by the customer, first promised, and agreed in the end. Far apart means that dates "
        "are moved to be kept: compare what the customer asked for before you praise the rest."
    )
    looks = zip(catalogue.ON_TIME.values, (OTHER, THIRD, LINE), strict=True)
    lines = [Line(basis, lately(catalogue.ON_TIME, basis=basis, **_THIS), solid(colour)) for basis, colour in looks]
    return trend("On time by which date", says, lines)


def _margin() -> PanelBuilder:
    says = (
        "The part of the promised time that is left at delivery: the median, and where one in ten has less or more. Below 0 is late. "
        "A median over 50 % says that the dates are padded, one under 0 that they are wishes."
    )
    few, median, many = (f"100 * {lately(catalogue.MARGIN, quantile=quantile, **_THIS)}" for quantile in catalogue.MARGIN.values)
    lines = [
        Line("one in ten has less", few, edge(LINE)),
        Line("one in ten has more", many, band(LINE, "one in ten has less")),
        Line("median", median, solid(LINE)),
    ]
    return trend("Time to spare", says, lines, "suffix:%").decimals(0).min(-100).max(100)


def _beside() -> Iterator[PanelBuilder]:
    for title, metric, says in (
        (
            "Surprises",
            catalogue.SURPRISE,
            "The share of failures that nobody was told of by the date. Ask for warnings: they cost less trust.",
        ),
        (
            "Within budget",
            catalogue.IN_BUDGET,
            "The share within budget, of those with one. Falling: agree on the budget anew before it is spent.",
        ),
        ("Accepted", catalogue.ACCEPTANCE, "The share that the customer accepted in the end. Falling: ask the customer what was missing."),
        (
            "Terms moved",
            catalogue.MOVED,
            "The share whose date or budget was changed. High: look at what is asked for too late, or promised too soon.",
        ),
    ):
        yield figure_with_past(title, says, lately(metric, **_THIS), PERCENT).span(4)
    rating = "The customers' ratings, 1 to 5, recent ones counting more. Under 3, talk to the customers before the next promise."
    yield figure_with_past("Rating", rating, lately(catalogue.RATING, **_THIS), MERE_NUMBER).decimals(1).min(1).max(5).span(4)
    evidence = "Outcomes behind it all, in fresh promises; each fades by its half-life. Falling: the team promises little, so ask it to."
    yield figure_with_past("Evidence", evidence, lately(TEAM.evidence, **_THIS), MERE_NUMBER).decimals(0).span(4)


def _customers() -> PanelBuilder:
    to_customer = now(catalogue.RELATIONSHIP, **_THIS)
    links = (
        ("Open this relationship", "/d/troth-relationship?var-team=${team:percentencode}&var-customer=${__value.raw:percentencode}"),
        *LINKS["customer"],
    )
    columns = [
        ratio_column("From this team", to_customer),
        ratio_column("From all teams", f"{now(CUSTOMER.reliability)} and on (customer) {to_customer}"),
    ]
    says = (
        "The team's customers and how many of its next promises to each to expect kept, beside those of all teams; the worst first. "
        "Where this team does worse than others, bring the two together."
    )
    return ranked("Customers, worst served first", says, Rows("customer", "Customer", links, to_customer), columns).height(9)


def _outcomes() -> PanelBuilder:
    says = (
        "What became of all promises that are settled. Slipped ones are still open: they come first. "
        "Many that are over budget or broken need another conversation than late ones."
    )
    return bars("What became of its promises", says, f"sort_desc({now(catalogue.OUTCOMES, **_THIS)})", "{{verdict}}", MERE_NUMBER)


def _states() -> PanelBuilder:
    says = "Open promises by state over time. A growing pile of overdue or undated ones says that nobody closes or dates them: clean up."
    looks = {"overdue": OTHER, "at_risk": THIRD, "pending": LINE, "undated": FAINT}
    lines = [
        Line(state.replace("_", " "), lately(TEAM.commitments, state=state, **_THIS), solid(colour)) for state, colour in looks.items()
    ]
    return stacked(trend("Open promises", says, lines, MERE_NUMBER)).height(10)
