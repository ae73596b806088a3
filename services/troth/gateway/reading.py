"""What the API's reading half and the board ask of a ledger.

Documents are JSON shapes as DESIGN.md's HTTP section has them; every time inside one is RFC 3339 in UTC with six digits.
`at` is the instant the answer is given for, None for now.
"""

from fractions import Fraction
from typing import Any, Literal, Protocol

from troth.domain.instants import Instant

Document = dict[str, Any]
CommitmentOrder = Literal["id", "due", "closed", "chance"]
DeliveryResult = Literal["mapped", "empty", "duplicate", "remapped"]


class Reading(Protocol):
    """A ledger as its readers see it. Safe to call from several threads."""

    def teams(self, at: Instant | None) -> Document:
        """`{"at", "unmade", "teams": [summary, worst first]}`."""

    def team(self, name: str, at: Instant | None) -> Document | None:
        """A team's summary with "customers", "goals" and "trend": `[{"day", "reliability", "low", "high", "evidence"}]`, up to 365 days."""

    def customers(self, at: Instant | None) -> Document:
        """`{"at", "customers": [summary, worst first]}`."""

    def customer(self, name: str, at: Instant | None) -> Document | None:
        """A customer's summary with "trend" and "teams", the relationships' summaries."""

    def goals(self, at: Instant | None) -> Document:
        """`{"at", "goals": [summary, worst first]}`."""

    def goal(self, name: str, at: Instant | None) -> Document | None:
        """A goal's summary with "trend" and "teams"."""

    def organisation(self, at: Instant | None) -> Document:
        """The summary of everything, with "trend"."""

    def trends(self, at: Instant | None) -> dict[str, list[float | None]]:
        """By team, its reliability at the end of each of the last 26 weeks, oldest first; None where there was no evidence yet."""

    def commitments(  # noqa: PLR0913 - one argument a filter, all by keyword
        self,
        *,
        team: str | None = None,
        customer: str | None = None,
        goal: str | None = None,
        state: str | None = None,
        q: str | None = None,
        order: CommitmentOrder = "id",
        limit: int = 100,
        cursor: str | None = None,
    ) -> Document:
        """`{"commitments": [commitment without history], "next": cursor or None}`, as of now.

        `state` is one of the states, or "overdue", "at_risk", "pending" or "undated": open ones with their date past, ahead and
        at risk, ahead and not at risk, or absent.
        By "due" the earliest date comes first, and only dated ones; by "closed" the latest delivery, and only delivered ones; by
        "chance" the lowest, then the earliest date, and only those at risk.
        A cursor that is not one of its own: ValueError.
        """

    def commitment(self, id: str, at: Instant | None = None, known_at: Instant | None = None) -> Document | None:
        """One commitment with its "history"; `known_at` asks what the ledger held then."""

    def deliveries(self, *, limit: int, cursor: str | None, source: str | None = None, result: DeliveryResult | None = None) -> Document:
        """`{"deliveries": [delivery], "next"}`, latest first. A cursor that is not one of its own: ValueError."""

    def delivery_sources(self) -> list[str]:
        """The sources that deliveries came from, by name."""

    def delivery(self, id: str) -> Document | None:
        """`{"id", "source", "received_at", "result", "what", "reason", "events": [{"source", "id", "subject", "type"}], "new",
        "duplicates", "remap_of", "remapped_by"}`.

        "result" is mapped, empty, duplicate or remapped; "reason" says why nothing came of it; in a list "events" may be the first few.
        A delivery that was mapped again names in "remapped_by" the trace of that, which names it in "remap_of".
        """

    def advice(self, team: str, days: Fraction, confidence: Fraction, at: Instant | None) -> Document | None:
        """What a team that would promise `days` may promise; None for a team that is not on record."""

    def notices(self, *, limit: int, cursor: str | None) -> Document:
        """`{"notices": [{"id", "kind", "commitment", "team", "customer", "title", "date", "at"}], "next"}`, latest first."""
