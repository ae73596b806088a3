"""The events of a commitment's life as CloudEvents: one pydantic model a type, and one union of them.

The types, their fields and their order are those of SCORING.md, "Events". JSON Schema, OpenAPI and the check of what
is posted all come from here. Data are typed dicts, so that a field that is absent is absent, and never null.
"""

from typing import Annotated, Final, Literal, NotRequired, Required, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, with_config
from typing_extensions import TypedDict

from troth.domain.fields import Due, DueOrNull, Line, Lines, Money, Name, Rating, Time, Url, Weight

_STRICT: Final = ConfigDict(extra="forbid", strict=True)


@with_config(_STRICT)
class MadeData(TypedDict):
    """The promise: who, what, to whom, for which goal, by when, within what."""

    team: Required[Name]
    title: Required[Line]
    due_at: NotRequired[Due]
    customer: NotRequired[Name]
    goal: NotRequired[Name]
    requested_at: NotRequired[Due]
    budget: NotRequired[Money]
    unit: NotRequired[Name]
    weight: NotRequired[Weight]
    url: NotRequired[Url]
    conditions: NotRequired[Lines]


@with_config(_STRICT)
class ReasonData(TypedDict):
    """Why, in the team's or the customer's words."""

    reason: NotRequired[Lines]


@with_config(_STRICT)
class AmendedData(TypedDict):
    """A correction of anything that is not a term; what is absent stays."""

    team: NotRequired[Name]
    customer: NotRequired[Name]
    goal: NotRequired[Name]
    requested_at: NotRequired[Due]
    title: NotRequired[Line]
    url: NotRequired[Url]
    conditions: NotRequired[Lines]


@with_config(_STRICT)
class RenegotiatedData(TypedDict):
    """New terms; what is absent stays, `due_at: null` removes the date."""

    due_at: NotRequired[DueOrNull]
    budget: NotRequired[Money]
    agreed: NotRequired[bool]
    reason: NotRequired[Lines]


@with_config(_STRICT)
class WarnedData(TypedDict):
    """The team says early that it may slip."""

    expected_at: NotRequired[Due]
    reason: NotRequired[Lines]


@with_config(_STRICT)
class DeliveredData(TypedDict):
    """What it cost, in the unit of the promise."""

    cost: NotRequired[Money]


@with_config(_STRICT)
class AcceptedData(TypedDict):
    """The customer's rating, 1 to 5."""

    rating: NotRequired[Rating]


@with_config(_STRICT)
class RejectedData(TypedDict):
    """The customer's rating, and why."""

    rating: NotRequired[Rating]
    reason: NotRequired[Lines]


@with_config(_STRICT)
class RetractedData(TypedDict):
    """The name of the event of this commitment that never happened, and why."""

    source: Required[Name]
    id: Required[Name]
    reason: Required[Lines]


class CloudEvent(BaseModel):
    """The envelope, CloudEvents 1.0: `subject` is the commitment, (`source`, `id`) names the event within it."""

    model_config = ConfigDict(extra="allow", strict=True)
    specversion: Literal["1.0"]
    id: Name
    source: Name
    subject: Name
    time: Time = Field(default=None, description="when it happened in the world; the clock's where absent")
    datacontenttype: Annotated[str, StringConstraints(pattern=r"^application/([a-z0-9.+-]+\+)?json *(;.*)?$")] = "application/json"


class CommitmentMade(CloudEvent):
    """The promise."""

    type: Literal["troth.commitment-made"]
    data: MadeData


class CommitmentReopened(CloudEvent):
    """It was not complete after all; also revives a closed one."""

    type: Literal["troth.commitment-reopened"]
    data: ReasonData = Field(default_factory=ReasonData)


class CommitmentAmended(CloudEvent):
    """A correction of anything that is not a term."""

    type: Literal["troth.commitment-amended"]
    data: AmendedData = Field(default_factory=AmendedData)


class CommitmentRenegotiated(CloudEvent):
    """New terms."""

    type: Literal["troth.commitment-renegotiated"]
    data: RenegotiatedData = Field(default_factory=RenegotiatedData)


class CommitmentWarned(CloudEvent):
    """The team says early that it may slip."""

    type: Literal["troth.commitment-warned"]
    data: WarnedData = Field(default_factory=WarnedData)


class CommitmentDelivered(CloudEvent):
    """The team declares it complete."""

    type: Literal["troth.commitment-delivered"]
    data: DeliveredData = Field(default_factory=DeliveredData)


class CommitmentAccepted(CloudEvent):
    """The customer is satisfied; delivers an open one."""

    type: Literal["troth.commitment-accepted"]
    data: AcceptedData = Field(default_factory=AcceptedData)


class CommitmentRejected(CloudEvent):
    """The customer is not satisfied; a delivered one is open again."""

    type: Literal["troth.commitment-rejected"]
    data: RejectedData = Field(default_factory=RejectedData)


class CommitmentRevoked(CloudEvent):
    """The team takes its word back."""

    type: Literal["troth.commitment-revoked"]
    data: ReasonData = Field(default_factory=ReasonData)


class CommitmentCancelled(CloudEvent):
    """The customer no longer wants it."""

    type: Literal["troth.commitment-cancelled"]
    data: ReasonData = Field(default_factory=ReasonData)


class EventRetracted(CloudEvent):
    """An event of this commitment never happened: a mistake in the record."""

    type: Literal["troth.event-retracted"]
    data: RetractedData


PostedEvent = Annotated[
    CommitmentMade
    | CommitmentReopened
    | CommitmentAmended
    | CommitmentRenegotiated
    | CommitmentWarned
    | CommitmentDelivered
    | CommitmentAccepted
    | CommitmentRejected
    | CommitmentRevoked
    | CommitmentCancelled
    | EventRetracted,
    Discriminator("type"),
]

# In the order of SCORING's table: of two events at one instant, the earlier row comes first.
EVENT_MODELS: Final[tuple[type[CloudEvent], ...]] = (
    CommitmentMade,
    CommitmentReopened,
    CommitmentAmended,
    CommitmentRenegotiated,
    CommitmentWarned,
    CommitmentDelivered,
    CommitmentAccepted,
    CommitmentRejected,
    CommitmentRevoked,
    CommitmentCancelled,
    EventRetracted,
)
EVENT_TYPES: Final[tuple[str, ...]] = tuple(get_args(model.model_fields["type"].annotation)[0] for model in EVENT_MODELS)
