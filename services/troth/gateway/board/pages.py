"""The board's pages: which documents each one shows. What they say is in views, promises and history; how it looks in templates."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from troth.domain.chance import in_hundred
from troth.domain.fields import TEXT_LENGTH
from troth.domain.instants import Instant
from troth.gateway.board import advice, charts, history, promises, traces, traits, views, words
from troth.gateway.board.links import Links
from troth.gateway.board.words import Calendar
from troth.gateway.moments import parse_moment
from troth.gateway.posting import DELIVERY_ID
from troth.gateway.problems import Problem
from troth.gateway.reading import CommitmentOrder, Reading

Document = dict[str, Any]

_STATIC: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
_FILES: Final = {name: (_STATIC / name).read_bytes() for name in _MEDIA_TYPES}
_VERSION: Final = sha256(b"".join(_FILES.values())).hexdigest()[:12]
_STATES: Final = ("open", "overdue", "at_risk", "pending", "undated", "delivered", "revoked", "cancelled", "unmade")
_ORDERS: Final = get_args(CommitmentOrder)
_ORDER_OF: Final[dict[str, CommitmentOrder]] = {"open": "due", "overdue": "due", "at_risk": "chance", "pending": "due"}
_OPEN_SHOWN: Final = 50
_FRONT_SHOWN: Final = 4
_NEWS_SHOWN: Final = 6
_CLOSED_READ: Final = 200
_PAGE: Final = 50

_TEMPLATES: Final = Environment(
    loader=PackageLoader("troth.gateway.board"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.globals.update(
    advice=advice, charts=charts, history=history, promises=promises, traces=traces, traits=traits, views=views, words=words,
    in_hundred=in_hundred, style=f"/static/style.css?v={_VERSION}", icon=f"/static/icon.svg?v={_VERSION}",
)  # fmt: skip


class _Refused(Exception):
    """A page that cannot be shown: its status, what to say, and names that may have been meant."""

    def __init__(self, status: int, heading: str, says: str, kind: str = "", near: list[str] | None = None) -> None:
        self.status, self.heading, self.says, self.kind, self.near = status, heading, says, kind, near or []
        super().__init__(heading)


def _no_such_page() -> _Refused:
    return _Refused(422, "That page of the list does not exist", "Its address is not one that the board gave. Begin with the first one.")


def board_router(reading: Reading, target: float, clock: Callable[[], Instant], banner: str = "") -> APIRouter:
    """The routes of all pages and of the style sheet.

    `target` is the reliability aimed at, a ratio; `banner` a sentence for the top of every page, such as that all of it is simulated.
    """
    board = _Board(reading, target, clock, banner)
    router = APIRouter(include_in_schema=False)
    for path, page in (
        ("/", board.organisation),
        ("/teams/{name:path}", board.team),
        ("/customers/{name:path}", board.customer),
        ("/goals/{name:path}", board.goal),
        ("/commitments", board.commitments),
        ("/commitments/{id:path}", board.commitment),
        ("/deliveries", board.deliveries),
        ("/deliveries/{id}", board.delivery),
    ):
        router.add_api_route(path, board.page(page), methods=["GET", "HEAD"], response_class=HTMLResponse)
    router.add_api_route("/static/{name}", _static, methods=["GET", "HEAD"])
    return router


def _static(name: str) -> Response:
    """The style sheet or the icon; its address has the content's hash in it, so it may be kept for ever."""
    if name not in _FILES:
        return Response(status_code=404)
    return Response(_FILES[name], media_type=_MEDIA_TYPES[name], headers={"Cache-Control": "max-age=31536000, immutable"})


class _Moment:
    """What a page is looked at with: the moment asked for, and how links and dates are written from there."""

    def __init__(self, request: Request, now: Instant) -> None:
        at, known_at = request.query_params.get("at", "").strip(), request.query_params.get("known_at", "").strip()
        self.at, self.known_at = _as_of("at", at, now), _as_of("known_at", known_at, now)
        self.calendar = Calendar(now if self.at is None else self.at)
        self.links = Links(at if self.at is not None else "", known_at if self.known_at is not None else "")


def _as_of(name: str, text: str, now: Instant) -> Instant | None:
    """The instant of `?at=` or `?known_at=`; None for now, which is also what today is."""
    try:
        moment = parse_moment(text, name, now)
    except Problem as problem:
        why = Calendar(now).said(problem.faults[0].message)
        raise _Refused(422, "The board cannot look from there", f"{name}={text}: {why}.") from None
    return None if moment == now else moment


