"""A table on disk, for more commitments than fit into memory: RocksDB, by rocksdict."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from rocksdict import Options, Rdict, WriteBatch

_WRITTEN: Final = b"\x00written"


class RocksTable:
    """A table in a directory of its own. What is put is on disk once it is in the changelog, never before.

    After a restart only what was written to the changelog since is read back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: dict[bytes, bytes] = {}
        self._open()

    def get(self, key: bytes) -> bytes | None:
        """What lies under a key."""
        return self._waiting.get(key) or self._rows.get(key)

    def put(self, records: Mapping[bytes, bytes]) -> None:
        """Put records in the place of what was there."""
        self._waiting.update(records)

    def keep(self, written: int) -> None:
        """What was put up to now is in the changelog up to this offset."""
        batch = WriteBatch(raw_mode=True)
        for key, value in self._waiting.items():
            batch.put(key, value)
        batch.put(_WRITTEN, b"%d" % written)
        self._rows.write(batch)
        self._waiting = {}
        self.written = written

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Everything that is on disk, in the order of its keys."""
        return ((key, value) for key, value in self._rows.items() if isinstance(key, bytes) and key != _WRITTEN)

    def clear(self) -> None:
        """Forget everything."""
        self.close()
        Rdict.destroy(str(self._path))
        self._open()

    def close(self) -> None:
        """Let go of it; what is on disk stays there."""
        self._waiting = {}
        self._rows.close()

    def _open(self) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        self._rows = Rdict(str(self._path), Options(raw_mode=True))
        self.written = int(self._rows.get(_WRITTEN) or b"-1")
