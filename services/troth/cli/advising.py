"""`troth advise`: what a team may promise."""

from difflib import get_close_matches
from fractions import Fraction
from math import isfinite
from typing import Annotated

import typer
from pydantic_core import to_json

from troth import wiring
from troth.cli.explaining import Unknown
from troth.cli.options import RULES, with_settings
from troth.cli.reading import beside, read_moment
from troth.cli.words import NEAR_NAMES
from troth.domain.advice import LONGEST_DAYS
from troth.domain.instants import Instant
from troth.ledger.reading import LedgerReading
from troth.settings import Settings


@with_settings("data", *RULES)
def advise(
    settings: Settings,
    team: Annotated[str, typer.Option("--team", metavar="T", help="Who would promise.")],
    days: Annotated[float, typer.Option("--days", metavar="N", help=f"The team's own estimate, above 0, at most {LONGEST_DAYS:,}.")],
    confidence: Annotated[
        float, typer.Option("--confidence", metavar="Q", help="Share of such promises that is to hold, between 0 and 1.")
    ] = 0.85,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="What had happened by then: a time such as 2026-01-11T09:30:00Z, or a day.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The document of GET /v1/advice, on one line.")] = False,
) -> None:
    """Say what a team may promise: its own estimate in, the days that hold at a confidence out.

    It is made of how long the team's promises took, in times of what was promised, newer ones weighing more. It needs evidence
    worth 6 fresh promises.
    """
    _check(days, confidence)
    moment = read_moment(at)
    with beside(settings) as ledger:
        reading = LedgerReading(ledger, wiring.clock)
        # As written: 0.85 is 85 in 100, not the binary fraction nearest to it.
        found = reading.advice(team, Fraction(str(days)), Fraction(str(confidence)), moment)
        if found is None:
            raise Unknown(f"There is no team {team!r} in {settings.data}{' by then' if at else ''}.{_like(reading, team, moment)}")
    typer.echo(to_json(found) if json else found["why"])


def _check(days: float, confidence: float) -> None:
    if not (isfinite(days) and 0 < days <= LONGEST_DAYS):
        raise typer.BadParameter(f"{days:g} is not above 0 and at most {LONGEST_DAYS:,}", param_hint="--days")
    if not 0 < confidence < 1:
        raise typer.BadParameter(f"{confidence:g} is not between 0 and 1; write 85 in 100 as 0.85", param_hint="--confidence")


def _like(reading: LedgerReading, team: str, at: Instant | None) -> str:
    names = [document["team"] for document in reading.teams(at)["teams"]]
    by_folded = {name.casefold(): name for name in names}
    like = [by_folded[each] for each in get_close_matches(team.casefold(), by_folded, n=NEAR_NAMES)]
    if like:
        return f" There is {', '.join(like)}."
    return " `troth score` lists those there are." if names else " Nobody had promised anything."
