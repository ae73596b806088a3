"""The topics of a cluster as an AsyncAPI document: from their one declaration, the event models, and the shapes of the records."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas import records
from troth import __version__
from troth.domain.event_models import EVENT_MODELS
from troth.stream.records import CLOUD_EVENT, CONTENT_TYPE
from troth.stream.topics import Topic, Topics

_BINDING: Final = "0.5.0"
_JSON: Final = "application/json"
_REFERENCE: Final = "#/components/schemas/{model}"
_PROGRAMS: Final = {
    "gateway": {"send": ("events", "deliveries"), "receive": ()},
    "scorer": {"send": ("standings", "tallies", "scores", "notices", "rejected"), "receive": ("events", "standings", "tallies", "scores")},
    "replica": {"send": (), "receive": ("events", "deliveries", "notices")},
    "notifier": {"send": ("told",), "receive": ("events", "notices", "told")},
}
_ABOUT: Final = (
    "The topics between the programs of a cluster. Names carry the prefix of the setting topic_prefix; partitions and replicas are those "
    "of the settings partitions and replication_factor. Whoever has the broker's rights may publish to troth.events; what is no event "
    "lands in troth.rejected with its reason. The other topics are for reading."
)


class _Message(NamedTuple):
    """A kind of record: its models (a record is one of them, or with `listed` a list of one), and the key in words."""

    models: tuple[type[BaseModel], ...]
    key: str
    content_type: str = _JSON
    listed: bool = False
    tombstone: str = ""


_MESSAGES: Final[dict[str, dict[str, _Message]]] = {
    "events": {"event": _Message(EVENT_MODELS, "the commitment: the event's subject, in UTF-8", CLOUD_EVENT)},
    "standings": {"row": _Message((), "the commitment in UTF-8, or what lies beside one", "application/octet-stream")},
    "tallies": {
        "tally": _Message(
            (records.Tally,), 'the subject\'s JSON, team, customer and goal, and the partition of the log: ["a",null,null]|3'
        ),
        "stated": _Message((records.Stated,), "the partition of the log alone: |3"),
    },
    "scores": {
        "score": _Message(
            (records.TeamScore, records.Score),
            "the subject's JSON: team, customer and goal",
            tombstone="No value says that no commitment stands on the subject any more.",
        )
    },
    "notices": {"notice": _Message((records.Notice,), "the commitment in UTF-8")},
    "deliveries": {"deliveries": _Message((records.Delivery,), "the id of the delivery, or of the first of several", listed=True)},
    "told": {"said": _Message((records.Said,), "the receiver, empty in a claim")},
    "rejected": {"rejection": _Message((records.Rejection,), "that of the record, none where it has none")},
}


def asyncapi_document(comment: str) -> dict[str, Any]:
    """The document, AsyncAPI 3.0.0."""
    topics = Topics()
    return {
        "asyncapi": "3.0.0",
        "x-comment": comment,
        "info": {"title": "Troth", "version": __version__, "description": _ABOUT, "license": {"name": "Apache-2.0"}},
        "defaultContentType": _JSON,
        "channels": {name: _channel(name, getattr(topics, name)) for name in _MESSAGES},
        "operations": dict(_operations()),
        "components": {
            "messages": {name: _message(message) for messages in _MESSAGES.values() for name, message in messages.items()},
            "schemas": _schemas(),
        },
    }


def _channel(name: str, topic: Topic) -> dict[str, Any]:
    config = {setting: _value(setting, value) for setting, value in topic.config}
    kafka = {"topic": topic.name, "partitions": topic.partitions, "topicConfiguration": config, "bindingVersion": _BINDING}
    return {
        "address": topic.name,
        "title": topic.holds,
        "description": f"{topic.holds[0].upper()}{topic.holds[1:]}. Key: {topic.key}. Kept: {topic.kept}.",
        "messages": {message: {"$ref": f"#/components/messages/{message}"} for message in _MESSAGES[name]},
        "bindings": {"kafka": kafka},
    }


def _value(setting: str, value: str) -> Any:
    if setting == "cleanup.policy":
        return value.split(",")
    return int(value) if value.removeprefix("-").isdecimal() else value


def _operations() -> Iterator[tuple[str, Any]]:
    for program, does in _PROGRAMS.items():
        for action, names in does.items():
            for name in names:
                yield (
                    f"{program}.{action}.{name}",
                    {
                        "action": action,
                        "channel": {"$ref": f"#/channels/{name}"},
                        "title": f"troth {program} {'publishes' if action == 'send' else 'reads'} {name}",
                        "messages": [{"$ref": f"#/channels/{name}/messages/{message}"} for message in _MESSAGES[name]],
                    },
                )


def _message(message: _Message) -> dict[str, Any]:
    said: dict[str, Any] = {"contentType": message.content_type}
    if message.tombstone:
        said["description"] = message.tombstone
    if message.content_type == CLOUD_EVENT:
        header = {"type": "string", "const": CLOUD_EVENT}
        said["headers"] = {"type": "object", "properties": {CONTENT_TYPE: header}}
    key = {"type": "string", "description": message.key}
    return {**said, "payload": _payload(message), "bindings": {"kafka": {"key": key, "bindingVersion": _BINDING}}}


def _payload(message: _Message) -> dict[str, Any]:
    models = [{"$ref": _REFERENCE.format(model=model.__name__)} for model in message.models]
    if not models:
        return {"type": "string", "description": "bytes of the scorers' own, which may change with any version"}
    one = models[0] if len(models) == 1 else {"oneOf": models}
    return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]} if message.listed else one


def _schemas() -> dict[str, Any]:
    models = [model for messages in _MESSAGES.values() for message in messages.values() for model in message.models]
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template=_REFERENCE)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions
