"""Dashboards as they are here: read from files, fitted to one Grafana, and with a digest that tells one content from another."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

from troth.grafana.trouble import BadDashboards

Document = dict[str, Any]
_GRAFANAS_OWN: Final = ("id", "version", "iteration")  # Grafana's numbers of a dashboard, which are no content
_UID_CHARACTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard of ours: its file's name, and the JSON model without Grafana's own numbers."""

    file: str
    model: Document

    @property
    def uid(self) -> str:
        """What it is known by in every Grafana."""
        return str(self.model["uid"])

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.model["title"])


def content(model: Mapping[str, Any]) -> Document:
    """A dashboard's model without what Grafana numbers it by."""
    return {name: value for name, value in model.items() if name not in _GRAFANAS_OWN}


def digest(model: Mapping[str, Any]) -> str:
    """32 hexadecimal digits of a model's content, whatever its order of names."""
    text = json.dumps(content(model), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_dashboards(directory: Traversable) -> list[Dashboard]:
    """The dashboards of a directory, `*.json`, by name of file. Raises BadDashboards."""
    if not directory.is_dir():
        raise BadDashboards(f"{directory} is no directory; --from takes one that holds dashboards as JSON.")
    files = sorted((file for file in directory.iterdir() if file.name.endswith(".json")), key=lambda file: file.name)
    if not files:
        raise BadDashboards(f"{directory} holds no dashboard: none of its files ends with .json.")
    found: dict[str, Dashboard] = {}
    for file in files:
        dashboard = _read(file)
        if dashboard.uid in found:
            raise BadDashboards(f"{file} and {found[dashboard.uid].file} have the same uid, {dashboard.uid!r}; give one of them another.")
        found[dashboard.uid] = dashboard
    return list(found.values())


def fitted(dashboards: Iterable[Dashboard], data_source: Mapping[str, str], board: str) -> list[Dashboard]:
    """Dashboards with their variables `datasource` and `board` set to a data source (uid and name) and to the board's address."""
    return [Dashboard(each.file, _with_variables(each.model, data_source, board)) for each in dashboards]


def _read(file: Traversable) -> Dashboard:
    try:
        model = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadDashboards(f"{file} is not JSON that can be read: {error}.") from None
    named = isinstance(model, dict) and all(isinstance(model.get(name), str) and model[name] for name in ("uid", "title"))
    if not named or len(model["uid"]) > _UID_CHARACTERS:
        raise BadDashboards(f"{file} is no dashboard: it needs a title, and a uid of at most {_UID_CHARACTERS} characters.")
    return Dashboard(file.name, content(model))


def _with_variables(model: Document, data_source: Mapping[str, str], board: str) -> Document:
    variables = [_with_value(variable, data_source, board) for variable in model.get("templating", {}).get("list", [])]
    return {**model, "templating": {**model["templating"], "list": variables}} if variables else model


def _with_value(variable: Document, data_source: Mapping[str, str], board: str) -> Document:
    match variable.get("name"), variable.get("type"):
        case "datasource", "datasource":
            return {**variable, "current": {"selected": True, "text": data_source["name"], "value": data_source["uid"]}}
        case "board", "constant" if board:
            return {
                **variable,
                "query": board.rstrip("/"),
                "current": {"selected": True, "text": board.rstrip("/"), "value": board.rstrip("/")},
            }
        case _:
            return variable
