"""The tools that Troth knows by itself, as sources."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from troth.intake.choices import Local
from troth.intake.delivery import Source
from troth.intake.tools import github, gitlab

TOOLS: Final = (github, gitlab)


def built_in(local: Local, chosen: Mapping[str, Local] | None = None) -> dict[str, Source]:
    """Every source of our own by name, with what holds for all of them, or in `chosen` for one."""
    return {
        tool.NAME: Source(
            tool.NAME, tool.PERSONS, tool.HEADERS, tool.verify, partial(tool.map_delivery, local=(chosen or {}).get(tool.NAME, local))
        )
        for tool in TOOLS
    }
