"""POST /webhooks/{source}: a tool's own delivery, verified over its raw bytes, mapped, and answered with 202 whatever it was about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from troth.domain.events import Event, Malformed, read_event
from troth.domain.instants import Instant
from troth.domain.recording import Conflict, DeliveryRecord, Receipt, TooLarge
from troth.gateway.bodies import read_body, read_json, unpack
from troth.gateway.openapi import accepted_answer, problem_answers
from troth.gateway.posting import BYTES_ON_THE_LOOP, Inbox, accepted, new_delivery_id, plain_headers
from troth.gateway.problems import Problem
from troth.intake.asking import Record, answered, ask
from troth.intake.delivery import Delivery, Mapped, Source
from troth.intake.persons import strip

WHAT_LENGTH: Final = 200
REASON_LENGTH: Final = 2_000
GREETING_BYTES: Final = 2_000
HANDSHAKE_LENGTH: Final = 500
_ANSWERS: Final = {
    **accepted_answer(),
    **problem_answers(
        {
            400: "Not JSON.",
            401: "The signature does not hold, or the source is off: no secret is configured for it.",
            404: "No such source.",
            413: "Over 10 MB.",
            415: "Not JSON's content type.",
            503: "The ledger cannot be written now; see Retry-After.",
        }
    ),
}


@dataclass(frozen=True)
class Tools:
    """The tools that may post: their secrets (a source without one is off), what is on record (without it, what depends on it is
    left out), and the address by which they know us, where it is not that of the request.
    """

    sources: Mapping[str, Source]
    secrets: Mapping[str, Sequence[str]]
    on_record: Record | None = None
    public_url: str = ""


def webhooks_router(inbox: Inbox, tools: Tools) -> APIRouter:
    """The route of all sources."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks/{source}", status_code=202, openapi_extra={"responses": _ANSWERS})
    async def post_webhook(source: str, request: Request) -> Response:
        """A tool's native delivery. One that maps to no event is a 202 with an empty list; its trace says why."""
        began = perf_counter()
        tool = _known(tools.sources, source)
        try:
            if not tools.secrets.get(source):
                raise _unsigned(source)  # off: its body is not even read
            now = inbox.clock()
            delivery = await _delivered(source, request, tools.public_url)
            if greeting := _greeting(tool, delivery):
                return greeting
            if not _holds(tool, delivery, tools.secrets.get(source, ()), now):
                raise _unsigned(source)
            return accepted(await _taken(tool, delivery, now, inbox, tools.on_record, began))
        except Exception:
            inbox.refused(source, began)
            raise

    @router.head("/webhooks/{source}", include_in_schema=False)
    async def head_webhook(source: str) -> Response:
        """That there is such a source: Trello asks so before it sends anything."""
        _known(tools.sources, source)
        return Response(status_code=200)

    return router


def _known(sources: Mapping[str, Source], source: str) -> Source:
    tool = sources.get(source)
    if tool is None:
        known = ", ".join(sorted(sources))
        raise Problem(404, f"There is no source {source[:80]!r}; there are {known}. One of your own needs a mapping file.")
    return tool


async def _delivered(source: str, request: Request, public_url: str) -> Delivery:
    headers = plain_headers(request.scope)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    url = f"{public_url.rstrip('/')}{path}" if public_url else str(request.url)
    return Delivery(source, headers, await read_body(request, headers), url)


async def _taken(tool: Source, delivery: Delivery, now: Instant, inbox: Inbox, on_record: Record | None, began: float) -> Receipt:
    payload = _payload(delivery)
    if len(delivery.body) > BYTES_ON_THE_LOOP:
        record, events = await run_in_threadpool(_mapped, tool, delivery, payload, now, inbox, on_record)
    else:
        record, events = _mapped(tool, delivery, payload, now, inbox, on_record)
    try:
        return await inbox.take(record, events, began)
    except (Conflict, Malformed, TooLarge) as error:
        return await inbox.take(_without_events(record, str(error)), [], began)


def _greeting(tool: Source, delivery: Delivery) -> Response | None:
    """The answer to a tool that asks whether the address is ours; anybody may ask that."""
    asked = delivery.headers.get(tool.handshake, "") if tool.handshake else ""
    if asked.isascii() and asked.isprintable() and 0 < len(asked) <= HANDSHAKE_LENGTH:
        return Response(status_code=200, headers={tool.handshake: asked})
    if tool.greet is None or len(delivery.body) > GREETING_BYTES:
        return None
    try:
        answer = tool.greet(delivery, read_json(delivery.body))
    except Problem:
        return None
    return None if answer is None else Response(to_json(answer), 200, media_type="application/json")


def _holds(tool: Source, delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:
    try:
        return bool(secrets) and tool.verify(delivery, secrets, now)
    except Exception:  # noqa: BLE001 - whatever goes wrong while verifying, the delivery is not verified
        return False


def _payload(delivery: Delivery) -> Any:
    if delivery.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Problem(415, "The body is a form; set the webhook's content type to application/json.")
    # Some tools put a byte-order mark in front.
    return read_json(unpack(delivery.body, delivery.headers).removeprefix(b"\xef\xbb\xbf"))


def _mapped(
    tool: Source, delivery: Delivery, payload: Any, now: Instant, inbox: Inbox, on_record: Record | None
) -> tuple[DeliveryRecord, list[Event]]:
    mapped = _map(tool, delivery, payload, now, on_record)
    headers = {name: delivery.headers[name] for name in tool.headers if name in delivery.headers}
    kept = to_json({"headers": headers, "payload": strip(tool.clean(payload), tool.persons)}).decode()
    record = DeliveryRecord(new_delivery_id(now), tool.name, now, mapped.what[:WHAT_LENGTH], mapped.reason[:REASON_LENGTH], kept)
    try:
        return record, [read_event(posted, now, inbox.zone) for posted in mapped.events]
    except Malformed as error:
        return _without_events(record, f"mapped to an event that is refused: {error}"), []


def _map(tool: Source, delivery: Delivery, payload: Any, now: Instant, on_record: Record | None) -> Mapped:
    try:
        mapped = tool.map(delivery, payload, now)
        return answered(tool.name, mapped, None if on_record is None else ask(on_record, tool.name, mapped))
    except Exception as error:  # noqa: BLE001 - a mistake of ours may not lose what a tool sends but once
        return Mapped([], f"Troth failed at mapping this ({type(error).__name__}): report it, with what was sent. The delivery is kept.")


def _without_events(record: DeliveryRecord, reason: str) -> DeliveryRecord:
    return DeliveryRecord(record.id, record.source, record.received_at, record.what, reason[:REASON_LENGTH], record.kept)


def _unsigned(source: str) -> Problem:
    variable = f"TROTH_WEBHOOK_{source.upper().replace('-', '_')}_SECRETS"
    return Problem(401, f"The delivery is not signed with a secret of {source!r}; set the same one in the tool and in {variable}.")
