"""What lies on troth.told: whose turn it is to tell, and what was told to whom, as records and back. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pydantic_core import from_json, to_json

from troth.domain.instants import Instant, format_instant, parse_instant
from troth.stream.records import Unreadable

CLAIM: Final = "claim"
SINCE: Final = "since"
SENDING: Final = "sending"
TOLD: Final = "told"
FAILED: Final = "failed"
WHATS: Final = (CLAIM, SINCE, SENDING, TOLD, FAILED)
NOTICES_A_RECORD: Final = 1_000


class Said(NamedTuple):
    """One thing that a notifier, `by` its name of this run, says to the others: `what` is one of WHATS.

    A claim takes the turn over; `since` says from when on (`at`) a receiver hears; the others are about notices to a receiver.
    """

    by: str
    what: str
    receiver: str = ""
    notices: tuple[str, ...] = ()
    at: Instant | None = None


def said_records(said: Said) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of the records that say it: of many notices several."""
    for start in range(0, max(1, len(said.notices)), NOTICES_A_RECORD):
        notices: Sequence[str] = said.notices[start : start + NOTICES_A_RECORD]
        at = None if said.at is None else format_instant(said.at)
        yield said.receiver.encode(), to_json({**said._asdict(), "notices": notices, "at": at})


def read_said(value: bytes | None) -> Said:
    """What a record says. Raises Unreadable."""
    try:
        found = from_json(value or b"", allow_inf_nan=False)
        at = None if found["at"] is None else parse_instant(found["at"])
        said = Said(str(found["by"]), str(found["what"]), str(found["receiver"]), tuple(map(str, found["notices"])), at)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"it says nothing of what was told: {error!r}") from None
    if said.what not in WHATS:
        raise Unreadable(f"it says nothing of what was told: {said.what[:80]!r} is none of {', '.join(WHATS)}")
    return said
