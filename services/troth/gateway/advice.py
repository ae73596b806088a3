"""GET /v1/advice: what may we promise."""

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.responses import Response

from troth.domain.advice import LONGEST_DAYS
from troth.domain.instants import Instant
from troth.gateway.documents import AdviceDocument
from troth.gateway.moments import parse_moment
from troth.gateway.openapi import problem_answers
from troth.gateway.problems import Problem
from troth.gateway.reading import Reading

At = Annotated[str | None, Query(description="what had happened by then: an RFC 3339 time or a day; now where absent")]


def advice_router(reading: Reading, clock: Callable[[], Instant]) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["reading"])
    problems = problem_answers({404: "No such team.", 422: "The question was not understood."})

    @router.get("/v1/advice", response_model=None, responses={200: {"model": AdviceDocument}, **problems})
    def advice(
        team: str,
        days: Annotated[float, Query(gt=0, le=LONGEST_DAYS, allow_inf_nan=False, description="the team's own estimate")],
        confidence: Annotated[float, Query(gt=0, lt=1, allow_inf_nan=False, description="share of such promises to hold")] = 0.85,
        at: At = None,
    ) -> Response:
        """What a team that would promise `days` may promise, so that it holds at the confidence asked."""
        # As written: 0.85 is 85 in 100, not the binary fraction nearest to it.
        found = reading.advice(team, Fraction(str(days)), Fraction(str(confidence)), parse_moment(at, "at", clock()))
        if found is None:
            raise Problem(404, f"The team {team[:200]!r} is not on record then. GET /v1/teams lists those there are.")
        return Response(to_json(found), media_type="application/json")

    return router
