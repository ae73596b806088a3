"""GitLab's JSON, as its API lists issues, epics and milestones: how each is now, without what was changed of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from troth.intake.exports.replay import Past, Step
from troth.intake.payloads import text, texts

SOURCE: Final = "gitlab"
_FRACTION: Final = re.compile(r"\.\d+")
_TIMES: Final = ("created_at", "updated_at", "closed_at")


class GitlabExport:
    """Reads issues, epics and milestones."""

    @staticmethod
    def fits(value: Mapping[str, Any]) -> bool:
        """Whether this is a thing of GitLab's API."""
        return "iid" in value and "web_url" in value and bool({"project_id", "group_id"}.intersection(value))

    def learn(self, value: Mapping[str, Any]) -> None:
        """Nothing has to be known before."""

    def lacks(self) -> str:
        """Nothing is missing."""
        return ""

    def items(self, value: Mapping[str, Any]) -> Iterator[Any]:
        """The thing itself."""
        yield value

    def past(self, item: Mapping[str, Any]) -> Past:
        """The life of one thing: promised when it was created, by the date it has now."""
        kind = "issue" if _is_issue(item) else "milestone"
        thing = _as_told(item, kind)
        opened = thing | {"state": "opened" if kind == "issue" else "active", "closed_at": None}
        steps = [_step(kind, "open" if kind == "issue" else "create", opened, item)]
        if thing.get("state") == "closed":
            ended = thing | {"updated_at": thing.get("closed_at") or thing.get("updated_at")}
            steps.append(_step(kind, "close", ended, item))
        latest = _step(kind, "close" if kind == "milestone" or thing.get("state") == "closed" else "update", thing, item)
        milestone = item.get("milestone")
        needs = []
        if isinstance(milestone, dict) and not item.get("due_date"):
            needs.append(_step("milestone", "create", _as_told(milestone, "milestone") | {"state": "active"}, milestone))
        return Past(f"gitlab:{kind}s/{thing.get('id')}", steps, latest, needs)


def _is_issue(item: Mapping[str, Any]) -> bool:
    return "labels" in item or "issue_type" in item


def _as_told(item: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A thing as webhooks tell it: times to the second, labels with their titles, the milestone by its number."""
    thing = {name: value for name, value in item.items() if name not in ("labels", "milestone", "type")}
    thing |= {name: _FRACTION.sub("", value) for name in _TIMES if isinstance(value := item.get(name), str)}
    thing["url"] = text(item, "web_url")
    if kind == "issue":
        thing["labels"] = [{"title": label} for label in texts(item, "labels")]
        thing["type"] = (text(item, "issue_type") or ("epic" if "group_id" in item else "issue")).replace("_", " ").capitalize()
        thing["id"] = item.get("work_item_id") or item.get("id")
        milestone = item.get("milestone")
        thing["milestone_id"] = milestone.get("id") if isinstance(milestone, dict) else None
    return thing


def _step(kind: str, action: str, thing: Mapping[str, Any], item: Mapping[str, Any]) -> Step:
    full = text(item, "references.full")
    path = re.split("[#&]", full)[0] if full else text(item, "web_url").partition("/-/")[0].split("/", 3)[-1]
    return Step(
        {
            "object_kind": kind,
            "project": {"path_with_namespace": path.removeprefix("groups/")},
            "object_attributes": {**thing, "action": action},
        }
    )
