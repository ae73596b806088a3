"""The files of a tool's export: which tool's they are, the objects or rows in them, and what events these become."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

import typer
from pydantic_core import to_json

from troth import wiring
from troth.cli.export_files import ExportFile, objects_of, table_rows_of
from troth.cli.inputs import Input, Line, NoPromise, RefusedLine, delimiter_of, encoding_of
from troth.domain.events import Event, read_event
from troth.domain.instants import Instant
from troth.intake.delivery import Source, Unmappable
from troth.intake.exports.formats import EVENTS, FORMATS, TABLE, Export, Format, format_of_columns, format_of_json
from troth.intake.exports.replay import OnRecord, replay
from troth.intake.persons import strip
from troth.settings import Settings

NOTHING: Final = "nothing"
_HEAD_BYTES: Final = 1_000_000
_OF_AN_EVENT: Final = ("type", "subject", "data")
# By what a page is known whose first object is cut off.
_WORDS: Final = {"jira": ('"issues"', '"fields"'), "azure-devops": ('"values"', '"rev"')}


def format_of(path: Path) -> str:
    """The format of a file by its content: a name of FORMATS, EVENTS, TABLE, or NOTHING. Raises BadParameter where it is none of these.

    What cannot be read twice is taken for events.
    """
    if not path.is_file():
        return EVENTS
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        text = head.decode(encoding_of(head), "replace").lstrip()
        if text.startswith(("{", "[")):
            file.seek(0)
            return _format_of_json(path.name, text, objects_of(path.name, file))
    columns = next(csv.reader([text.partition("\n")[0]], delimiter=delimiter_of(text.partition("\n")[0])), [])
    if found := format_of_columns(columns):
        return found
    return TABLE if path.suffix.lower() in (".csv", ".tsv") else EVENTS


def _format_of_json(name: str, head: str, objects: Iterator[Any]) -> str:
    try:
        value = next(objects, None)
    except OSError:
        # Of a log of events each line that is broken says so.
        return next((form for form, words in _WORDS.items() if all(word in head for word in words)), EVENTS)
    if value is None:
        return NOTHING
    if found := format_of_json(value):
        return found
    if not isinstance(value, dict) or any(word in value for word in _OF_AN_EVENT):
        return EVENTS
    known = ", ".join(f"{one.words} ({one.name})" for one in FORMATS.values())
    raise typer.BadParameter(
        f"{name} is JSON, but of nothing that is known by its content: there are CloudEvents, one a line ({EVENTS}), {known}. "
        "Say with --format which it is.",
        param_hint="FILE...",
    )


class Exported(NamedTuple):
    """A file of an export, with the reader that knows all of its files."""

    file: ExportFile
    kind: Format
    reader: Export
    source: Source
    zone: tzinfo
    seen: set[str]

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
            past = self.reader.past(item)
            if past.commitment in self.seen:
                raise NoPromise(f"{past.commitment} is there more than once")
            replayed = replay(self.source, past, record, now, self.zone)
        except Unmappable as error:
            raise RefusedLine([str(error)]) from None
        if replayed.fault:
            raise RefusedLine([replayed.reason])
        self.seen.add(past.commitment)
        if not replayed.events and replayed.reason:
            raise NoPromise(replayed.reason)
        return [read_event(posted, now, self.zone) for posted in replayed.events]

    def _text_of(self, item: Any) -> str:
        return "" if isinstance(item, RefusedLine) else to_json(strip(self.source.clean(item), self.source.persons)).decode()


def exports_of(paths: Sequence[Path], named: str | None, times: Sequence[str], settings: Settings) -> dict[Path, Exported]:
    """Those of the files that are exports of a tool; all of one format are one export, and are learnt. Raises BadParameter or OSError."""
    formats = {path: named or format_of(path) for path in paths}
    whole = next((name for name in formats.values() if name in FORMATS), EVENTS)
    formats = {path: whole if name == NOTHING else name for path, name in formats.items()}  # such as a project without milestones
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
            seen: set[str] = set()
            found |= {file.path: Exported(file, kind, reader, sources[kind.source], zone, seen) for file in files}
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
    return table_rows_of(stream) if kind.table else enumerate(objects_of(name, stream), 1)
