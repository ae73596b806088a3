"""`troth config check`: what the configuration means, in words, and what it makes of payloads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic_core import from_json

from troth import wiring
from troth.cli.options import with_settings
from troth.cli.words import counted, kind_of, said
from troth.domain.events import Malformed, read_event
from troth.intake.choices import Choices
from troth.intake.delivery import Asked, Delivery, Mapped, Source
from troth.intake.mapping import Mapping as OwnMapping
from troth.settings import Settings, WrongSettings

config = typer.Typer(name="config", no_args_is_help=True, help="What the configuration means.")
# What a payload of GitHub is of, where its header is not at hand: the part that only it has.
_GITHUB: Final = {"projects_v2_item": "projects_v2_item", "issue": "issues", "milestone": "milestone"}


@config.callback()
def _about() -> None:
    """What the configuration means."""


@config.command("check")
@with_settings("zone", "mappings", "public_url")
def check(
    settings: Settings,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only this source.")] = None,
    payloads: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Payloads of the source to try: JSON, a list of them, or one a line.")
    ] = None,
    header: Annotated[list[str] | None, typer.Option(metavar="NAME:VALUE", help="A header that comes with the payloads.")] = None,
) -> None:
    """Explain what is a promise in each tool, in words, and show what payloads would become. Nothing is stored.

    A mistake in troth.toml or in a mapping is named with its place, and ends this with status 2.
    """
    sources = wiring.sources_of(settings)
    if source is not None and source not in sources:
        raise typer.BadParameter(f"{source!r} is no source; there are {', '.join(sorted(sources))}.", param_hint="--source")
    if payloads is not None and source is None:
        raise typer.BadParameter("say with --source which tool sent them.", param_hint="--payloads")
    mappings = {mapping.source: mapping for mapping in (*wiring.shipped_mappings(), *map(wiring.read_mapping_file, settings.mappings))}
    for name in [source] if source else sorted(sources):
        typer.echo("\n".join(_explained(sources[name], settings, mappings)))
    if payloads is not None and source is not None:
        headers = dict(_header(one) for one in header or [])
        for number, payload in enumerate(_payloads(payloads), 1):
            typer.echo("\n".join(_tried(sources[source], number, payload, headers)))


def _explained(source: Source, settings: Settings, mappings: Mapping[str, OwnMapping]) -> Iterator[str]:
    variable = f"TROTH_WEBHOOK_{source.name.upper().replace('-', '_')}_SECRETS"
    secrets = len(settings.webhook_secrets.get(source.name, ()))
    opened = f"on, with {counted(secrets, 'secret')}" if secrets else f"off; {variable} opens it"
    yield f"{source.name}: {opened}"
    if source.name in mappings:
        yield from _of_mapping(mappings[source.name])
        return
    yield f"  {source.about}"
    yield from (f"  {sentence}" for sentence in _of_choices(settings.sources.get(source.name, Choices())))
    if source.name not in settings.sources:
        yield f"  Nothing else is chosen: there is no [sources.{source.name}] in troth.toml."


def _of_choices(choices: Choices) -> Iterator[str]:
    """What the user chose, in the order of the table, each in a sentence."""
    for name, field in Choices.model_fields.items():
        value = getattr(choices, name)
        if name not in choices.model_fields_set or value in (None, [], {}):
            continue
        shown = value.text if hasattr(value, "text") else ", ".join(_listed(value)) if isinstance(value, list | dict) else str(value)
        yield f"{name} = {shown}. {field.description}"


def _listed(value: Any) -> list[str]:
    return [f"{key} = {one}" for key, one in value.items()] if isinstance(value, dict) else [str(one) for one in value]


def _of_mapping(mapping: OwnMapping) -> Iterator[str]:
    yield f"  A mapping. The commitment is `{mapping.subject.expression.text}`."
    for rule in mapping.rules:
        when = f"where `{rule.when.expression.text}`" if rule.when else "of every payload"
        says = ", ".join(f"{field.name} = `{field.expression.text}`" for field in rule.data)
        yield f"  {rule.kind}: {when}, at `{rule.time.expression.text}`{f', with {says}' if says else ''}."


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise typer.BadParameter(f"{text!r} is none: write it as X-GitHub-Event:issues.", param_hint="--header")
    return name.strip().lower(), value.strip()


def _payloads(path: Path) -> list[Any]:
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise WrongSettings(f"{path} cannot be read: {error.strerror}.") from None
    try:
        whole = from_json(content)
        return whole if isinstance(whole, list) else [whole]
    except ValueError as error:
        try:
            return [from_json(line) for line in content.splitlines() if line.strip()]
        except ValueError:
            raise WrongSettings(f"{path} is no JSON, and its lines are none: {error}.") from None


def _tried(source: Source, number: int, payload: Any, headers: Mapping[str, str]) -> Iterator[str]:
    if isinstance(payload, dict) and payload.keys() == {"headers", "payload"}:
        headers, payload = {**headers, **payload["headers"]}, payload["payload"]  # as a delivery is kept
    if source.name == "github" and "x-github-event" not in headers and isinstance(payload, dict):
        headers = {**headers, "x-github-event": next((event for part, event in _GITHUB.items() if part in payload), "")}
    mapped = source.map(Delivery(source.name, headers, b""), payload, wiring.clock())
    yield f"{number}. {mapped.what or 'a payload'}"
    yield from (f"   {sentence}" for sentence in _became(mapped))


def _became(mapped: Mapped) -> Iterator[str]:
    for event in mapped.events:
        terms = ", ".join(f"{name} {value}" for name, value in event["data"].items())
        yield f"{kind_of(event)} {event['subject']} at {said(event['time'])}{f': {said(terms)}' if terms else ''}"
        try:
            read_event(event, wiring.clock())
        except Malformed as error:
            yield f"but the ledger would refuse it: {error}"
    if mapped.reason:
        yield f"nothing: {mapped.reason}"
    if mapped.asked:
        yield f"and, by what is on record then: {', '.join(sorted({_asked(one) for one in mapped.asked}))}"


def _asked(one: Asked) -> str:
    if not one.subject:
        return f"{one.kind} each promise that has its date from {one.container}"
    if one.dated_by:
        return f"{one.kind} with the date of {one.dated_by}"
    return one.kind
