"""A table, in memory or on disk: what is put is there, and after a restart what is known to be in its changelog."""

from collections.abc import Callable
from pathlib import Path

import pytest

from troth.stream.scorer.table import MemoryTable, Table

Opened = Callable[[Path], Table]


def _on_disk(path: Path) -> Table:
    rocks = pytest.importorskip("troth.stream.scorer.rocks", reason="needs rocksdict")
    table: Table = rocks.RocksTable(path)
    return table


def _in_memory(_: Path) -> Table:
    return MemoryTable()


BOTH = pytest.mark.parametrize("opened", [_in_memory, _on_disk])


@BOTH
def test_what_is_put_is_there_in_the_place_of_what_was(opened: Opened, tmp_path: Path) -> None:
    table = opened(tmp_path / "table")
    assert (table.written, table.get(b"a")) == (-1, None)
    table.put({b"a": b"1", b"b": b"2"})
    table.put({b"a": b"3"})
    assert (table.get(b"a"), table.get(b"b")) == (b"3", b"2")
    table.keep(7)
    assert (table.written, sorted(table.items())) == (7, [(b"a", b"3"), (b"b", b"2")])
    table.put({b"b": b"4"})
    assert table.get(b"b") == b"4"
    table.close()


@BOTH
def test_a_table_that_is_cleared_holds_nothing(opened: Opened, tmp_path: Path) -> None:
    table = opened(tmp_path / "table")
    table.put({b"a": b"1"})
    table.keep(0)
    table.clear()
    assert (table.written, table.get(b"a"), list(table.items())) == (-1, None, [])
    table.put({b"a": b"2"})
    table.keep(1)
    assert list(table.items()) == [(b"a", b"2")]
    table.close()


def test_on_disk_only_what_is_in_the_changelog_outlives_the_process(tmp_path: Path) -> None:
    table = _on_disk(tmp_path / "table")
    table.put({b"a": b"1"})
    table.keep(4)
    table.put({b"a": b"2", b"b": b"2"})
    table.close()
    again = _on_disk(tmp_path / "table")
    assert (again.written, list(again.items())) == (4, [(b"a", b"1")])
    again.close()


def test_a_table_on_disk_takes_any_bytes(tmp_path: Path) -> None:
    table = _on_disk(tmp_path / "table")
    odd = {b"\x00place": b"\x00", "☂\x00".encode() + b"1": b"\xff" * 100_000, b"k": b"\n"}
    table.put(odd)
    table.keep(0)
    assert dict(table.items()) == odd
    table.close()
