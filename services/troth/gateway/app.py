"""The HTTP application: routes, who may use them, errors as problem details, and headers that keep pages to themselves."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth import __version__
from troth.domain.events import Malformed
from troth.domain.recording import Busy, Conflict, Unwritable
from troth.gateway.access import Access
from troth.gateway.advice import advice_router
from troth.gateway.api import reading_router
from troth.gateway.board.pages import board_router
from troth.gateway.docs import docs_router, openapi_of
from troth.gateway.health import health_router, metrics_router
from troth.gateway.openapi import problem_answers
from troth.gateway.posting import Inbox, PostEvents
from troth.gateway.problems import Problem, answer_problem
from troth.gateway.reading import Reading
from troth.gateway.webhooks import webhooks_router

_HEADERS: Final = [
    (b"content-security-policy", b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
_REFUSALS: Final = (Problem, Malformed, Conflict, Busy, Unwritable, RequestValidationError, HTTPException)
_UNREAD: Final = problem_answers({401: "Reading takes a token where it is not open, and none or a wrong one was sent."})


@dataclass(frozen=True)
class Parts:
    """What the application is made of; wiring joins them."""

    inbox: Inbox
    reading: Reading
    access: Access
    signed: Callable[[Mapping[str, str], bytes], bool]
    webhooks: APIRouter
    metrics_text: Callable[[], bytes]
    ready: Callable[[], str]
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]
    target: float
    banner: str = ""


def create_app(parts: Parts) -> FastAPI:
    """The application of one process, ready to be served."""
    app = FastAPI(
        title="Troth",
        summary="What teams promised the business, what they delivered, and how far their next promise can be trusted.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=parts.lifespan,
    )
    for refusal in _REFUSALS:
        app.add_exception_handler(refusal, answer_problem)
    app.add_exception_handler(Exception, _answer_failure)
    reader = [Depends(parts.access.reader)]
    app.router.routes.append(Route("/v1/events", PostEvents(parts.inbox, parts.access, parts.signed), methods=["POST"]))
    app.include_router(parts.webhooks)
    app.include_router(reading_router(parts.reading, parts.inbox.clock), dependencies=reader, responses=_UNREAD)
    app.include_router(advice_router(parts.reading, parts.inbox.clock), dependencies=reader, responses=_UNREAD)
    app.include_router(metrics_router(parts.metrics_text), dependencies=reader, responses=_UNREAD)
    app.include_router(health_router(parts.ready))
    app.include_router(docs_router(app), dependencies=reader)
    app.include_router(board_router(parts.reading, parts.target, parts.inbox.clock, parts.banner), dependencies=reader)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    return app


def openapi_document() -> dict[str, Any]:
    """The same document as /openapi.json, without anything behind the routes: nothing is opened, read or asked."""
    nothing: Any = None
    inbox = Inbox(nothing, nothing, nothing, UTC)
    parts = Parts(
        inbox=inbox,
        reading=nothing,
        access=Access(),
        signed=nothing,
        webhooks=webhooks_router(inbox, {}, {}),
        metrics_text=nothing,
        ready=nothing,
        lifespan=nothing,
        target=0.5,
    )
    return openapi_of(create_app(parts))


async def _answer_failure(request: Request, error: Exception) -> Response:
    # Starlette answers a failure outside of every middleware.
    response = await answer_problem(request, error)
    response.raw_headers.extend(_HEADERS)
    return response


class HeadAsGet:
    """Answers HEAD wherever GET is answered, as HTTP has it; the server leaves out the body. Webhooks answer HEAD themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        asks_head = scope.get("method") == "HEAD" and not scope["path"].startswith("/webhooks/")
        await self._app({**scope, "method": "GET"} if asks_head else scope, receive, send)


class SecurityHeaders:
    """Adds to every answer the headers that keep a page's content to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)
