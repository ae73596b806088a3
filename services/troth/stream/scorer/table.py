"""The table of a partition: its rows as bytes, in memory or on disk, and what of its changelog they hold."""

from collections.abc import Iterable, Mapping
from typing import Protocol


class Table(Protocol):
    """Bytes by key. `written` is the offset of the last record of the changelog that is in it, -1 where none is."""

    written: int

    def get(self, key: bytes) -> bytes | None:
        """What lies under a key."""

    def put(self, records: Mapping[bytes, bytes]) -> None:
        """Put records in the place of what was there."""

    def keep(self, written: int) -> None:
        """What was put up to now is in the changelog up to this offset."""

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Everything, in no order."""

    def clear(self) -> None:
        """Forget everything."""

    def close(self) -> None:
        """Let go of it; what is on disk stays there."""


class MemoryTable:
    """A table in memory; it is read back from its changelog after a restart."""

    def __init__(self) -> None:
        self.written = -1
        self._rows: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        """What lies under a key."""
        return self._rows.get(key)

    def put(self, records: Mapping[bytes, bytes]) -> None:
        """Put records in the place of what was there."""
        self._rows.update(records)

    def keep(self, written: int) -> None:
        """What was put up to now is in the changelog up to this offset."""
        self.written = written

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Everything, in no order."""
        return list(self._rows.items())

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
        self.written = -1

    def close(self) -> None:
        """Let go of it."""
        self._rows.clear()


def memory_table(_number: int) -> Table:
    """A table in memory for any partition."""
    return MemoryTable()
