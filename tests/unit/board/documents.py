"""Handmade documents for the board's tests, and a reading that answers with them."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from troth.domain.instants import Instant, format_instant, parse_instant

Document = dict[str, Any]

NOW = parse_instant("2026-11-23T07:00:00Z")
DAY = 86_400_000_000


def at(days: float) -> str:
    """A time so many days from now, as documents have it."""
    return format_instant(NOW + int(days * DAY))


def summary(**changes: Any) -> Document:
    """The summary of a team that may or may not reach a target of 0.8."""
    return {
        "team": "Payments",
        "at": at(0),
        "reliability": 0.79,
        "low": 0.68,
        "high": 0.9,
        "evidence": 33.2,
        "enough": True,
        "padded": False,
        "kept_ratio": 0.81,
        "on_time": {"requested": 0.4, "original": 0.6, "agreed": 0.81},
        "in_budget": 0.9,
        "acceptance": 0.95,
        "rating": 3.94,
        "surprise": 0.2,
        "moved": 0.3,
        "margin": {"0.1": -0.31, "0.5": 0.12, "0.9": 0.5},
        "outcomes": {"kept": 37, "late": 6, "slipped": 1, "broken": 2, "over_budget": 0, "void": 1},
        "commitments": {"pending": 10, "at_risk": 0, "overdue": 1},
        "undated": 0,
        "next_due": at(8),
        "oldest_overdue": at(-12),
    } | changes


def unjudged(**changes: Any) -> Document:
    """The summary of a team of which next to nothing is known."""
    nothing: Document = dict.fromkeys(("kept_ratio", "in_budget", "acceptance", "rating", "surprise", "moved"))
    return summary(
        **nothing
        | {
            "reliability": 0.5,
            "low": 0.0,
            "high": 1.0,
            "evidence": 0.0,
            "enough": False,
            "on_time": {"requested": None, "original": None, "agreed": None},
            "margin": {"0.1": None, "0.5": None, "0.9": None},
            "outcomes": dict.fromkeys(("kept", "late", "slipped", "broken", "over_budget", "void"), 0),
            "commitments": {"pending": 1, "at_risk": 0, "overdue": 0},
            "oldest_overdue": None,
        }
        | changes
    )


def points(values: Iterable[tuple[float, float]]) -> list[Document]:
    """A daily trend up to today: (reliability, evidence) each day, oldest first."""
    days = list(values)
    return [
        {"day": at(place - len(days) + 1)[:10], "reliability": value, "low": value - 0.1, "high": min(1, value + 0.1), "evidence": evidence}
        for place, (value, evidence) in enumerate(days)
    ]


def event(kind: str, days: float, effect: str, *, recorded: float | None = None, **data: Any) -> Document:
    """An event of a history, `days` from now."""
    return {
        "specversion": "1.0",
        "id": f"{kind}{days}",
        "source": "tracker",
        "type": f"troth.{kind}",
        "subject": "nordic-cards",
        "time": at(days),
        "data": data,
        "recorded_at": at(days if recorded is None else recorded),
        "effect": effect,
    }


def commitment(**changes: Any) -> Document:
    """A promise moved once in time and kept a day early, within its budget."""
    return {
        "id": "nordic-cards",
        "team": "Payments",
        "customer": "Sales",
        "goal": "Open the Nordic market",
        "title": "Card payments in Norway",
        "url": "https://tracker.example/1",
        "conditions": None,
        "weight": 1,
        "made_at": "2026-06-01T09:00:00.000000Z",
        "requested_at": "2026-08-31T23:59:59.999999Z",
        "original_due_at": "2026-09-18T23:59:59.999999Z",
        "due_at": "2026-10-09T23:59:59.999999Z",
        "expected_at": None,
        "budget": 135000,
        "unit": "EUR",
        "cost": 131400,
        "state": "delivered",
        "closed_at": "2026-10-08T12:00:00.000000Z",
        "word": "accepted",
        "rating": 4,
        "verdict": {"requested": "late", "original": "late", "agreed": "kept"},
        "why": "Delivered at 2026-10-08T12:00:00.000000Z, by its date 2026-10-09T23:59:59.999999Z.",
        "chance": None,
        "at_risk": False,
        "forecast": None,
        "history": history(),
    } | changes


def history() -> list[Document]:
    """The events of that promise."""
    made: Document = {"title": "Card payments in Norway", "team": "Payments", "due_at": "2026-09-18", "budget": 120000, "unit": "EUR"}
    return [
        event("commitment-made", -175, "promises, by a date", **made),
        event(
            "commitment-warned", -112, "warns that it may slip", recorded=-110, expected_at="2026-10-09", reason="The bank certifies late"
        ),
        event("commitment-renegotiated", -105, "sets the date and sets the budget", due_at="2026-10-09", budget=135000, agreed=True),
        event("commitment-renegotiated", -55, "history, not in force: the customer refused", due_at="2026-10-23", agreed=False),
        event("commitment-delivered", -46, "delivers and reports the cost", cost=131400),
        event("commitment-delivered", -45, "nothing: it was already delivered", cost=131400),
        event("commitment-accepted", -40, "the customer is satisfied", rating=4),
    ]


def overdue(**changes: Any) -> Document:
    """An open promise of which the date passed twelve days ago."""
    return commitment(
        **{
            "id": "receipts",
            "title": "Receipts in four languages",
            "state": "open",
            "closed_at": None,
            "due_at": at(-12),
            "original_due_at": at(-12),
            "word": None,
            "rating": None,
            "cost": None,
            "verdict": {"requested": "slipped", "original": "slipped", "agreed": "slipped"},
            "why": "Its date passed and it is not delivered.",
            "history": [event("commitment-made", -50, "promises, by a date", due_at=at(-12), title="Receipts")],
        }
        | changes
    )


def ahead(**changes: Any) -> Document:
    """An open promise on course, due in eight days."""
    return commitment(
        **{
            "id": "splits",
            "title": "Split payment for large orders",
            "state": "open",
            "closed_at": None,
            "due_at": at(8),
            "original_due_at": at(8),
            "requested_at": None,
            "word": None,
            "rating": None,
            "cost": None,
            "verdict": {"requested": "undated", "original": "pending", "agreed": "pending"},
            "why": f"It is open and due at {at(8)}.",
            "chance": 0.812,
            "forecast": forecast(),
            "history": [event("commitment-made", -50, "promises, by a date", due_at=at(8), title="Split payment")],
        }
        | changes
    )


def forecast(**changes: Any) -> Document:
    """What the chance of a promise is made of that falls at risk in five days."""
    return {
        "elapsed": 86,
        "in_time": 9.0,
        "longer": 12.0,
        "organisation": 0.75,
        "enough": True,
        "warned_at": None,
        "risk_at": at(5),
        "why": "86 in 100 of its time has gone. Of about 12 fresh promises, 9 were in time: 81 in 100.",
        "moved_by": f"It falls at risk at {at(5)} unless it is delivered before.",
    } | changes


class FakeReading:
    """A reading of one team, one customer, one goal and what is given; it remembers how it was asked."""

    def __init__(self, promises: list[Document] | None = None, teams: list[Document] | None = None) -> None:
        self.promises = [commitment(), overdue()] if promises is None else promises
        self.team_summaries = [summary()] if teams is None else teams
        self.trend = points([(0.7, 5.0)] * 120)
        self.asked: list[dict[str, Any]] = []
        self.advised: Document | None = advised()

    def teams(self, at: Instant | None) -> Document:
        return {"at": format_instant(NOW if at is None else at), "unmade": 0, "teams": self.team_summaries}

    def team(self, name: str, at: Instant | None) -> Document | None:
        found = next((team for team in self.team_summaries if team["team"] == name), None)
        pairs = {"customers": [summary(customer="Sales")], "goals": [summary(goal="Open the Nordic market")]}
        return None if found is None else found | {"trend": self.trend} | pairs

    def customers(self, at: Instant | None) -> Document:
        return {"customers": [_without_team(customer="Sales")] if self.team_summaries else []}

    def customer(self, name: str, at: Instant | None) -> Document | None:
        teams = [summary(customer=name)]
        return self._served(customer=name) | {"teams": teams} if name == "Sales" else None

    def goals(self, at: Instant | None) -> Document:
        return {"goals": [_without_team(goal="Open the Nordic market")] if self.team_summaries else []}

    def goal(self, name: str, at: Instant | None) -> Document | None:
        teams = [summary(goal=name)]
        return self._served(goal=name) | {"teams": teams} if name == "Open the Nordic market" else None

    def _served(self, **subject: str) -> Document:
        return _without_team(**subject) | {"trend": self.trend, "commitments": self.team_summaries[0]["commitments"]}

    def organisation(self, at: Instant | None) -> Document:
        return _without_team() | {"trend": self.trend}

    def trends(self, at: Instant | None) -> dict[str, list[float | None]]:
        return {team["team"]: [0.7, 0.72] * 13 for team in self.team_summaries}

    def commitments(self, **asked: Any) -> Document:
        if asked.get("cursor") == "forged":
            raise ValueError("not a cursor of ours")
        self.asked.append(asked)
        found = [one for one in self.promises if _is_in(one, asked.get("state"))]
        return {"commitments": found, "next": "more/2" if asked.get("state") is None else None}

    def commitment(self, id: str, at: Instant | None = None, known_at: Instant | None = None) -> Document | None:
        return next((one for one in self.promises if one["id"] == id), None)

    def deliveries(self, **asked: Any) -> Document:
        self.asked.append(asked)
        return {"deliveries": [self.delivery("d1")], "next": "00-00000000-0"}

    def delivery_sources(self) -> list[str]:
        return ["events", "github"]

    def delivery(self, id: str) -> Document | None:
        if id != "d1":
            return None
        events = [{"source": "tracker", "id": "1", "subject": "nordic-cards", "type": "troth.commitment-made"}]
        became: Document = {"result": "mapped", "what": "issues.opened", "reason": "", "events": events, "new": 1, "duplicates": 0}
        return {"id": id, "source": "github", "received_at": at(-1), "remap_of": None, "remapped_by": "d2"} | became

    def advice(self, team: str, days: Fraction, confidence: Fraction, at: Instant | None) -> Document | None:
        self.asked.append({"team": team, "days": days, "confidence": confidence, "at": at})
        return self.advised

    def notices(self, *, limit: int, cursor: str | None) -> Document:
        notice = {"id": "n", "kind": "slipped", "commitment": "receipts", "team": "Payments", "customer": "Sales", "title": "Receipts"}
        return {"notices": [notice | {"date": at(-12), "at": at(-12)}], "next": None}


def advised(**changes: Any) -> Document:
    """What a team may promise that would promise 20 days."""
    return {
        "team": "Payments",
        "at": at(0),
        "days": 20.0,
        "confidence": 0.85,
        "evidence": 33.2,
        "enough": True,
        "factor": 1.31,
        "advised_days": 26.2,
        "why": "Of about 33.2 fresh promises, 28.5 took up to 1.31 times what was promised, which is at least 85 in 100.",
    } | changes


def _without_team(**subject: Any) -> Document:
    return {name: value for name, value in summary().items() if name != "team"} | subject


def _is_in(one: Document, state: str | None) -> bool:
    verdicts = {"overdue": "slipped", "pending": "pending", "at_risk": "pending", "delivered": "kept"}
    return state not in verdicts or (one["verdict"]["agreed"] == verdicts[state] and one["at_risk"] == (state == "at_risk"))
