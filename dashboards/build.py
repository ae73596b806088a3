"""Every dashboard as JSON, and the page about them: `outputs()`. `python -m schemas.build` writes them, and tells when one has drifted."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.goals import goals
from dashboards.itself import itself
from dashboards.page import page
from dashboards.relationship import relationship
from dashboards.team import team
from dashboards.trust import trust

BUILT: Final[dict[str, Callable[[], Dashboard]]] = {
    "trust": trust,
    "team": team,
    "relationship": relationship,
    "goals": goals,
    "itself": itself,
}


def outputs() -> Iterator[tuple[str, str]]:
    """Each file's path from the root, and its text."""
    built = {name: build() for name, build in BUILT.items()}
    for name, dashboard in built.items():
        yield f"dashboards/{name}.json", json.dumps(dashboard, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"
    yield "docs/dashboards.md", page(built.values())
