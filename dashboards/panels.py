"""The panels: a sentence, a figure, a trend, bars. Each says what it shows and what to do, and has the limits of a ratio built in."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, text, timeseries
from grafana_foundation_sdk.models import common as kinds
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.text import TextMode

from dashboards.looks import AGO, LINE, MERE_NUMBER, NEUTRAL, PERCENT, absent, fixed, link, no_thresholds, property_of, standing_colours

SOURCE: Final = kinds.DataSourceRef(type_val="prometheus", uid="${datasource}")
WHOLE: Final = 24  # columns of Grafana's grid
_STEP: Final = "1h"  # the shortest of a trend: a score changes with an outcome and at midnight, not with a scrape

_BELOW: Final = kinds.LegendPlacement.BOTTOM
_FEW: Final = 4  # what an axis of counts goes to at least: nothing at all is not half of a hundred
_WORDS_SIZE: Final = 28  # of a figure that is said in words: Grafana makes numbers as large as the panel, and words as well

_Panel = TypeVar("_Panel", stat.Panel, timeseries.Panel, bargauge.Panel)


class Line(NamedTuple):
    """A series of a trend, or all series of a query: `look` is property and value of Grafana's field options."""

    name: str
    query: str
    look: tuple[tuple[str, object], ...] = ()


def solid(colour: str) -> tuple[tuple[str, object], ...]:
    """The line that is read first."""
    return (("color", _one(colour)), ("custom.lineWidth", 2))


def dashed(colour: str) -> tuple[tuple[str, object], ...]:
    """The line beside it: a bound or the target."""
    return (("color", _one(colour)), ("custom.lineStyle", {"fill": "dash", "dash": [6, 6]}), ("custom.lineWidth", 1))


def band(colour: str, below: str) -> tuple[tuple[str, object], ...]:
    """The upper edge of an area down to the series `below`."""
    return (("color", _one(colour)), ("custom.lineWidth", 0), ("custom.fillBelowTo", below), ("custom.fillOpacity", 20))


def edge(colour: str) -> tuple[tuple[str, object], ...]:
    """The lower edge of a band."""
    return (("color", _one(colour)), ("custom.lineWidth", 1))


def query(ref: str, expression: str, name: str = "", *, instant: bool = False, table: bool = False) -> prometheus.Dataquery:
    """A query of a panel: over its time range, or of this instant."""
    asked = prometheus.Dataquery().ref_id(ref).datasource(SOURCE).expr(expression)
    asked = asked.instant() if instant else asked.range()
    asked = asked.format(PromQueryFormat.TABLE if table else PromQueryFormat.TIME_SERIES)
    return asked.legend_format(name) if name else asked


def sentence(markdown: str, description: str, height: int = 4) -> text.Panel:
    """Words at the top, with variables in them."""
    return text.Panel().title("").description(description).mode(TextMode.MARKDOWN).content(markdown).span(WHOLE).height(height)


def figure(title: str, description: str, expression: str, unit: str = MERE_NUMBER, *, name: str = "", no_value: str = "none") -> stat.Panel:
    """One number of now. Where `name` has the words of a standing, it takes its colour; else it is neutral."""
    panel = _stat(title, description, unit, no_value).with_target(query("A", expression, name, instant=True))
    panel = panel.text_mode(kinds.BigValueTextMode.VALUE_AND_NAME if name else kinds.BigValueTextMode.VALUE)
    for pattern, colour in standing_colours() if "{{standing}}" in name else ():
        panel = panel.override_by_regexp(pattern, [property_of("color", _one(colour))])
    return panel.graph_mode(kinds.BigValueGraphMode.NONE)


def figure_with_past(title: str, description: str, expression: str, unit: str = PERCENT, no_value: str = "none yet") -> stat.Panel:
    """One number with the line of its past beneath, neutral."""
    panel = _stat(title, description, unit, no_value).with_target(query("A", expression)).interval(_STEP)
    return panel.text_mode(kinds.BigValueTextMode.VALUE).graph_mode(kinds.BigValueGraphMode.AREA).height(5)


def names(title: str, description: str, expression: str, name: str) -> stat.Panel:
    """Words that a query has in its labels, one a series."""
    panel = _stat(title, description, MERE_NUMBER, "none").with_target(query("A", expression, name, instant=True))
    return panel.text_mode(kinds.BigValueTextMode.NAME).graph_mode(kinds.BigValueGraphMode.NONE)


def _stat(title: str, description: str, unit: str, no_value: str) -> stat.Panel:
    panel = (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .color_mode(kinds.BigValueColorMode.VALUE)
        .justify_mode(kinds.BigValueJustifyMode.CENTER)
        .wide_layout(False)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .color_scheme(fixed(NEUTRAL))
        .mappings(absent(no_value))
        .no_value(no_value)
        .span(6)
        .height(4)
    )
    return _measured(panel.text(common.VizTextDisplayOptions().value_size(_WORDS_SIZE)) if unit == AGO else panel, unit)


def trend(title: str, description: str, lines: Sequence[Line], unit: str = PERCENT) -> timeseries.Panel:
    """Lines over time. A ratio's axis is from 0 to 1."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .interval(_STEP)
        .draw_style(kinds.GraphDrawStyle.LINE)
        .line_width(1)
        .fill_opacity(0)
        .show_points(kinds.VisibilityMode.NEVER)
        .span_nulls(True)
        .legend(common.VizLegendOptions().show_legend(True).display_mode(kinds.LegendDisplayMode.LIST).placement(_BELOW).calcs([]))
        .tooltip(common.VizTooltipOptions().mode(kinds.TooltipDisplayMode.MULTI).sort(kinds.SortOrder.NONE))
        .span(12)
        .height(8)
    )
    for ref, line in zip("ABCDEFGHIJ", lines, strict=False):
        panel = panel.with_target(query(ref, line.query, line.name))
        if line.look:
            panel = panel.override_by_query(ref, [property_of(name, value) for name, value in line.look])
    return _measured(panel.axis_soft_max(_FEW) if unit == MERE_NUMBER else panel, unit)


def stacked(panel: timeseries.Panel) -> timeseries.Panel:
    """The same, with its series on top of each other."""
    return panel.stacking(common.StackingConfig().mode(kinds.StackingMode.NORMAL).group("A")).fill_opacity(40)


def bars(title: str, description: str, expression: str, name: str, unit: str = PERCENT) -> bargauge.Panel:
    """A bar for each series, in the query's order, with its name above, where there is room on a telephone, too."""
    panel = (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(query("A", expression, name, instant=True))
        .orientation(kinds.VizOrientation.HORIZONTAL)
        .display_mode(kinds.BarGaugeDisplayMode.BASIC)
        .value_mode(kinds.BarGaugeValueMode.TEXT)
        .name_placement(kinds.BarGaugeNamePlacement.TOP)
        .show_unfilled(True)
        .text(common.VizTextDisplayOptions().title_size(13).value_size(13))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .color_scheme(fixed(LINE))
        .no_value("nothing yet")
        .span(12)
        .height(10)
    )
    return _measured(panel, unit)


def leading_to(panel: _Panel, title: str, url: str) -> _Panel:
    """The panel with a link in its corner."""
    return panel.links([link(title, url)])


def _measured(panel: _Panel, unit: str) -> _Panel:
    panel = panel.unit(unit).thresholds(no_thresholds())
    return panel.decimals(0).min(0).max(1) if unit == PERCENT else panel.min(0)


def _one(colour: str) -> dict[str, str]:
    return {"mode": model.FieldColorModeId.FIXED.value, "fixedColor": colour}
