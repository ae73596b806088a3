"""The queries of a dashboard as Grafana asks them: variables filled in, each put to a real Prometheus."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.prometheus import Prometheus

FOLDER: Final = Path(__file__).parents[2] / "dashboards"
FILES: Final = sorted(path.name for path in FOLDER.glob("*.json"))
DAY: Final = 86_400
_STEP: Final = DAY // 4  # what Grafana makes of 90 days on a panel of half a screen

Document = dict[str, Any]


class Asked(NamedTuple):
    """A query, where it stands (the panel's title or the variable's name), and as it is written there."""

    place: str
    written: str
    expression: str
    instant: bool


def read(file: str) -> Document:
    """A dashboard as committed."""
    document: Document = json.loads((FOLDER / file).read_text("utf-8"))
    return document


def panels_of(document: Document) -> list[Document]:
    """All panels, those in rows too."""
    return [inner for panel in document["panels"] for inner in (panel, *panel.get("panels", ())) if inner["type"] != "row"]


def variables_of(document: Document) -> list[Document]:
    """The variables that ask a query."""
    return [variable for variable in document["templating"]["list"] if variable["type"] == "query"]


class Asking:
    """A Prometheus as Grafana asks it, as of `at` (seconds since 1970)."""

    def __init__(self, prometheus: Prometheus, at: float) -> None:
        self._prometheus, self._at = prometheus, at

    def answer(self, asked: Asked, days: int = 90) -> list[Document]:
        """The series of an answer, those of NaN alone too."""
        if asked.instant:
            return self._prometheus.query(asked.expression, self._at)
        span: dict[str, float] = {"start": self._at - days * DAY, "end": self._at, "step": _STEP}
        series: list[Document] = self._prometheus.get("query_range", query=asked.expression, **span)["result"]
        return series

    def values(self, variable: Document, filled: Mapping[str, str]) -> list[str]:
        """What a variable offers, in order, as Grafana reads label_values(...) and query_result(...)."""
        asked = fill(variable["query"], filled)
        if named := re.fullmatch(r"label_values\((.*), (\w+)\)", asked):
            return sorted(self._prometheus.get(f"label/{named[2]}/values", **{"match[]": named[1]}))
        [expression] = re.findall(r"query_result\((.*)\)", asked)
        pattern = re.compile(variable["regex"].strip("/"))
        found = (pattern.search(_as_text(series)) for series in self._prometheus.query(expression, self._at))
        return [match[1] for match in found if match]


def filled_in(document: Document, asking: Asking) -> dict[str, str]:
    """Every variable with the first of its values; empty where it has none."""
    filled: dict[str, str] = {}
    for variable in variables_of(document):
        values = asking.values(variable, filled)
        filled[variable["name"]] = values[0] if values else ""
    return filled


def queries_of(document: Document, filled: Mapping[str, str]) -> Iterator[Asked]:
    """The queries of all panels."""
    for panel in panels_of(document):
        for target in panel.get("targets", ()):
            yield Asked(panel["title"], target["expr"], fill(target["expr"], filled), bool(target.get("instant")))


def fill(text: str, variables: Mapping[str, str]) -> str:
    """A text with its variables' values in their place."""
    builtin = {"__interval": f"{_STEP}s", "__rate_interval": "1m", "__range": f"{90 * DAY}s"}
    return re.sub(r"\$\{?([a-zA-Z_]\w*)\}?", lambda found: {**builtin, **variables}[found[1]], text)


def _as_text(series: Document) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in series["metric"].items())
    return f"{{{labels}}} {series['value'][1]} {series['value'][0] * 1000:.0f}"
