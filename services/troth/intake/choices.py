"""What only the user can say of a tool: what is a promise, where its terms are, and what its units are called.

The tables `[sources.<name>]` of troth.toml are read by settings.py, checked here, and asked by items.py.
"""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, model_validator

from troth.domain.fields import Name
from troth.intake.expressions import Expression, expression_of
from troth.intake.fields import Field
from troth.intake.values import Convert, converters, time_reader, zone_of

TERMS: Final = ("title", "url", "customer", "goal", "requested_at", "budget", "unit", "weight", "conditions")
AT_RISK: Final = frozenset({"at risk", "at-risk", "at_risk"})


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Expression = Annotated[Expression, PlainValidator(expression_of)]
_Words = Annotated[list[str], BeforeValidator(_listed)]


class Choices(BaseModel):
    """A table `[sources.<name>]`. Expressions look into one item of the tool; docs/sources.md says what each tool's is."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, frozen=True)
    promise: _Expression | None = None
    labels: _Words = []
    types: _Words = []
    undated: bool = False
    team: _Expression | None = None
    due_at: _Expression | None = None
    dates_from: _Words | None = None
    title: _Expression | None = None
    url: _Expression | None = None
    customer: _Expression | None = None
    goal: _Expression | None = None
    requested_at: _Expression | None = None
    budget: _Expression | None = None
    unit: _Expression | None = None
    weight: _Expression | None = None
    conditions: _Expression | None = None
    cost: _Expression | None = None
    done: _Words = []
    wont_do: _Words = []
    cancelled: _Words = []
    at_risk: _Expression | None = None
    at_risk_labels: _Words = sorted(AT_RISK)
    accepted: _Expression | None = None
    rejected: _Expression | None = None
    zone: Annotated[tzinfo, PlainValidator(zone_of)] | None = None
    teams: dict[str, Name] = {}
    dates: dict[str, str] = {}

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        twice = {word.casefold() for word in self.done} & {word.casefold() for word in (*self.wont_do, *self.cancelled)}
        if twice:
            raise ValueError(f"{min(twice)!r} cannot be done and given up at once: it is in `done` and in `wont_do` or `cancelled`")
        return self


class Local(NamedTuple):
    """What holds for one source: the zone that ends its days, other names for its teams, and what the user chose of it."""

    zone: tzinfo = UTC
    teams: Mapping[str, str] = {}
    promise: Field | None = None
    labels: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    undated: bool = False
    team: Field | None = None
    due_at: Field | None = None
    dates_from: tuple[str, ...] | None = None
    terms: tuple[Field, ...] = ()
    cost: Field | None = None
    endings: Mapping[str, str] = {}  # by status in small letters: delivered, revoked or cancelled
    at_risk: Field | None = None
    at_risk_labels: frozenset[str] = AT_RISK
    accepted: Field | None = None
    rejected: Field | None = None
    dates: Mapping[str, str] = {}


def local(choices: Choices, zone: tzinfo) -> Local:
    """The choices as items.py asks them; `zone` holds where they name none."""
    zone = choices.zone or zone
    converts = converters(time_reader((), zone), zone)

    def field(name: str, convert: Convert | None = None) -> Field | None:
        expression: Expression | None = getattr(choices, name)
        return None if expression is None else Field(name, name, expression, convert or converts[name])

    when = converts["when"]
    return Local(
        zone,
        choices.teams,
        promise=field("promise", when),
        labels=_folded(choices.labels),
        types=_folded(choices.types),
        undated=choices.undated,
        team=field("team"),
        due_at=field("due_at"),
        dates_from=None if choices.dates_from is None else tuple(choices.dates_from),
        terms=tuple(one for name in TERMS if (one := field(name)) is not None),
        cost=field("cost"),
        endings=_endings(choices),
        at_risk=field("at_risk", when),
        at_risk_labels=_folded(choices.at_risk_labels),
        accepted=field("accepted", when),
        rejected=field("rejected", when),
        dates=choices.dates,
    )


def _endings(choices: Choices) -> dict[str, str]:
    kinds = {"delivered": choices.done, "revoked": choices.wont_do, "cancelled": choices.cancelled}
    return {word: kind for kind, words in kinds.items() for word in _folded(words)}


def _folded(words: list[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
