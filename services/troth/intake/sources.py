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


def faults(chosen: Mapping[str, Local]) -> list[str]:
    """What is wrong in what the user chose, a sentence each: tools that there are not, and dates that a tool has not."""
    tools = {tool.NAME: tool for tool in TOOLS}
    found = [
        f"there is no tool {name!r} for [sources.{name}]; there are {', '.join(sorted(tools))}. "
        "A mapping of your own says all of it in its own file."
        for name in chosen
        if name not in tools
    ]
    for name in sorted(tools.keys() & chosen.keys()):
        known = tools[name].DATES
        unknown = [date for date in chosen[name].dates_from or () if known is not None and date not in known]
        if unknown:
            there = f"there are {', '.join(known)}" if known else "there is but one date in it: leave `dates_from` out"
            found.append(f"[sources.{name}]: `dates_from` has {unknown[0]!r}, which {name} has not; {there}.")
    return found


def _source(tool: ModuleType, local: Local) -> Source:
    source = Source(tool.NAME, tool.PERSONS, tool.HEADERS, tool.verify, partial(tool.map_delivery, local=local))
    more = {name: getattr(tool, name) for name in ("clean", "greet") if hasattr(tool, name)}
    return replace(source, about=_first_paragraph(tool.__doc__ or ""), **more)


def _first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())
