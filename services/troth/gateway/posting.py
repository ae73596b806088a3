"""POST /v1/events: who may post, what was posted, and the answer once it is on disk."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import count
from time import perf_counter
from typing import Any, Final, Protocol

from fastapi import Request
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from troth.domain.events import RETRACTED, Event, Fault, Malformed, read_event
from troth.domain.instants import Instant
from troth.domain.recording import DeliveryRecord, Receipt
from troth.gateway.access import Access, Right
from troth.gateway.bodies import read_body, unpack
from troth.gateway.cloudevents import posted_events
from troth.gateway.problems import Problem

EVENTS_ON_THE_LOOP: Final = 100
FAULTS_NAMED: Final = 100
SOURCE: Final = "events"

PostRoute = Callable[[Request], Awaitable[Response]]


class Recorder(Protocol):
    """A ledger as the gateway writes to it."""

    async def append(self, delivery: DeliveryRecord, events: list[Event]) -> Receipt:
        """Record a delivery, durable once it returns. Raises Conflict, Malformed, Busy or Unwritable."""


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


def plain_headers(request: Request) -> dict[str, str]:
    """The headers by lower-case name, made once: each look-up in Starlette's own searches them all."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}


def accepted(receipt: Receipt) -> Response:
    """202: stored durably."""
    document = {"delivery": receipt.delivery, "events": receipt.events, "duplicates": receipt.duplicates}
    return Response(to_json(document), 202, media_type="application/json")


def posting_route(inbox: Inbox, access: Access, signed: Callable[[Mapping[str, str], bytes], bool]) -> PostRoute:
    """The route of our own events. `signed(headers, body)` tells whether a Standard Webhooks signature holds."""

    async def post_events(request: Request) -> Response:
        """Post CloudEvents: one (structured or binary), or a batch of up to 10,000, all of it or nothing."""
        began = perf_counter()
        headers = plain_headers(request)
        try:
            right = access.right_of(headers)
            if right is Right.NONE and "webhook-signature" not in headers:
                raise _unsigned()
            body = await read_body(request)
            if right is Right.NONE and not signed(headers, body):
                raise _unsigned()
            now = inbox.clock()
            posted, batch = posted_events(headers, unpack(body, headers))
            if len(posted) > EVENTS_ON_THE_LOOP:
                events = await run_in_threadpool(_checked, posted, now, inbox.zone, batch=batch)
            else:
                events = _checked(posted, now, inbox.zone, batch=batch)
            if right is not Right.RETRACT and any(event.rank == RETRACTED for event in events):
                raise Problem(403, "An event is retracted only with an admin's token (TROTH_ADMIN_TOKENS). Nothing was stored.")
            receipt = await inbox.take(DeliveryRecord(new_delivery_id(now), SOURCE, now), events, began)
        except Exception:
            inbox.refused(SOURCE, began)
            raise
        return accepted(receipt)

    return post_events


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
