"""What the alerts of a program are made of, and the words between their parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple, Protocol

from troth.alerts.news import News
from troth.alerts.receivers import Receiver
from troth.alerts.subscriptions import Subscription
from troth.domain.instants import Instant


class Subscriber(NamedTuple):
    """A receiver with its name and what it wants to hear of."""

    subscription: Subscription
    receiver: Receiver


class Counting(Protocol):
    """Where it is counted what became of alerts and messages."""

    def alerted(self, result: str, number: int) -> None:
        """So many alerts were taken, refused or failed."""

    def messaged(self, receiver: str, result: str) -> None:
        """A message to a receiver was sent or failed."""

    def watch(self, firing: Callable[[], int], waiting: Callable[[], Mapping[str, int]]) -> None:
        """Show what these say from now on."""


class Memory(Protocol):
    """What is remembered of what was told, and what another notifier told goes into it, too."""

    def sending(self, receiver: str, notices: Sequence[str]) -> None:
        """These are about to be sent."""

    def failed(self, receiver: str, notices: Sequence[str]) -> None:
        """These were refused."""

    def told(self, receiver: str, notices: Sequence[str]) -> None:
        """These were told."""


class Turn(Protocol):
    """Whose turn it is to tell, where there are several notifiers; alone it is always one's own."""

    def begin(self, memory: Memory) -> None:
        """Take part; the memory is told what others tell."""

    def end(self) -> None:
        """Leave the turn to others."""

    def leads(self) -> bool:
        """Whether nobody else is known to have taken over: enough for Alertmanager, to which the same may be said twice."""

    def held(self) -> bool:
        """Whether it is this one's turn now."""

    def begins(self, receiver: str) -> int:
        """Behind which place a receiver that is new here begins to hear. Raises NotMyTurn where that is another's to say."""

    def sending(self, receiver: str, notices: Sequence[str]) -> None:
        """Let the others know before something is sent. Raises NotMyTurn where that cannot be."""

    def told(self, receiver: str, notices: Sequence[str], *, taken: bool) -> None:
        """Let the others know what came of it."""


class Alone:
    """The only notifier there is."""

    def __init__(self, news: News) -> None:
        self._news = news

    def begin(self, memory: Memory) -> None:
        """There is nobody to hear of."""

    def end(self) -> None:
        """There is nobody to leave it to."""

    def leads(self) -> bool:
        """Always."""
        return True

    def held(self) -> bool:
        """Always."""
        return True

    def begins(self, receiver: str) -> int:  # noqa: ARG002 - the same for all
        """What was before it is no news."""
        return self._news.last_place()

    def sending(self, receiver: str, notices: Sequence[str]) -> None:
        """Nobody is to know."""

    def told(self, receiver: str, notices: Sequence[str], *, taken: bool) -> None:
        """Nobody is to know."""


@dataclass(frozen=True)
class Desk:
    """Who is told, of what, and by whom: `alertmanager` is its address ("" for none), `subscribers` are by name.

    `link` gives the address of a promise's page, `board` is that of the list of all; "" where none is known. `ready` says
    whether the ledger shows all that is known: before, nothing is said.
    """

    directory: Path
    news: News
    turn: Turn
    clock: Callable[[], Instant]
    zone: tzinfo
    counting: Counting
    alertmanager: str
    subscribers: Mapping[str, Subscriber]
    link: Callable[[str], str]
    board: str
    ready: Callable[[], bool] = lambda: True

    @property
    def is_used(self) -> bool:
        """Whether there is anyone to be told."""
        return bool(self.alertmanager or self.subscribers)
