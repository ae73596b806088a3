"""The peer of `troth import`: `python -m tests.bench.raw_import CSV MAPPING FILE` maps and checks a table and keeps its raw rows."""

import sys
from contextlib import closing
from datetime import UTC
from itertools import islice
from pathlib import Path

from tests.bench.raw_rows import RawRows
from troth.cli.batches import LINES_A_BATCH
from troth.cli.inputs import opened
from troth.wiring import clock, read_mapping_file


def raw_import(table: Path, mapping: Path, kept: Path) -> None:
    """The same lines, the same mapping, the same models, and as many lines a commit."""
    with opened(table, read_mapping_file(mapping), UTC) as file, closing(RawRows(kept)) as rows:
        while lines := list(islice(file.lines, LINES_A_BATCH)):
            now = clock()
            rows.insert([event for line in lines for event in file.events_of(line.content, now)])


if __name__ == "__main__":
    raw_import(*map(Path, sys.argv[1:]))
