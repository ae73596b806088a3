"""`troth serve` and `troth demo`: the whole ledger in one process."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import groupby, islice
from pathlib import Path
from typing import Final, Self

import typer
from fastapi import FastAPI

from troth import demo as simulated
from troth import wiring
from troth.cli.options import with_settings
from troth.domain.events import Event, read_event
from troth.domain.instants import day_of
from troth.domain.recording import DeliveryRecord
from troth.gateway.posting import new_delivery_id
from troth.ledger.ledger import Ledger
from troth.ledger.renewal import make_room
from troth.settings import Settings

DEMO_DATA: Final = Path("troth-demo")


class CannotListen(Exception):
    """The address cannot be had; the message says so and what to do."""

    @classmethod
    def at(cls, settings: Settings, error: OSError) -> Self:
        """The address of the settings, and why not."""
        return cls(
            f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror}. "
            "Choose others with --host and --port; port 0 picks a free one."
        )


@with_settings()
def serve(settings: Settings) -> None:
    """Take events and deliveries, judge and score, and serve the board, the API and /metrics: all in one process.

    It says `Troth is ready at http://...` on standard output once it is. SIGTERM or Ctrl-C ends it after what it has accepted.
    Posting takes a token: set TROTH_TOKENS (or TROTH_TOKENS_FILE, which names a file); TROTH_ADMIN_TOKENS may retract, too.
    A tool's webhook takes a secret: TROTH_WEBHOOK_GITHUB_SECRETS, and so on for each source.
    """
    _serve(settings)


@with_settings(data=DEMO_DATA)
def demo(settings: Settings) -> None:
    """Serve a simulated year of an IT department, ending now. Nothing of it is real.

    A demo of an earlier day in its directory is made anew; a ledger with any other events is left alone.
    """
    wiring.sources_of(settings)  # a mapping with a typo is refused before the year is simulated
    _simulate(settings)
    _serve(settings, simulated.SAID)


def _serve(settings: Settings, banner: str = "") -> None:
    with ExitStack() as unless_served:
        ledger = wiring.open_ledger(settings)
        unless_served.callback(ledger.close)
        app = wiring.application(settings, ledger, banner)
        if banner:
            typer.echo(banner, err=True)
        listen(settings, app)
        unless_served.pop_all()  # the application has closed it


def listen(settings: Settings, app: FastAPI, *, posts: bool = True) -> None:
    """Serve an application, to which one `posts` or not, until it is told to end. Raises CannotListen."""
    if posts and not (settings.tokens or settings.admin_tokens):
        typer.echo("Posting events takes a token, and none is set: put one of your own into TROTH_TOKENS and start again.", err=True)
    try:
        wiring.serve(settings, app, say)
    except OSError as error:
        raise CannotListen.at(settings, error) from None


def say(sentence: str) -> None:
    """Say a sentence on standard output at once."""
    print(sentence, flush=True)


def _simulate(settings: Settings) -> None:
    now = wiring.clock()
    posted = list(simulated.simulate(now))
    there = make_room(settings.data, simulated.DEMO_SOURCE, posted[0])
    made = wiring.made_with(settings)
    days = list(_by_day(read_event(one, now, made.zone) for one in islice(posted, there, None)))
    if not days:
        return
    # Each day is recorded on that day, by a clock that goes along: otherwise all of it would be late news.
    passed = [days[0][0].time]
    with closing(Ledger(settings.data, made, lambda: passed[-1])) as ledger:
        for events in days:
            passed.append(events[0].time)
            received_at = events[-1].time
            ledger.append_now(DeliveryRecord(new_delivery_id(received_at), simulated.DEMO_SOURCE, received_at, "simulated"), events)


def _by_day(events: Iterator[Event]) -> Iterator[list[Event]]:
    for _, group in groupby(events, lambda event: day_of(event.time)):
        yield list(group)
