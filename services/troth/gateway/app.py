"""The HTTP application: routes, who may use them, errors as problem details, and headers that keep pages to themselves."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth import __version__
from troth.domain.events import Malformed
from troth.domain.recording import Busy, Conflict, Unwritable
from troth.gateway.access import Access
from troth.gateway.api import reading_router
from troth.gateway.board.pages import board_router
from troth.gateway.docs import docs_router
from troth.gateway.health import health_router, metrics_router
from troth.gateway.posting import Inbox, PostEvents
from troth.gateway.problems import Problem, answer_problem
from troth.gateway.reading import Reading

_HEADERS: Final = [
    (b"content-security-policy", b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
_REFUSALS: Final = (Problem, Malformed, Conflict, Busy, Unwritable, RequestValidationError, HTTPException, Exception)


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
    reader = [Depends(parts.access.reader)]
    app.router.routes.append(Route("/v1/events", PostEvents(parts.inbox, parts.access, parts.signed), methods=["POST"]))
    app.include_router(parts.webhooks)
    app.include_router(reading_router(parts.reading, parts.inbox.clock), dependencies=reader)
    app.include_router(metrics_router(parts.metrics_text), dependencies=reader)
    app.include_router(health_router(parts.ready))
    app.include_router(docs_router(app), dependencies=reader)
    app.include_router(board_router(parts.reading, parts.target, parts.inbox.clock, parts.banner), dependencies=reader)
    app.add_middleware(SecurityHeaders)
    return app


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
