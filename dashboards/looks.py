"""Colours, units and links as the dashboards use them. Red and green are for what is certain; everything else is neutral."""

from collections.abc import Mapping
from typing import Final

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard as model

from dashboards.queries import ABOVE, BELOW, BETWEEN, STANDING_SHORT, STANDING_WORDS, UNKNOWN, UNSURE

RED: Final = "red"
GREEN: Final = "green"
NEUTRAL: Final = "text"
FAINT: Final = "#8e8e8e"
LINE: Final = "blue"
OTHER: Final = "orange"
THIRD: Final = "purple"
PERCENT: Final = "percentunit"
MERE_NUMBER: Final = "none"
AGO: Final = "dateTimeFromNow"

_COLOUR_OF: Final = {BELOW: RED, BETWEEN: NEUTRAL, ABOVE: GREEN, UNSURE: FAINT}


def fixed(colour: str) -> build.FieldColor:
    """One colour, whatever the value."""
    return build.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color(colour)


def scale() -> build.FieldColor:
    """The darker, the more; without a judgement."""
    return build.FieldColor().mode(model.FieldColorModeId.CONTINUOUS_BLUES)


def no_thresholds() -> build.ThresholdsConfig:
    """One step: what Grafana adds by itself would be red from 80 on."""
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps([model.Threshold(value=None, color=NEUTRAL)])


def standing_mappings() -> list[model.ValueMapping]:
    """The words and the colour of each standing."""
    return [
        model.ValueMap(
            options={
                str(which): model.ValueMappingResult(text=words, color=_COLOUR_OF[which], index=index)
                for index, (which, words) in enumerate(STANDING_SHORT.items())
            }
        )
    ]


def direction_mappings() -> list[model.ValueMapping]:
    """Arrows without a colour: a rise can still be below the target."""
    return worded({1: "↗ rising", 0: "→ steady", -1: "↘ falling", UNKNOWN: "no history"})


def worded(texts: Mapping[int, str]) -> list[model.ValueMapping]:
    """Words for numbers."""
    results = {str(value): model.ValueMappingResult(text=text, index=index) for index, (value, text) in enumerate(texts.items())}
    return [model.ValueMap(options=results)]


def absent(text: str) -> list[model.ValueMapping]:
    """What to say where there is no number."""
    options = model.ValueMappingResult(text=text, color=FAINT)
    return [model.SpecialValueMap(options=_special(match, options)) for match in (model.SpecialValueMatch.NULL_AND_NAN,)]


def standing_colours() -> list[tuple[str, str]]:
    """For series that carry the words of their standing in their name: a pattern of the name, and its colour."""
    return [(f"/{words}/", _COLOUR_OF[which]) for which, words in STANDING_WORDS.items()]


def property_of(name: str, value: object) -> model.DynamicConfigValue:
    """A property in an override."""
    return model.DynamicConfigValue(id_val=name, value=value)


def link(title: str, url: str) -> build.DashboardLink:
    """A link of a panel or of a value, in a new tab where it leaves Grafana."""
    return build.DashboardLink(title).type(model.DashboardLinkType.LINK).url(url).target_blank(url.startswith("${board}"))


def _special(match: model.SpecialValueMatch, result: model.ValueMappingResult) -> model.DashboardSpecialValueMapOptions:
    return model.DashboardSpecialValueMapOptions(match=match, result=result)
