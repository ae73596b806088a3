"""Where imported and recorded events go: straight into a directory's ledger, or to a server over HTTP."""

import gzip
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import Message
from http.client import HTTPException
from typing import Any, Final, NamedTuple, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import typer
from pydantic_core import from_json, to_json

from troth import __version__, wiring
from troth.domain.events import Event, Malformed, read_event
from troth.domain.instants import Instant
from troth.domain.recording import Conflict, DeliveryRecord
from troth.gateway.cloudevents import BATCH
from troth.gateway.posting import new_delivery_id
from troth.ledger import rows
from troth.ledger.ledger import Ledger
from troth.settings import Settings

PATIENCE_SECONDS: Final = 120  # for a server that is busy
TIMEOUT_SECONDS: Final = 60
_CONTENT_REFUSED: Final = (403, 409, 413, 422)  # whatever else a server answers has nothing to do with what was sent


class Taken(NamedTuple):
    """How many events were new, and how many were known already."""

    new: int
    known: int


class Refused(Exception):
    """The events were refused for what they say, all of them; `reasons` tells why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("; ".join(reasons))


class Unsent(Exception):
    """The server could not be reached, or would not listen; the message says what to do."""


class _NotThere(Exception):
    """The server has no such thing."""


class Carrier(Protocol):
    """Takes events to where they belong."""

    def take(self, events: list[Event], now: Instant, source: str, what: str) -> Taken:
        """Store all of these durably; `source` and `what` are shown in the trace they leave. Raises Refused, for one of them or more."""

    def life(self, commitment: str) -> list[Event]:
        """The events of a commitment that are on record there."""

    def close(self) -> None:
        """Nothing more comes."""


class IntoLedger:
    """Straight into the ledger of the data directory; the operator has the file, so retractions pass. Raises Held at once."""

    def __init__(self, settings: Settings) -> None:
        self.ledger: Ledger = wiring.open_ledger(settings)

    def take(self, events: list[Event], now: Instant, source: str, what: str) -> Taken:
        """One delivery, one commit."""
        delivery = DeliveryRecord(new_delivery_id(now), source, now, what)
        try:
            receipt = self.ledger.append_now(delivery, events)
        except Conflict as error:
            raise Refused([str(error)]) from None
        except Malformed as error:
            raise Refused(reasons_of(error)) from None
        return Taken(len(receipt.new), receipt.duplicates)

    def life(self, commitment: str) -> list[Event]:
        """Its events, as they came."""
        with self.ledger.readers.snapshot() as connection:
            return [event for event, _, _ in rows.events_of(connection, commitment, self.ledger.made.zone)]

    def close(self) -> None:
        """Keep a checkpoint and let go of the file."""
        self.ledger.close()


class ToServer:
    """By POST to a server's /v1/events, a batch a request, with a token of TROTH_ADMIN_TOKENS or TROTH_TOKENS."""

    def __init__(self, url: str, settings: Settings) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise typer.BadParameter(f"{url!r} is not an address; write it as http://127.0.0.1:8080", param_hint="--to")
        self._base = url.rstrip("/")
        self._url = self._base + "/v1/events"
        self._zone = ZoneInfo(settings.zone)
        self._answers = False  # whether it is known to be a server that can be asked
        tokens = (*settings.admin_tokens, *settings.tokens)
        if not tokens:
            raise Unsent("Posting takes a token of that server: set TROTH_TOKENS to it, or TROTH_TOKENS_FILE to a file that holds it.")
        self._headers = {
            "Authorization": f"Bearer {tokens[0]}",
            "Content-Type": BATCH,
            "Content-Encoding": "gzip",
            "User-Agent": f"troth/{__version__}",
        }

    def take(self, events: list[Event], now: Instant, source: str, what: str) -> Taken:  # noqa: ARG002 - a server has its own clock and traces
        """One request, sent again while the server is busy."""
        body = gzip.compress(to_json([event.posted for event in events]), compresslevel=3)
        answer = self._answer_to(Request(self._url, body, self._headers, method="POST"))  # noqa: S310 - its scheme was looked at
        return Taken(len(events) - answer["duplicates"], answer["duplicates"])

    def life(self, commitment: str) -> list[Event]:
        """Its events, by the server's API. Raises Unsent where the server is one that knows of no commitments."""
        try:
            if not self._answers:
                self._get("/v1/commitments?limit=1")
                self._answers = True
        except _NotThere:
            raise Unsent(
                f"{self._base} cannot be asked what is on record, as no gateway of a cluster can: import into a ledger of its own, "
                "without --to, and post what `troth export` writes of it."
            ) from None
        try:
            history = self._get(f"/v1/commitments/{quote(commitment)}")["history"]
        except _NotThere:
            return []
        own = ("recorded_at", "effect", "late_news")
        posted = [{name: value for name, value in event.items() if name not in own} for event in history]
        return [read_event(event, wiring.clock(), self._zone) for event in posted]

    def close(self) -> None:
        """There is nothing to let go of."""

    def _get(self, path: str) -> dict[str, Any]:
        headers = {name: self._headers[name] for name in ("Authorization", "User-Agent")}
        return self._answer_to(Request(self._base + path, headers=headers))  # noqa: S310 - its scheme was looked at

    def _answer_to(self, request: Request) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
                    return from_json(answer.read())  # type: ignore[no-any-return]  # a server of ours answers so
            except HTTPError as error:
                with error:
                    status, headers, said = error.code, error.headers, error.read()
                if status == 404 and request.get_method() == "GET":
                    raise _NotThere from None
                if status != 503 or time.monotonic() > until:
                    raise self._answered(status, said) from None
                time.sleep(_wait_seconds(headers))
            except (URLError, HTTPException, OSError, ValueError) as error:
                raise Unsent(f"{self._url} cannot be reached: {getattr(error, 'reason', error)}. Is `troth serve` running there?") from None

    def _answered(self, status: int, said: bytes) -> Exception:
        detail, faults = _problem(said)
        if status in _CONTENT_REFUSED:
            return Refused(faults or [detail])
        hint = " The token has to be one of that server's TROTH_TOKENS." if status == 401 else ""
        return Unsent(f"{self._url} answered {status}: {detail}{hint}")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C and SIGTERM until the end of the block: a commit and the book are then both done, or neither."""
    caught: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda number, _: caught.append(number)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
    if caught:
        signal.raise_signal(caught[0])


def carrier_to(settings: Settings, url: str | None) -> Carrier:
    """The carrier that the flags --data and --to ask for."""
    return IntoLedger(settings) if url is None else ToServer(url, settings)


def reasons_of(error: Malformed) -> list[str]:
    """Each fault with its place, as a line."""
    return [f"{fault.path or '/'}: {fault.message}" for fault in error.faults]


def put(rows: Sequence[Any], take: Callable[[Sequence[Any]], Taken], refuse: Callable[[Any, list[str]], None]) -> Taken:
    """Take all rows; where they are refused together, halve them until only those at fault are left out."""
    if not rows:
        return Taken(0, 0)
    try:
        return take(rows)
    except Refused as error:
        if len(rows) == 1:
            refuse(rows[0], error.reasons)
            return Taken(0, 0)
    half = len(rows) // 2
    first, second = put(rows[:half], take, refuse), put(rows[half:], take, refuse)
    return Taken(first.new + second.new, first.known + second.known)


def _problem(said: bytes) -> tuple[str, list[str]]:
    try:
        problem = from_json(said)
        # A fault's path begins with its place in the batch, which means nothing to the reader.
        faults = [f"/{fault['path'].lstrip('/').partition('/')[2]}: {fault['message']}" for fault in problem.get("errors", [])]
        return str(problem["detail"]), faults
    except (ValueError, KeyError, TypeError, AttributeError):
        return "not an answer of Troth", []


def _wait_seconds(headers: Message) -> float:
    wait = headers.get("Retry-After", "1")
    return min(10.0, float(wait)) if wait.isdigit() else 1.0
