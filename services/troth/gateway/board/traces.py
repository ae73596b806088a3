"""What the board says of a delivery: what became of it, and of which promises. Pure."""

from typing import Any, Final, get_args

from troth.gateway.board.history import EVENT_WORDS
from troth.gateway.board.words import counted
from troth.gateway.reading import DeliveryResult

Document = dict[str, Any]

RESULTS: Final[tuple[str, ...]] = get_args(DeliveryResult)
RESULT_WORDS: Final = {
    "mapped": "became events",
    "empty": "became nothing",
    "duplicate": "known already",
    "remapped": "mapped again since",
}
_PROMISES_IN_A_LIST: Final = 3


def became(delivery: Document) -> str:
    """What became of something that a tool sent."""
    new, known = delivery["new"], delivery["duplicates"]
    if delivery["remap_of"]:
        return "What an earlier one says, mapped again"
    if delivery["result"] == "empty":
        return "Kept, but nothing came of it"
    if delivery["result"] == "duplicate":
        return "Known already: nothing was added"
    if not new:
        return "Known already, or nothing, at first; mapped again since"
    again = "; mapped again since" if delivery["remapped_by"] else ""
    return (
        f"Became {counted(new, 'new event')}"
        + (f", {known:,} more {'was' if known == 1 else 'were'} known already" if known else "")
        + again
    )


def event_word(event: Document) -> str:
    """What an event of a delivery says happened, in a word or two."""
    return EVENT_WORDS.get(str(event["type"]).removeprefix("troth."), str(event["type"]))


def promises_of(delivery: Document) -> tuple[list[str], int]:
    """The first promises that a delivery is about, each once, and how many events are not of them."""
    shown = list(dict.fromkeys(event["subject"] for event in delivery["events"]))[:_PROMISES_IN_A_LIST]
    return shown, delivery["new"] + delivery["duplicates"] - sum(event["subject"] in shown for event in delivery["events"])
