"""Grafana's own reader takes each dashboard, and gives it back without a difference."""

import json
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.dashboards.asking import FILES, read

register_default_plugins()


@pytest.mark.parametrize("file", FILES)
def test_a_dashboard_is_read_and_given_back_without_a_difference(file: str) -> None:
    document = read(file)
    back: Any = json.loads(json.dumps(Dashboard.from_json(document), cls=JSONEncoder))
    assert back == document
