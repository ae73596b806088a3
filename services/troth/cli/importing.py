"""`troth import`: what is on record elsewhere goes into the ledger, and what cannot is set aside with its reasons."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, Final
from zoneinfo import ZoneInfo

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from troth import wiring
from troth.cli.batches import Batch, batches_of
from troth.cli.carrying import Carrier, Taken, Unsent, carrier_to, put, uninterrupted
from troth.cli.exported import exports_of
from troth.cli.inputs import STANDARD_INPUT, Input, Line, opened
from troth.cli.options import with_settings
from troth.cli.words import counted
from troth.domain.events import Event
from troth.domain.recording import Unwritable
from troth.intake.exports.formats import EVENTS, FORMATS
from troth.settings import Settings

_NAMES: Final = (EVENTS, *FORMATS)
SOURCE: Final = "import"  # of the traces; the events have sources of their own


class _Counts:
    """How far an import came."""

    def __init__(self) -> None:
        self.lines = self.new = self.known = self.refused = self.silent = 0
        self.such_as = ""

    def add(self, lines: int, taken: Taken) -> None:
        self.lines += lines
        self.new += taken.new
        self.known += taken.known

    def __str__(self) -> str:
        silent = f", {self.silent:,} without news of a promise (such as: {self.such_as})" if self.silent else ""
        return (
            f"{counted(self.lines, 'line')}: {counted(self.new, 'new event')}, {self.known:,} known already, "
            f"{counted(self.refused, 'line')} refused{silent}"
        )


def _readable(paths: list[Path]) -> list[Path]:
    for path in paths:
        if path != STANDARD_INPUT and (path.is_dir() or not os.access(path, os.R_OK)):
            raise typer.BadParameter(f"{path} {'cannot be read' if path.exists() else 'does not exist'}.")
    return paths


def _known(name: str | None) -> str | None:
    if name is not None and name not in _NAMES:
        raise typer.BadParameter(f"{name!r} is no format; there are {', '.join(_NAMES)}.")
    return name


@with_settings("data", "zone", "half_life_days", "tolerance")
def import_files(
    settings: Settings,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            callback=_readable,
            help="CloudEvents, one JSON a line; exports of a tool; a CSV, with --mapping; or - for standard input.",
        ),
    ],
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="What the columns of a CSV mean: docs/mapping.md.")] = None,
    named: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", callback=_known, help=f"What the files are, if that is not seen: {', '.join(_NAMES)}."),
    ] = None,
    times: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT", help="How a tool's table writes dates, such as '%d/%m/%Y %H:%M'; may be given several times."),
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="URL", help="Post to the server there, instead of writing to --data.")] = None,
) -> None:
    """Bring in what is on record elsewhere: events, or the history of a tool by its exports (docs/import.md).

    An export gives the same events as the tool's webhooks: before or after them, it adds nothing twice. All files of one tool are one
    export; what troth.toml says of a tool holds here, too.

    What is known already is counted and changes nothing, so an import may be interrupted and run again. A line that is refused
    is set aside in FILE.refused.ndjson beside its file (for - in the current directory), with its number and the reasons, and
    the others go in. The exit status is then 1.

    While a server holds the ledger, use --to URL with a token of that server in TROTH_TOKENS (one of TROTH_ADMIN_TOKENS, where
    that is set, may retract).
    """
    read = wiring.read_mapping_file(mapping) if mapping is not None else None
    exports = {} if read is not None else exports_of(files, named, times or (), settings)
    whole = _Counts()
    try:
        with closing(carrier_to(settings, to)) as carrier:
            for path in files:
                export = exports.get(path)
                with opened(path, read, ZoneInfo(settings.zone)) if export is None else export.opened(carrier) as file:
                    _import(file, path, carrier, uninterrupted if to is None else nullcontext, whole)
    except KeyboardInterrupt:
        typer.echo(f"Interrupted after {whole}. Run the same import again to go on.", err=True)
        raise typer.Exit(130) from None
    except (Unsent, Unwritable):
        typer.echo(f"It came as far as {whole}. The same import again goes on.", err=True)
        raise
    if whole.refused:
        raise typer.Exit(1)


def _import(file: Input, path: Path, carrier: Carrier, together: Callable[[], AbstractContextManager[None]], whole: _Counts) -> None:
    counts = _Counts()
    aside = _Aside(Path("stdin") if path == STANDARD_INPUT else path, file)

    def refuse(line: Line, reasons: list[str]) -> None:
        aside.write(line, reasons)
        for each in (counts, whole):
            each.refused += 1

    with closing(aside), batches_of(file) as batches, _progress(file) as moved:
        for batch in batches:
            for line, reasons in batch.refused:
                refuse(line, reasons)
            for each in (counts, whole):
                each.silent += len(batch.silent)
                each.such_as = each.such_as or next(iter(batch.silent), "")
            take = partial(_take, carrier, batch, file)
            with together():
                taken = put(batch.rows, take, lambda row, reasons: refuse(row[0], reasons))
                for each in (counts, whole):
                    each.add(len(batch.lines), taken)
            moved(batch.position)
    typer.echo(f"{file.name}: {counts}{aside.said()}.")


def _take(carrier: Carrier, batch: Batch, file: Input, rows: Sequence[tuple[Line, list[Event]]]) -> Taken:
    what = f"{file.name}, lines {rows[0][0].number} to {rows[-1][0].number}"
    return carrier.take([event for _, events in rows for event in events], batch.now, SOURCE, what)


class _Aside:
    """The file of what is refused, made when the first line is."""

    def __init__(self, beside: Path, file: Input) -> None:
        self._path = beside.with_name(beside.name + ".refused.ndjson")
        self._text_of = file.text_of
        self._file: BinaryIO | None = None

    def write(self, line: Line, reasons: list[str]) -> None:
        self._file = self._file or self._path.open("wb")
        document = {"line": line.number, "reasons": reasons, "text": self._text_of(line.content)}
        self._file.write(to_json(document) + b"\n")

    def said(self) -> str:
        return f" (set aside with the reasons in {self._path})" if self._file else ""

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@contextmanager
def _progress(file: Input) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console, transient=True) as shown:
        task = shown.add_task(file.name, total=file.size)
        yield lambda position: shown.update(task, completed=position)
