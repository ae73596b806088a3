"""Folder, data source and dashboards into Grafana: first what would be done and why, then the doing, step by step.

Who saved a dashboard last is what tells a person's change from ours. Each save of ours leaves a message in Grafana's history of
the dashboard, with a digest of what was pushed and the version it was pushed upon. The dashboard is as we left it while that
message is the latest, or its content still has that digest; otherwise somebody changed it, and it is theirs until --force.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any, Final, NamedTuple

from troth.grafana.client import Grafana
from troth.grafana.sources import Dashboard, content, digest, fitted
from troth.grafana.trouble import Contested, GrafanaTrouble

Document = dict[str, Any]
FOLDER: Final = "troth"  # its uid; the title is people's
DATA_SOURCE_NAME: Final = "Prometheus of Troth"
_MARK: Final = re.compile(r"Pushed by troth: ([0-9a-f]{32}) upon version (\d+)")
_AS_IT_IS: Final = "is as it is here"


class Wanted(NamedTuple):
    """What Grafana is to have. `prometheus` is Prometheus' address as Grafana reaches it, `board` that of the board; "" is not told."""

    folder: str
    data_source: str
    prometheus: str
    board: str
    dashboards: Sequence[Dashboard]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing: how it stands in Grafana, the lines that differ, and how it is written (None where there is nothing to do).

    Writing raises GrafanaTrouble or Contested. `refused` is one that would have to be written, and will not be.
    """

    what: str
    stands: str
    differences: Sequence[str] = field(default=())
    write: Callable[[], object] | None = None
    refused: bool = False


def steps(grafana: Grafana, wanted: Wanted, *, force: bool) -> Iterator[Step]:
    """How each thing stands, in the order in which they have to be written. Raises GrafanaTrouble."""
    yield _folder(grafana, wanted.folder, force=force)
    found = grafana.data_source(wanted.data_source)
    yield _data_source(grafana, wanted, found, force=force)
    name = DATA_SOURCE_NAME if found is None else str(found["name"])
    for dashboard in fitted(wanted.dashboards, {"uid": wanted.data_source, "name": name}, wanted.board):
        yield _dashboard(grafana, dashboard, force=force)


def _folder(grafana: Grafana, title: str, *, force: bool) -> Step:
    what = f"folder {title!r}"
    found = grafana.folder(FOLDER)
    if found is None:
        return Step(what, "is new", write=lambda: _make_folder(grafana, title))
    if found["title"] == title:
        return Step(what, _AS_IT_IS)
    if not force:
        return Step(what, f"is called {found['title']!r} in Grafana, and keeps that name; --force gives it this one")
    version = int(found["version"])
    return Step(what, f"is called {found['title']!r} in Grafana", write=lambda: grafana.rename_folder(FOLDER, title, version))


def _make_folder(grafana: Grafana, title: str) -> None:
    try:
        grafana.make_folder(FOLDER, title)
    except Contested as error:
        raise GrafanaTrouble(
            f"Grafana would not make the folder {title!r}: {error}. Either another has that name: give this one another "
            "with --grafana-folder; or it is there, and the service account may not see it."
        ) from None


def _data_source(grafana: Grafana, wanted: Wanted, found: Document | None, *, force: bool) -> Step:
    what = f"data source {wanted.data_source!r}"
    if found is None:
        made = {"uid": wanted.data_source, "name": DATA_SOURCE_NAME, "type": "prometheus", "access": "proxy", "url": wanted.prometheus}
        if wanted.prometheus:
            return Step(what, f"is new, for Prometheus at {wanted.prometheus}", write=lambda: grafana.make_data_source(made))
        hint = "name the one of your Prometheus with --grafana-datasource, or let it be made by --grafana-prometheus-url"
        return Step(what, f"is missing in Grafana: {hint}", refused=True)
    if found["type"] != "prometheus":
        stands = f"is of type {found['type']} in Grafana, which is left as it is: name one of Prometheus with --grafana-datasource"
        return Step(what, stands, refused=True)
    if wanted.prometheus.rstrip("/") in ("", str(found["url"]).rstrip("/")):
        return Step(what, _AS_IT_IS)
    differences = [f"-url: {found['url']}", f"+url: {wanted.prometheus}"]
    if found.get("readOnly"):
        return Step(what, "comes from a file beside Grafana, and can only be changed there", differences, refused=True)
    if not force:
        return Step(what, "is another in Grafana: left as it is; --force takes ours", differences, refused=True)
    changed = {**found, "url": wanted.prometheus}
    return Step(what, "differs", differences, lambda: grafana.change_data_source(changed))


class _Pushed(NamedTuple):
    """The digest of what was pushed last, and whether nobody saved since."""

    digest: str
    is_latest: bool


def _dashboard(grafana: Grafana, wanted: Dashboard, *, force: bool) -> Step:
    what = f"dashboard {wanted.title!r} ({wanted.uid})"
    found = grafana.dashboard(wanted.uid)
    if found is None:
        return Step(what, "is new", write=lambda: _save(grafana, wanted, {}, FOLDER))
    there, meta = found["dashboard"], found["meta"]
    differences = differing(there, wanted.model)
    moved = meta.get("folderUid") != FOLDER
    folder = FOLDER if force else str(meta.get("folderUid") or "")
    aside = f", in the folder {meta.get('folderTitle') or 'at the top'!r} to which it was moved" if moved else ""
    if not differences and not (moved and force):
        return Step(what, _AS_IT_IS + aside)
    if meta.get("provisioned"):
        return Step(what, "comes from a file beside Grafana, and can only be changed there", differences, refused=True)
    versions = grafana.versions(wanted.uid)
    pushed = _last_push(versions)
    if pushed.is_latest and pushed.digest == digest(wanted.model) and not (moved and force):
        return Step(what, _AS_IT_IS + aside)  # Grafana shows it otherwise than it was given, as it does after an upgrade of its own
    if differences and not (force or pushed.is_latest or pushed.digest == digest(there)):
        return Step(what, f"was changed in Grafana{_by(versions)}: left as it is; --force takes ours", differences, refused=True)
    return Step(what, "differs" + aside, differences, lambda: _save(grafana, wanted, there, folder))


def _save(grafana: Grafana, wanted: Dashboard, there: Mapping[str, Any], folder: str) -> None:
    version = int(there.get("version", 0))
    model = {**wanted.model, "id": there.get("id"), "version": version}
    grafana.save(model, folder, f"Pushed by troth: {digest(wanted.model)} upon version {version}")


def _last_push(versions: Sequence[Document]) -> _Pushed:
    for version in versions:
        mark = _MARK.fullmatch(version.get("message") or "")
        # A message that an editor carried along stands at a later version than the one that it was written for.
        if mark and int(version["version"]) <= int(mark[2]) + 1:
            return _Pushed(mark[1], version is versions[0])
    return _Pushed("", is_latest=False)


def _by(versions: Sequence[Document]) -> str:
    if not versions:
        return ""
    who, when = versions[0].get("createdBy"), str(versions[0].get("created", ""))[:10]
    return (f" by {who}" if who else "") + (f" on {when}" if when else "")


def differing(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """The lines in which two models differ, as a unified diff; none where they do not."""
    before, after = (json.dumps(content(model), indent=2, sort_keys=True, ensure_ascii=False).splitlines() for model in (there, here))
    return list(unified_diff(before, after, "in Grafana", "here", lineterm=""))
