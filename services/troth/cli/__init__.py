"""The command line: what a user types, and one clear sentence where it cannot be done."""

import sqlite3
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from troth import __version__
from troth.alerts.receivers import NoApprise, WrongAddress
from troth.cli.advising import advise
from troth.cli.backfilling import NotFilled, backfill
from troth.cli.backtesting import backtest
from troth.cli.carrying import Refused, Unsent
from troth.cli.configuring import config
from troth.cli.dashboards import dashboards
from troth.cli.explaining import Unknown, explain
from troth.cli.importing import import_files
from troth.cli.notifying import notifier
from troth.cli.publishing import gateway
from troth.cli.reading import export, score, verify
from troth.cli.recording import record
from troth.cli.redacting import redact
from troth.cli.rejected import rejected
from troth.cli.remapping import remap
from troth.cli.replica import replica
from troth.cli.republishing import republish
from troth.cli.scoring import scorer
from troth.cli.serving import CannotListen, demo, serve
from troth.cli.topics import topics
from troth.domain.recording import Unwritable
from troth.grafana.trouble import BadDashboards, Contested, GrafanaTrouble
from troth.intake.mapping_file import BadMapping
from troth.ledger.beside import OtherRules
from troth.ledger.following import OtherCluster
from troth.ledger.redaction import NotErased, NotOnRecord
from troth.ledger.renewal import Occupied
from troth.ledger.schema import StrangeFile
from troth.ledger.store import Held, NoLedger
from troth.settings import WrongSettings
from troth.stream.spool import SpoolTrouble
from troth.stream.trouble import BrokerAway, BrokerTrouble

_WRONGLY_ASKED: Final = (WrongSettings, BadMapping, BadDashboards, WrongAddress)
_CANNOT_BE_DONE: Final = (
    *(Held, NoLedger, StrangeFile, OtherRules, Occupied, NotOnRecord, NotErased, Unwritable, CannotListen, Refused, Unsent, Unknown),
    *(BrokerAway, BrokerTrouble, OtherCluster, SpoolTrouble, NoApprise, GrafanaTrouble, Contested, NotFilled),
)
_EXTRAS: Final = {"kafka": "kafka", "faust": "kafka", "aiokafka": "kafka", "mode": "kafka", "grafana_api": "grafana"}  # of which extra


class _Commands(TyperGroup):
    """The commands, which end with status 1 and a sentence where something cannot be done, and with 2 where it is asked wrongly."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the output has seen enough
            raise
        except _WRONGLY_ASKED as error:
            raise _ended(str(error), 2) from None
        except _CANNOT_BE_DONE as error:
            raise _ended(str(error), 1) from None
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            raise _ended(f"This command needs the package {error.name}: install troth[{extra}].", 1) from None
        except sqlite3.Error as error:
            raise _ended(
                f"The ledger could not be read or written: {error}; look at its disk and its rights. Nothing was lost.", 1
            ) from None
        except OSError as error:
            raise _ended(f"{error.filename or 'The system'}: {error.strerror or error}.", 1) from None


def _ended(sentence: str, status: int) -> typer.Exit:
    typer.echo(f"troth: {sentence}", err=True)
    return typer.Exit(status)


app = typer.Typer(
    cls=_Commands,
    name="troth",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # its tracebacks show the values of variables, secrets too
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"troth {__version__}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")] = False,
) -> None:
    """A ledger of what teams promised the business, what they delivered, and how far their next promise can be trusted.

    Begin with `troth demo`, which serves a simulated year. A ledger of your own is served by `troth serve`; what you have
    already goes in with `troth import`, and one promise by hand with `troth record`.

    Every setting is a flag, an environment variable TROTH_NAME, or a key of troth.toml, in that order. Exit status: 0 done,
    1 not done or not all of it (a sentence says why), 2 asked wrongly.
    """


app.command("serve")(serve)
app.command("demo")(demo)
app.command("import")(import_files)
app.command("record")(record)
app.command("score")(score)
app.command("explain")(explain)
app.command("advise")(advise)
app.command("backtest")(backtest)
app.add_typer(config)
app.add_typer(dashboards)
app.command("remap")(remap)
app.command("redact")(redact)
app.command("export")(export)
app.command("verify")(verify)
app.command("backfill")(backfill)
app.command("replica")(replica)
app.command("gateway")(gateway)
app.command("scorer")(scorer)
app.command("notifier")(notifier)
app.command("topics")(topics)
app.command("rejected")(rejected)
app.command("republish")(republish)


def main() -> None:
    """The program `troth`."""
    app()
