"""GitLab's JSON, as its API lists issues, epics and milestones, and what it keeps of an issue's changes: events and notes.

Without those an issue is told as it is now; with them its life is told, change by change.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from troth.intake.exports.gitlab_life import Changed, Moment, changed, issue_of, life
from troth.intake.exports.replay import Past, Step
from troth.intake.payloads import text, texts

SOURCE: Final = "gitlab"
_FRACTION: Final = re.compile(r"\.\d+")
_TIMES: Final = ("created_at", "updated_at", "closed_at")


class GitlabExport:
    """Reads what it is given in any order: all changes have to be learnt before an issue is read."""

    def __init__(self) -> None:
        self._changes: dict[str, list[Changed]] = {}

    @staticmethod
    def fits(value: Mapping[str, Any]) -> bool:
        """Whether this is a thing of GitLab's API."""
        return _is_thing(value) or _is_change(value)

    def learn(self, value: Mapping[str, Any]) -> None:
        """Take in what was changed of an issue."""
        if not _is_thing(value) and (change := changed(value)) is not None:
            self._changes.setdefault(str(issue_of(value)), []).append(change)

    def lacks(self) -> str:
        """Nothing is missing."""
        return ""

    def items(self, value: Mapping[str, Any]) -> Iterator[Any]:
        """The thing itself; of changes was learnt."""
        if _is_thing(value):
            yield value

    def past(self, item: Mapping[str, Any]) -> Past:
        """The life of one thing; of which no changes are told, promised when it was created, by the date it has now. Raises Unmappable."""
        kind = "issue" if _is_issue(item) else "milestone"
        number = item.get("work_item_id") or item.get("id")
        if kind == "issue" and "project_id" in item and self._changes:
            moments = list(life(item, self._changes.get(str(item.get("id")), ())))
            needs = [need for moment in moments for need in _milestone_of(moment.issue)]
            return Past(f"gitlab:issues/{number}", [_told(moment) for moment in moments], needs=needs)
        return _past_of_now(f"gitlab:{kind}s/{number}", kind, item)


def _past_of_now(commitment: str, kind: str, item: Mapping[str, Any]) -> Past:
    opened = {**item, "state": "opened" if kind == "issue" else "active", "closed_at": None}
    steps = [_step(kind, "open" if kind == "issue" else "create", opened)]
    closed = item.get("state") == "closed"
    if closed:
        steps.append(_step(kind, "close", {**item, "updated_at": item.get("closed_at") or item.get("updated_at")}))
    latest = _step(kind, "close" if kind == "milestone" or closed else "update", item)
    return Past(commitment, steps, latest, _milestone_of(item))


def _milestone_of(issue: Mapping[str, Any]) -> list[Step]:
    milestone = issue.get("milestone")
    return [_step("milestone", "create", {**milestone, "state": "active"})] if isinstance(milestone, dict) else []


def _told(moment: Moment) -> Step:
    changes = {"due_date": {"previous": moment.was_dated}} if moment.was_dated and not moment.issue.get("due_date") else {}
    return _step("issue", moment.action, {**moment.issue, "updated_at": moment.at}, changes)


def _is_thing(value: Mapping[str, Any]) -> bool:
    return "iid" in value and "web_url" in value and bool({"project_id", "group_id"}.intersection(value))


def _is_change(value: Mapping[str, Any]) -> bool:
    return "created_at" in value and ({"resource_type", "resource_id"} <= value.keys() or {"noteable_type", "noteable_id"} <= value.keys())


def _is_issue(item: Mapping[str, Any]) -> bool:
    return "labels" in item or "issue_type" in item


def _step(kind: str, action: str, item: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> Step:
    """A thing as webhooks tell it: times to the second, labels with their titles, a milestone by its number and without an address."""
    thing = {name: value for name, value in item.items() if name not in ("labels", "milestone", "type")}
    thing |= {name: _FRACTION.sub("", value) for name in _TIMES if isinstance(value := item.get(name), str)}
    thing["action"] = action
    if kind == "issue":
        thing["url"] = text(item, "web_url")
        milestone = item.get("milestone")
        thing["labels"] = [{"title": label} for label in texts(item, "labels")]
        thing["type"] = (text(item, "issue_type") or ("epic" if "group_id" in item else "issue")).replace("_", " ").capitalize()
        thing["id"] = item.get("work_item_id") or item.get("id")
        thing["milestone_id"] = milestone.get("id") if isinstance(milestone, dict) else None
    payload = {"object_kind": kind, "project": {"path_with_namespace": _path(item)}, "object_attributes": thing, "changes": changes or {}}
    return Step(payload)


def _path(item: Mapping[str, Any]) -> str:
    full = text(item, "references.full")
    path = re.split("[#&]", full)[0] if full else text(item, "web_url").partition("/-/")[0].split("/", 3)[-1]
    return path.removeprefix("groups/")
