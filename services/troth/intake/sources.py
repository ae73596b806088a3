"""The tools that Troth knows by itself, as sources."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Final

from troth.intake.choices import Local
from troth.intake.delivery import Source
from troth.intake.tools import azure_devops, github, gitlab, jira, linear, monday, servicenow, shortcut, trello

TOOLS: Final[tuple[ModuleType, ...]] = (github, gitlab, jira, azure_devops, linear, servicenow, shortcut, trello, monday)


def built_in(local: Local, chosen: Mapping[str, Local] | None = None) -> dict[str, Source]:
    """Every source of our own by name, with what holds for all of them, or in `chosen` for one."""
    return {tool.NAME: _source(tool, (chosen or {}).get(tool.NAME, local)) for tool in TOOLS}


def _source(tool: ModuleType, local: Local) -> Source:
    source = Source(tool.NAME, tool.PERSONS, tool.HEADERS, tool.verify, partial(tool.map_delivery, local=local))
    more = {name: getattr(tool, name) for name in ("clean", "greet") if hasattr(tool, name)}
    return replace(source, **more)
