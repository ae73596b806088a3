"""`troth record`: a promise or its fate by hand, asked for field by field."""

import inspect
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import tzinfo
from functools import wraps
from typing import Annotated, Any, Final, get_args

import typer

from troth import wiring
from troth.cli.carrying import Carrier, IntoLedger, carrier_to, uninterrupted
from troth.cli.options import RULES, with_settings
from troth.cli.words import near
from troth.domain.event_models import EVENT_MODELS
from troth.domain.events import Malformed, read_event
from troth.intake.delivery import Unmappable
from troth.intake.values import number_of, truth_of
from troth.ledger.reading import LedgerReading
from troth.settings import Settings

SOURCE: Final = "troth-record"
_NOTHING: Final = "none"  # what takes a date away

# Short name of each type of event, and the fields of its data: whether each is needed.
_TYPES: Final[Mapping[str, str]] = {
    name.removeprefix("troth.").removeprefix("commitment-"): name
    for model in EVENT_MODELS
    for name in get_args(model.model_fields["type"].annotation)
}
_FIELDS: Final[Mapping[str, Mapping[str, bool]]] = {
    kind: {field: field in data.__required_keys__ for field in data.__annotations__}
    for kind, model in zip(_TYPES, EVENT_MODELS, strict=True)
    for data in [model.model_fields["data"].annotation]
    if data is not None
}
_NUMBERS: Final = ("budget", "weight", "cost", "rating")
_QUESTIONS: Final[Mapping[str, str]] = {
    "team": "Team that promises",
    "title": "What is promised, in a line",
    "due_at": "Due (a day such as 2026-01-30, or a time with a zone)",
    "customer": "Customer: the unit it is promised to",
    "goal": "Goal of the business",
    "requested_at": "Date the customer asked for",
    "budget": "Budget, a number",
    "unit": "Unit of budget and cost, such as EUR or days",
    "weight": "Weight, 0.1 to 1; half a promise is 0.5",
    "url": "Address of its page",
    "conditions": "Conditions",
    "reason": "Reason",
    "agreed": "Does the customer agree (yes or no)",
    "expected_at": "Date now expected",
    "cost": "Cost so far, in the unit of the budget",
    "rating": "Rating by the customer, 1 to 5",
    "source": "Source of the event that never happened",
    "id": "Id of the event that never happened",
}
_ALL: Final = tuple(_QUESTIONS)
_Record = Callable[..., None]


def _with_answers(command: _Record) -> _Record:
    """Give the command a flag for each field that any event has; its own argument `answers` is what was given."""
    own = [each for each in inspect.signature(command).parameters.values() if each.name != "answers"]
    flags = [
        inspect.Parameter(
            f"field_{name}",
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, typer.Option(_flag(name), help=question + ".", rich_help_panel="Answers", show_default=False)],
        )
        for name, question in _QUESTIONS.items()
    ]

    @wraps(command)
    def run(**values: Any) -> None:
        given = {name: value for name in _ALL if (value := values.pop(f"field_{name}")) is not None}
        command(answers=given, **values)

    run.__signature__ = inspect.Signature([*own, *flags])  # type: ignore[attr-defined]  # inspect takes it from there
    run.__annotations__ = {each.name: each.annotation for each in [*own, *flags]}
    return run


def _flag(name: str) -> str:
    return f"--event-{name}" if name in ("source", "id") else "--" + name.replace("_", "-")


@with_settings("data", *RULES)
@_with_answers
def record(
    settings: Settings,
    answers: dict[str, str],
    type: Annotated[str | None, typer.Option(metavar="TYPE", help=f"What happened: {', '.join(_TYPES)}.")] = None,
    commitment: Annotated[str | None, typer.Option(metavar="ID", help="Which commitment: its id.")] = None,
    time: Annotated[str | None, typer.Option(metavar="TIME", help="When it happened; now where absent.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Record it without asking again.")] = False,
    to: Annotated[str | None, typer.Option(metavar="URL", help="Post to the server there, instead of writing to --data.")] = None,
) -> None:
    """Record a promise or its fate by hand. It asks for what is needed, shows the event, and asks before it records it.

    Every answer may be given as a flag. With --type given, only what is needed and missing is asked for.
    """
    with closing(carrier_to(settings, to)) as carrier:
        made = wiring.made_with(settings)
        form = _Form(answers, made.zone, ask_all=type is None)
        kind = _kind(type)
        event = form.event(kind, commitment, time)
        typer.echo(json.dumps(event, indent=2, ensure_ascii=False))
        if isinstance(carrier, IntoLedger):
            _warn_of_the_unknown(carrier, kind, event["subject"])
        if not yes and not typer.confirm("Record this?", default=True):
            typer.echo("Nothing was recorded.", err=True)
            raise typer.Exit(1)
        _take(carrier, event, made.zone)


