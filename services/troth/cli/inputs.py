"""The files of an import: lines of NDJSON or rows of a CSV, each with its number, and what events they are."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TextIO

import typer
from pydantic_core import from_json

from troth.cli.carrying import reasons_of
from troth.domain.events import Event, Malformed, read_event
from troth.domain.instants import Instant
from troth.intake.delivery import Unmappable
from troth.intake.mapping import Mapping, column_faults, map_payload, payload_of_row

STANDARD_INPUT: Final = Path("-")
_DELIMITERS: Final = ",;\t"
_NOT_UTF_8: Final = re.compile("[\udc80-\udcff]")  # as surrogateescape has the bytes that it could not read
CELL_CHARACTERS: Final = 10_000_000


class Line(NamedTuple):
    """One line, row or item as it came: its number in the file, and bytes, cells, an object, or why it could not even be read so far."""

    number: int
    content: Any


class Input(NamedTuple):
    """A file being imported. `events_of` reads a line at an instant, and raises RefusedLine or NoPromise.

    `text_of` gives a line back as it came. What `asks` the ledger is read where that is open.
    """

    name: str
    lines: Iterator[Line]
    events_of: Callable[[Any, Instant], list[Event]]
    text_of: Callable[[Any], str]
    position: Callable[[], int]
    size: int | None
    asks: bool = False


class NoPromise(Exception):
    """A line that is all right, and says nothing of a promise."""


class RefusedLine(Exception):
    """A line that is no event, or none that can be taken."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


@contextmanager
def opened(path: Path, mapping: Mapping | None, zone: tzinfo) -> Iterator[Input]:
    """A file, or `-` for standard input, ready to be imported. Raises BadParameter where it cannot be one, and OSError."""
    standard = path == STANDARD_INPUT
    file: BinaryIO = typer.get_binary_stream("stdin") if standard else path.open("rb")
    try:
        name = "stdin" if standard else path.name
        size = None if standard or not path.is_file() else path.stat().st_size
        position = (lambda: 0) if size is None else file.tell
        if mapping is None:
            yield Input(name, _json_lines(file), lambda line, now: _posted(line, now, zone), _text, position, size)
        else:
            encoding = encoding_of(file.peek(2)) if isinstance(file, io.BufferedReader) else "utf-8-sig"
            text = io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
            try:
                yield _table(name, text, mapping, zone)._replace(position=position, size=size)
            finally:
                text.detach()  # or it would close standard input, too
    finally:
        if not standard:
            file.close()


def _json_lines(file: BinaryIO) -> Iterator[Line]:
    for number, line in enumerate(file, 1):
        if not line.isspace():
            yield Line(number, line)


def _posted(line: bytes, now: Instant, zone: tzinfo) -> list[Event]:
    try:
        return [read_event(from_json(line, allow_inf_nan=False), now, zone)]
    except Malformed as error:
        raise RefusedLine(reasons_of(error)) from None
    except ValueError as error:
        raise RefusedLine([f"is not JSON: {error}"]) from None


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")


def _table(name: str, text: TextIO, mapping: Mapping, zone: tzinfo) -> Input:
    csv.field_size_limit(CELL_CHARACTERS)
    head = text.readline()
    delimiter = delimiter_of(head)
    columns = next(csv.reader([head], delimiter=delimiter), [])
    faults = column_faults(mapping, columns) if columns else ["there are no columns"]
    if faults:
        raise typer.BadParameter(f"{name} does not fit the mapping: {'; '.join(faults)}.", param_hint="FILE...")

    def events_of(cells: list[str] | csv.Error, now: Instant) -> list[Event]:
        try:
            mapped = map_payload(mapping, payload_of_row(columns, check_cells(cells)), now)
            if not mapped.events:
                raise RefusedLine([mapped.reason])
            return [read_event(posted, now, zone) for posted in mapped.events]
        except Unmappable as error:
            raise RefusedLine([str(error)]) from None
        except Malformed as error:
            raise RefusedLine(reasons_of(error)) from None

    return Input(name, (Line(*row) for row in rows_of(text, delimiter)), events_of, lambda cells: _row(cells, delimiter), lambda: 0, None)


def encoding_of(head: bytes) -> str:
    """How a text that begins so is written: UTF-8, or UTF-16 as Excel and PowerShell write it."""
    return "utf-16" if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"


def delimiter_of(head: str) -> str:
    """What separates the cells of a table, by its first line."""
    return max(_DELIMITERS, key=head.count)


def check_cells(cells: list[str] | csv.Error) -> list[str]:
    """The cells of a row. Raises RefusedLine where it could not be read."""
    if isinstance(cells, csv.Error):
        raise RefusedLine([f"is not CSV: {cells}"])
    if not (whole := "".join(cells)).isascii() and _NOT_UTF_8.search(whole):
        raise RefusedLine(["is not UTF-8: save the table in this encoding"])
    return cells


def rows_of(text: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """The rows of a table behind its head, each with the number of its line."""
    rows = csv.reader(text, delimiter=delimiter)
    begins = 2
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield begins, error
        else:
            if cells:
                yield begins, cells
        begins = rows.line_num + 2


def _row(cells: list[str] | csv.Error, delimiter: str) -> str:
    if isinstance(cells, csv.Error):
        return ""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow(cells)
    return written.getvalue().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
