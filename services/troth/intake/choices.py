"""What only the user can say of a tool: what is a promise, where its terms are, and what its units are called.

The tables `[sources.<name>]` of troth.toml are read by settings.py, checked here, and asked by items.py.
"""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from troth.domain.fields import Name
from troth.domain.instants import parse_due
from troth.intake.expressions import Expression, expression_of
from troth.intake.fields import Field as Term
from troth.intake.values import Convert, converters, time_reader, zone_of

TERMS: Final = ("title", "url", "customer", "goal", "requested_at", "budget", "unit", "weight", "conditions")
AT_RISK: Final = frozenset({"at risk", "at-risk", "at_risk"})


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _day(value: Any) -> str:
    text = str(value)
    parse_due(text, UTC)
    return text


_Expression = Annotated[Expression, PlainValidator(expression_of)]
_Words = Annotated[list[str], BeforeValidator(_listed)]


def _said(description: str, default: Any = None) -> Any:
    return Field(default=default, description=description)


class Choices(BaseModel):
    """A table `[sources.<name>]`. Expressions are JMESPath over one item of the tool; docs/tools says what each tool's is."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, frozen=True)
    promise: _Expression | None = _said("Condition: only an item for which it holds becomes a promise.")
    labels: _Words = _said("Only items with one of these labels or tags become promises.", [])
    types: _Words = _said("Only items of these types become promises.", [])
    undated: bool = _said("Whether an item without a date is a promise, too: an undated one, which counts nothing yet.", default=False)
    dates_from: _Words | None = _said("Where a date is looked for, in this order; each tool's page names what it knows.")
    due_at: _Expression | None = _said("The due date, instead of the tool's own.")
    requested_at: _Expression | None = _said("The date for which the customer asked.")
    team: _Expression | None = _said("The team, instead of the tool's own.")
    customer: _Expression | None = _said("The customer: a unit of an organisation, never a person.")
    goal: _Expression | None = _said("The goal of the business.")
    title: _Expression | None = _said("The title, instead of the tool's own.")
    url: _Expression | None = _said("The address of its page, instead of the tool's own.")
    conditions: _Expression | None = _said("The conditions of satisfaction.")
    budget: _Expression | None = _said("The budget, a number.")
    unit: _Expression | None = _said("The unit of budget and cost, such as \"'EUR'\".")
    weight: _Expression | None = _said("The weight of the promise, 0.1 to 1.")
    cost: _Expression | None = _said("The cost, told when it is delivered.")
    done: _Words = _said("Statuses that mean delivered, beside those that the tool itself counts as done.", [])
    wont_do: _Words = _said("Statuses that mean that the team took its word back.", [])
    cancelled: _Words = _said("Statuses that mean that the customer no longer wants it.", [])
    at_risk: _Expression | None = _said("Condition: while it holds, the team says that it may slip.")
    at_risk_labels: _Words = _said("Labels that say so.", sorted(AT_RISK))
    accepted: _Expression | None = _said("Condition: while it holds, the customer is satisfied.")
    rejected: _Expression | None = _said("Condition: while it holds, the customer is not.")
    zone: Annotated[tzinfo, PlainValidator(zone_of)] | None = _said(
        "Time zone in which a day of this tool ends, instead of the setting zone."
    )
    teams: dict[str, Name] = _said("Names of teams: what the tool calls a team = what it is called here.", {})
    dates: dict[str, Annotated[str, BeforeValidator(_day)]] = _said(
        "Table: an iteration, sprint or such of which the tool tells no date = its last day.", {}
    )

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
    promise: Term | None = None
    labels: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    undated: bool = False
    team: Term | None = None
    due_at: Term | None = None
    dates_from: tuple[str, ...] | None = None
    terms: tuple[Term, ...] = ()
    cost: Term | None = None
    endings: Mapping[str, str] = {}  # by status in small letters: delivered, revoked or cancelled
    at_risk: Term | None = None
    at_risk_labels: frozenset[str] = AT_RISK
    accepted: Term | None = None
    rejected: Term | None = None
    dates: Mapping[str, str] = {}


def local(choices: Choices, zone: tzinfo) -> Local:
    """The choices as items.py asks them; `zone` holds where they name none."""
    zone = choices.zone or zone
    converts = converters(time_reader((), zone), zone)

    def field(name: str, convert: Convert | None = None) -> Term | None:
        expression: Expression | None = getattr(choices, name)
        return None if expression is None else Term(name, name, expression, convert or converts[name])

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
