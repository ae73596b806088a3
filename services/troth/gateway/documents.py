"""The shapes of what the API answers, for OpenAPI; the documents themselves are made in the domain."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Ratio = float | None


class OnTime(BaseModel):
    """Share on time against each date."""

    requested: Ratio
    original: Ratio
    agreed: Ratio


class Outcomes(BaseModel):
    """Commitments by verdict on the agreed date, all time."""

    kept: int
    late: int
    slipped: int
    broken: int
    over_budget: int
    void: int


class OpenCommitments(BaseModel):
    """Open dated commitments, each in one state."""

    pending: int
    at_risk: int
    overdue: int


class Summary(BaseModel):
    """A subject's score: a team, a customer, a goal, or two of them for a relationship."""

    team: str | None = None
    customer: str | None = None
    goal: str | None = None
    at: str = Field(json_schema_extra={"format": "date-time"})
    reliability: float = Field(description="share of the next promises to expect kept, 0 to 1")
    low: float = Field(description="lower end of its 90 % interval")
    high: float = Field(description="upper end of its 90 % interval")
    evidence: float = Field(description="outcomes behind it, in fresh promises")
    enough: bool = Field(description="whether there is evidence enough to judge by")
    padded: bool = Field(description="whether the dates say little: kept surely, in under half of the time")
    kept_ratio: Ratio
    on_time: OnTime
    in_budget: Ratio
    acceptance: Ratio
    rating: float | None
    surprise: Ratio
    moved: Ratio
    margin: dict[Literal["0.1", "0.5", "0.9"], float | None] = Field(
        description="quantiles of the part of the promised time left at delivery"
    )
    outcomes: Outcomes
    commitments: OpenCommitments
    undated: int = Field(description="open commitments without a date")
    next_due: str | None
    oldest_overdue: str | None


class TrendDay(BaseModel):
    """The score at the end of a day, with what is known now."""

    day: str
    reliability: float
    low: float
    high: float
    evidence: float


class Organisation(Summary):
    """The whole, with its trend."""

    trend: list[TrendDay]


class Team(Organisation):
    """A team with its trend, and how it stands with each customer and for each goal."""

    customers: list[Summary]
    goals: list[Summary]


class Served(Organisation):
    """A customer or a goal with its trend, and how each team stands with it."""

    teams: list[Summary]


class Teams(BaseModel):
    """All teams, worst first."""

    at: str
    unmade: int
    teams: list[Summary]


class Customers(BaseModel):
    """All customers, worst served first."""

    at: str
    customers: list[Summary]


class Goals(BaseModel):
    """All goals, worst served first."""

    at: str
    goals: list[Summary]


class AdviceDocument(BaseModel):
    """What a team may promise: its estimate times the factor that held so far; null where no date holds or too little is known."""

    team: str
    at: str
    days: float
    confidence: float
    evidence: float
    enough: bool
    factor: float | None
    advised_days: float | None
    why: str


class Verdicts(BaseModel):
    """The verdict against each date."""

    requested: str
    original: str
    agreed: str


class Forecast(BaseModel):
    """What the chance of an open promise is made of."""

    elapsed: int = Field(description="hundredths of the promised time that have gone")
    in_time: float = Field(description="the team's outcomes after that point that were in time, in fresh promises")
    longer: float = Field(description="all of the team's outcomes after that point, in fresh promises")
    organisation: float = Field(description="reliability of the organisation, 0 to 1; three promises of it stand beside the team's")
    enough: bool = Field(description="whether the team has evidence enough for the chance to put a promise at risk")
    warned_at: str | None = Field(description="when the team warned, for the date in force")
    risk_at: str | None = Field(description="when it falls, or fell, at risk; null where nothing tells of a risk")
    why: str = Field(description="how the chance is made up, in a sentence with the counts")
    moved_by: str = Field(description="what puts it at risk, and what would move it")


class Commitment(BaseModel):
    """One promise: terms, state and verdict."""

    id: str
    team: str | None
    customer: str | None
    goal: str | None
    title: str | None
    url: str | None
    conditions: str | None
    weight: float
    made_at: str | None
    requested_at: str | None
    original_due_at: str | None
    due_at: str | None
    expected_at: str | None
    budget: float | None
    unit: str | None
    cost: float | None
    state: Literal["unmade", "open", "delivered", "revoked", "cancelled"]
    closed_at: str | None
    word: Literal["accepted", "rejected"] | None
    rating: int | None
    verdict: Verdicts
    why: str
    chance: float | None
    at_risk: bool
    forecast: Forecast | None = Field(description="null where it is not open, has no date, or its date has passed")


class HistoryEvent(BaseModel):
    """A CloudEvent as posted, when it was recorded, and what it did or why nothing."""

    model_config = ConfigDict(extra="allow")
    recorded_at: str
    effect: str
    late_news: bool


class CommitmentLife(Commitment):
    """One promise with its history, in order."""

    history: list[HistoryEvent]


class Commitments(BaseModel):
    """A page of promises."""

    commitments: list[Commitment]
    next: str | None = Field(description="the cursor of the next page")


class EventName(BaseModel):
    """What names an event: its source and id, within its commitment."""

    source: str
    id: str
    subject: str


class Accepted(BaseModel):
    """Stored durably: the delivery's id, its events, and how many of them were known already to the program that took it: a
    gateway knows only what one delivery says twice.
    """

    delivery: str
    events: list[EventName]
    duplicates: int


class TracedEvent(EventName):
    """An event that a delivery became, and what it says happened."""

    type: str


class DeliveryTrace(BaseModel):
    """What became of a delivery, or why nothing; and whether it was mapped again since, or is such a mapping."""

    id: str
    source: str
    received_at: str
    result: Literal["mapped", "empty", "duplicate", "remapped"]
    what: str
    reason: str
    events: list[TracedEvent]
    new: int
    duplicates: int
    remap_of: str | None = Field(description="the delivery that this is a later mapping of")
    remapped_by: str | None = Field(description="the trace of its latest mapping, where it was mapped again")


class Deliveries(BaseModel):
    """A page of deliveries, latest first, each with at most ten of its events."""

    deliveries: list[DeliveryTrace]
    next: str | None


class Notice(BaseModel):
    """Something to tell of a promise, once for each date."""

    id: str
    kind: str
    commitment: str
    team: str
    customer: str | None
    goal: str | None
    title: str
    date: str
    at: str
    recorded_at: str


class Notices(BaseModel):
    """A page of notices, latest first."""

    notices: list[Notice]
    next: str | None


class ProblemDetails(BaseModel):
    """RFC 9457 problem details; `errors` names each fault with a JSON pointer to it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None
