"""How the command line says things."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from troth.gateway.reading import Reading

NEAR_NAMES: Final = 5
_STAMP: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")

# The row of SCORING's table behind each verdict.
RULES: Final[Mapping[str, str]] = {
    "kept": "Delivered by the date in force, within the budget in force where cost and budget are known: kept.",
    "late": "Delivered, but after the date in force: late. It failed on that date.",
    "slipped": "Open, and the date in force has passed: slipped. It failed on that date, whatever comes later.",
    "broken": "The team took its word back, or the customer cancelled it after its date had passed: broken.",
    "over_budget": "Delivered by the date in force, but at a cost above the budget in force: over budget.",
    "void": "Cancelled by the customer by its date, or closed before it was promised: it counts for nothing.",
    "undated": "Without a date in force there is nothing to keep and nothing to miss: undated.",
    "pending": "Open, and its date is still ahead: pending. It counts once it is settled.",
    "unmade": "Nobody is on record as having promised it: it counts for nothing.",
}
BASES: Final[Mapping[str, str]] = {
    "agreed": "by the date in force",
    "original": "by the date first promised",
    "requested": "by the date the customer asked for",
}


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 line, 1,200 lines, 2 deliveries."""
    many = noun[:-1] + "ies" if noun.endswith("ery") else noun + "s"
    return f"{number:,} {noun if number == 1 else many}"


def shown(time: str | None) -> str:
    """A time of a document as a person reads it: 2026-01-11 09:30:00 UTC."""
    return "-" if time is None else f"{time[:10]} {time[11:19]} UTC"


def said(text: str) -> str:
    """A sentence of a document with its times as a person reads them."""
    return _STAMP.sub(lambda found: shown(found[0]), text)


def kind_of(event: Mapping[str, Any]) -> str:
    """What an event of a document says happened, in a word: made, renegotiated, event-retracted."""
    return str(event["type"]).removeprefix("troth.").removeprefix("commitment-")


def near(reading: Reading, commitment: str) -> list[str]:
    """Ids on record that are like one which is not."""
    for part in (commitment, commitment[: max(3, len(commitment) // 2)], commitment[:3], commitment[-3:]):
        found: Iterable[dict[str, Any]] = reading.commitments(q=part, limit=1_000)["commitments"]
        ids = [one["id"] for one in found]
        if ids:
            return get_close_matches(commitment, ids, n=NEAR_NAMES, cutoff=0.5) or ids[:NEAR_NAMES]
    return []
