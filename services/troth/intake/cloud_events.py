"""How what a tool says becomes a CloudEvent of ours, with a name made of its content."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import DATE_FROM
from troth.domain.instants import Instant, format_instant

# What may befall a commitment, by the short name that mappings use; a retraction is no tool's to make.
KINDS: Final[Mapping[str, str]] = {
    event_type.removeprefix("troth.commitment-"): event_type for event_type in EVENT_TYPES if event_type.startswith("troth.commitment-")
}


def cloud_event(
    source: str, kind: str, subject: str, time: Instant, data: Mapping[str, Any], id: str = "", container: str = ""
) -> dict[str, Any]:
    """A CloudEvent as it would be posted; `kind` is one of KINDS. A container is what the promise has its date from.

    Without an id it is named by what happened, when, and a hash of all it says: a delivery that comes again, or an
    import of what a webhook told before, names the same events, and other content gets another name.
    """
    at = format_instant(time)
    named = {**data, DATE_FROM: container} if container else data
    event = {
        "specversion": "1.0",
        "id": id or f"{kind}-{at}-{_digest(subject, named)}",
        "source": source,
        "type": KINDS[kind],
        "subject": subject,
        "time": at,
        "data": data,
    }
    if container:
        event[DATE_FROM] = container
    return event


def _digest(subject: str, data: Mapping[str, Any]) -> str:
    said = "\n".join([subject, *[f"{name}={data[name]}" for name in sorted(data)]])
    return blake2b(said.encode(), digest_size=8).hexdigest()
