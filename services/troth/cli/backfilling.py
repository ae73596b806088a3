"""`troth backfill`: a year of trend for a Prometheus that begins today."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Annotated, Final

import typer
from rich.console import Console
from rich.progress import track

from troth import wiring
from troth.cli.options import RULES, with_settings
from troth.cli.reading import beside
from troth.cli.words import counted
from troth.domain.instants import MICROSECONDS_A_DAY, Instant
from troth.ledger.beside import LedgerBeside
from troth.ledger.passing import books_at
from troth.metrics.history import END, samples
from troth.settings import Settings

JOB: Final = "troth"
_BLOCK: Final = "--max-block-duration=744h"  # a month a block: a year is made in seconds, and merged by Prometheus anyway


class NotFilled(Exception):
    """Prometheus' own tool is not there, or did not take the history; the message says why."""


@with_settings("data", "target", *RULES)
def backfill(
    settings: Settings,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Prometheus' data directory, to make blocks in with promtool; it may be running.")
    ] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the history as OpenMetrics here, and keep it.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far back.")] = 365,
    job: Annotated[str, typer.Option(help="The label job of all samples.")] = JOB,
) -> None:
    """Give Prometheus the trends of the past, so that a new installation shows a year on its first day.

    The gauges of teams, customers, goals and the organisation as they stood at each midnight (UTC), which is what `score --at`
    says, and the target of today beside them. Run it once: a second run only makes the same blocks again, which Prometheus merges.
    """
    if to is None and file is None:
        raise typer.BadParameter("Say where the history goes: --to the data directory of Prometheus, or --file for OpenMetrics.")
    if to is not None and shutil.which("promtool") is None:
        raise NotFilled(
            "promtool, which comes with Prometheus, is not on the path. Install Prometheus here; or write the history with --file."
        )
    with beside(settings) as ledger, _output(file) as written:
        number = _write(ledger, written, _midnights(days), job, settings.target)
        if to is not None:
            _make_blocks(Path(written.name), to)
    typer.echo(
        f"{counted(number, 'sample')} of {counted(days, 'day')} written{f' into {to}' if to else ''}{f' to {file}' if file else ''}."
    )


def _output(file: Path | None) -> IO[str]:
    return tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") if file is None else file.open("w", encoding="utf-8")


def _midnights(days: int) -> list[Instant]:
    today = wiring.clock() // MICROSECONDS_A_DAY
    return [day * MICROSECONDS_A_DAY for day in range(today - days, today + 1)]


def _write(ledger: LedgerBeside, written: IO[str], instants: list[Instant], job: str, target: float) -> int:
    number, console = 0, Console(stderr=True)
    with ledger.readers.snapshot() as connection:
        books = books_at(connection, ledger.made, instants)
        hidden = not console.is_terminal
        for book in track(books, "Looking back", len(instants), console=console, transient=True, disable=hidden):
            lines = list(samples(book, job, target))
            written.writelines(lines)
            number += len(lines)
    written.write(END)
    written.flush()
    return number


def _make_blocks(history: Path, to: Path) -> None:
    command = ["promtool", "tsdb", "create-blocks-from", _BLOCK, "openmetrics", "--quiet", str(history), str(to)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise NotFilled(f"promtool could not make blocks in {to}: {(done.stderr or done.stdout).strip()[-500:]}.")
