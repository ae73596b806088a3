"""`python -m tests.bench [NAME ...] [--quick]`: how fast each path is beside its peer, measured in the same run on the same machine.

A rate alone says what machine it was taken on; a ratio says what our own work costs. Nothing here passes or fails: it is read.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import batches, flights, forecasts, growth, large_house, scorer, scrape, single_events, sources
from tests.bench.rows import Row

_PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Row]]] = {
    "single": lambda work, asked: single_events.measure(work, quick=asked.quick),
    "gateway": lambda work, asked: single_events.measure_gateway(work, quick=asked.quick),
    "batches": lambda work, asked: batches.measure(work, quick=asked.quick),
    "flights": lambda work, asked: flights.measure(work, quick=asked.quick),
    "sources": lambda work, asked: sources.measure(work, quick=asked.quick),
    "forecast": lambda work, asked: forecasts.measure(work, quick=asked.quick),
    "scrape": lambda work, asked: scrape.measure(quick=asked.quick),
    "scorer": lambda work, asked: scorer.measure(work, quick=asked.quick),
    "workers": lambda work, asked: growth.measure_workers(work, quick=asked.quick),
    "recovery": lambda work, asked: growth.measure_recovery(work, scale=asked.scale or (0.1 if asked.quick else 1)),
    "house": lambda work, asked: large_house.measure(work, scale=asked.scale or (0.1 if asked.quick else 1)),
}
_WIDTH = 140


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which parts: {', '.join(_PARTS)}; all unless named")
    parser.add_argument("--quick", action="store_true", help="less of everything, in one or two minutes: for a look, not for a claim")
    parser.add_argument(
        "--scale", type=float, help="commitments of the large house and of the recovery, as a share of a million (1, or 0.1 with --quick)"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - _PARTS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: there are {', '.join(_PARTS)}")
    return arguments


def _table(rows: list[Row], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("path | peer", "ours", "peer", "ratio", "asked", "held"):
        table.add_column(name, justify="right" if name in ("ours", "peer", "ratio") else "left")
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(row.path, row.ours, row.peer, ratio, row.asked, {None: "-", True: "yes", False: "NO"}[row.held])
    return table


def main() -> None:
    asked = _arguments()
    rows = []
    began = time.monotonic()
    for name in asked.names or _PARTS:
        with tempfile.TemporaryDirectory(prefix="troth-bench-") as work:
            for row in _PARTS[name](Path(work), asked):
                print(f"{name}: {row.path}: {row.ours}, peer {row.peer}", file=sys.stderr, flush=True)
                rows.append(row)
    title = f"Troth beside its peers, {time.monotonic() - began:.0f} s"
    quick = "; QUICK: too little work for a claim" if asked.quick else ""
    Console(width=max(Console().width, _WIDTH)).print(_table(rows, title + quick))


if __name__ == "__main__":
    main()
