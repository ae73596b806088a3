"""Jira's JSON, as its search gives it: issues, with `expand=changelog` each with what was changed of it.

What an issue was before a change is worked out from what it is now, change by change backwards. Jira Cloud gives no more than the
first changes there, and all of them on request (`changelog/bulkfetch`). Of versions that no issue has any more, their list tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import MICROSECONDS_A_SECOND, format_instant
from troth.intake.delivery import Unmappable
from troth.intake.exports.replay import Past, Step
from troth.intake.payloads import instant_of, milliseconds, objects, part, text

SOURCE: Final = "jira"
_NAMES: Final = {"fix version": "fixVersions", "sprint": "sprint", "issue type": "issuetype", "key": "key"}


class JiraExport:
    """Reads issues; what a status or a version is elsewhere in the export, it is in the past of another issue, too."""

    def __init__(self) -> None:
        self._changes: dict[str, list[Mapping[str, Any]]] = {}
        self._categories: dict[str, Any] = {}
        self._versions: dict[str, Mapping[str, Any]] = {}
        self._sprints: dict[str, Any] = {}
        self._sprint_field = "customfield_sprint"

    @staticmethod
    def fits(value: Mapping[str, Any]) -> bool:
        """Whether this is an issue, a page of issues or of changes, or a version."""
        return _is_issue(value) or _is_page(value, "issues") or _is_page(value, "issueChangeLogs") or _is_version(value)

    def learn(self, value: Mapping[str, Any]) -> None:
        """Take in what is to be known before any issue is read."""
        for log in objects(value, "issueChangeLogs"):
            self._changes.setdefault(str(log.get("issueId")), []).extend(objects(log, "changeHistories"))
        if _is_version(value):
            self._versions[str(value["id"])] = value
        for issue in self.items(value):
            fields = issue.get("fields")
            self._learn_fields(fields if isinstance(fields, dict) else {})

    def _learn_fields(self, fields: Mapping[str, Any]) -> None:
        if category := _category(fields.get("status")):
            self._categories[str(fields["status"].get("name"))] = category
        self._versions |= {str(version.get("id")): version for version in objects(fields, "fixVersions")}
        for name in fields:
            sprints = [one for one in objects(fields, name) if "boardId" in one]
            self._sprint_field = name if sprints else self._sprint_field
            self._sprints |= {str(sprint.get("id")): sprint for sprint in sprints}

    def lacks(self) -> str:
        """Nothing is missing."""
        return ""

    def items(self, value: Mapping[str, Any]) -> Iterator[Any]:
        """The issues of a page."""
        yield from [value] if _is_issue(value) else objects(value, "issues")

    def past(self, item: Mapping[str, Any]) -> Past:
        """The life of one issue. Raises Unmappable."""
        if "fields" not in item:
            raise Unmappable("the issue has no fields: export it with fields=*all")
        fields = part(item, "fields")
        commitment = f"jira:issues/{item.get('id')}"
        histories = self._histories(item)
        if histories is None:
            return self.past_of_now(commitment, item, fields)
        steps = []
        for told_at, changes, then in self._states(item, fields, histories):
            event = "jira:issue_updated" if changes is not None else "jira:issue_created"
            payload = {"webhookEvent": event, "issue": _at(item, then, told_at), "changelog": {"items": changes or []}}
            steps.append(Step(payload))
        return Past(commitment, steps)

    @staticmethod
    def past_of_now(commitment: str, item: Mapping[str, Any], fields: Mapping[str, Any]) -> Past:
        """The life of an issue of which no changes are told: made as it is now, and, where it ended, ended."""
        latest = Step({"webhookEvent": "jira:issue_updated", "issue": item})
        opened = {**fields, "status": {"statusCategory": {"key": "new"}}, "resolution": None, "resolutiondate": None}
        created = Step({"webhookEvent": "jira:issue_created", "issue": {**item, "fields": opened}})
        ended_at = fields.get("resolutiondate") or fields.get("statuscategorychangedate") or fields.get("updated")
        ended = {**fields, "updated": ended_at}
        return Past(commitment, [created, Step({"webhookEvent": "jira:issue_updated", "issue": {**item, "fields": ended}})], latest)

    def _histories(self, item: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
        """What was changed of an issue, first to last; None where that is not told. Raises Unmappable where it is told in part."""
        log = item.get("changelog")
        more = self._changes.get(str(item.get("id")), [])
        if not isinstance(log, dict) and not more:
            return None
        found = {str(one.get("id", number)): one for number, one in enumerate((*objects(item, "changelog.histories"), *more))}
        total = log.get("total") if isinstance(log, dict) else None
        if isinstance(total, int) and total > len(found):
            raise Unmappable(
                f"{total} changes were made of it, and {len(found)} of them are here: "
                "add the answer of rest/api/3/changelog/bulkfetch to the files (docs/import.md)"
            )
        dated = [{**one, "created": _iso(one.get("created"))} for one in found.values()]
        return sorted(dated, key=lambda one: instant_of(one["created"], "changelog.histories.created"))

    def _states(
        self, item: Mapping[str, Any], fields: Mapping[str, Any], histories: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
        """When, what was changed (None: it was created), and the fields after it, first to last."""
        states: list[tuple[Any, Any, dict[str, Any]]] = []
        then = {**fields, "key": item.get("key")}
        for history in reversed(histories):
            changes = objects(history, "items")
            states.append((history.get("created"), changes, dict(then)))
            for change in reversed(changes):
                self._undo(then, change)
        states.append((fields.get("created"), None, then))
        states.reverse()
        _date_the_ends(states, fields)
        told_at, changes, last = states[-1]
        # Of its last change Jira tells the time twice, a few milliseconds apart.
        states[-1] = (fields["updated"] if _at_once(fields.get("updated"), told_at) else told_at, changes, last)
        return iter(states)

    def _undo(self, fields: dict[str, Any], change: Mapping[str, Any]) -> None:
        said = str(change.get("field"))
        name = _NAMES.get(said.casefold(), str(change.get("fieldId") or said))
        before, called = change.get("from"), change.get("fromString")
        match name:
            case "fixVersions":
                others = [one for one in objects(fields, name) if str(one.get("id")) != str(change.get("to"))]
                fields[name] = [*others, self._versions.get(str(before), {"id": before, "name": called})] if before else others
            case "sprint":
                ids = [number.strip() for number in str(before or "").split(",") if number.strip()]
                fields[self._sprint_field] = [self._sprints.get(number, {"id": number}) for number in ids]
            case "status":
                category = self._categories.get(str(called))
                fields[name] = {"id": before, "name": called, **({"statusCategory": category} if category else {})}
            case "labels":
                fields[name] = str(called or "").split()
            case "project" | "issuetype" | "resolution":
                fields[name] = {"id": before, "name": called} if before else None
            case "duedate":
                fields[name] = before
            case _:
                fields[name] = _as_now(fields.get(name), before, called)


def _is_issue(value: Mapping[str, Any]) -> bool:
    return "key" in value and isinstance(value.get("fields"), dict)


def _is_page(value: Mapping[str, Any], of: str) -> bool:
    return isinstance(value.get(of), list) and "specversion" not in value


def _is_version(value: Mapping[str, Any]) -> bool:
    return "id" in value and "released" in value and "archived" in value


def _at_once(updated: Any, told_at: Any) -> bool:
    apart = instant_of(updated, "issue.fields.updated") - instant_of(told_at, "issue.fields.created") if updated else MICROSECONDS_A_SECOND
    return abs(apart) < MICROSECONDS_A_SECOND


def _iso(time: Any) -> Any:
    """When a change was made, which Jira writes in milliseconds where it is asked for changes alone."""
    return format_instant(milliseconds(time, "changelog.histories.created")) if isinstance(time, int) else time


def _category(status: Any) -> Any:
    return status.get("statusCategory") if isinstance(status, dict) else None


def _as_now(now: Any, before: Any, called: Any) -> Any:
    """A value from a change's words, in the shape that the field has now."""
    if called is None:
        return before
    if isinstance(now, dict):
        return {"id": before, "value" if "value" in now else "name": called}
    if isinstance(now, bool) or not isinstance(now, int | float):
        return called
    try:
        return float(called)
    except ValueError:
        return called


