"""Errors as RFC 9457 problem details: what was attempted, on what, and what to do next; each fault with its path."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from troth.domain.events import Fault, Malformed
from troth.domain.recording import Busy, Conflict, TooLarge, Unwritable

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1


class Problem(Exception):
    """An answer other than success; raise it anywhere below a route."""

    def __init__(self, status: int, detail: str, faults: Iterable[Fault] = (), headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        super().__init__(detail)

    def response(self) -> Response:
        """The answer to send."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            document["errors"] = [fault._asdict() for fault in self.faults]
        return Response(to_json(document), self.status, self.headers, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """The answer that a refusal of the ledger or of a framework is."""
    match error:
        case Problem():
            return error
        case Malformed():
            return Problem(
                422, "The delivery was refused; nothing of it was stored. Correct what is named and send it again.", error.faults
            )
        case Conflict():
            return Problem(409, str(error))
        case TooLarge():
            return Problem(413, str(error))
        case Busy() | Unwritable():
            return Problem(503, str(error), headers={"Retry-After": str(RETRY_SECONDS)})
        case RequestValidationError():
            return Problem(422, "The question was not understood.", [Fault("/" + str(e["loc"][-1]), e["msg"]) for e in error.errors()])
        case HTTPException():
            return Problem(error.status_code, _PHRASES.get(error.status_code, str(error.detail)), headers=error.headers)
        case _:
            return Problem(500, "Troth failed at this; nothing of the request was stored. The server's log says more.")


async def answer_problem(_request: Request, error: Exception) -> Response:
    """FastAPI's handler for every error above."""
    return problem_of(error).response()


_PHRASES = {
    404: "There is nothing at this address. The API is described at /docs.",
    405: "This address does not take this method. The API is described at /docs.",
}
