"""The reading half of the API: summaries, trends, commitments and traces, as JSON."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from troth.domain.events import Fault
from troth.domain.fields import NAME_LENGTH, TEXT_LENGTH
from troth.domain.instants import Instant
from troth.gateway import documents as shape
from troth.gateway.moments import parse_moment
from troth.gateway.openapi import problem_answers
from troth.gateway.posting import DELIVERY_ID
from troth.gateway.problems import Problem
from troth.gateway.reading import CommitmentOrder, DeliveryResult, Reading

Limit = Annotated[int, Query(ge=1, le=1000, description="rows a page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
At = Annotated[str | None, Query(description="what had happened by then: an RFC 3339 time or a day; now where absent")]
KnownAt = Annotated[str | None, Query(description="what the ledger held then")]
State = Literal["unmade", "open", "delivered", "revoked", "cancelled", "pending", "at_risk", "overdue", "undated"]
Order = Annotated[
    CommitmentOrder,
    Query(
        description="`id`; `due`: the earliest date first, dated ones only; `closed`: the latest delivery first, delivered ones only; "
        "`chance`: the most endangered first, then by date, those at risk only"
    ),
]
_PROBLEM: Final = problem_answers({422: "The question was not understood."})
_UNKNOWN: Final = problem_answers({422: "The question was not understood.", 404: "Unknown."})


def reading_router(reading: Reading, clock: Callable[[], Instant]) -> APIRouter:
    """All routes under /v1 that read."""
    router = APIRouter(tags=["reading"])
    for part in (_scores, _commitments, _traces):
        part(router, reading, clock)
    return router


def _scores(router: APIRouter, reading: Reading, clock: Callable[[], Instant]) -> None:
    @router.get("/v1/teams", response_model=None, responses=_answers(shape.Teams))
    def teams(at: At = None) -> Response:
        """All teams, worst first."""
        return _json(reading.teams(parse_moment(at, "at", clock())))

    @router.get("/v1/teams/{team:path}", response_model=None, responses=_answers(shape.Team, _UNKNOWN))
    def team(team: str, at: At = None) -> Response:
        """One team: summary, trend, customers and goals."""
        return _json(_found(reading.team(team, parse_moment(at, "at", clock())), team, "teams"))

    @router.get("/v1/customers", response_model=None, responses=_answers(shape.Customers))
    def customers(at: At = None) -> Response:
        """All customers, worst served first."""
        return _json(reading.customers(parse_moment(at, "at", clock())))

    @router.get("/v1/customers/{customer:path}", response_model=None, responses=_answers(shape.Served, _UNKNOWN))
    def customer(customer: str, at: At = None) -> Response:
        """One customer: summary, trend and teams."""
        return _json(_found(reading.customer(customer, parse_moment(at, "at", clock())), customer, "customers"))

    @router.get("/v1/goals", response_model=None, responses=_answers(shape.Goals))
    def goals(at: At = None) -> Response:
        """All goals of the business, worst served first."""
        return _json(reading.goals(parse_moment(at, "at", clock())))

    @router.get("/v1/goals/{goal:path}", response_model=None, responses=_answers(shape.Served, _UNKNOWN))
    def goal(goal: str, at: At = None) -> Response:
        """One goal: summary, trend and teams."""
        return _json(_found(reading.goal(goal, parse_moment(at, "at", clock())), goal, "goals"))

    @router.get("/v1/organisation", response_model=None, responses=_answers(shape.Organisation))
    def organisation(at: At = None) -> Response:
        """The whole organisation: summary and trend."""
        return _json(reading.organisation(parse_moment(at, "at", clock())))


def _commitments(router: APIRouter, reading: Reading, clock: Callable[[], Instant]) -> None:
    @router.get("/v1/commitments", response_model=None, responses=_answers(shape.Commitments))
    def commitments(  # noqa: PLR0913 - one argument a filter
        *,
        team: str | None = None,
        customer: str | None = None,
        goal: str | None = None,
        state: State | None = None,
        q: Annotated[str | None, Query(description="part of the title or the id", max_length=TEXT_LENGTH)] = None,
        order: Order = "id",
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """Commitments by filter and page, by id unless another order is asked for; with `state=at_risk`, too."""
        return _json(
            _page(
                lambda: reading.commitments(
                    team=team, customer=customer, goal=goal, state=state, q=q, order=order, limit=limit, cursor=cursor
                )
            )
        )

    @router.get("/v1/commitments/{id:path}", response_model=None, responses=_answers(shape.CommitmentLife, _UNKNOWN))
    def commitment(id: str, at: At = None, known_at: KnownAt = None) -> Response:
        """One commitment with its verdicts, why, and its history."""
        now = clock()
        found = reading.commitment(id, parse_moment(at, "at", now), parse_moment(known_at, "known_at", now))
        return _json(_found(found, id, "commitments"))


def _traces(router: APIRouter, reading: Reading, clock: Callable[[], Instant]) -> None:  # noqa: ARG001 - as its siblings
    @router.get("/v1/deliveries", response_model=None, responses=_answers(shape.Deliveries))
    def deliveries(
        source: Annotated[str | None, Query(description="where from: a tool's name, or events", max_length=NAME_LENGTH)] = None,
        result: Annotated[DeliveryResult | None, Query(description="what became of it")] = None,
        limit: Limit = 100,
        cursor: Annotated[str | None, Query(description="`next` of the page before", pattern=DELIVERY_ID)] = None,
    ) -> Response:
        """What came in, latest first."""
        return _json(_page(lambda: reading.deliveries(limit=limit, cursor=cursor, source=source, result=result)))

    @router.get("/v1/deliveries/{id}", response_model=None, responses=_answers(shape.DeliveryTrace, _UNKNOWN))
    def delivery(id: str) -> Response:
        """What became of one delivery, or why nothing."""
        return _json(_found(reading.delivery(id), id, "deliveries"))

    @router.get("/v1/notices", response_model=None, responses=_answers(shape.Notices))
    def notices(limit: Limit = 100, cursor: Cursor = None) -> Response:
        """Slips and moves, latest first."""
        return _json(_page(lambda: reading.notices(limit=limit, cursor=cursor)))


def _answers(model: type[BaseModel], others: dict[int | str, dict[str, Any]] = _PROBLEM) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}, **others}


def _json(document: dict[str, Any]) -> Response:
    return Response(to_json(document), media_type="application/json")


def _found(document: dict[str, Any] | None, name: str, among: str) -> dict[str, Any]:
    if document is None:
        raise Problem(404, f"{name[:200]!r} is not on record then. GET /v1/{among} lists what there is now.")
    return document


def _page(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except ValueError:
        raise Problem(
            422, "The question was not understood.", [Fault("/cursor", "is not the `next` of a page before; leave it out")]
        ) from None
