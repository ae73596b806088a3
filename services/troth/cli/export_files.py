"""What is in the files of an export: the objects of a JSON text, however they are strung together, or the rows of a table."""

import csv
import io
import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import typer

from troth.cli.inputs import CELL_CHARACTERS, STANDARD_INPUT, RefusedLine, check_cells, delimiter_of, encoding_of, rows_of

_CHUNK_BYTES: Final = 1_000_000
_BETWEEN: Final = " \t\r\n,[]\ufeff"  # one array, several behind each other, arrays in arrays, or an object a line: all are objects


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


def objects_of(name: str, stream: BinaryIO) -> Iterator[Any]:
    """Every object of a JSON text, however they are strung together. Raises OSError where it ends in the middle of one."""
    read = _reader(name, stream)
    decoder = json.JSONDecoder()
    text, place, count, depth = read(_CHUNK_BYTES), 0, 0, 0
    while True:
        while place < len(text) and text[place] in _BETWEEN:
            depth += {"[": 1, "]": -1}.get(text[place], 0)
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
            fault = "the array has no end" if depth > 0 else ""
        more = read(max(_CHUNK_BYTES, len(text) - place))
        if not more:
            if fault:
                raise OSError(0, f"is no JSON, or is cut off, behind its object {count} ({fault}); export it again", name)
            return
        text, place = text[place:] + more, 0


def _reader(name: str, stream: BinaryIO) -> Callable[[int], str]:
    decoder = getincrementaldecoder(_encoding(stream))()

    def read(size: int) -> str:
        try:
            data = stream.read(size)
            return decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            raise OSError(0, "is not UTF-8; save it in this encoding", name) from None

    return read


def _encoding(stream: BinaryIO) -> str:
    head = stream.read(2)
    stream.seek(0)
    return encoding_of(head)


def table_rows_of(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Every row of a table, by the names of its columns, with the number of its line; or RefusedLine, where it cannot be read."""
    csv.field_size_limit(CELL_CHARACTERS)
    text = io.TextIOWrapper(stream, _encoding(stream), errors="surrogateescape", newline="")
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
