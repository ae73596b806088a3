"""`troth import` of 336,776 real flights beside keeping their raw rows, the carriers' scores, and those as of an instant in the past."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.bench.rows import Row, alternate, limit_row, rate_row, seconds_of
from tests.flights import FLIGHTS, write_flights
from tests.running import TROTH, environment
from troth.domain.instants import parse_instant
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.settings import read_settings
from troth.wiring import clock, open_ledger

_MAPPING = Path(__file__).parents[2] / "services/troth/intake/examples/flights.toml"
_IN_THE_PAST = ("2013-03-01", "2013-07-01", "2013-12-01")


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    flights, rounds = (40_000, 2) if quick else (FLIGHTS, 2)
    table = work / "flights.csv"
    write_flights(table, flights)

    def ours(number: int) -> float:
        return flights / seconds_of(lambda: _run([TROTH, "import", table, "--mapping", _MAPPING, "--data", work / f"ledger-{number}"]))

    def raw(number: int) -> float:
        return flights / seconds_of(
            lambda: _run([sys.executable, "-m", "tests.bench.raw_import", table, _MAPPING, work / f"raw-{number}.db"])
        )

    yield rate_row(f"troth import of {flights:,} flights | raw rows", alternate(rounds, ours, raw), 0.4, "flights/s")
    with closing(open_ledger(read_settings({"data": work / "ledger-0"}, {}))) as ledger:
        reading = LedgerReading(ledger, clock)
        for team in reading.teams(parse_instant("2014-01-01T00:00:00Z"))["teams"]:
            print(f"  {team['team']}  {team['reliability']:.4f}  ({team['low']:.3f} to {team['high']:.3f})", file=sys.stderr)
        for day in _IN_THE_PAST:
            yield limit_row(f"GET /v1/teams?at={day}", _past_seconds(ledger, day, None), 2, "s")
            yield limit_row(f"GET /v1/teams/UA?at={day}", _past_seconds(ledger, day, "UA"), 2, "s")


def _past_seconds(ledger: Ledger, day: str, team: str | None) -> float:
    def ask() -> None:
        reading = LedgerReading(ledger, clock)  # a new one, for it remembers what it was asked last
        at = parse_instant(f"{day}T00:00:00Z")
        assert reading.team(team, at) if team else reading.teams(at)["teams"]

    return median(seconds_of(ask) for _ in range(3))


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment())
