"""GitHub's deliveries in our own words: an issue in a milestone of late March, and what may be said of both."""

from typing import Any

from troth.domain.instants import parse_instant
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped
from troth.intake.sources import built_in

NOW = parse_instant("2026-06-01T00:00:00Z")
SHOP = {"id": 77, "name": "shop", "full_name": "octo/shop", "owner": {"login": "octo", "type": "Organization"}}
LATE_MARCH = {"id": 501, "number": 3, "title": "Spring release", "due_on": "2026-03-31T07:00:00Z"}
MILESTONE = LATE_MARCH | {
    "state": "open",
    "html_url": "https://github.com/octo/shop/milestone/3",
    "creator": {"login": "jdoe"},
    "created_at": "2026-01-05T09:00:00Z",
    "updated_at": "2026-01-05T09:00:00Z",
    "closed_at": None,
}
ISSUE = {
    "id": 9001,
    "number": 12,
    "title": "Pay by invoice",
    "html_url": "https://github.com/octo/shop/issues/12",
    "state": "open",
    "state_reason": None,
    "user": {"login": "jdoe", "email": "jdoe@octo.example"},
    "assignees": [{"login": "mroe"}],
    "milestone": LATE_MARCH,
    "created_at": "2026-01-10T10:00:00Z",
    "updated_at": "2026-01-12T08:30:00Z",
    "closed_at": None,
}
DUE = "2026-03-31T23:59:59.999999Z"
PROMISE = {"team": "octo/shop", "title": "Pay by invoice", "url": "https://github.com/octo/shop/issues/12", "due_at": DUE}
CLOSED = {"state": "closed", "updated_at": "2026-03-20T16:00:00Z", "closed_at": "2026-03-20T16:00:00Z"}


def map_payload(event: str, payload: Any, local: Local | None = None) -> Mapped:
    headers = {"x-github-event": event, "x-github-delivery": "6f1c-guid"}
    return built_in(local or Local())["github"].map(Delivery("github", headers, b""), payload, NOW)


def map_issue(action: str, local: Local | None = None, /, **said: Any) -> Mapped:
    beside = {name: said.pop(name) for name in ("repository", "changes") if name in said}
    payload = {"action": action, "issue": ISSUE | said, "repository": SHOP, "sender": {"login": "mroe"}}
    return map_payload("issues", payload | beside, local)


def map_milestone(action: str, **said: Any) -> Mapped:
    beside = {name: said.pop(name) for name in ("changes",) if name in said}
    return map_payload(
        "milestone", {"action": action, "milestone": MILESTONE | said, "repository": SHOP, "sender": {"login": "mroe"}} | beside
    )
