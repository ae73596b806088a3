"""The thread that keeps Alertmanager told: what fires, what is over, and all that fires again and again."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Final

from troth.alerts import alarms
from troth.alerts.alarms import Alarm, Labels
from troth.alerts.alertmanager import Alertmanager, Away
from troth.alerts.desk import Desk
from troth.alerts.outbox import ALERTMANAGER, Outbox
from troth.domain.instants import Instant

LOOK_SECONDS: Final = 0.5
LOOK_SHARE: Final = 20  # a look rests for so many times what it cost
LONGEST_LOOK_SECONDS: Final = 2
AGAIN_SECONDS: Final = 30  # what still fires is said again; Alertmanager lets go of what it does not hear of for five minutes
RETRY_SECONDS: Final = (0.5, 1, 2, 4, 5)  # with the seconds of a post, under the fifteen that are promised
NOTICES_AT_ONCE: Final = 1_000
_LOG: Final = logging.getLogger(__name__)


class Crier:
    """Tells Alertmanager. `firing` is how many alerts fire."""

    def __init__(self, alertmanager: Alertmanager, desk: Desk, outbox: Outbox) -> None:
        self._alertmanager = alertmanager
        self._desk = desk
        self._news = desk.news
        self._outbox = outbox
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="troth-alertmanager", daemon=True)
        self._held = outbox.alarms()
        self._unsaid: set[Labels] = set(self._held)  # a start says all again
        self._refused: set[Labels] = set()
        self._seen = -1
        self._read_to = -1
        self._due = 0.0
        self._failures = 0
        self._retry_at = 0.0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being said."""
        self._ending.set()
        self._thread.join()

    def firing(self) -> int:
        """How many alerts fire."""
        return sum(alarm.ended_at is None for alarm in list(self._held.values()))

    def _run(self) -> None:
        failing = False
        while not self._ending.is_set():
            began = time.monotonic()
            try:
                if self._desk.ready():
                    self.look()
                    self.say()
                failing = False
            except Exception:  # noqa: BLE001 - the next look tries again
                if not failing:
                    _LOG.exception("What fires could not be looked at; it is tried again until it can.")
                failing = True
            self._ending.wait(max(LOOK_SECONDS, min(LONGEST_LOOK_SECONDS, LOOK_SHARE * (time.monotonic() - began))))

    def look(self) -> None:
        """See what fires and what is over, and keep it before anything is said of it."""
        now = self._desk.clock()
        if self._read_to < 0:
            known, last = self._outbox.read_to(ALERTMANAGER), self._news.last_place()
            self._read_to = last if known is None else min(known, last)
        recorded = self._news.recorded(self._read_to, NOTICES_AT_ONCE)
        version = self._news.version()
        over = any(_may_end(alarm, now) for alarm in self._held.values())
        if version == self._seen and not recorded and not over:
            return
        true = alarms.of_troubles(self._news.troubles(), now)
        changed, gone = alarms.turn(self._held, true, alarms.of_notices(recorded, now), now)
        gone -= self._unsaid - self._refused  # what is over is let go when Alertmanager has heard of it
        self._read_to = recorded[-1].place if recorded else self._read_to
        if changed or gone or recorded:
            self._outbox.keep(changed.items(), gone, self._read_to)
        self._held = {labels: alarm for labels, alarm in {**self._held, **changed}.items() if labels not in gone}
        self._unsaid = (self._unsaid | set(changed)) - gone
        self._refused -= set(changed) | gone
        self._seen = version if len(recorded) < NOTICES_AT_ONCE else -1

    def say(self) -> None:
        """Say what is new, and all of it where that is due; what fails is said again soon."""
        began = time.monotonic()
        if not self._desk.turn.leads():
            self._unsaid, self._due = set(), 0.0  # whoever takes over says all
            return
        if began < self._retry_at:
            return
        if began >= self._due or self._failures:  # an Alertmanager that was away may have forgotten all
            self._unsaid = set(self._held)
        wanted = {labels: self._held[labels] for labels in self._unsaid - self._refused}
        if wanted:
            try:
                self._post(wanted)
            except Away as away:
                self._failed(away, len(wanted))
                return
            self._recovered()
        self._unsaid = set()
        if began >= self._due:
            self._due = began + AGAIN_SECONDS

    def _post(self, wanted: Mapping[Labels, Alarm]) -> None:
        now = self._desk.clock()
        documents = [
            alarms.document(labels, alarm, self._news.story(labels.commitment), self._desk.link(labels.commitment), self._desk.zone, now)
            for labels, alarm in wanted.items()
        ]
        refused = self._alertmanager.post(documents)
        for document, reason in refused:
            labels = Labels(**{name: document["labels"][name] for name in Labels._fields})
            self._refused.add(labels)
            _LOG.error(
                "Alertmanager refuses the alert %s of commitment %r, which is kept and not sent again as it is: %s",
                document["labels"]["alertname"],
                labels.commitment,
                reason,
            )
        self._desk.counting.alerted("refused", len(refused))
        self._desk.counting.alerted("taken", len(documents) - len(refused))

    def _failed(self, away: Away, number: int) -> None:
        self._desk.counting.alerted("failed", number)
        if not self._failures:
            _LOG.warning("%s It is tried again until it answers; nothing is lost.", away)
        self._retry_at = time.monotonic() + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1

    def _recovered(self) -> None:
        if self._failures:
            _LOG.warning("Alertmanager at %s takes alerts again.", self._alertmanager.address)
        self._failures = 0


def _may_end(alarm: Alarm, now: Instant) -> bool:
    if alarm.ended_at is not None:
        return not alarm.ended_at <= now < alarm.ended_at + alarms.LINGERS_MICROSECONDS
    return alarm.until is not None and not now < alarm.until <= now + alarms.FIRES_MICROSECONDS
