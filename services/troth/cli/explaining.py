"""`troth explain`: what became of a delivery, or a commitment's life and the rule behind its verdict."""

from typing import Annotated, Any

import typer
from rich.console import Console

from troth import wiring
from troth.cli.options import RULES as SETTINGS
from troth.cli.options import with_settings
from troth.cli.reading import beside
from troth.cli.words import BASES, RULES, counted, kind_of, near, said, shown
from troth.domain.chance import in_hundred
from troth.ledger.reading import LedgerReading
from troth.settings import Settings

Document = dict[str, Any]
NAMES_SHOWN = 20


class Unknown(Exception):
    """Nothing of this id is on record; the message names what is like it."""


@with_settings("data", *SETTINGS)
def explain(settings: Settings, id: Annotated[str, typer.Argument(metavar="ID", help="Of a commitment, or of a delivery.")]) -> None:
    """Tell a commitment's life, its terms, its verdicts and the rule behind them; or what became of a delivery.

    A delivery's id is in the answer to its sender, and on the board under Deliveries.
    """
    with beside(settings) as ledger:
        reading = LedgerReading(ledger, wiring.clock)
        delivery, commitment = reading.delivery(id), reading.commitment(id)
        if delivery is None and commitment is None:
            like = ", ".join(near(reading, id))
            raise Unknown(f"There is neither a commitment nor a delivery {id!r} in {settings.data}.{f' There is {like}.' if like else ''}")
    console = Console(markup=False, highlight=False, soft_wrap=True)
    for lines in (_delivery(delivery) if delivery else [], _commitment(commitment) if commitment else []):
        for line in lines:
            console.print(line)


def _delivery(delivery: Document) -> list[str]:
    lines = [f"Delivery {delivery['id']} of source {delivery['source']}, received {shown(delivery['received_at'])}"]
    if delivery["what"]:
        lines.append(f"It was about: {delivery['what']}")
    if delivery["remap_of"]:
        lines.append(f"It is what delivery {delivery['remap_of']} says by a mapping that was mended.")
    if delivery["new"]:
        lines.append(f"It became {counted(delivery['new'], 'new event')}; {delivery['duplicates']:,} were known already.")
    elif delivery["duplicates"]:
        lines.append(f"It changed nothing: all of it was known already ({counted(delivery['duplicates'], 'event')}).")
    else:
        lines.append(f"It became no event: {(delivery['reason'] or 'nothing in it was one').rstrip('.')}.")
    names = delivery["events"]
    lines += [f"  {kind_of(name)}: {name['id']} of {name['source']}, commitment {name['subject']}" for name in names[:NAMES_SHOWN]]
    if len(names) > NAMES_SHOWN:
        lines.append(f"  and {len(names) - NAMES_SHOWN:,} more")
    if delivery["remapped_by"]:
        lines.append(f"It was mapped again since: see `troth explain {delivery['remapped_by']}`.")
    return lines


def _commitment(commitment: Document) -> list[str]:
    agreed = commitment["verdict"]["agreed"]
    return [
        f"Commitment {commitment['id']}: {commitment['title'] or 'not promised by anyone on record'}",
        _parties(commitment),
        "",
        "Terms",
        *(f"  {name:<14} {value}" for name, value in _terms(commitment)),
        "",
        "Verdict",
        *(f"  {basis:<14} {commitment['verdict'][basis].replace('_', ' ')}, {words}" for basis, words in BASES.items()),
        f"  Why: {said(commitment['why'])}",
        f"  The rule: {RULES[agreed]} The headline is the one by the date in force.",
        *_forecast(commitment),
        "",
        "Life",
        *(line for event in commitment["history"] for line in _event(event)),
    ]


def _forecast(commitment: Document) -> list[str]:
    if commitment["forecast"] is None:
        return []
    risk = "; it is at risk" if commitment["at_risk"] else ""
    chance = f"  {in_hundred(commitment['chance'])} in 100 to be on time{risk}"
    why, moved_by = (said(commitment["forecast"][name]) for name in ("why", "moved_by"))
    return ["", "Forecast", chance, f"  Why: {why}", f"  What moves it: {moved_by}"]


def _parties(commitment: Document) -> str:
    parts = [f"{name} {commitment[name]}" for name in ("team", "customer", "goal") if commitment[name]]
    closed = f" {shown(commitment['closed_at'])}" if commitment["closed_at"] else ""
    return "; ".join([*parts, f"{commitment['state']}{closed}"])


def _terms(commitment: Document) -> list[tuple[str, str]]:
    unit = f" {commitment['unit']}" if commitment["unit"] else ""
    amounts = {name: f"{commitment[name]:,}{unit}" for name in ("budget", "cost") if commitment[name] is not None}
    times = {
        "promised": commitment["made_at"],
        "requested for": commitment["requested_at"],
        "first date": commitment["original_due_at"],
        "date in force": commitment["due_at"],
        "now expected": commitment["expected_at"],
    }
    word = commitment["word"] and commitment["word"] + (f", rated {commitment['rating']} of 5" if commitment["rating"] else "")
    texts = {
        "weight": str(commitment["weight"]),
        "customer says": word,
        "conditions": commitment["conditions"],
        "address": commitment["url"],
    }
    return [
        *((name, shown(time)) for name, time in times.items() if time is not None),
        *amounts.items(),
        *((name, text.replace("\n", " / ")) for name, text in texts.items() if text),
    ]


def _event(event: Document) -> list[str]:
    kind = kind_of(event)
    data = event.get("data", {})
    late = f" (late news: recorded {shown(event['recorded_at'])})" if event["late_news"] else ""
    reason = f"\n{'':26}reason: {data['reason']}" if data.get("reason") else ""
    return [f"  {shown(event['time'])} {kind}: {event['effect']}{late}{reason}"]
