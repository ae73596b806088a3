"""POST /v1/events: who may post, what was posted, and the answer once it is on disk."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import count
from time import perf_counter
from typing import Any, Final, Protocol

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from troth.domain.events import RETRACTED, Event, Fault, Malformed, read_event
from troth.domain.instants import Instant
from troth.domain.recording import DeliveryRecord, Receipt
from troth.gateway.access import Access, Right
from troth.gateway.bodies import read_body, unpack
from troth.gateway.cloudevents import posted_events
from troth.gateway.problems import Problem

EVENTS_ON_THE_LOOP: Final = 100
BYTES_ON_THE_LOOP: Final = 65_536
FAULTS_NAMED: Final = 100
SOURCE: Final = "events"
DELIVERY_ID: Final = r"^[0-9a-f]{14,}-[0-9a-f]{8}-[0-9a-f]+$"


Signed = Callable[[Mapping[str, str], bytes], bool]
"""Whether the Standard Webhooks signature of these headers and this body holds."""


class Recorder(Protocol):
    """A ledger as the gateway writes to it."""

    async def append(self, delivery: DeliveryRecord, events: list[Event]) -> Receipt:
        """Record a delivery, durable once it returns. Raises Conflict, Malformed, TooLarge, Busy or Unwritable."""


class Observer(Protocol):
    """What counts what came in."""

    def delivered(self, source: str, result: str, events: Sequence[Event], seconds: float) -> None:
        """A delivery of a source ended as mapped, empty, duplicate or refused, with these new events."""


@dataclass(frozen=True)
class Inbox:
    """What a route needs to take a delivery."""

    recorder: Recorder
    observer: Observer
    clock: Callable[[], Instant]
    zone: tzinfo

    async def take(self, delivery: DeliveryRecord, events: list[Event], began: float) -> Receipt:
        """Record a delivery and count it."""
        receipt = await self.recorder.append(delivery, events)
        result = "mapped" if receipt.new else "duplicate" if events else "empty"
        self.observer.delivered(delivery.source, result, receipt.new, perf_counter() - began)
        return receipt

    def refused(self, source: str, began: float) -> None:
        """Count a delivery that was refused."""
        self.observer.delivered(source, "refused", (), perf_counter() - began)


_PROCESS: Final = secrets.token_hex(4)
_numbers: Final = count()


def new_delivery_id(now: Instant) -> str:
    """An id that sorts by time, and that no other process makes."""
    return f"{now:014x}-{_PROCESS}-{next(_numbers):x}"


def plain_headers(scope: Scope) -> dict[str, str]:
    """The headers by lower-case name, made once: each look-up in Starlette's own searches them all."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def accepted(receipt: Receipt) -> Response:
    """202: stored durably."""
    document = {"delivery": receipt.delivery, "events": receipt.names, "duplicates": receipt.duplicates}
    return Response(to_json(document), 202, media_type="application/json")


class PostEvents:
    """POST /v1/events as a bare ASGI application: one event costs little, and FastAPI's own handling of a route costs as much again."""

    def __init__(self, inbox: Inbox, access: Access, signed: Signed) -> None:
        self._inbox = inbox
        self._access = access
        self._signed = signed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one event (structured or binary) or a batch of up to 10,000, all of it or nothing."""
        began = perf_counter()
        try:
            receipt = await self._take(Request(scope, receive), plain_headers(scope), began)
        except Exception:
            self._inbox.refused(SOURCE, began)
            raise
        await accepted(receipt)(scope, receive, send)

    async def _take(self, request: Request, headers: Mapping[str, str], began: float) -> Receipt:
        right = self._access.right_of(headers)
        if right is Right.NONE and "webhook-signature" not in headers:
            raise _unsigned()
        body = await read_body(request, headers)
        if right is Right.NONE and not self._signed(headers, body):
            raise _unsigned()
        now = self._inbox.clock()
        plain = unpack(body, headers)
        posted, batch = posted_events(headers, plain)
        if len(posted) > EVENTS_ON_THE_LOOP or len(plain) > BYTES_ON_THE_LOOP:
            events = await run_in_threadpool(_checked, posted, now, self._inbox.zone, batch=batch)
        else:
            events = _checked(posted, now, self._inbox.zone, batch=batch)
        if right is not Right.RETRACT and any(event.rank == RETRACTED for event in events):
            raise Problem(403, "An event is retracted only with an admin's token (TROTH_ADMIN_TOKENS). Nothing was stored.")
        return await self._inbox.take(DeliveryRecord(new_delivery_id(now), SOURCE, now), events, began)


def _checked(posted: list[Any], now: Instant, zone: tzinfo, *, batch: bool) -> list[Event]:
    events = []
    faults: list[Fault] = []
    for number, document in enumerate(posted):
        try:
            events.append(read_event(document, now, zone))
        except Malformed as error:
            place = f"/{number}" if batch else ""
            faults += [Fault(place + fault.path, fault.message) for fault in error.faults]
            if len(faults) >= FAULTS_NAMED:
                break
    if faults:
        raise Malformed(faults[:FAULTS_NAMED])
    return events


def _unsigned() -> Problem:
    return Problem(
        401,
        "Posting events needs `Authorization: Bearer TOKEN` with a token of TROTH_TOKENS, or a Standard Webhooks signature.",
        headers={"WWW-Authenticate": 'Bearer realm="Troth"'},
    )
