"""The tools that Troth knows by itself. Each is one file with the same five names, so that all can be read side by side."""

from functools import partial

from troth.intake import github
from troth.intake.delivery import Local, Source


def built_in(local: Local) -> dict[str, Source]:
    """Every source of our own by name, with what the user says of zone and teams."""
    return {
        module.NAME: Source(module.NAME, module.PERSONS, module.HEADERS, module.verify, partial(module.map_delivery, local=local))
        for module in (github,)
    }
