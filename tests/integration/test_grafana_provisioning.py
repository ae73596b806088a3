"""deploy/grafana without a Grafana: what its files name is there, and what they say is what `docker-compose.yml` runs."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.compose import ROOT, read
from troth.grafana.pushing import FOLDER
from troth.settings import Settings

PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
FILES = sorted(PROVISIONING.rglob("*.yml"))
SERVICES = read({"TROTH_TOKENS": "a", "GRAFANA_PASSWORD": "b"})["services"]
# What Grafana 12 reads of each kind of file, by its documentation.
KEYS = {
    "datasources": {"name", "uid", "type", "access", "url", "isDefault", "editable", "jsonData", "orgId"},
    "providers": {"name", "type", "folder", "folderUid", "allowUiUpdates", "updateIntervalSeconds", "disableDeletion", "options", "orgId"},
    "contactPoints": {"orgId", "name", "receivers"},
    "policies": {"orgId", "receiver", "group_by"},
}


def said(kind: str) -> list[dict[str, Any]]:
    """All that the files say of one kind of thing."""
    return [one for file in FILES for one in yaml.safe_load(file.read_text("utf-8")).get(kind, [])]


def mounted(service: str) -> dict[str, str]:
    """What of the repository a service sees, and where."""
    pairs = [volume.split(":")[:2] for volume in SERVICES[service]["volumes"] if volume.startswith("./")]
    return {inside: outside for outside, inside in pairs}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_is_of_the_first_version_and_says_only_what_grafana_reads(file: Path) -> None:
    document = yaml.safe_load(file.read_text("utf-8"))
    assert document.pop("apiVersion") == 1
    assert set(document) <= set(KEYS)
    for kind, things in document.items():
        assert [set(thing) - KEYS[kind] for thing in things] == [set()] * len(things)


def test_each_address_is_that_of_a_service_beside_it_and_no_secret_is_in_any_file() -> None:
    receivers = [receiver for point in said("contactPoints") for receiver in point["receivers"]]
    urls = [source["url"] for source in said("datasources")] + [receiver["settings"]["url"] for receiver in receivers]
    assert {urlsplit(url).hostname for url in urls} == {"prometheus", "alertmanager"} <= set(SERVICES)
    assert not [file for file in FILES if "secure" in file.read_text("utf-8") or "assword" in file.read_text("utf-8")]


def test_the_prometheus_of_the_files_is_the_default_and_the_one_that_push_takes() -> None:
    sources = {source["uid"]: source for source in said("datasources")}
    [default] = [uid for uid, source in sources.items() if source.get("isDefault")]
    assert default == Settings.model_fields["grafana_datasource"].default
    assert sources[default]["type"] == "prometheus"
    assert sources[sources[default]["jsonData"]["alertmanagerUid"]]["type"] == "alertmanager"


def test_an_alert_made_in_grafana_goes_to_a_contact_point_that_there_is() -> None:
    points = {point["name"]: point for point in said("contactPoints")}
    assert {policy["receiver"] for policy in said("policies")} <= set(points)
    assert [receiver["type"] for point in points.values() for receiver in point["receivers"]] == ["prometheus-alertmanager"]


def test_each_dashboard_is_where_the_provider_looks_in_the_folder_that_push_takes() -> None:
    [provider] = said("providers")
    assert (provider["folderUid"], provider["folder"]) == (FOLDER, Settings.model_fields["grafana_folder"].default)
    directory = provider["options"]["path"]
    assert mounted("grafana")[directory] == "./dashboards"
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (ROOT / "dashboards" / Path(home).relative_to(directory)).is_file()
    # Grafana reads every .json below that directory: what is none of its own is hidden from it.
    hidden = [Path(place) for place in SERVICES["grafana"].get("tmpfs", [])]
    below = {Path(directory, file.relative_to(ROOT / "dashboards")).parent for file in ROOT.glob("dashboards/*/**/*.json")}
    assert not [place for place in below if not any(place.is_relative_to(each) for each in hidden)]


def test_each_dashboard_asks_only_data_sources_that_there_are() -> None:
    known = {source["uid"] for source in said("datasources")} | {"-- Grafana --", "grafana", "${datasource}"}
    for file in ROOT.glob("dashboards/*.json"):
        assert asked(json.loads(file.read_text("utf-8"))) <= known, file


def asked(part: Any) -> set[str]:
    """The uid of each data source that a dashboard names."""
    if isinstance(part, list):
        return {uid for each in part for uid in asked(each)}
    if not isinstance(part, dict):
        return set()
    source = part.get("datasource")
    named = {str(source["uid"])} if isinstance(source, dict) and "uid" in source else set()
    return named | {uid for each in part.values() for uid in asked(each)}