def _at(item: Mapping[str, Any], fields: dict[str, Any], told_at: Any) -> dict[str, Any]:
    key = fields.pop("key", None) or item.get("key")
    return {"id": item.get("id"), "key": key, "self": item.get("self"), "fields": {**fields, "updated": told_at}}


def _date_the_ends(states: Sequence[tuple[Any, Any, dict[str, Any]]], now: Mapping[str, Any]) -> None:
    """Give each state the time since which it is resolved, and since which its status is of its category.

    The latest are those that the issue has now: Jira tells them a little apart from the change itself.
    """
    for name, value_of in (("resolutiondate", lambda fields: text(fields, "resolution.name")), ("statuscategorychangedate", _key_of)):
        begins: list[int] = []
        for index, (_, _, fields) in enumerate(states):
            if index and value_of(fields) and bool(value_of(fields)) and value_of(fields) != value_of(states[index - 1][2]):
                begins.append(index)
            fields[name] = states[begins[-1]][0] if begins and value_of(fields) else None
        if begins and now.get(name) and value_of(states[-1][2]):
            for _, _, fields in states[begins[-1] :]:
                fields[name] = now[name] if value_of(fields) else None


def _key_of(fields: Mapping[str, Any]) -> str:
    return text(fields, "status.statusCategory.key")