class _Board:
    """The pages; each method is one, and runs in a thread of its own."""

    def __init__(self, reading: Reading, target: float, clock: Callable[[], Instant], banner: str) -> None:
        self._reading, self._target, self._clock, self._banner = reading, target, clock, banner

    def page(self, function: Callable[..., Response]) -> Callable[..., Response]:
        """A handler whose refusals become pages, too."""

        @wraps(function)
        def handler(*args: Any, **kwargs: Any) -> Response:
            try:
                return function(*args, **kwargs)
            except _Refused as refusal:
                return self._show("refused", kwargs["request"], None, refusal.status, refusal=refusal)

        return handler

    def organisation(self, request: Request) -> Response:
        """The front page: how it stands, teams worst first, what is due, goals and customers."""
        moment = self._moment(request)
        teams = self._reading.teams(moment.at)
        if not teams["teams"] and not teams["unmade"]:
            return self._show("empty", request, moment)
        return self._show(
            "organisation",
            request,
            moment,
            summary=self._reading.organisation(moment.at),
            teams=teams,
            trends=self._reading.trends(moment.at),
            customers=self._reading.customers(moment.at)["customers"],
            goals=self._reading.goals(moment.at)["goals"],
            lately=self._lately(moment) if moment.at is None else None,
        )

    def _lately(self, moment: _Moment) -> Document:
        """What is overdue, slips next and is due next, what was kept early, and the latest notices: known as of now only."""
        read = self._reading.commitments
        closed = read(state="delivered", order="closed", limit=_CLOSED_READ)["commitments"]
        return {
            "overdue": read(state="overdue", order="due", limit=_FRONT_SHOWN)["commitments"],
            "endangered": read(state="at_risk", order="chance", limit=_FRONT_SHOWN)["commitments"],
            "ahead": read(state="pending", order="due", limit=_FRONT_SHOWN)["commitments"],
            "early": views.kept_early(closed, moment.calendar),
            "notices": self._reading.notices(limit=_NEWS_SHOWN, cursor=None)["notices"],
        }

    def team(self, request: Request, name: str) -> Response:
        """A team: its trend, the three dates, what it can be trusted with, customers, goals and open promises."""
        return self._subject(request, "team", name, self._reading.team, lambda: self._reading.teams(None)["teams"])

    def customer(self, request: Request, name: str) -> Response:
        """A customer: who delivers what to it."""
        return self._subject(request, "customer", name, self._reading.customer, lambda: self._reading.customers(None)["customers"])

    def goal(self, request: Request, name: str) -> Response:
        """A goal of the business: whose promises it rests on."""
        return self._subject(request, "goal", name, self._reading.goal, lambda: self._reading.goals(None)["goals"])

    def _subject(
        self,
        request: Request,
        kind: str,
        name: str,
        read: Callable[[str, Instant | None], Document | None],
        all_of_them: Callable[[], list[Document]],
    ) -> Response:
        moment = self._moment(request)
        name = name or request.query_params.get("name", "")
        if not name:
            return RedirectResponse(f"{moment.links.organisation()}#{kind}s")
        summary = read(name, moment.at)
        if summary is None:
            near = get_close_matches(name, [other[kind] for other in all_of_them()], n=5, cutoff=0.5)
            then = "" if moment.at is None else f" as of {moment.calendar.day(moment.at)}"
            raise _Refused(404, f"There is no {kind} of that name{then}", f"No promise stands on “{name}”.", kind, near)
        promised = None if moment.at is not None else self._open_promises(kind, name, summary)
        advised = self._advised(request, name, moment) if kind == "team" else None
        status = 422 if advised is not None and advised.fault else 200
        shown: dict[str, Any] = {"kind": kind, "name": name, "summary": summary, "promised": promised, "advised": advised}
        return self._show("subject", request, moment, status, **shown)

    def _advised(self, request: Request, team: str, moment: _Moment) -> advice.Advised:
        """What the page was asked that a team may promise."""
        return advice.asked_of(request.query_params, lambda days, confidence: self._reading.advice(team, days, confidence, moment.at))

    def _open_promises(self, kind: str, name: str, summary: Document) -> list[Document]:
        """Open promises: the overdue, those at risk by their chance, the others by due date, and those without; the first 50."""
        found: list[Document] = []
        counts = summary["commitments"] | {"undated": summary["undated"]}
        for state in ("overdue", "at_risk", "pending", "undated"):
            if len(found) < _OPEN_SHOWN and counts[state]:
                room = _OPEN_SHOWN - len(found)
                order = _ORDER_OF.get(state, "id")
                found += self._reading.commitments(**{kind: name}, state=state, order=order, limit=room)["commitments"]
        return found

    def commitments(self, request: Request) -> Response:
        """The list of promises: filtered, ordered, a page at a time."""
        asked = {key: request.query_params.get(key, "").strip() for key in ("team", "customer", "goal", "state", "q", "order")}
        if asked["state"] not in ("", *_STATES) or asked["order"] not in ("", *_ORDERS):
            says = f"A state is one of {words.listed(list(_STATES))}; an order one of {words.listed(list(_ORDERS))}."
            raise _Refused(422, "That list does not exist", says)
        if len(asked["q"]) > TEXT_LENGTH:
            raise _Refused(
                422, "Nothing is as long as that", f"Look for a part of a title or an id, of {TEXT_LENGTH:,} characters at most."
            )
        order = asked["order"] = asked["order"] or _ORDER_OF.get(asked["state"], "id")
        filters: dict[str, Any] = {key: value or None for key, value in asked.items() if key != "order"} | {"order": order}
        cursor = request.query_params.get("cursor") or None
        try:
            found = self._reading.commitments(**filters, limit=_PAGE, cursor=cursor)
        except ValueError:
            raise _no_such_page() from None
        shown: dict[str, Any] = {"asked": asked, "found": found, "names": self._names(asked), "states": _STATES, "first": cursor is None}
        return self._show("commitments", request, self._moment(request), **shown)

    def _names(self, asked: dict[str, str]) -> dict[str, list[str]]:
        """What the filters offer: all names there are, and the one asked for."""
        known = {
            "team": self._reading.teams(None)["teams"],
            "customer": self._reading.customers(None)["customers"],
            "goal": self._reading.goals(None)["goals"],
        }
        return {kind: sorted({*(one[kind] for one in all_), asked[kind]} - {""}, key=str.casefold) for kind, all_ in known.items()}

    def commitment(self, request: Request, id: str) -> Response:
        """One promise: its life, verdicts, terms and history."""
        moment = self._moment(request)
        id = id or request.query_params.get("id", "")
        if not id:
            return RedirectResponse("/commitments")
        found = self._reading.commitment(id, moment.at, moment.known_at)
        if found is None:
            raise _Refused(
                404, "There is no such promise", f"Nothing is known of “{id}”{'' if moment.at is None else ' at that time'}.", "commitment"
            )
        return self._show("commitment", request, moment, commitment=found)

    def deliveries(self, request: Request) -> Response:
        """What tools sent, the latest first: of a source, with a result, a page at a time."""
        asked = {key: request.query_params.get(key, "").strip() for key in ("source", "result")}
        if asked["result"] not in ("", *traces.RESULTS):
            raise _Refused(422, "That list does not exist", f"What became of a delivery is one of {words.listed(list(traces.RESULTS))}.")
        cursor = request.query_params.get("cursor") or None
        if cursor is not None and re.match(DELIVERY_ID, cursor) is None:
            raise _no_such_page()
        filters: dict[str, Any] = {key: value or None for key, value in asked.items()}
        found = self._reading.deliveries(limit=_PAGE, cursor=cursor, **filters)
        sources = sorted({*self._reading.delivery_sources(), asked["source"]} - {""})
        return self._show("deliveries", request, self._moment(request), asked=asked, found=found, sources=sources, first=cursor is None)

    def delivery(self, request: Request, id: str) -> Response:
        """What became of one thing that a tool sent."""
        found = self._reading.delivery(id)
        if found is None:
            raise _Refused(404, "There is no such delivery", f"Nothing was received under “{id}”, or it is no longer kept.", "delivery")
        return self._show("delivery", request, self._moment(request), delivery=found)

    def _moment(self, request: Request) -> _Moment:
        return _Moment(request, self._clock())

    def _show(self, template: str, request: Request, moment: _Moment | None, status: int = 200, **shown: Any) -> Response:
        now = self._clock()
        html = _TEMPLATES.get_template(f"{template}.html.jinja").render(
            request=request,
            now=now,
            target=self._target,
            banner=self._banner,
            as_of=None if moment is None else moment.at,
            known_at=None if moment is None else moment.known_at,
            calendar=Calendar(now) if moment is None else moment.calendar,
            links=Links() if moment is None else moment.links,
            **shown,
        )
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
