"""What OpenAPI says of posting, where a route reads its body itself: the schemas are those of the domain's models."""

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from troth.domain.event_models import EVENT_MODELS
from troth.gateway import documents as shape
from troth.gateway.cloudevents import BATCH, EVENTS_A_BATCH, JSON, STRUCTURED

POSTED_TO: Final = "/v1/events"
DELIVERED_TO: Final = "/webhooks/{source}"
REFERENCE: Final = "#/components/schemas/{model}"
_PROBLEMS_OF_DELIVERIES: Final = {
    400: "Not JSON.",
    401: "The signature does not hold, or the source is off: no secret is configured for it.",
    404: "No such source.",
    413: "Over 10 MB.",
    415: "Not JSON's content type.",
    503: "The ledger cannot be written now; see Retry-After.",
}
_PROBLEMS: Final = {
    400: "Not JSON.",
    401: "No token, a wrong one, or a signature that does not hold.",
    403: "A retraction with an ordinary token.",
    409: "A name that already stands for other content.",
    413: "Over 10 MB, or over 10,000 events.",
    415: "Not JSON's content type, or an unknown encoding.",
    422: "An event that is malformed; each fault is named with its path.",
    503: "The ledger cannot be written now; see Retry-After.",
}


def problem_answers(statuses: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """Responses of OpenAPI that are problem details."""
    schema = {"$ref": REFERENCE.format(model=shape.ProblemDetails.__name__)}
    return {
        str(status): {"description": text, "content": {"application/problem+json": {"schema": schema}}} for status, text in statuses.items()
    }


def accepted_answer() -> dict[int | str, dict[str, Any]]:
    """The response 202 of OpenAPI."""
    schema = {"$ref": REFERENCE.format(model=shape.Accepted.__name__)}
    return {"202": {"description": "Stored durably.", "content": {"application/json": {"schema": schema}}}}


_EVENT: Final = {"oneOf": [{"$ref": REFERENCE.format(model=model.__name__)} for model in EVENT_MODELS]}
_BATCH: Final = {"type": "array", "items": _EVENT, "maxItems": EVENTS_A_BATCH}
_ANY_OF_THEM: Final = {
    "anyOf": [_EVENT, _BATCH, {"type": "object"}],
    "description": "an event, a list of them, or in binary mode an event's data, with its attributes in ce-* headers",
}
POST_EVENTS: Final[dict[str, Any]] = {
    "tags": ["events"],
    "summary": "Post events",
    "operationId": "post_events",
    "description": "CloudEvents: one (structured or binary), or a batch of up to 10,000, all of it or nothing.",
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": _EVENT},
            BATCH: {"schema": _BATCH},
            JSON: {"schema": _ANY_OF_THEM},
        },
    },
    "responses": {**accepted_answer(), **problem_answers(_PROBLEMS)},
    "security": [{"bearer": []}],
}
POST_WEBHOOK: Final[dict[str, Any]] = {
    "tags": ["webhooks"],
    "summary": "Post Webhook",
    "description": "A tool's native delivery. One that maps to no event is a 202 with an empty list; its trace says why.",
    "operationId": "post_webhook_webhooks__source__post",
    "parameters": [{"name": "source", "in": "path", "required": True, "schema": {"type": "string", "title": "Source"}}],
    "responses": {**accepted_answer(), **problem_answers(_PROBLEMS_OF_DELIVERIES)},
}
BARE: Final = {POSTED_TO: {"post": POST_EVENTS}, DELIVERED_TO: {"post": POST_WEBHOOK}}


def components() -> dict[str, Any]:
    """Schemas that the routes above refer to."""
    models = [(model, "validation") for model in (*EVENT_MODELS, shape.Accepted, shape.EventName, shape.ProblemDetails)]
    _, schema = models_json_schema(models, ref_template=REFERENCE)  # type: ignore[arg-type]  # a list of pairs, as it asks for
    definitions: dict[str, Any] = schema["$defs"]
    return definitions
