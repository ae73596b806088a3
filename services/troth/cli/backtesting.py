"""`troth backtest`: how good the forecast was on this ledger's own log."""

from pathlib import Path
from random import Random
from typing import Annotated, Any, Final

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from troth import wiring
from troth.cli.calibration_plot import calibration_svg
from troth.cli.options import RULES, with_settings
from troth.cli.reading import beside
from troth.cli.words import counted
from troth.domain.backtest import answers
from troth.domain.calibration import report
from troth.domain.instants import format_instant
from troth.ledger.restore import lives
from troth.settings import Settings

Document = dict[str, Any]
SEED: Final = 1  # the same log gives the same intervals


@with_settings("data", *RULES)
def backtest(
    settings: Settings,
    json: Annotated[bool, typer.Option("--json", help="All of it as one line of JSON.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw the calibration there, as SVG.")] = None,
) -> None:
    """Replay the log as it was known, ask for the chance of every promise, and compare with what came.

    It asks at a tenth, a half and nine tenths of each promise's time. The Brier score is the mean squared error: 0 is best, 0.25
    is what always saying one half gets. Beside it stand those of always answering the team's, and the organisation's, reliability.
    """
    if plot is not None and plot.suffix.lower() != ".svg":
        raise typer.BadParameter(f"{str(plot)!r} does not end in .svg, and an SVG is what is drawn", param_hint="--plot")
    with (
        beside(settings) as ledger,
        ledger.readers.snapshot() as connection,
        Console(stderr=True).status("Replaying the log ..."),
    ):
        now = wiring.clock()
        random = Random(SEED)  # noqa: S311 - it draws the days of a bootstrap, no secret
        found = report(
            answers(lives(connection, ledger.made.zone), ledger.made.rules, now), lambda size: random.choices(range(size), k=size)
        )
    document = {"at": format_instant(now), **found}
    if plot is not None:
        plot.write_text(calibration_svg(document), "utf-8")
    if json:
        typer.echo(to_json(document))
    else:
        _show(document)


def _show(document: Document) -> None:
    console = Console(markup=False, highlight=False)
    if not document["questions"]:
        console.print(
            "Nothing to score yet: no promise with a date has come to its end. The log needs promises with dates that have passed."
        )
        return
    console.print(
        f"{counted(document['questions'], 'question')} on {counted(document['days'], 'day')}; {_percent(document['on_time'])} came true."
    )
    console.print(_brier_scores(document))
    console.print(_calibration(document))


def _brier_scores(document: Document) -> Table:
    table = Table(title="Brier score: 0 is best", title_justify="left")
    for name in ("Always answering", "All", *(f"At {row['elapsed']:.1f}" for row in document["by_elapsed"]), "Our gain over it (90 %)"):
        table.add_column(name, justify="left" if name == "Always answering" else "right")
    for name, said in (("forecast", "the forecast"), ("team", "the team's reliability"), ("organisation", "the organisation's")):
        gain = document["gain"].get(name)
        table.add_row(
            said,
            _score(document["brier"][name]),
            *(_score(row["brier"][name]) for row in document["by_elapsed"]),
            "" if gain is None else f"{gain['mean']:+.4f} ({gain['low']:+.4f} to {gain['high']:+.4f})",
        )
    return table


def _calibration(document: Document) -> Table:
    table = Table(title="Calibration: of what was given this chance, so much was on time", title_justify="left")
    for name in ("Chance", "Mean chance", "On time", "Questions"):
        table.add_column(name, justify="right")
    for row in document["calibration"]:
        table.add_row(f"{row['from']:.1f} to {row['to']:.1f}", _percent(row["chance"]), _percent(row["on_time"]), f"{row['questions']:,}")
    return table


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
