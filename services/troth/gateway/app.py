"""The HTTP application: routes, who may use them, errors as problem details, and headers that keep pages to themselves."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth import __version__
from troth.domain.events import Malformed
from troth.domain.instants import Instant
from troth.domain.recording import Busy, Conflict, TooLarge, Unwritable
from troth.gateway.access import Access
from troth.gateway.advice import advice_router
from troth.gateway.api import reading_router
from troth.gateway.board.pages import board_router
from troth.gateway.docs import docs_router, openapi_of
from troth.gateway.health import health_router, metrics_router
from troth.gateway.openapi import POSTED_TO, problem_answers
from troth.gateway.posting import Inbox, PostEvents, Signed
from troth.gateway.problems import Problem, answer_problem
from troth.gateway.reading import Reading
from troth.gateway.webhooks import Tools, webhook_routes

_HEADERS: Final = [
    (b"content-security-policy", b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
_REFUSALS: Final = (Problem, Malformed, Conflict, TooLarge, Busy, Unwritable, RequestValidationError, HTTPException)
_UNREAD: Final = problem_answers({401: "Reading takes a token where it is not open, and none or a wrong one was sent."})


@dataclass(frozen=True)
class Frame:
    """What every program's application has: who may read, its numbers, its readiness, and what lives as long as it does."""

    access: Access
    metrics_text: Callable[[], bytes]
    ready: Callable[[], str]
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]


Room = Callable[[FastAPI], None]
"""Puts the routes of one purpose into an application."""


def create_app(frame: Frame, rooms: Iterable[Room]) -> FastAPI:
    """The application of one program, ready to be served: what is common to all, and its own rooms."""
    app = FastAPI(
        title="Troth",
        summary="What teams promised the business, what they delivered, and how far their next promise can be trusted.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=frame.lifespan,
    )
    for refusal in _REFUSALS:
        app.add_exception_handler(refusal, answer_problem)
    app.add_exception_handler(Exception, _answer_failure)
    reader = [Depends(frame.access.reader)]
    for room in rooms:
        room(app)
    app.include_router(metrics_router(frame.metrics_text), dependencies=reader, responses=_UNREAD)
    app.include_router(health_router(frame.ready))
    app.include_router(docs_router(app), dependencies=reader)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    return app


def posting_room(inbox: Inbox, access: Access, signed: Signed, tools: Tools) -> Room:
    """Where events and the tools' deliveries come in."""

    def furnish(app: FastAPI) -> None:
        app.router.routes.append(Route(POSTED_TO, PostEvents(inbox, access, signed), methods=["POST"]))
        app.router.routes.extend(webhook_routes(inbox, tools))

    return furnish


def reading_room(reading: Reading, access: Access, clock: Callable[[], Instant], target: float, banner: str = "") -> Room:
    """Where the API and the board are read."""

    def furnish(app: FastAPI) -> None:
        reader = [Depends(access.reader)]
        app.include_router(reading_router(reading, clock), dependencies=reader, responses=_UNREAD)
        app.include_router(advice_router(reading, clock), dependencies=reader, responses=_UNREAD)
        app.include_router(board_router(reading, target, clock, banner), dependencies=reader)

    return furnish


def openapi_document() -> dict[str, Any]:
    """The document of a program with all rooms, without anything behind the routes: nothing is opened, read or asked."""
    nothing: Any = None
    access = Access()
    rooms = [
        posting_room(Inbox(nothing, nothing, nothing, UTC), access, nothing, Tools({}, {})),
        reading_room(nothing, access, nothing, target=0.5),
    ]
    return openapi_of(create_app(Frame(access, nothing, nothing, nothing), rooms))


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
