"""The files of a tool's export: which tool's they are, the objects or rows in them, and what events these become."""

import csv
import io
import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

import typer
from pydantic_core import to_json

from troth import wiring
from troth.cli.inputs import CELL_CHARACTERS, STANDARD_INPUT, Input, Line, NoPromise, RefusedLine, check_cells, delimiter_of, rows_of
from troth.domain.events import Event, read_event
from troth.domain.instants import Instant
from troth.intake.delivery import Source, Unmappable
from troth.intake.exports.formats import EVENTS, FORMATS, TABLE, Export, Format, format_of_columns, format_of_json
from troth.intake.exports.replay import OnRecord, replay
from troth.intake.persons import strip
from troth.settings import Settings

HEAD_BYTES: Final = 1_000_000
_CHUNK_BYTES: Final = 1_000_000
_BETWEEN: Final = " \t\r\n,[]\ufeff"  # one array, several behind each other, arrays in arrays, or an object a line: all are objects
_OF_AN_EVENT: Final = ("type", "subject", "data")


class ExportFile:
    """A file that is read once for what has to be known of it, and once more for its items; what is no file is kept in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = "stdin" if path == STANDARD_INPUT else path.name
        self._kept: bytes | None = None
        if path == STANDARD_INPUT:
            self._kept = typer.get_binary_stream("stdin").read()
        elif not path.is_file():
            self._kept = path.read_bytes()

    def open(self) -> BinaryIO:
        """It, from its beginning."""
        return self.path.open("rb") if self._kept is None else io.BytesIO(self._kept)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.path.stat().st_size if self._kept is None else len(self._kept)


def format_of(path: Path) -> str:
    """The format of a file by its content: a name of FORMATS, EVENTS, or TABLE. Raises BadParameter where it is none that is known.

    What cannot be read twice is taken for events.
    """
    if not path.is_file():
        return EVENTS
    with path.open("rb") as file:
        text = file.read(HEAD_BYTES).decode("utf-8-sig", "replace").lstrip()
    if text.startswith(("{", "[")):
        return _format_of_json(path.name, text)
    columns = next(csv.reader([text.partition("\n")[0]], delimiter=delimiter_of(text.partition("\n")[0])), [])
    if found := format_of_columns(columns):
        return found
    return TABLE if path.suffix.lower() in (".csv", ".tsv") else EVENTS


class Exported(NamedTuple):
    """A file of an export, with the reader that knows all of its files."""

    file: ExportFile
    kind: Format
    reader: Export
    source: Source
    zone: tzinfo

    @contextmanager
    def opened(self, record: OnRecord) -> Iterator[Input]:
        """The items of the file, ready to be imported beside what is on record. Raises OSError."""
        with self.file.open() as stream:
            lines = (Line(*numbered) for numbered in _items(self.file.name, stream, self.kind, self.reader))
            yield Input(self.file.name, lines, partial(self._events_of, record), self._text_of, stream.tell, self.file.size, asks=True)

    def _events_of(self, record: OnRecord, item: Any, now: Instant) -> list[Event]:
        if isinstance(item, RefusedLine):
            raise item
        try:
            replayed = replay(self.source, self.reader.past(item), record, now, self.zone)
        except Unmappable as error:
            raise RefusedLine([str(error)]) from None
        if replayed.fault:
            raise RefusedLine([replayed.reason])
        if not replayed.events and replayed.reason:
            raise NoPromise(replayed.reason)
        return [read_event(posted, now, self.zone) for posted in replayed.events]

    def _text_of(self, item: Any) -> str:
        return "" if isinstance(item, RefusedLine) else to_json(strip(self.source.clean(item), self.source.persons)).decode()


def exports_of(paths: Sequence[Path], named: str | None, times: Sequence[str], settings: Settings) -> dict[Path, Exported]:
    """Those of the files that are exports of a tool; all of one format are one export, and are learnt. Raises BadParameter or OSError."""
    formats = {path: named or format_of(path) for path in paths}
    if tables := [path for path in paths if formats[path] == TABLE]:
        raise typer.BadParameter(
            f"{tables[0]} is a table, and its columns are not those of a tool that is known: say with --mapping FILE what they mean.",
            param_hint="FILE...",
        )
    zone, sources = ZoneInfo(settings.zone), wiring.sources_of(settings)
    found: dict[Path, Exported] = {}
    for kind in FORMATS.values():
        files = [ExportFile(path) for path in dict.fromkeys(paths) if formats[path] == kind.name]
        if files:
            reader = _learnt(files, kind, times, settings.sources[kind.source].zone or zone if kind.source in settings.sources else zone)
            found |= {file.path: Exported(file, kind, reader, sources[kind.source], zone) for file in files}
    return found


def _learnt(files: Sequence[ExportFile], kind: Format, times: Sequence[str], zone: tzinfo) -> Export:
    try:
        reader = kind.reader(times, zone)
    except ValueError as error:
        raise typer.BadParameter(f"{error}", param_hint="--times") from None
    for file in files:
        with file.open() as stream:
            for _, value in _values(file.name, stream, kind):
                if isinstance(value, dict) and (kind.table or kind.fits(value)):
                    reader.learn(value)
    if lack := reader.lacks():
        names = ", ".join(file.name for file in files)
        raise typer.BadParameter(f"{names} cannot be imported as {kind.words}: {lack}.", param_hint="FILE...")
    return reader


def _format_of_json(name: str, text: str) -> str:
    begin = text.find("{")
    try:
        value, _ = json.JSONDecoder().raw_decode(text, begin) if begin >= 0 else ({}, 0)
    except (ValueError, RecursionError):
        # A page of Jira's may be longer than what was looked at; whatever else is broken, each line says it.
        return "jira" if '"issues"' in text and '"fields"' in text else EVENTS
    if found := format_of_json(value):
        return found
    if not value or any(name in value for name in _OF_AN_EVENT):
        return EVENTS
    known = ", ".join(f"{one.words} ({one.name})" for one in FORMATS.values())
    raise typer.BadParameter(
        f"{name} is JSON, but of nothing that is known by its content: there are CloudEvents, one a line ({EVENTS}), {known}. "
        "Say with --format which it is.",
        param_hint="FILE...",
    )


def _items(name: str, stream: BinaryIO, kind: Format, reader: Export) -> Iterator[tuple[int, Any]]:
    """The items, in a table with the numbers of their lines, else counted."""
    count = 0
    for number, value in _values(name, stream, kind):
        if isinstance(value, RefusedLine):
            items: Iterable[Any] = [value]
        else:
            items = reader.items(value) if kind.table or kind.fits(value) else [RefusedLine([f"is not {kind.words}"])]
        for item in items:
            count += 1
            yield number if kind.table else count, item


def _values(name: str, stream: BinaryIO, kind: Format) -> Iterator[tuple[int, Any]]:
    if not kind.table:
        return enumerate(_objects(name, stream), 1)
    return _rows(stream)


def _objects(name: str, stream: BinaryIO) -> Iterator[Any]:
    """Every object of a JSON text, however they are strung together. Raises OSError where it ends in the middle of one."""
    read = _reader(name, stream)
    decoder = json.JSONDecoder()
    text, place, count = read(_CHUNK_BYTES), 0, 0
    while True:
        while place < len(text) and text[place] in _BETWEEN:
            place += 1
        try:
            if place < len(text):
                value, place = decoder.raw_decode(text, place)
                count += 1
                yield value
                continue
        except RecursionError:
            raise OSError(0, f"object {count + 1} is nested too deep", name) from None
        except ValueError as error:
            fault = str(error).partition(":")[0]
        else:
            fault = ""
        more = read(max(_CHUNK_BYTES, len(text) - place))
        if not more:
            if fault:
                raise OSError(0, f"is no JSON, or is cut off, behind its object {count} ({fault}); export it again", name)
            return
        text, place = text[place:] + more, 0


def _reader(name: str, stream: BinaryIO) -> Callable[[int], str]:
    decoder = getincrementaldecoder("utf-8")()

    def read(size: int) -> str:
        try:
            data = stream.read(size)
            return decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            raise OSError(0, "is not UTF-8; save it in this encoding", name) from None

    return read


def _rows(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    csv.field_size_limit(CELL_CHARACTERS)
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        head = text.readline()
        delimiter = delimiter_of(head)
        columns = next(csv.reader([head], delimiter=delimiter), [])
        for number, cells in rows_of(text, delimiter):
            try:
                yield number, _row(columns, cells)
            except RefusedLine as error:
                yield number, error
    finally:
        text.detach()  # or it would close the file, which still tells how far it was read


def _row(columns: Sequence[str], cells: list[str] | csv.Error) -> dict[str, list[str]]:
    values = check_cells(cells)
    if len(values) != len(columns):
        raise RefusedLine([f"the row has {len(values)} cells, and there are {len(columns)} columns"])
    row: dict[str, list[str]] = {}
    for column, value in zip(columns, values, strict=True):
        row.setdefault(column, []).append(value)
    return row