class _Form:
    """The questions of one event: each answer is checked before the next is asked for; a flag's wrong one ends it."""

    def __init__(self, answers: Mapping[str, str], zone: tzinfo, *, ask_all: bool) -> None:
        self._answers = answers
        self._zone = zone
        self._ask_all = ask_all

    def event(self, kind: str, commitment: str | None, time: str | None) -> dict[str, Any]:
        """The CloudEvent that the answers make."""
        for name in self._answers:
            if name not in _FIELDS[kind]:
                raise typer.BadParameter(
                    f"is nothing to say of {kind!r}; there are {', '.join(map(_flag, _FIELDS[kind]))}", param_hint=_flag(name)
                )
        event: dict[str, Any] = {"specversion": "1.0", "id": secrets.token_hex(8), "source": SOURCE, "type": _TYPES[kind]}
        new_id = f"promise-{secrets.token_hex(3)}" if kind == "made" else None
        event["subject"] = self._answer("--commitment", commitment, "Commitment (its id)", _as_is, "/subject", kind, default=new_id)
        if time is not None or self._ask_all:
            said = self._answer("--time", time, "When it happened, such as 2026-01-30T09:00:00Z", _as_is, "/time", kind, default="")
            event |= {"time": said} if said else {}
        data = {name: self._field(kind, name, needed=needed) for name, needed in _FIELDS[kind].items()}
        return {**event, "data": {name: value for name, value in data.items() if value != ""}}

    def _field(self, kind: str, name: str, *, needed: bool) -> Any:
        given = self._answers.get(name)
        if given is None and not needed and not self._ask_all:
            return ""
        read: Callable[[str], Any] = number_of if name in _NUMBERS else truth_of if name == "agreed" else _as_is
        question = _QUESTIONS[name]
        if kind == "renegotiated" and name == "due_at":
            read = _date_or_none
            question += f"; {_NOTHING} takes it away"
        return self._answer(_flag(name), given, question, read, f"/data/{name}", kind, default=None if needed else "")

    def _answer(
        self, flag: str, given: str | None, question: str, read: Callable[[str], Any], path: str, kind: str, *, default: str | None
    ) -> Any:
        while True:
            text = (
                given
                if given is not None
                else typer.prompt(f"{question}{' (Enter leaves it out)' if default == '' else ''}", default, show_default=bool(default))
            )
            if text == "" and default == "":
                return ""
            try:
                value = read(text)
            except Unmappable as error:
                fault = str(error)
            else:
                fault = self._fault(kind, path, value)
                if not fault:
                    return value
            fault = fault if fault.startswith("'") else f"{text!r} {fault}"
            if given is not None:
                raise typer.BadParameter(fault, param_hint=flag)
            typer.echo(f"{fault}.", err=True)

    def _fault(self, kind: str, path: str, value: Any) -> str:
        *parents, name = path.split("/")[1:]
        probe: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": SOURCE, "subject": "1", "type": _TYPES[kind], "data": {}}
        (probe["data"] if parents else probe)[name] = value
        try:
            read_event(probe, wiring.clock(), self._zone)
        except Malformed as error:
            return "; ".join(fault.message for fault in error.faults if fault.path == path)
        return ""


def _as_is(text: str) -> str:
    return text


def _date_or_none(text: str) -> str | None:
    return None if text == _NOTHING else text


def _kind(given: str | None) -> str:
    while True:
        kind = given if given is not None else typer.prompt(f"What happened? One of {', '.join(_TYPES)}")
        kind = kind.removeprefix("troth.").removeprefix("commitment-")
        if kind in _TYPES:
            return kind
        if given is not None:
            raise typer.BadParameter(f"{given!r} is none of {', '.join(_TYPES)}", param_hint="--type")
        typer.echo(f"{kind!r} is none of them.", err=True)


def _warn_of_the_unknown(carrier: IntoLedger, kind: str, commitment: str) -> None:
    reading = LedgerReading(carrier.ledger, wiring.clock)
    if kind != "made" and reading.commitment(commitment) is None:
        like = near(reading, commitment)
        mend = f" Did you mean {' or '.join(like)}?" if like else ""
        typer.echo(f"There is no commitment {commitment!r} on record: until it is promised, this counts for nothing.{mend}", err=True)


def _take(carrier: Carrier, posted: dict[str, Any], zone: tzinfo) -> None:
    now = wiring.clock()
    event = read_event(posted, now, zone)
    with uninterrupted():
        carrier.take([event], now, SOURCE, f"{posted['type'].removeprefix('troth.')} {event.subject}")
    said = f"Recorded as event {event.id} of commitment {event.subject}"
    if isinstance(carrier, IntoLedger):
        found = LedgerReading(carrier.ledger, wiring.clock).commitment(event.subject) or {"history": []}
        effect = next(one["effect"] for one in found["history"] if (one["source"], one["id"]) == event.name)
        said += f": {effect}"
    typer.echo(f"{said}.")
