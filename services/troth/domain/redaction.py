"""Blanking an event's texts for ever: its numbers, dates and names stay, and so does the fact of it."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from troth.domain.events import DATE_FROM, Event

REDACTED: Final = "[redacted]"
REDACTED_URL: Final = "https://redacted.invalid/"
EXTENSIONS: Final = "extensions"  # whatever a sender added to the envelope as text
FIELDS: Final = ("title", "url", "conditions", "reason", EXTENSIONS)
# What names an event or places it is no text of somebody's: without it the event would not be found, or not be counted where it is.
_ENVELOPE: Final = frozenset(
    ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data", DATE_FROM),
)


def blanked(posted: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """An event as posted, with the fields blanked that it has. Blanking it again changes nothing."""
    whole = {name: REDACTED if EXTENSIONS in fields and _is_extension(name, value) else value for name, value in posted.items()}
    if isinstance(data := posted.get("data"), Mapping):
        whole["data"] = {name: _blank(name) if name in fields and value else value for name, value in data.items()}
    return whole


def redacted(event: Event, fields: Collection[str]) -> Event:
    """An event that was read, with the same fields blanked."""
    data = {name: _blank(name) if name in fields and value else value for name, value in event.data.items()}
    return event._replace(data=data, posted=blanked(event.posted, fields))


def texts_of(posted: Mapping[str, Any], fields: Collection[str]) -> set[str]:
    """The texts that blanking takes out of an event."""
    data = posted.get("data") or {}
    texts = {value for name, value in data.items() if name in fields and isinstance(value, str)}
    if EXTENSIONS in fields:
        texts |= {value for name, value in posted.items() if _is_extension(name, value)}
    return texts - {REDACTED, REDACTED_URL, ""}


def _is_extension(name: str, value: Any) -> bool:
    return name not in _ENVELOPE and isinstance(value, str)


def _blank(name: str) -> str:
    return REDACTED_URL if name == "url" else REDACTED
