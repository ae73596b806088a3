"""What a kept delivery said by an earlier mapping, beside what it says by the one there is now."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from troth.domain.event_models import EVENT_TYPES
from troth.domain.fields import NAME_LENGTH
from troth.domain.instants import Instant, format_instant
from troth.domain.recording import Logged, Posted
from troth.intake.texts import REMOVED

SOURCE: Final = "troth-remap"  # of its retractions, by which they are known from those made by hand
RETRACTED: Final = EVENT_TYPES[-1]
_REASON: Final = "mapped again: the mapping does not say this any more"
_LATER: Final = "~"


class Difference(NamedTuple):
    """Events of the log to retract, events to add, and in words what stays as it is though the mapping says otherwise."""

    strike: list[Posted]
    add: list[Posted]
    stays: list[str]

    def __bool__(self) -> bool:
        return bool(self.strike or self.add)


def difference(said: Sequence[Logged], wanted: Sequence[Posted], log_of: Callable[[str], Sequence[Logged]]) -> Difference:
    """What has to happen so that `wanted` stands where `said` did; `log_of` gives a commitment's events.

    An event whose name was retracted cannot come back under it, so what is wanted again gets that name with ~2, ~3 ... behind.
    What somebody retracted by hand stays retracted.
    """
    rest = [one.posted for one in said if not one.struck_by]
    unsaid = []
    for event in wanted:
        found = next((one for one in rest if alike(one, event)), None)
        if found is None:
            unsaid.append(event)
        else:
            rest.remove(found)
    result = Difference(rest, [], [])
    for event in unsaid:
        _place(event, rest, log_of(event["subject"]), result)
    return result


def alike(logged: Any, wanted: Any) -> bool:
    """Whether two events, or parts of them, say the same, whatever they are called.

    A kept delivery has [removed] where a person's name was, and the log may have the text as it came: those are alike.
    """
    if isinstance(logged, Mapping) and isinstance(wanted, Mapping):
        return logged.keys() == wanted.keys() and all(name == "id" or alike(value, wanted[name]) for name, value in logged.items())
    if isinstance(logged, str) and isinstance(wanted, str):
        return logged == wanted or _fits(logged, wanted)
    return bool(logged == wanted) and isinstance(logged, bool) == isinstance(wanted, bool)


def retraction_of(event: Posted, now: Instant) -> dict[str, Any]:
    """The event that retracts one of the log, because its delivery was mapped again."""
    name = blake2b(f"{event['source']}\n{event['id']}".encode(), digest_size=12).hexdigest()
    return {
        "specversion": "1.0",
        "id": f"struck-{name}",
        "source": SOURCE,
        "type": RETRACTED,
        "subject": event["subject"],
        "time": format_instant(now),
        "data": {"source": event["source"], "id": event["id"], "reason": _REASON},
    }


def _place(event: Posted, struck: Sequence[Posted], log: Sequence[Logged], result: Difference) -> None:
    """Add an event under a name that is free, unless it stands already or may not."""
    same = [one for one in log if alike(one.posted, event)]  # by whatever name: one made of a text that has a person's name is another
    if any(not one.struck_by and one.posted not in struck for one in same):
        return
    of_its_name = [one for one in log if one.posted["source"] == event["source"] and _name(one.posted["id"]) == _name(event["id"])]
    standing = [one for one in of_its_name if not one.struck_by and one.posted not in struck]
    if any(one.struck_by not in ("", SOURCE) for one in same):
        result.stays.append(f"{event['id']} of commitment {event['subject']} was retracted by hand")
    elif standing:
        result.stays.append(f"{event['id']} of commitment {event['subject']} is on record with other content, from elsewhere")
    elif of_its_name:
        latest = max(_generation(one.posted["id"]) for one in of_its_name)
        behind = f"{_LATER}{latest + 1}"
        result.add.append({**event, "id": event["id"][: NAME_LENGTH - len(behind)] + behind})
    else:
        result.add.append(event)


def _name(id: str) -> str:
    name, mark, number = id.rpartition(_LATER)
    return name if mark and number.isdigit() else id


def _generation(id: str) -> int:
    _, mark, number = id.rpartition(_LATER)
    return int(number) if mark and number.isdigit() and len(number) < 10 else 1


def _fits(text: str, pattern: str) -> bool:
    """Whether a text is what the pattern may have been before names were removed from it. In time that grows with its length."""
    first, *others = pattern.split(REMOVED)
    if not others or not text.startswith(first) or not text[len(first) :].endswith(others[-1]):
        return False
    place, end = len(first), len(text) - len(others[-1])
    for part in others[:-1]:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
