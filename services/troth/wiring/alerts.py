"""What the settings say of alerts: who is told, and where a promise is looked at."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from troth.alerts.desk import Alone, Desk, Subscriber, Turn
from troth.alerts.news import News
from troth.alerts.notifier import Notifier
from troth.alerts.receivers import AppriseReceiver
from troth.alerts.subscriptions import Subscription
from troth.domain.instants import Instant
from troth.gateway.board.links import Links
from troth.ledger.ledger import Ledger
from troth.ledger.news import LedgerNews
from troth.metrics.alerts import AlertInstruments
from troth.settings import RECEIVERS, Settings, WrongSettings


def desk_of(
    settings: Settings,
    ledger: Ledger,
    clock: Callable[[], Instant],
    turn: Callable[[News], Turn] = Alone,
    ready: Callable[[], bool] = lambda: True,
) -> tuple[Desk, AlertInstruments]:
    """The alerts of a ledger, and their numbers. Raises WrongSettings, WrongAddress, or NoApprise."""
    subscribers = subscribers_of(settings)
    counting, news = AlertInstruments(subscribers), LedgerNews(ledger)
    desk = Desk(
        directory=settings.data,
        news=news,
        turn=turn(news),
        clock=clock,
        zone=ZoneInfo(settings.zone),
        counting=counting,
        alertmanager=settings.alertmanager_url,
        subscribers=subscribers,
        link=lambda commitment: _at(settings, Links().commitment(commitment)),
        board=_at(settings, Links().commitments()),
        ready=ready,
    )
    return desk, counting


def subscribers_of(settings: Settings) -> dict[str, Subscriber]:
    """The receivers of chat and mail, one an address; without a table in troth.toml a receiver hears all."""
    tables = {name.lower().replace("_", "-"): table for name, table in settings.receivers.items()}
    for name in tables:
        if name not in settings.receiver_urls:
            raise WrongSettings(f"[{RECEIVERS}.{name}] of troth.toml has no address: put one of Apprise's into {_variable(name)}.")
    found: dict[str, Subscriber] = {}
    for name, urls in sorted(settings.receiver_urls.items()):
        for number, url in enumerate(urls, 1):
            receiver = AppriseReceiver(url, _variable(name))
            found[name if number == 1 else f"{name}/{number}"] = Subscriber(tables.get(name, Subscription()), receiver)
    return found


@asynccontextmanager
async def telling(desk: Desk) -> AsyncIterator[None]:
    """Whoever is to be told is told, as long as this lasts."""
    if not desk.is_used:
        yield
        return
    notifier = Notifier(desk)
    try:
        yield
    finally:
        await asyncio.to_thread(notifier.close)


def _variable(name: str) -> str:
    return f"TROTH_RECEIVER_{name.upper().replace('-', '_')}_URLS"


def _at(settings: Settings, path: str) -> str:
    return settings.public_url.rstrip("/") + path if settings.public_url else ""
