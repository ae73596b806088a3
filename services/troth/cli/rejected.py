"""`troth rejected`: the records of a cluster's log that are no event, and why."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from troth.cli.options import with_settings
from troth.cli.words import counted, shown
from troth.settings import CLUSTER, Settings

_WIDTH: Final = 140
_EXCERPT: Final = 60


@with_settings(*CLUSTER)
def rejected(
    settings: Settings,
    *,
    json: Annotated[bool, typer.Option("--json", help="All that is known of each, one JSON object a line.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Show the newest so many; --json shows all.")] = 100,
) -> None:
    """Show what was published to a cluster's log and is no event: where it lies, and why it was rejected. The log itself keeps it.

    What was meant is published again, mended; nothing has to be struck from the log.
    """
    from troth.stream.rejected import rejections  # noqa: PLC0415 - only the cluster's commands need Kafka's packages
    from troth.wiring.kafka import broker_of, topics_of  # noqa: PLC0415 - as above

    found = rejections(broker_of(settings), topics_of(settings).rejected)
    if json:
        for one in found:
            typer.echo(to_json(one))
        return
    newest = sorted(found, key=lambda one: str(one["rejected_at"]))
    table = Table("rejected", "record", "key", "value", "reason")
    for one in newest[-limit:]:
        place = f"{one['topic']}[{one['partition']}] at {one['offset']}"
        table.add_row(shown(one["rejected_at"]), place, _excerpt(one["key"]), _excerpt(one["value"]), _printable(one["reason"]))
    if newest:
        Console(markup=False, highlight=False, width=max(Console().width, _WIDTH)).print(table)
    typer.echo(f"{counted(len(newest), 'record')} rejected{f', the newest {limit} shown' if len(newest) > limit else ''}.")


def _excerpt(quoted: Mapping[str, Any] | None) -> str:
    if quoted is None:
        return "none"
    text = _printable(str(quoted.get("text", quoted.get("base64"))))
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 3]}..."


def _printable(text: str) -> str:
    # Anyone with the broker's rights wrote it, and a terminal obeys what it is shown.
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
