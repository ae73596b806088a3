"""CloudEvents over HTTP: structured, binary and batch, each to the documents that were posted (CloudEvents HTTP binding 1.0)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from troth.domain.events import Fault, Malformed
from troth.gateway.bodies import read_json
from troth.gateway.problems import Problem

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON = "application/json"
EVENTS_A_BATCH = 10_000
_ESCAPED = re.compile(r"\\(.)")


def posted_events(headers: Mapping[str, str], body: bytes) -> tuple[list[Any], bool]:
    """The events of a request, each as its sender wrote it, and whether they came as a batch.

    Raises Problem 400, 413 or 415, or Malformed where the shape is wrong.
    """
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (STRUCTURED, BATCH, JSON) and not ("ce-specversion" in headers and not body):
        raise Problem(415, f"The content type is {media_type[:80]!r}; send {STRUCTURED}, {BATCH}, or {JSON}.")
    if "ce-specversion" in headers and media_type not in (STRUCTURED, BATCH):
        return [_binary(headers, body)], False
    document = read_json(body)
    batch = media_type == BATCH or (media_type == JSON and isinstance(document, list))
    if not batch:
        return [document], False
    if not isinstance(document, list):
        raise Malformed([Fault("", f"is not a list, which {BATCH} says it is")])
    if len(document) > EVENTS_A_BATCH:
        raise Problem(413, f"The batch has {len(document)} events; send at most {EVENTS_A_BATCH} at a time.")
    return document, True


def _binary(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    attributes = {name[3:]: _said(value) for name, value in headers.items() if name.startswith("ce-")}
    return {**attributes, "data": read_json(body)} if body else dict(attributes)


def _said(header: str) -> str:
    quoted = len(header) > 1 and header[0] == header[-1] == '"'
    return unquote(_ESCAPED.sub(r"\1", header[1:-1]) if quoted else header)
