"""The thread that tells chat and mail what happened: each notice once to each receiver, many of a team in one message."""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from typing import Final

from troth.alerts import messages
from troth.alerts.desk import Desk
from troth.alerts.messages import Waiting
from troth.alerts.outbox import Outbox
from troth.alerts.receivers import NotTaken
from troth.alerts.words import Telling
from troth.domain.notices import Notice
from troth.domain.telling import NotMyTurn

LOOK_SECONDS: Final = 0.5
GATHER_SECONDS: Final = 2  # so long is waited for company, so that what happens at once comes at once
MESSAGES_A_MINUTE: Final = 6  # to one receiver; what is more goes into one message
RETRY_SECONDS: Final = (2, 5, 15, 60, 180, 600)
BROKEN_SECONDS: Final = 15  # as with a full disk, where nothing can be noted
NOTICES_AT_ONCE: Final = 1_000
_LOG: Final = logging.getLogger(__name__)


class _State:
    """How it goes with one receiver, while the program runs."""

    def __init__(self) -> None:
        self.read_to = -1
        self.failures = 0
        self.retry_at = 0.0
        self.sent: list[float] = []
        self.since: dict[str, float] = {}  # by team, when the first of what waits was seen


class Teller:
    """Tells receivers, by name, what they want to hear of."""

    def __init__(self, desk: Desk, outbox: Outbox) -> None:
        self._desk = desk
        self._news = desk.news
        self._subscribers = desk.subscribers
        self._outbox = outbox
        self._states = {name: _State() for name in desk.subscribers}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="troth-receivers", daemon=True)
        outbox.forget(desk.subscribers)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sent; the rest waits in the outbox."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        failing: set[str] = set()
        while not self._ending.is_set():
            for name in self._subscribers:
                try:
                    if self._desk.ready() and not self._ending.is_set():
                        self.take(name)
                        self.tell(name)
                    failing.discard(name)
                except NotMyTurn:
                    continue
                except Exception:  # noqa: BLE001 - the next look tries again
                    if name not in failing:
                        _LOG.exception("The receiver %s could not be told; it is tried again until it can, and nothing is lost.", name)
                    failing.add(name)
                    self._states[name].retry_at = time.monotonic() + BROKEN_SECONDS
            self._ending.wait(LOOK_SECONDS)

    def take(self, name: str) -> None:
        """Let what a receiver wants to hear wait for it in the outbox."""
        state, subscription = self._states[name], self._subscribers[name].subscription
        if state.read_to < 0:
            known = self._outbox.read_to(name)
            if known is None:
                known = self._desk.turn.begins(name)
                self._outbox.begin(name, known)
            state.read_to = min(known, self._news.last_place())  # the ledger may have been made anew
        while recorded := self._news.recorded(state.read_to, NOTICES_AT_ONCE):
            self._outbox.take(name, recorded[-1].place, [one for one in recorded if subscription.wants(one.notice)])
            state.read_to = recorded[-1].place

    def tell(self, name: str) -> None:
        """Send what waits for a receiver and is due, looked at anew for each message. Raises NotMyTurn."""
        state = self._states[name]
        while not self._ending.is_set() and time.monotonic() >= state.retry_at and self._desk.turn.held():
            due = self._due(name, time.monotonic())
            if not due or not self._send(name, due[0]):
                return

    def _due(self, name: str, now: float) -> list[list[Waiting]]:
        """What goes out now: what nothing more is waited for, where the minute's budget is not spent."""
        state = self._states[name]
        state.sent = [at for at in state.sent if now - at < 60]
        waiting = self._outbox.waiting(name)
        teams = {one.team for one in waiting}
        state.since = {team: state.since.get(team, now) for team in teams}
        budget = MESSAGES_A_MINUTE - len(state.sent)
        if budget <= 0:
            return []
        return messages.bundles([one for one in waiting if now - state.since[one.team] >= GATHER_SECONDS], budget=budget)

    def _send(self, name: str, bundle: Sequence[Waiting]) -> bool:
        ids = [one.notice for one in bundle]
        notices = self._news.notices(ids)
        if not notices:  # the ledger has been made anew since
            self._outbox.told(name, ids)
            return True
        in_doubt = any(one.in_doubt for one in bundle)
        text = messages.message(notices, self._telling, self._desk.zone, self._desk.board, in_doubt=in_doubt)
        self._desk.turn.sending(name, ids)
        try:
            self._outbox.sending(name, ids)
        except sqlite3.Error:
            self._desk.turn.told(name, ids, taken=False)
            raise
        try:
            self._subscribers[name].receiver.send(text)
        except NotTaken as error:
            self._failed(name, ids, error, in_doubt=in_doubt)
            return False
        self._outbox.told(name, ids)
        self._desk.turn.told(name, ids, taken=True)
        self._sent(name, bundle)
        return True

    def _telling(self, notice: Notice) -> Telling:
        return Telling(notice, self._news.story(notice.commitment), self._desk.link(notice.commitment))

    def _sent(self, name: str, bundle: Sequence[Waiting]) -> None:
        state = self._states[name]
        if state.failures:
            _LOG.warning("The receiver %s takes messages again.", name)
        state.failures = 0
        state.sent.append(time.monotonic())
        for team in {one.team for one in bundle}:
            state.since.pop(team, None)
        self._desk.counting.messaged(name, "sent")

    def _failed(self, name: str, ids: Sequence[str], error: NotTaken, *, in_doubt: bool) -> None:
        state = self._states[name]
        if not in_doubt:
            self._outbox.failed(name, ids)
        self._desk.turn.told(name, ids, taken=False)
        self._desk.counting.messaged(name, "failed")
        if not state.failures:
            _LOG.warning("The receiver %s did not take a message: %s. It is tried again until it does; nothing is lost.", name, error)
        state.retry_at = time.monotonic() + RETRY_SECONDS[min(state.failures, len(RETRY_SECONDS) - 1)]
        state.failures += 1
