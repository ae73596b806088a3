"""The shapes of the records on Kafka's topics, for AsyncAPI; the records themselves are made in troth.stream. Tests hold them to it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from troth.domain.notices import KINDS
from troth.gateway.documents import Summary
from troth.stream.told import WHATS

Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Version = Annotated[
    list[int],
    Field(
        min_length=2,
        max_length=2,
        description="how far the partition of the log is read, and the instant in microseconds since 1970 UTC; the higher wins",
    ),
]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Tally(_Record):
    """What one partition of the log says of a subject: absolute, so that a replay sets and never adds."""

    version: Version
    made: int
    unmade: int = Field(description="commitments without a promise in the whole partition; with the organisation alone, else 0")
    undated: int
    dated: int = Field(description="open ones with a date, of which some are overdue or at risk")
    overdue: int
    at_risk: int
    next_due: int | None = Field(description="microseconds since 1970 UTC")
    oldest_overdue: int | None = Field(description="microseconds since 1970 UTC")
    cells: str = Field(description="the sums, in hexadecimal, by spaces")
    paces: str = Field(description="weights by hundredths of the promised time that delivery took: pace:weight in hexadecimal, by spaces")


class Stated(_Record):
    """All that a partition of the log has to say it said as of this version or since; its key names no subject."""

    version: Version


class Score(Summary):
    """The summary of a subject, as GET /v1/teams has it."""

    model_config = ConfigDict(extra="forbid")
    at: Timestamp


class TeamScore(Score):
    """The summary of a team, with the elapsed hundredths from which its promises are at risk."""

    threshold: int | None = Field(description="null where there is too little evidence")


class Notice(_Record):
    """Something to tell of a promise, once for each date."""

    id: str
    kind: str = Field(json_schema_extra={"enum": list(KINDS)})
    commitment: str
    date: Timestamp
    at: Timestamp
    team: str
    customer: str | None
    goal: str | None
    title: str


class Said(_Record):
    """What a notifier tells the others: that it claims the turn, since when a receiver hears, or what became of notices to one."""

    by: str = Field(description="the notifier's name of this run")
    what: str = Field(json_schema_extra={"enum": list(WHATS)})
    receiver: str
    notices: list[str] = Field(description="their ids")
    at: Timestamp | None


class EventName(_Record):
    """What names an event, and what it says happened."""

    source: str
    id: str
    subject: str
    type: str


class Delivery(_Record):
    """What became of a delivery, or why nothing; and what is kept of it, without people."""

    id: str
    source: str
    received_at: Timestamp
    what: str
    reason: str
    kept: str | None
    events: list[EventName]


class Text(_Record):
    """Bytes that are text, the first of them."""

    text: str


class Base64(_Record):
    """Bytes that are none, the first of them."""

    base64: str


class Rejection(_Record):
    """A record of the log that is no event: where it lies, why it is rejected, and the first bytes of it."""

    reason: str
    topic: str
    partition: int
    offset: int
    recorded_at: Timestamp
    key: Text | Base64 | None
    value: Text | Base64 | None
    bytes: int = Field(description="length of its value")
