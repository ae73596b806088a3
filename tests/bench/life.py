"""What the benchmark feeds: promises made with a date ahead and delivered in time, of 200 teams to 20 customers for 5 goals."""

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from troth.domain.instants import MICROSECONDS_A_DAY, Instant, format_instant

TEAMS: Final = 200
CUSTOMERS: Final = 20
GOALS: Final = 5
SOURCE: Final = "bench"
_DATE_AHEAD: Final = 60 * MICROSECONDS_A_DAY
_MADE_WITHIN: Final = 40 * MICROSECONDS_A_DAY
_DELIVERED_WITHIN: Final = 12 * MICROSECONDS_A_DAY

Posted = dict[str, Any]


def lives(commitments: int, now: Instant, *, open_ones: int = 0, prefix: str = "c", together: bool = False) -> list[Posted]:
    """The events of so many commitments, in the order in which they happened, or each promise `together` with its delivery.

    The last `open_ones` are not delivered yet.
    """
    chance = random.Random(1)
    happened: list[tuple[Instant, Posted]] = []
    for number in range(commitments):
        commitment = f"{prefix}-{number}"
        made_at = now - _DELIVERED_WITHIN - _MADE_WITHIN * (commitments - number) // commitments  # a tool's numbers grow with time
        happened.append((made_at, made(commitment, made_at, chance)))
        if number < commitments - open_ones:
            delivered_at = made_at + chance.randrange(1, _DELIVERED_WITHIN)
            happened.append((delivered_at, event("delivered", commitment, delivered_at, {"cost": chance.randrange(100, 9_000)})))
    if not together:
        happened.sort(key=lambda moment: moment[0])
    return [posted for _, posted in happened]


def made(commitment: str, at: Instant, chance: random.Random) -> Posted:
    """A promise with a date sixty days ahead."""
    data = {
        "team": f"team-{chance.randrange(TEAMS)}",
        "title": "A promise to the business",
        "customer": f"customer-{chance.randrange(CUSTOMERS)}",
        "goal": f"goal-{chance.randrange(GOALS)}",
        "due_at": format_instant(at + _DATE_AHEAD),
        "budget": 5_000,
    }
    return event("made", commitment, at, data)


def event(kind: str, commitment: str, at: Instant, data: Posted) -> Posted:
    """A CloudEvent as a tool would post it."""
    return {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE_OID, f"{commitment}-{kind}")),  # as random as a tool's own
        "source": SOURCE,
        "type": f"troth.commitment-{kind}",
        "subject": commitment,
        "time": format_instant(at),
        "data": data,
    }


def batched(posted: Sequence[Posted], size: int) -> Iterator[Sequence[Posted]]:
    """The events in batches."""
    for start in range(0, len(posted), size):
        yield posted[start : start + size]
