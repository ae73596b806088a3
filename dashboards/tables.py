"""Tables: a row for each value of a label, a column for each query, sorted by the first."""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any, NamedTuple

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import common as kinds
from grafana_foundation_sdk.models import dashboard as model

from dashboards.looks import LINE, PERCENT, absent, direction_mappings, fixed, no_thresholds, property_of, scale, standing_mappings
from dashboards.panels import SOURCE, WHOLE, query

Look = tuple[tuple[str, Any], ...]


class Column(NamedTuple):
    """A column: the query's value, or where `label` is given that label of its series."""

    title: str
    query: str
    look: Look = ()
    label: str | None = None


def standing_column(expression: str) -> Column:
    """In words, in the colour of what is certain."""
    look = ("mappings", standing_mappings()), ("custom.cellOptions", _cell("color-text")), ("custom.align", "left"), ("custom.width", 115)
    return Column("Standing", expression, look)


def ratio_column(title: str, expression: str) -> Column:
    """A bar from 0 to 1, neutral."""
    bar = _cell("gauge", mode="basic", valueDisplayMode="text")
    look = ("unit", PERCENT), ("decimals", 0), ("min", 0), ("max", 1), ("custom.cellOptions", bar), ("custom.minWidth", 140)
    colour = {"mode": "fixed", "fixedColor": LINE}
    return Column(title, expression, (*look, ("color", colour), ("mappings", absent("nothing to divide"))))


def count_column(title: str, expression: str) -> Column:
    """A whole number."""
    return Column(title, expression, (("decimals", 0), ("custom.width", 85), ("mappings", absent("–"))))


def direction_column(expression: str) -> Column:
    """An arrow."""
    return Column("In 28 days", expression, (("mappings", direction_mappings()), ("custom.align", "left"), ("custom.width", 110)))


def when_column(title: str, expression: str) -> Column:
    """An instant, as far away as it is; the query answers seconds, Grafana counts milliseconds."""
    return Column(title, f"1000 * ({expression})", (("unit", "dateTimeFromNow"), ("custom.width", 115), ("mappings", absent("–"))))


def text_column(title: str, expression: str, label: str) -> Column:
    """What a query wrote into a label."""
    return Column(title, expression, (("custom.width", 105),), label)


class Rows(NamedTuple):
    """What the rows are: their label, the heading over it, where a name leads, and the query that they are sorted by, least first."""

    label: str
    heading: str
    links: tuple[tuple[str, str], ...]
    key: str


def ranked(title: str, description: str, rows: Rows, columns: Sequence[Column]) -> table.Panel:
    """A table of the present. `columns` are at most 25."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(query("A", rows.key, instant=True, table=True))
        .cell_height(kinds.TableCellHeight.MD)
        .show_header(True)
        .align(kinds.FieldTextAlignment.AUTO)
        .color_scheme(fixed("text"))
        .thresholds(no_thresholds())
        .span(WHOLE)
        .height(12)
    )
    for ref, column in zip(ascii_uppercase[1:], columns, strict=False):
        panel = panel.with_target(query(ref, column.query, instant=True, table=True))
        panel = panel.override_by_name(column.title, [property_of(name, value) for name, value in column.look])
    name = [property_of("links", [_data_link(title, url) for title, url in rows.links]), property_of("custom.minWidth", 130), *_wrapped()]
    return panel.override_by_name(rows.heading, name).transformations(_one_row_each(rows, columns))


def matrix(title: str, description: str, row: tuple[str, str], column: str, expression: str) -> table.Panel:
    """A ratio for each pair of two labels: `row` with its heading, `column`. The darker the blue, the more."""
    to_matrix = {"rowField": row[0], "columnField": column, "valueField": "Value", "emptyValue": "null"}
    renamed = {f"{row[0]}\\{column}": row[1]}
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(query("A", expression, instant=True, table=True))
        .unit(PERCENT)
        .decimals(0)
        .min(0)
        .max(1)
        .color_scheme(scale())
        .thresholds(no_thresholds())
        .cell_height(kinds.TableCellHeight.MD)
        .show_header(True)
        .align(kinds.FieldTextAlignment.CENTER)
        .cell_options(kinds.TableColoredBackgroundCellOptions(mode=kinds.TableCellBackgroundDisplayMode.BASIC))
        .span(WHOLE)
        .height(13)
    )
    heading = [
        property_of("custom.cellOptions", _cell("auto")),
        property_of("custom.align", "left"),
        property_of("custom.minWidth", 130),
        *_wrapped(),
    ]
    return panel.override_by_name(row[1], heading).transformations(
        [
            model.DataTransformerConfig(id_val="groupingToMatrix", options=to_matrix),
            model.DataTransformerConfig(id_val="organize", options={"renameByName": renamed}),
        ]
    )


def _one_row_each(rows: Rows, columns: Sequence[Column]) -> list[model.DataTransformerConfig]:
    """Join the queries by their label, sort, and put the columns in order."""
    shown, hidden = {rows.label: rows.heading}, {"Time": True, "Value #A": True}
    for ref, column in zip(ascii_uppercase[1:], columns, strict=False):
        shown[column.label or f"Value #{ref}"] = column.title
        if column.label:
            hidden[f"Value #{ref}"] = True
    order = {name: index for index, name in enumerate(shown)}
    return [
        model.DataTransformerConfig(id_val="merge", options={}),
        model.DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": "Value #A"}]}),
        model.DataTransformerConfig(id_val="organize", options={"excludeByName": hidden, "indexByName": order, "renameByName": shown}),
    ]


def _wrapped() -> list[model.DynamicConfigValue]:
    """Long names in several lines; newer versions of Grafana have the option beside the cell's, older ones in them."""
    return [property_of("custom.cellOptions", _cell("auto", wrapText=True)), property_of("custom.wrapText", value=True)]


def _data_link(title: str, url: str) -> dict[str, Any]:
    return {"title": title, "url": url, "targetBlank": url.startswith("${board}")}


def _cell(kind: str, **options: Any) -> dict[str, Any]:
    return {"type": kind, **options}
