"""POST /webhooks/{source}: a tool's own delivery, verified over its raw bytes, mapped, and answered with 202 whatever it was about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from troth.domain.events import Event, Malformed, read_event
from troth.domain.instants import Instant
from troth.domain.recording import Conflict, DeliveryRecord, Receipt, TooLarge
from troth.gateway.bodies import read_body, read_json, unpack
from troth.gateway.openapi import DELIVERED_TO
from troth.gateway.posting import BYTES_ON_THE_LOOP, Inbox, accepted, new_delivery_id, plain_headers
from troth.gateway.problems import Problem
from troth.intake.asking import Record, answered, ask
from troth.intake.delivery import Delivery, Mapped, Source
from troth.intake.persons import strip

WHAT_LENGTH: Final = 200
REASON_LENGTH: Final = 2_000
GREETING_BYTES: Final = 2_000
HANDSHAKE_LENGTH: Final = 500


@dataclass(frozen=True)
class Tools:
    """The tools that may post: their secrets (a source without one is off), what is on record (without it, what depends on it is
    left out), and the address by which they know us, where it is not that of the request.
    """

    sources: Mapping[str, Source]
    secrets: Mapping[str, Sequence[str]]
    on_record: Record | None = None
    public_url: str = ""


class PostWebhook:
    """POST /webhooks/{source} as a bare ASGI application, as POST /v1/events is: a tool may send a thousand deliveries a second."""

    def __init__(self, inbox: Inbox, tools: Tools) -> None:
        self._inbox = inbox
        self._tools = tools

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a tool's native delivery. One that maps to no event is a 202 with an empty list; its trace says why."""
        began = perf_counter()
        source: str = scope["path_params"]["source"]
        tool = _known(self._tools.sources, source)
        try:
            answer = await self._answer(tool, Request(scope, receive), began)
        except Exception:
            self._inbox.refused(source, began)
            raise
        await answer(scope, receive, send)

    async def _answer(self, tool: Source, request: Request, began: float) -> Response:
        secrets = self._tools.secrets.get(tool.name)
        if not secrets:
            raise _unsigned(tool.name)  # off: its body is not even read
        now = self._inbox.clock()
        delivery = await _delivered(tool.name, request, self._tools.public_url)
        if greeting := _greeting(tool, delivery):
            return greeting
        if not _holds(tool, delivery, secrets, now):
            raise _unsigned(tool.name)
        return accepted(await _taken(tool, delivery, now, self._inbox, self._tools.on_record, began))


def webhook_routes(inbox: Inbox, tools: Tools) -> list[Route]:
    """The routes of all sources: a delivery, and Trello's question by HEAD, before it sends anything, whether there is such a source."""

    async def head_webhook(request: Request) -> Response:
        _known(tools.sources, request.path_params["source"])
        return Response(status_code=200)

    return [Route(DELIVERED_TO, PostWebhook(inbox, tools), methods=["POST"]), Route(DELIVERED_TO, head_webhook, methods=["HEAD"])]


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
