"""`troth redact`: the way out where a text of the ledger says what nobody may store."""

import sys
from typing import Annotated

import typer

from troth import wiring
from troth.cli.carrying import uninterrupted
from troth.cli.options import RULES, with_settings
from troth.cli.words import counted
from troth.domain.redaction import FIELDS
from troth.ledger.redaction import redact as redact_in
from troth.ledger.store import FILE, Held, NoLedger
from troth.settings import Settings


def _fields(text: str) -> str:
    unknown = [name for name in _listed(text) if name not in FIELDS]
    if unknown or not _listed(text):
        raise typer.BadParameter(f"{', '.join(unknown) or 'nothing'} is no text of an event; there are {', '.join(FIELDS)}.")
    return text


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@with_settings("data", *RULES)
def redact(
    settings: Settings,
    commitment: Annotated[str, typer.Argument(metavar="COMMITMENT", help="Its id.")],
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this event of it; may be given several times. Without it, all: also those to come."),
    ] = None,
    fields: Annotated[str, typer.Option(metavar="NAME,...", callback=_fields, help="Which texts to blank.")] = ",".join(FIELDS),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Blank the texts of a commitment, or of some of its events, for ever.

    Numbers, dates, names of teams and the events themselves stay, so no score changes. The texts go out of the log, of notices and
    of what is kept of deliveries, and the file is written anew without its old pages. Whoever sends the same event again does not
    bring them back; of a whole commitment, neither does whatever is sent later.

    Mend the text in the tool first: what it sends of other events has it still. Exports and backups that were made before have it, too.
    """
    if not (settings.data / FILE).is_file():
        raise NoLedger(f"There is no ledger in {settings.data}. Name its directory with --data.")
    which = ", ".join(event or ()) or "all events, also those to come,"
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("There is no way back, and nobody can be asked here: say --yes.", param_hint="--yes")
        typer.confirm(f"Blank {fields} of {which} of {commitment!r} for ever?", abort=True)
    try:
        with uninterrupted():
            done = redact_in(settings.data, wiring.made_with(settings), commitment, event or (), _listed(fields))
    except Held:
        raise Held(
            f"The ledger in {settings.data} is held by another troth, and is redacted only while nobody else has it. "
            "Stop that one, redact, and start it again."
        ) from None
    typer.echo(
        f"Blanked in {counted(done.events, 'event')}, {counted(done.notices, 'notice')} and {counted(done.traces, 'trace')}; "
        f"{counted(done.copies, 'kept delivery')} thrown away. The file was written anew."
    )
