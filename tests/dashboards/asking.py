"""The queries of a dashboard as Grafana asks them: variables filled in, each put to a real Prometheus."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2

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


class Prometheus:
    """A Prometheus at an address, asked as of `at` (seconds since 1970)."""

    def __init__(self, url: str, at: float) -> None:
        self._url, self._at = url, at

    def answer(self, asked: Asked, days: int = 90) -> list[Document]:
        """The series of an answer, those of NaN alone too."""
        if asked.instant:
            return self._get("query", query=asked.expression, time=self._at)
        span = {"start": self._at - days * DAY, "end": self._at, "step": _STEP}
        return self._get("query_range", query=asked.expression, **span)

    def values(self, variable: Document, filled: Mapping[str, str]) -> list[str]:
        """What a variable offers, in order, as Grafana reads label_values(...) and query_result(...)."""
        asked = fill(variable["query"], filled)
        if named := re.fullmatch(r"label_values\((.*), (\w+)\)", asked):
            return sorted(self._labels(named[1], named[2]))
        [expression] = re.findall(r"query_result\((.*)\)", asked)
        pattern = re.compile(variable["regex"].strip("/"))
        found = (pattern.search(_as_text(series)) for series in self._get("query", query=expression, time=self._at))
        return [match[1] for match in found if match]

    def _labels(self, selector: str, label: str) -> list[str]:
        answer = httpx2.get(f"{self._url}/api/v1/label/{label}/values", params={"match[]": selector}).raise_for_status()
        names: list[str] = answer.json()["data"]
        return names

    def _get(self, what: str, **parameters: Any) -> list[Document]:
        answer = httpx2.post(f"{self._url}/api/v1/{what}", data=parameters, timeout=60)
        assert answer.status_code == 200, f"{parameters['query']}: {answer.text}"
        series: list[Document] = answer.json()["data"]["result"]
        return series


def filled_in(document: Document, prometheus: Prometheus) -> dict[str, str]:
    """Every variable with the first of its values; empty where it has none."""
    filled: dict[str, str] = {}
    for variable in variables_of(document):
        values = prometheus.values(variable, filled)
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
