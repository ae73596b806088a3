"""`troth score`, `export` and `verify`: they read a ledger, also while a server writes to it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any, Final

import typer
from pydantic_core import from_json, to_json
from rich.console import Console
from rich.table import Table

from troth import wiring
from troth.cli.options import RULES, with_settings
from troth.cli.words import counted, shown
from troth.domain.instants import MICROSECONDS_A_SECOND, Instant, NotATime, format_instant, parse_instant
from troth.gateway.moments import parse_moment
from troth.gateway.problems import Problem
from troth.ledger.beside import LedgerBeside
from troth.ledger.reading import LedgerReading
from troth.ledger.restore import differences
from troth.settings import Settings

_CLOCK_MICROSECONDS: Final = 600 * MICROSECONDS_A_SECOND  # twice the skew that intake forgives


@contextmanager
def beside(settings: Settings) -> Iterator[LedgerBeside]:
    """The ledger of the data directory, to read. Raises NoLedger, StrangeFile or OtherRules."""
    with closing(LedgerBeside(settings.data, wiring.made_with(settings), wiring.clock)) as ledger:
        yield ledger


@with_settings("data", *RULES)
def score(
    settings: Settings,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="What had happened by then: a time such as 2026-01-11T09:30:00Z, or a day.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The document of GET /v1/teams, on one line.")] = False,
) -> None:
    """Show how far each team's next promise can be trusted, worst first.

    Of a hundred promises, expect as many kept as the interval says; newer outcomes weigh more. A team with under 3 fresh
    promises of evidence comes last: there is not enough to judge by.
    """
    moment = read_moment(at)
    with beside(settings) as ledger:
        document = LedgerReading(ledger, wiring.clock).teams(moment)
    if json:
        typer.echo(to_json(document))
    else:
        _show(document)


@with_settings("data", *RULES)
def export(settings: Settings) -> None:
    """Write the log to standard output: one CloudEvent a line, in the order in which they came.

    Each is as it was posted; one that left its time to the clock says the time it was given. `troth import` reads it: a fresh
    ledger then gives the same scores.
    """
    write = typer.get_binary_stream("stdout").write
    with beside(settings) as ledger, ledger.readers.snapshot() as connection:
        for posted, time, recorded_at in connection.execute("SELECT posted, time, recorded_at FROM events ORDER BY seq"):
            write(_with_time(posted, time, recorded_at) + b"\n")


@with_settings("data", *RULES)
def verify(settings: Settings) -> None:
    """Replay the log from nothing and compare what comes out with what stands in the file.

    Exit status 0 where all agrees, 1 with each difference on a line of its own.
    """
    console = Console(stderr=True)
    with beside(settings) as ledger, ledger.readers.snapshot() as connection, console.status("Replaying the log ..."):
        found = 0
        for difference in differences(connection, ledger.made, wiring.clock()):
            found += 1
            typer.echo(difference)
        (commitments,) = connection.execute("SELECT count(*) FROM standings").fetchone()
        (events,) = connection.execute("SELECT count(*) FROM events").fetchone()
    size = f"{counted(commitments, 'commitment')}, {counted(events, 'event')}"
    if found:
        typer.echo(
            f"troth: {size}: {counted(found, 'difference')}. Restore a copy of the ledger, or export it and import that anew.", err=True
        )
        raise typer.Exit(1)
    typer.echo(f"{size}: all agree.")


def read_moment(text: str | None) -> Instant | None:
    """The instant of `--at`; None where it is not given. Raises BadParameter for the future and for what is no time."""
    try:
        return parse_moment(text, "at", wiring.clock())
    except Problem as error:
        raise typer.BadParameter(f"{text!r}: {'; '.join(fault.message for fault in error.faults)}", param_hint="--at") from None


def _with_time(posted: str, time: Instant, recorded_at: Instant) -> bytes:
    # Only what came about when it happened may have its time from the clock; of the rest the text is fit as it is.
    if recorded_at - time > _CLOCK_MICROSECONDS and '"time":' in posted:
        return posted.encode()
    event = from_json(posted)
    if "time" not in event or _instant(event["time"]) != time:
        event["time"] = format_instant(time)
    return to_json(event)


def _instant(text: str) -> Instant | None:
    try:
        return parse_instant(text)
    except NotATime:
        return None


def _show(document: dict[str, Any]) -> None:
    table = Table(title=f"As of {shown(document['at'])}, worst first", title_justify="left")
    for name in ("Team", "Of 100 kept", "Evidence", "On time", "Overdue", "Next due"):
        table.add_column(name, justify="left" if name in ("Team", "Next due") else "right")
    for team in document["teams"]:
        on_time = team["on_time"]["agreed"]
        table.add_row(
            team["team"],
            f"{100 * team['low']:.0f} to {100 * team['high']:.0f}" if team["enough"] else "not enough promises yet",
            f"{team['evidence']:.1f}",
            "-" if on_time is None else f"{100 * on_time:.0f} %",
            str(team["commitments"]["overdue"]),
            (team["next_due"] or "-")[:10],
        )
    console = Console(markup=False, highlight=False)
    console.print(table)
    if document["unmade"]:
        console.print(f"{counted(document['unmade'], 'commitment')} without a promise on record: nothing of it counts.")
