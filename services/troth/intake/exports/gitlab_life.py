"""The life of a GitLab issue, from what GitLab keeps of its changes: events of milestone, state and label, and notes of its due date.

Its title is as it is now: what it was, GitLab tells in prose alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_SECOND
from troth.intake.payloads import instant_of, text, texts

_DATE_NOTE: Final = re.compile(r"\b(changed|removed) due date (?:to )?([A-Z][a-z]+ \d{1,2}, \d{4})")
_FIELDS: Final = ("due_date", "milestone", "labels", "state")


class Changed(NamedTuple):
    """One change of an issue: when, of which field, what it had before where that is told, and what it has since.

    Of labels `before` is the one that was taken off, `after` the one that was put on.
    """

    at: str
    field: str
    before: Any
    after: Any


class Moment(NamedTuple):
    """An issue as it was after all changes of one instant: GitLab sends one delivery for them."""

    at: str
    action: str
    issue: dict[str, Any]
    was_dated: Any = None


def issue_of(value: Mapping[str, Any]) -> Any:
    """GitLab's number of the issue that an event or a note is of; None for what is neither."""
    if value.get("resource_type") == "Issue":
        return value.get("resource_id")
    return value.get("noteable_id") if value.get("noteable_type") == "Issue" else None


def changed(value: Mapping[str, Any]) -> Changed | None:
    """The change that an event or a note tells of; None where it is none that matters. Raises Unmappable."""
    at, action = text(value, "created_at"), text(value, "action")
    if "milestone" in value:
        milestone = value["milestone"] if isinstance(value["milestone"], dict) else None
        return Changed(at, "milestone", milestone, None) if action == "remove" else Changed(at, "milestone", None, milestone)
    if "label" in value:
        label = text(value, "label.name")
        return Changed(at, "labels", label, "") if action == "remove" else Changed(at, "labels", "", label)
    if value.get("state") in ("closed", "reopened"):
        return Changed(at, "state", None, value["state"])
    found = _DATE_NOTE.search(text(value, "body")) if value.get("system") else None
    day = _day(found[2]) if found else None
    if found is None or day is None:
        return None
    return Changed(at, "due_date", day, None) if found[1] == "removed" else Changed(at, "due_date", None, day)


def life(issue: Mapping[str, Any], changes: Sequence[Changed]) -> Iterator[Moment]:
    """How an issue was when it was opened, and after each change. Raises Unmappable."""
    told = sorted(changes, key=lambda one: one.at)
    if issue.get("state") == "closed" and not any(one.after == "closed" for one in told):
        told.append(Changed(text(issue, "closed_at") or text(issue, "updated_at"), "state", None, "closed"))
    now = {**issue, **_at_first(issue, told)}
    created = text(issue, "created_at")
    # What an issue is opened with, GitLab tells as changes of the same second, too.
    opened_with = [one for one in told if one.at and _second(one.at) <= _second(created) + 1 and one.after != "closed"]
    for one in opened_with:
        now = _after(now, one)
    yield Moment(created, "open", now)
    later = [one for one in told if one not in opened_with]
    last_end = next((one for one in reversed(told) if one.after == "closed"), None)
    for _, group in groupby(later, lambda one: _second(one.at)):
        together, before = list(group), now
        for one in together:
            now = _after(now, one)
        if last_end in together and issue.get("closed_at"):
            now["closed_at"] = issue["closed_at"]
        yield Moment(together[-1].at, _action(together), now, before.get("due_date"))


def _at_first(issue: Mapping[str, Any], changes: Sequence[Changed]) -> dict[str, Any]:
    """What an issue had before all of its changes."""
    first: dict[str, Any] = {"state": "opened", "closed_at": None, "labels": list(texts(issue, "labels"))}
    for field in ("due_date", "milestone"):
        of_field = [one for one in changes if one.field == field]
        first[field] = of_field[0].before if of_field else issue.get(field)
    for one in reversed([one for one in changes if one.field == "labels"]):
        first["labels"] = _with(first["labels"], one.after, one.before)
    return first


def _after(issue: Mapping[str, Any], change: Changed) -> dict[str, Any]:
    if change.field == "labels":
        return {**issue, "labels": _with(issue["labels"], change.before, change.after)}
    if change.field == "state":
        return {**issue, "state": change.after, "closed_at": change.at if change.after == "closed" else None}
    return {**issue, change.field: change.after}


def _with(labels: Sequence[Any], off: str, on: str) -> list[Any]:
    return [label for label in labels if label not in (off, on)] + ([on] if on else [])


def _action(together: Sequence[Changed]) -> str:
    ends = [one.after for one in together if one.field == "state"]
    return {"closed": "close", "reopened": "reopen"}.get(ends[-1] if ends else "", "update")


def _second(at: str) -> int:
    return instant_of(at, "created_at") // MICROSECONDS_A_SECOND


def _day(words: str) -> str | None:
    try:
        return datetime.strptime(words, "%B %d, %Y").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
