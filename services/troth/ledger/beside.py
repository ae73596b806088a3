"""Reading a ledger beside the process that writes it, or while none does."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from troth.domain.book import Book
from troth.domain.instants import Instant
from troth.ledger.restore import Made, needs_rebuild, restore
from troth.ledger.store import Readers


class OtherRules(Exception):
    """What is derived in the file was made with other settings than these; the message says what to do."""


class Readable(Protocol):
    """A ledger as whatever reads it sees it."""

    @property
    def made(self) -> Made:
        """What the derived tables are made with."""

    @property
    def readers(self) -> Readers:
        """The connections to read with."""

    def book(self) -> AbstractContextManager[Book]:
        """The book as of now, which stays as it is while it is held. Only for reading."""


class LedgerBeside:
    """A directory's ledger, opened to read alone. Raises NoLedger, StrangeFile or OtherRules."""

    def __init__(self, directory: Path, made: Made, clock: Callable[[], Instant]) -> None:
        self.made = made
        self.readers = Readers(directory)
        self._clock = clock
        with self.readers.snapshot() as connection:
            other = needs_rebuild(connection, made)
        if other:
            self.readers.close()
            raise OtherRules(
                f"The ledger in {directory} was made with another tolerance or time zone, or by another version of Troth. "
                "Name the settings it is served with; or run `troth serve` with these once, which derives it anew."
            )

    @contextmanager
    def book(self) -> Iterator[Book]:
        """A book made of the file as it is at this moment."""
        with self.readers.snapshot() as connection:
            book, _ = restore(connection, self.made, self._clock())
        yield book

    def close(self) -> None:
        """Close the file."""
        self.readers.close()
