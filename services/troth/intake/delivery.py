"""What comes in, what it becomes, and what a source is: the words that all of intake and the gateway share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from troth.domain.instants import Instant

ON_RECORD: Final = "on record"


@dataclass(frozen=True)
class Delivery:
    """What a tool sent, as it arrived: header names in lower case, the body's raw bytes, and the address it was sent to."""

    source: str
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


class Unmappable(ValueError):
    """A payload that cannot become events; its message names the field, the value and the mend, and never a person."""


class Irrelevant(Unmappable):
    """A payload in which nothing is wrong, of something that says nothing of a promise."""


class Asked(NamedTuple):
    """An event that depends on what the ledger holds; asking.py is told it, and says which of these hold.

    It is of `subject`, or of each open promise that has its date from `container`. `dated_by` is a commitment whose date it takes,
    `unless` a state in which it says nothing, or ON_RECORD. `reopens` is whether it holds of what is closed, being opened again.
    `alone` is whether it is sent where no ledger can be asked.
    """

    kind: str
    subject: str
    time: Instant
    data: Mapping[str, Any]
    container: str = ""
    dated_by: str = ""
    unless: str = ""
    reopens: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Mapped:
    """What a delivery became: CloudEvents as they would be posted, or in `reason` why none.

    `native_id` is the tool's own name for the delivery, `what` a few words such as "issues.closed octo/shop#12". `fault` is whether
    none came of it for something wrong in it, and not because it is no promise.
    """

    events: list[dict[str, Any]]
    reason: str = ""
    native_id: str | None = None
    what: str = ""
    asked: Sequence[Asked] = ()
    fault: bool = False


Verify = Callable[[Delivery, Sequence[str], Instant], bool]
Map = Callable[[Delivery, Any, Instant], Mapped]


@dataclass(frozen=True)
class Source:
    """A tool that may post: how its deliveries are verified and mapped, and what is left out when one is kept.

    `verify` takes the delivery, the secrets and now; it never raises, and without a secret it is False.
    `map` takes the delivery, its parsed JSON and now; it never raises. `headers` are those that `map` reads: a kept
    delivery needs them to be mapped again. `persons` are the fields that `persons.strip` empties; `clean` takes out before what no
    name of a field tells. `greet` gives the answer to a question of the tool whether the address is ours, or None for no such question;
    `handshake` is the header that a tool asks so by, and wants to have back.
    `about` says in a sentence or two what is a promise there.
    """

    name: str
    persons: tuple[str, ...]
    headers: tuple[str, ...]
    verify: Verify = field(repr=False)
    map: Map = field(repr=False)
    clean: Callable[[Any], Any] = field(default=lambda payload: payload, repr=False)
    greet: Callable[[Delivery, Any], dict[str, str] | None] | None = field(default=None, repr=False)
    handshake: str = ""
    about: str = ""
