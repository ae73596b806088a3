"""GitHub's JSON, as `gh api` gives it: repositories, milestones, issues, and the events of issues.

Without the events an issue is told as it is now; with them its life is worked out from now, event by event backwards.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.intake.delivery import Unmappable
from troth.intake.exports.replay import Past, Step
from troth.intake.payloads import text

SOURCE: Final = "github"
_ACTIONS: Final = {
    **{action: action for action in ("closed", "reopened", "milestoned", "demilestoned", "labeled", "unlabeled")},
    "renamed": "edited",
}
_KEPT: Final = ("id", "event", "created_at", "label", "milestone", "rename", "state_reason")  # of an event, which has the issue in it, too
_OPEN: Final = {"state": "open", "state_reason": None, "closed_at": None}


class GithubExport:
    """Reads what it is given in any order: all of it has to be learnt before an issue is read."""

    def __init__(self) -> None:
        self._repositories: dict[str, Mapping[str, Any]] = {}
        self._milestones: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._events: dict[str, list[Mapping[str, Any]]] = {}
        self._named: set[str] = set()

    @staticmethod
    def fits(value: Mapping[str, Any]) -> bool:
        """Whether this is a thing of GitHub's API."""
        return _is_repository(value) or _is_event(value) or _is_milestone(value) or _is_issue(value)

    def learn(self, value: Mapping[str, Any]) -> None:
        """Take in whose a repository is, what befell an issue, and the dates of milestones."""
        if _is_repository(value):
            self._repositories[text(value, "full_name").casefold()] = value
        elif _is_event(value):
            kept = {name: value[name] for name in _KEPT if name in value}
            self._events.setdefault(str(value["issue"].get("id")), []).append(kept)
        else:
            milestone = value if _is_milestone(value) else value.get("milestone")
            self._named.add(_repository_of(value))
            if isinstance(milestone, dict):
                self._milestones[_repository_of(value).casefold(), text(milestone, "title")] = milestone

    def lacks(self) -> str:
        """The repositories of which it is not told whose they are, with the way out."""
        unknown = sorted(name for name in self._named if name and name.casefold() not in self._repositories)
        if not unknown:
            return ""
        return (
            f"it does not tell whether {unknown[0]} is an organisation's or a person's, whose name is not to be stored: "
            f"`gh api repos/{unknown[0]}` does; name its output among the files"
        )

    def items(self, value: Mapping[str, Any]) -> Iterator[Any]:
        """A milestone, or an issue that is no pull request; of the rest was learnt."""
        if not _is_repository(value) and not _is_event(value) and not value.get("pull_request"):
            yield value

    def past(self, item: Mapping[str, Any]) -> Past:
        """The life of one milestone or issue. Raises Unmappable."""
        name = _repository_of(item)
        repository = self._repositories.get(name.casefold())
        if repository is None:
            raise Unmappable(f"repository_url is {name[:80]!r}, which names no repository of this export")
        kind = "milestone" if _is_milestone(item) else "issue"
        commitment = f"github:{kind}s/{item.get('id')}"
        if kind == "issue" and self._events:
            return Past(commitment, [_step("issues", repository, **said) for said in self._life(item, name.casefold())])
        event, opens = ("issues", "opened") if kind == "issue" else ("milestone", "created")
        opened = {**item, **_OPEN, "updated_at": item.get("created_at")}
        steps = [_step(event, repository, action=opens, **{kind: opened})]
        if item.get("state") == "closed":
            steps.append(_step(event, repository, action="closed", **{kind: {**item, "updated_at": item.get("closed_at")}}))
        latest = _step(event, repository, action="closed" if item.get("state") == "closed" else "edited", **{kind: item})
        return Past(commitment, steps, latest)

    def _life(self, issue: Mapping[str, Any], repository: str) -> Iterator[dict[str, Any]]:
        """What webhooks told of an issue: the action with the issue as it was then, and what came or went."""
        events = sorted(self._events.get(str(issue.get("id")), ()), key=lambda one: (str(one.get("created_at")), one.get("id") or 0))
        told = [event for event in events if event["event"] in _ACTIONS]
        states = [dict(issue)]
        for event in reversed(told):
            states.append(self._before(event, states[-1], repository))
        opened, *after = reversed(states)
        yield {"action": "opened", "issue": opened | _OPEN | {"updated_at": issue.get("created_at")}}
        ends = [event for event in told if event["event"] == "closed"]
        end: Mapping[str, Any] = {}
        for event, state in zip(told, after, strict=True):
            end = event if event["event"] == "closed" else end
            # Of the last end the issue itself tells.
            last = issue if ends and end is ends[-1] and issue.get("state") == "closed" else end
            closed_at = issue.get("closed_at") if last is issue else end.get("created_at")
            closing = {"closed_at": closed_at, "state_reason": last.get("state_reason")} if state.get("state") == "closed" else _OPEN
            yield {**self._came_or_went(event, repository), "issue": {**state, **closing, "updated_at": event.get("created_at")}}

    def _came_or_went(self, event: Mapping[str, Any], repository: str) -> dict[str, Any]:
        said: dict[str, Any] = {"action": _ACTIONS[event["event"]]}
        if event["event"] == "demilestoned":
            said["milestone"] = self._milestone(event, repository) or {"due_on": None}
        return {**said, "label": event["label"]} if isinstance(event.get("label"), dict) else said

    def _before(self, event: Mapping[str, Any], after: Mapping[str, Any], repository: str) -> dict[str, Any]:
        issue = dict(after)
        match event["event"]:
            case "renamed":
                issue["title"] = text(event, "rename.from") or issue.get("title")
            case "milestoned":
                issue["milestone"] = None
            case "demilestoned":
                issue["milestone"] = self._milestone(event, repository)
            case "closed":
                issue["state"] = "open"
            case "reopened":
                issue["state"] = "closed"
            case "labeled":
                issue["labels"] = [label for label in _labels(issue) if label.get("name") != text(event, "label.name")]
            case "unlabeled":
                issue["labels"] = [*_labels(issue), event.get("label")]
        return issue

    def _milestone(self, event: Mapping[str, Any], repository: str) -> Mapping[str, Any] | None:
        return self._milestones.get((repository, text(event, "milestone.title")))


def _is_repository(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("full_name"), str) and isinstance(value.get("owner"), dict)


def _is_event(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("event"), str) and isinstance(value.get("issue"), dict)


def _is_milestone(value: Mapping[str, Any]) -> bool:
    return "due_on" in value and "number" in value


def _is_issue(value: Mapping[str, Any]) -> bool:
    return "number" in value and "milestone" in value and "repository_url" in value


def _repository_of(value: Mapping[str, Any]) -> str:
    """octo/shop, from the address of the repository or of a thing in it."""
    address = text(value, "repository_url") or text(value, "url")
    return "/".join(address.partition("/repos/")[2].split("/")[:2])


def _labels(issue: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    labels = issue.get("labels")
    return [label for label in labels if isinstance(label, dict)] if isinstance(labels, list) else []


def _step(event: str, repository: Mapping[str, Any], **said: Any) -> Step:
    return Step({**said, "repository": repository}, {"x-github-event": event})
