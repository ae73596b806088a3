"""A desk at work: its outbox is open, Alertmanager and the receivers are told."""

from troth.alerts.alertmanager import Alertmanager
from troth.alerts.crier import Crier
from troth.alerts.desk import Desk
from troth.alerts.outbox import Outbox
from troth.alerts.teller import Teller


class Notifier:
    """Tells whoever is to be told until it is closed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outbox = outbox = Outbox(desk.directory)
        crier = Crier(Alertmanager(desk.alertmanager), desk, outbox) if desk.alertmanager else None
        teller = Teller(desk, outbox) if desk.subscribers else None
        self._working = [one for one in (crier, teller) if one is not None]
        desk.counting.watch((lambda: 0) if crier is None else crier.firing, lambda: {name: outbox.waits(name) for name in desk.subscribers})
        desk.turn.begin(outbox)
        for one in self._working:
            one.start()

    def close(self) -> None:
        """End after what is being said; the rest waits in the outbox for the next start."""
        for one in self._working:
            one.stop()
        self._desk.turn.end()
        self._desk.counting.watch(lambda: 0, dict)
        self._outbox.close()
