"""`troth dashboards push` and `annotate`: Troth's dashboards, and what slipped, in a Grafana that others use too."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import track

from troth import wiring
from troth.cli.notices import notices_since
from troth.cli.options import RULES, with_settings
from troth.cli.words import counted
from troth.domain.instants import MICROSECONDS_A_SECOND
from troth.grafana.trouble import Contested
from troth.settings import GRAFANA, Settings

if TYPE_CHECKING:  # grafana-api is no part of the base install
    from troth.grafana.pushing import Step

dashboards = typer.Typer(name="dashboards", no_args_is_help=True, help="Troth's dashboards in Grafana.")
_MOST_LINES: Final = 100
_DAY: Final = 86_400 * MICROSECONDS_A_SECOND
_DONE: Final = {"add": "added", "change": "corrected", "remove": "removed as doubles"}
_COLOURS: Final = {"+": typer.colors.GREEN, "-": typer.colors.RED}


@dashboards.callback()
def _about() -> None:
    """Troth's dashboards in Grafana."""


@dashboards.command("push")
@with_settings(*GRAFANA, "public_url")
def push(
    settings: Settings,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Dashboards of this directory, *.json, instead of those that came with Troth."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what differs, and write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also write over what was changed in Grafana.")] = False,
) -> None:
    """Make or update the folder, the data source and the dashboards of Troth in Grafana, and show first what differs.

    What a person changed in Grafana is left as it is, and named; --force writes over that, too. Nothing is ever written over a
    change made while this runs. The token is TROTH_GRAFANA_TOKEN. Exit status 1 where something was left as it is.
    """
    from troth.grafana.pushing import steps  # noqa: PLC0415 - only these commands need grafana-api
    from troth.wiring.grafana import grafana_of, wanted_of  # noqa: PLC0415 - as above

    wanted = wanted_of(settings, source)
    with grafana_of(settings) as grafana:
        planned = list(steps(grafana, wanted, force=force))
        for step in planned:
            _show(step)
        needed = [step for step in planned if step.write is not None]
        made = [] if dry_run else [step for step in needed if _written(step)]
    typer.echo(f"{counted(len(needed), 'change')} to make; nothing was written." if dry_run else f"{counted(len(made), 'change')} made.")
    left = [step.what for step in planned if step.refused or (step.write is not None and not dry_run and step not in made)]
    if left:
        typer.echo(f"troth: left as it is: {', '.join(left)}.", err=True)
        raise typer.Exit(1)


@dashboards.command("annotate")
@with_settings("grafana_url", "data", *RULES, "public_url")
def annotate(
    settings: Settings,
    url: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="A running Troth whose notices are read, instead of the ledger of --data.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How far back to look, in days.")] = 365,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
) -> None:
    """Mark on the trends of Grafana what slipped, got another date or was taken back: each once, however often this runs.

    An annotation is tagged troth, with the kind, the team and the notice. One whose text is another by now, as after
    `troth redact`, is corrected. The token is TROTH_GRAFANA_TOKEN.
    """
    from troth.grafana.annotations import KINDS, annotation_of, changes  # noqa: PLC0415 - only these commands need grafana-api
    from troth.wiring.grafana import grafana_of  # noqa: PLC0415 - as above

    since = wiring.clock() - days * _DAY
    with grafana_of(settings) as grafana, notices_since(settings, url, since) as notices:
        wanted = [annotation_of(notice, settings.public_url, ZoneInfo(settings.zone)) for notice in notices if notice["kind"] in KINDS]
        needed = changes(grafana, wanted)
        if not dry_run:
            for change in track(needed, "Annotating", console=Console(stderr=True), transient=True):
                change.write()
    done = ", ".join(f"{sum(1 for change in needed if change.what == what):,} {word}" for what, word in _DONE.items())
    typer.echo(f"{counted(len(wanted), 'notice')} of {counted(days, 'day')}: {done}" + ("; nothing was written." if dry_run else "."))


def _show(step: "Step") -> None:
    typer.echo(f"{step.what} {step.stands}.")
    for line in step.differences[:_MOST_LINES]:
        typer.secho(f"  {line}", fg=_COLOURS.get(line[:1]))
    if len(step.differences) > _MOST_LINES:
        typer.echo(f"  ... and {counted(len(step.differences) - _MOST_LINES, 'line')} more.")


def _written(step: "Step") -> bool:
    """Whether it was written; where not, a line says why."""
    try:
        if step.write is not None:
            step.write()
        return True
    except Contested as error:
        typer.echo(f"troth: {step.what}: Grafana would not write over what is there now ({error}); look again with --dry-run.", err=True)
        return False
