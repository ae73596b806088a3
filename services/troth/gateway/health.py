"""What operators and Prometheus ask: alive, ready, and the numbers."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

# Our names need none of the escaping of version 1.0.0, and every Prometheus reads this one.
TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def health_router(ready: Callable[[], str]) -> APIRouter:
    """/healthz and /readyz, which never need a token. `ready` says in words what is not ready yet, or nothing."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {"description": "Not ready; the reason is in words."}})
    async def readyz() -> Response:
        """The ledger is open and takes events; 503 with the reason where not."""
        missing = ready()
        return JSONResponse({"status": "not ready", "reason": missing} if missing else {"status": "ok"}, 503 if missing else 200)

    return router


def metrics_router(text: Callable[[], bytes]) -> APIRouter:
    """/metrics in Prometheus' text format."""
    router = APIRouter(tags=["operation"])

    @router.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """All metrics."""
        return Response(text(), media_type=TEXT_FORMAT)

    return router
