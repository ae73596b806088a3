"""The one place where the parts are joined. Nothing connects, opens or starts when it is imported."""

import asyncio
import gc
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from fractions import Fraction
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI

from troth import __version__
from troth.domain.instants import Instant
from troth.domain.verdict import Rules
from troth.gateway.access import Access
from troth.gateway.app import Frame, create_app, posting_room, reading_room
from troth.gateway.heads import BoundedHeads
from troth.gateway.posting import SOURCE, Inbox, Signed
from troth.gateway.webhooks import Tools
from troth.intake import tools
from troth.intake.choices import Local, local
from troth.intake.delivery import Source
from troth.intake.mapping import Mapping, source_of
from troth.intake.mapping_file import read_mapping
from troth.intake.signatures import standard_webhooks
from troth.intake.sources import built_in, faults
from troth.ledger.ledger import Ledger
from troth.ledger.reading import LedgerReading
from troth.ledger.record import LedgerRecord
from troth.ledger.restore import Made
from troth.metrics import catalogue
from troth.metrics.collector import BookCollector
from troth.metrics.instruments import GaugeCollector, Instruments, NoticesCollector
from troth.settings import Settings, WrongSettings
from troth.wiring.alerts import desk_of, telling

SHUTDOWN_SECONDS = 10


def clock() -> Instant:
    """The present instant: the only clock there is."""
    return time.time_ns() // 1_000


def made_with(settings: Settings) -> Made:
    """What the settings make of the numbers."""
    return Made(Rules(settings.half_life_days, Fraction(settings.tolerance)), ZoneInfo(settings.zone))


def open_ledger(settings: Settings, *, replica: bool = False) -> Ledger:
    """The ledger of the data directory, to write to. Raises Held or StrangeFile."""
    gc.set_threshold(100_000)  # next to nothing of a ledger goes in circles, and to look for it took an eighth of the time
    return Ledger(settings.data, made_with(settings), clock, settings.kept_days, replica=replica)


def sources_of(settings: Settings) -> dict[str, Source]:
    """The tools that may post: our own, and those of the mapping files. Raises BadMapping or WrongSettings."""
    zone = ZoneInfo(settings.zone)
    chosen = {name: local(choices, zone) for name, choices in settings.sources.items()}
    if wrong := faults(chosen):
        raise WrongSettings("troth.toml: " + " ".join(wrong))
    sources = built_in(Local(zone), chosen)
    own: dict[str, Source] = {}
    for path in settings.mappings:
        source = source_of(read_mapping_file(path))
        if source.name in (*sources, *own, SOURCE):
            raise WrongSettings(f"{path}: the source {source.name!r} exists already; give this one a name of its own.")
        own[source.name] = source
    return sources | {mapping.source: source_of(mapping) for mapping in shipped_mappings()} | own


def shipped_mappings() -> list[Mapping]:
    """The tools that are a mapping alone. One of the user's own of the same name goes before it."""
    files = sorted(resources.files(tools).iterdir(), key=lambda file: file.name)
    return [read_mapping(file.read_text("utf-8"), file.name) for file in files if file.name.endswith(".toml")]


def read_mapping_file(path: Path) -> Mapping:
    """A mapping from its file. Raises BadMapping with the line, or WrongSettings where it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"The mapping {path} cannot be read: {error}.") from None
    return read_mapping(text, str(path))


def application(settings: Settings, ledger: Ledger, banner: str = "") -> FastAPI:
    """Everything of one process: the ledger is started with it and closed after it."""
    reading = LedgerReading(ledger, clock)
    sources = sources_of(settings)
    desk, alerted = desk_of(settings, ledger, clock)
    book = BookCollector(ledger.book, settings.relationship_metrics)
    numbers = (NoticesCollector(ledger.notices_told), book, target_of(settings), alerted)
    instruments = Instruments(__version__, [SOURCE, *sources], numbers)
    inbox = Inbox(ledger, instruments, clock, ZoneInfo(settings.zone))
    access = access_of(settings)
    senders = Tools(sources, settings.webhook_secrets, LedgerRecord(ledger), settings.public_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        ledger.start()
        async with telling(desk):
            yield
        await ledger.stop()

    return create_app(
        Frame(access, instruments.text, ledger.trouble, lifespan),
        [
            posting_room(inbox, access, signed_with(settings), senders),
            reading_room(reading, access, clock, settings.target, banner),
        ],
    )


def target_of(settings: Settings) -> GaugeCollector:
    """The reliability aimed at as a gauge, for rules and dashboards to compare with."""
    return GaugeCollector(catalogue.TARGET, lambda: settings.target)


def access_of(settings: Settings) -> Access:
    """Who may post, retract and read."""
    return Access(settings.tokens, settings.admin_tokens, settings.open_reading)


def signed_with(settings: Settings) -> Signed:
    """Tells of posted events' headers and body whether their Standard Webhooks signature holds."""
    secrets = settings.webhook_secrets.get(SOURCE, ())
    return lambda headers, body: standard_webhooks(headers, body, secrets, clock())


def serve(settings: Settings, app: FastAPI, said: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; what was accepted is finished first. `said` is told the address once it is ready.

    Raises OSError where the address cannot be had.
    """
    listening = _listen(settings.host, settings.port)
    host, port = listening.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    _Server(server_config(app), lambda: said(f"Troth is ready at {address}")).run(sockets=[listening])


def server_config(app: FastAPI) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        http=BoundedHeads,
        access_log=False,
        log_level="warning",
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


class _Server(uvicorn.Server):
    """uvicorn's server that says when it is ready, and ends with status 0 when it is told to end."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The original raises the signal again once all is done, which ends the process as if it had been killed.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2_048)
    except OSError:
        listening.close()
        raise
    return listening
