"""`troth remap`: what is kept of the tools' deliveries is mapped again, when the mapping was mended."""

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from troth import wiring
from troth.cli.carrying import reasons_of, uninterrupted
from troth.cli.differences import Change, Differences, differences_of
from troth.cli.options import RULES, with_settings
from troth.cli.reading import beside
from troth.cli.words import counted, kind_of, shown
from troth.domain.events import Malformed, read_event
from troth.domain.instants import Instant, NotATime, format_instant, parse_instant
from troth.domain.recording import Conflict, DeliveryRecord, Posted
from troth.gateway.posting import new_delivery_id
from troth.intake.delivery import Source
from troth.intake.remapping import retraction_of
from troth.ledger.beside import Readable
from troth.ledger.kept import KeptDeliveries
from troth.ledger.ledger import Ledger
from troth.ledger.store import Held
from troth.settings import Settings, WrongSettings

_EVER: Final = -(2**62)


@with_settings("data", "mappings", *RULES)
def remap(
    settings: Settings,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this source sent.")] = None,
    since: Annotated[str | None, typer.Option(metavar="T", help="Only what came since then: a day, or a time with a zone.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and change nothing; also beside a server.")] = False,
) -> None:
    """Map the deliveries that are kept again, with the mapping as it is now.

    What the old mapping said and the new one does not is retracted; what it did not say is added. Nothing is lost: both stay
    readable in the commitment's history, and the delivery's trace leads to them. A second run changes nothing. Look first with
    --dry-run: a mapping with a mistake in it retracts what was right (mend it and remap again, and it is back).

    Deliveries are kept for as many days as the setting kept_days says.
    """
    begin = _instant(since)
    sources = wiring.sources_of(settings)
    if dry_run:
        with beside(settings) as ledger:
            found = _found(ledger, sources, source, begin)
        _tell(found, dry_run=True)
        return
    with closing(_opened(settings)) as ledger:
        found = _found(ledger, sources, source, begin)
        refused = [sentence for each in found for change in each.differences.changes for sentence in _applied(ledger, change)]
    _tell(found, dry_run=False)
    for sentence in refused:
        typer.echo(sentence, err=True)
    if refused or any(each.differences.failed for each in found):
        raise typer.Exit(1)


class _Found:
    """What was found of one source."""

    def __init__(self, source: str, kept: int, gone: int, differences: Differences) -> None:
        self.source, self.kept, self.gone, self.differences = source, kept, gone, differences


def _found(ledger: Readable, sources: dict[str, Source], only: str | None, since: Instant) -> list[_Found]:
    with ledger.readers.snapshot() as connection:
        deliveries = KeptDeliveries(connection, ledger.made.zone)
        counts = {name: count for name, count in deliveries.counts(since).items() if name in sources or count[0]}
        if only is not None and only not in (*sources, *counts):
            raise typer.BadParameter(f"{only!r} is no source; there are {', '.join(sorted({*sources, *counts}))}.", param_hint="--source")
        wanted = [only] if only is not None else sorted(counts)
        if unknown := [name for name in wanted if name not in sources]:
            raise WrongSettings(
                f"Deliveries of {', '.join(unknown)} are kept, but nothing says what they mean: name the mapping file in the setting "
                "mappings (--mappings), or name another source with --source."
            )
        return [
            _Found(name, *counts.get(name, (0, 0)), differences_of(sources[name], deliveries, since, ledger.made.zone)) for name in wanted
        ]


def _opened(settings: Settings) -> Ledger:
    try:
        return wiring.open_ledger(settings)
    except Held:
        raise Held(
            f"The ledger in {settings.data} is held by another troth, and is mapped again only while nobody else writes to it. "
            "Stop that one, remap, and start it again; `troth remap --dry-run` shows the difference beside it."
        ) from None


def _applied(ledger: Ledger, change: Change) -> Iterator[str]:
    """Make one delivery's change, all of it or nothing; gives a sentence where it was refused."""
    if not change.difference:
        return
    now = wiring.clock()
    kept, zone = change.kept, ledger.made.zone
    events = [read_event(retraction_of(event, now), now, zone) for event in change.difference.strike]
    events += [read_event(event, kept.received_at, zone) for event in change.difference.add]
    try:
        with uninterrupted():
            ledger.append_now(DeliveryRecord(new_delivery_id(now), kept.source, now, kept.what, change.why, None, kept.id), events)
    except Conflict as error:
        yield f"{_called(change)}: nothing was changed. {error}"
    except Malformed as error:
        yield f"{_called(change)}: nothing was changed. {'; '.join(reasons_of(error))}."


def _tell(found: list[_Found], *, dry_run: bool) -> None:
    console = Console(markup=False, highlight=False, soft_wrap=True)
    for each in found:
        for change in each.differences.changes:
            console.print("\n".join([_called(change), *_lines(change)]))
        for kept, why in each.differences.failed:
            console.print(f"Delivery {kept.id} of {kept.source}: left as it is, as {why}.")
    for each in found:
        console.print(_summary(each, dry_run=dry_run))
    if not found:
        console.print("No delivery is kept.")


def _called(change: Change) -> str:
    about = f": {change.kept.what}" if change.kept.what else ""
    return f"Delivery {change.kept.id} of {change.kept.source}, received {shown(format_instant(change.kept.received_at))}{about}"


def _lines(change: Change) -> Iterator[str]:
    strike, add, stays = change.difference
    for sign, events, others in (("-", strike, add), ("+", add, strike)):
        for event in events:
            beside_it = next((other for other in others if _told(other) == _told(event)), None)
            yield f"  {sign} {_said(event, beside_it)}"
    yield from (f"  = {sentence}, and stays as it is" for sentence in stays)
    if not add and change.why:
        yield f"    It says nothing now: {change.why.rstrip('.')}."


def _told(event: Posted) -> tuple[Any, ...]:
    return event["type"], event["subject"], event["time"]


def _said(event: Posted, other: Posted | None) -> str:
    """An event in words: what it says, or, beside one of the same kind, commitment and time, what it says otherwise."""
    data = event.get("data") or {}
    beside_it = (other or {}).get("data") or {}
    words = [f"{name} {_value(value)}" for name, value in data.items() if other is None or beside_it.get(name) != value]
    missing = [f"no {name}" for name in beside_it if name not in data]
    return f"{kind_of(event)} {event['subject']} at {shown(event['time'])}: {', '.join([*words, *missing]) or 'nothing more'}"


def _value(value: Any) -> str:
    text = "none" if value is None else str(value).replace("\n", " / ")
    return text if len(text) <= 80 else text[:77] + "..."


def _summary(each: _Found, *, dry_run: bool) -> str:
    changes = [change for change in each.differences.changes if change.difference]
    struck = sum(len(change.difference.strike) for change in changes)
    added = sum(len(change.difference.add) for change in changes)
    gone = f"; {each.gone:,} {'is' if each.gone == 1 else 'are'} not kept any more" if each.gone else ""
    kept = f"{each.source}: {counted(each.kept, 'delivery')} kept{gone}"
    if not changes:
        return f"{kept}. All say what the ledger has of them."
    says = "says" if len(changes) == 1 else "say"
    verb = "would be" if dry_run else "was" if struck == 1 else "were"
    return f"{kept}. {len(changes):,} {says} something else now: {counted(struck, 'event')} {verb} retracted, {added:,} added."


def _instant(text: str | None) -> Instant:
    if text is None:
        return _EVER
    try:
        return parse_instant(f"{text}T00:00:00Z" if len(text) == len("2026-01-11") else text)
    except NotATime as error:
        raise typer.BadParameter(f"{error}.", param_hint="--since") from None
