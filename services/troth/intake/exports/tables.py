"""What every tool's table has in common: its rows by the names of its columns, and its dates."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from troth.intake.delivery import Unmappable
from troth.intake.exports.dates import Dates

DIGITS: Final = 18
Row = Mapping[str, Sequence[str]]  # all cells of a column, as a table may have several of one name


class Table:
    """Reads rows of a table whose columns are named as its tool names them. `times` are formats that the user gives."""

    NEEDS: Sequence[tuple[str, ...]] = ()  # of each, one column has to be there
    DATES: Sequence[str] = ()

    def __init__(self, times: Sequence[str], zone: tzinfo) -> None:
        self.dates = Dates(times, zone)
        self._columns: set[str] | None = None

    @classmethod
    def fits(cls, columns: Sequence[str]) -> bool:
        """Whether these are columns of this tool."""
        return all(any(name in columns for name in names) for names in cls.NEEDS[:3])

    def learn(self, row: Row) -> None:
        """Take in how dates are written."""
        self._columns = set(row) if self._columns is None else self._columns
        for column in self.DATES:
            for text in row.get(column, ()):
                self.dates.learn(text)

    def lacks(self) -> str:
        """What is missing or in doubt, in words with the way out; nothing where all is there."""
        columns = self._columns or set()
        missing = [" or ".join(names) for names in self.NEEDS if not columns.intersection(names)]
        if self._columns is not None and missing:
            return f"it has no column {', '.join(missing)}: export it with all columns, or say with --mapping FILE what they mean"
        return self.dates.doubt()

    def items(self, row: Row) -> Iterator[Any]:
        """The row itself."""
        yield row

    def instant(self, row: Row, *columns: str) -> str | None:
        """When something happened, from the first column that has it. Raises Unmappable."""
        return next((found for column in columns if (found := self.dates.instant(cell(row, column), column))), None)

    def day(self, row: Row, *columns: str) -> str | None:
        """The date by which, from the first column that has it. Raises Unmappable."""
        return next((found for column in columns if (found := self.dates.iso(cell(row, column), column))), None)


def cell(row: Row, *columns: str) -> str:
    """The first cell of these columns that is not empty."""
    return next((text.strip() for column in columns for text in row.get(column, ()) if text.strip()), "")


def cells(row: Row, *columns: str) -> list[str]:
    """All cells of these columns that are not empty."""
    return [text.strip() for column in columns for text in row.get(column, ()) if text.strip()]


def whole_number(row: Row, *columns: str) -> int:
    """A tool's number of a thing. Raises Unmappable."""
    text = cell(row, *columns)
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        raise Unmappable(f"{columns[0]} is {text[:40]!r}, which is no number")
    return int(text)
