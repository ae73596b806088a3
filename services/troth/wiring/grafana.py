"""Joins what goes to Grafana: the client, and the dashboards that came with Troth."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import troth.grafana
from troth.grafana.client import Grafana
from troth.grafana.pushing import Wanted
from troth.grafana.sources import read_dashboards
from troth.settings import Settings, WrongSettings


def grafana_of(settings: Settings) -> Grafana:
    """Grafana at the address that is set. Raises WrongSettings where there is no token, GrafanaTrouble for what is no address."""
    if not settings.grafana_token:
        raise WrongSettings(
            "Grafana takes nothing without a token: set TROTH_GRAFANA_TOKEN to one of a service account with the role Editor, "
            "or TROTH_GRAFANA_TOKEN_FILE to a file that holds it."
        )
    return Grafana(settings.grafana_url, settings.grafana_token)


def wanted_of(settings: Settings, directory: Path | None) -> Wanted:
    """What Grafana is to have, with the dashboards of a directory, or those that came with Troth.

    Raises BadDashboards, and WrongSettings for an address of Prometheus that is none, or that has a password in it.
    """
    _check(settings.grafana_prometheus_url)
    dashboards = read_dashboards(shipped() if directory is None else directory)
    return Wanted(
        settings.grafana_folder, settings.grafana_datasource, settings.grafana_prometheus_url, settings.public_url, tuple(dashboards)
    )


def shipped() -> Traversable:
    """Where the dashboards are that came with Troth: in the package where it is installed, beside `services/` in a working copy."""
    installed = resources.files(troth.grafana) / "dashboards"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "dashboards"


def _check(prometheus: str) -> None:
    if not prometheus:
        return
    if not prometheus.startswith(("http://", "https://")):
        raise WrongSettings(f"grafana_prometheus_url is {prometheus!r}, which is no address; write it as http://prometheus:9090.")
    if "@" in prometheus:
        raise WrongSettings("grafana_prometheus_url has a user in it, which all could read: leave that out, and set it in Grafana.")
