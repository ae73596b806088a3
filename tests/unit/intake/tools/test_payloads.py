"""Real deliveries, where they are at hand: what each becomes, and that none leaves a person."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.intake.tools.support import NOW, Told, chosen, mapped_by, told
from troth.domain.events import read_event
from troth.intake.choices import Local
from troth.intake.mapping import map_payload
from troth.intake.persons import strip
from troth.intake.sources import built_in
from troth.wiring import shipped_mappings

FOLDER: Final = Path(__file__).parents[5] / "shared" / "payloads"
FILES: Final = sorted(FOLDER.glob("*/*.json")) if FOLDER.is_dir() else []
pytestmark = pytest.mark.skipif(not FILES, reason="needs ../shared/payloads")
ANY = {"undated": True}  # most have no date, and say more where an item without one is a promise, too
SHIPPED: Final = {mapping.source: mapping for mapping in shipped_mappings()}
TOOLS: Final = {"azure_devops": "azure-devops"}


def made(time: str, **data: str) -> tuple[str, str, dict[str, Any]]:
    return ("made", f"{time}Z", data)


HELLO = {"team": "Hello-World", "due_at": "2019-05-23T23:59:59.999999Z"}
SPELLING = HELLO | {"title": "Spelling error in the README file"}
GITLAB_ISSUE = {
    "team": "gitlabhq/gitlab-test",
    "title": "New API: create/update/delete file",
    "url": "http://example.com/diaspora/issues/23",
}
JIRA = {"team": "test1", "title": "Unit test summary 1", "url": "https://some-instance-test.atlassian.net/browse/TES-41"}
AZURE = {"team": "GoodCompanyCloud", "title": "Some great new idea!"}
LINEAR = "https://linear.app/zulipdhruv/project/"
SHORTCUT = "https://app.clubhouse.io/pig208/story/"

# By file: what the user chose, and the events or the reason.
EXPECTED: Final[dict[str, tuple[dict[str, Any], Told | str]]] = {
    "github/issues.assigned.json": ({}, "issues.assigned changes nothing of a promise"),
    "github/issues.deleted.json": (
        {},
        [("delivered", "2021-07-05T18:07:10.000000Z", {}), ("revoked", "2021-10-11T16:40:56.000000Z", {"reason": "deleted"})],
    ),
    "github/issues.edited.json": ({}, [made("2019-05-15T15:20:18.000000", **SPELLING)]),
    "github/issues.labeled.json": ({}, "issues.labeled changes nothing of a promise"),
    "github/issues.milestoned.json": ({}, "a pull request, not an issue: of its end nothing would be heard here"),
    "github/issues.opened.json": ({}, [made("2019-05-15T15:20:18.000000", **SPELLING)]),
    "github/milestone.created.json": ({}, [made("2019-05-15T15:20:17.000000", **HELLO, title="v1.0")]),
    "github/milestone.deleted.json": (
        {},
        [("delivered", "2019-05-15T15:20:18.000000Z", {}), ("revoked", "2019-05-15T15:20:36.000000Z", {"reason": "deleted"})],
    ),
    "github/projects_v2_item.archived.json": ({}, "Octocoders project: nothing that is said here makes a promise"),
    "github/projects_v2_item.converted.json": ({}, "projects_v2_item.converted changes nothing of a promise"),
    "github/projects_v2_item.created.json": ({}, "projects_v2_item.created changes nothing of a promise"),
    "github/projects_v2_item.reordered.json": ({}, "projects_v2_item.reordered changes nothing of a promise"),
    "github/projects_v2_item.restored.json": ({}, "Octocoders project: nothing that is said here makes a promise"),
    "gitlab/gitlab4j.issue-event.json": ({}, [made("2013-12-03T17:15:43.000000", **GITLAB_ISSUE, due_at="2014-12-03T23:59:59.999999Z")]),
    "gitlab/gitlab4j.workitem-event.json": (ANY, [made("2024-10-17T06:47:37.000000", team="a-group", title="Test Epic item")]),
    "gitlab/gogitlab.issue.json": (ANY, [made("2013-12-03T17:15:43.000000", **GITLAB_ISSUE)]),
    "gitlab/goplayground.comment-issue-event.json": ({}, "note changes nothing of a promise"),
    "gitlab/goplayground.confidential-issue-event.json": (ANY, [made("2013-12-03T17:15:43.000000", **GITLAB_ISSUE)]),
    "gitlab/goplayground.issue-event.json": ({}, "gitlabhq/gitlab-test#23 has no due date: not a promise"),
    "jira/mattermost.webhook-issue-assigned-empty-changelog.json": (
        ANY,
        [
            made(
                "2024-08-20T18:47:42.935000",
                team="Test Project",
                title="Test issue for empty changelog assignment",
                url="https://test-instance.atlassian.net/browse/TEST-123",
            )
        ],
    ),
    "jira/mattermost.webhook-issue-created.json": (ANY, [made("2019-02-16T03:01:52.971000", **JIRA | {"title": "Unit test summary"})]),
    "jira/mattermost.webhook-issue-deleted.json": (ANY, [("revoked", "2019-07-03T18:05:36.176000Z", {"reason": "deleted"})]),
    "jira/mattermost.webhook-issue-updated-assigned.json": (ANY, [made("2019-02-16T03:18:01.707000", **JIRA)]),
    "jira/mattermost.webhook-issue-updated-fix-version.json": (ANY, [made("2019-02-16T03:07:51.756000", **JIRA)]),
    "jira/mattermost.webhook-issue-updated-labels.json": (
        {"labels": ["sad"], "undated": True},
        [made("2019-02-16T21:12:10.037000", **JIRA)],
    ),
    "jira/mattermost.webhook-issue-updated-resolved.json": (
        ANY,
        [("delivered", "2019-02-16T03:15:40.470000Z", {}), made("2019-02-16T03:15:40.477000", **JIRA)],
    ),
    "jira/mattermost.webhook-issue-updated-sprint.json": ({}, "TES-41 has no due date: not a promise"),
    "linear/zulip.issue_update.json": (
        {"dates_from": "cycle", "title": "state.name"},
        [
            made(
                "2023-04-11T10:16:53.022000",
                team="Webhooks",
                title="In Progress",
                url="https://linear.app/webhooks/issue/WEB-44/this-is-regarding-the-outage-that-we-faced-on-111222-from-2000-to-2200",
                due_at="2023-04-12T18:30:00.000000Z",
            )
        ],
    ),
    "linear/zulip.project_update_status.json": (
        {"teams": {"3f2043ea-4f81-4feb-a970-743c92028a07": "Platform"}},
        [
            made(
                "2026-05-28T09:59:40.256000",
                team="Platform",
                title="Zulip-Test-Project",
                url=LINEAR + "zulip-test-project-532c1333013b",
                due_at="2026-06-02T23:59:59.999999Z",
            )
        ],
    ),
    "linear/zulip.project_update_target_date.json": (
        {},
        [
            made(
                "2026-05-28T06:28:04.058000",
                team="Zulip-Project",
                title="Zulip-Project",
                url=LINEAR + "zulip-project-532c1333013b",
                due_at="2026-06-02T23:59:59.999999Z",
            )
        ],
    ),
    "azure_devops/aspnet.workitem.commented.json": ({}, "workitem.commented changes nothing of a promise"),
    "azure_devops/aspnet.workitem.created.json": (
        {"dates": {"GoodCompanyCloud\\Release 1\\Sprint 1": "2014-08-15"}},
        [made("2014-07-15T17:42:44.663000", **AZURE, due_at="2014-08-15T23:59:59.999999Z")],
    ),
    "azure_devops/aspnet.workitem.deleted.json": (ANY, [("revoked", "2016-05-02T19:17:28.364456Z", {"reason": "deleted"})]),
    "azure_devops/aspnet.workitem.restored.json": (
        ANY,
        [
            made(
                "2016-05-02T19:18:15.570727",
                **AZURE,
                url="https://good-company.some.ssl.host/web/wi.aspx?id=d81542e4-cdfa-4333-b082-1ae2d6c3ad16&id=5",
            ),
            ("reopened", "2016-05-02T19:18:15.570727Z", {}),
        ],
    ),
    "azure_devops/aspnet.workitem.updated.json": (
        {"undated": True, "done": ["Approved"]},
        [("delivered", "2014-07-15T17:42:44.663000Z", {}), made("2014-07-15T17:42:44.663001", **AZURE)],
    ),
    "trello/aspnet.Trello1.json": ({}, "My board card 1: nothing that is said here makes a promise"),
    "trello/aspnet.Trello2.json": ({}, "My board card 3: nothing that is said here makes a promise"),
    "trello/zulip.changing_cards_list.json": ({}, "Welcome Board card 2: nothing that is said here makes a promise"),
    "trello/zulip.changing_due_date_on_card.json": (
        {},
        [
            made(
                "2016-05-05T16:16:24.684000",
                team="Welcome Board",
                title="Card name",
                url="https://trello.com/c/9BduUcVQ",
                due_at="2016-05-24T10:00:00.000000Z",
            )
        ],
    ),
    "trello/zulip.reopening_card.json": ({}, "Welcome Board card 8: nothing that is said here makes a promise"),
    "shortcut/zulip.epic_update_change_state.json": ({}, "epic 20: nothing that is said here makes a promise"),
    "shortcut/zulip.story_update_change_state.json": ({}, "story 11: nothing that is said here makes a promise"),
    "shortcut/zulip.story_update_everything_at_once.json": (
        {},
        [
            made("2021-04-11T00:16:28.845000", team="team2", title=title, url=f"{SHORTCUT}{number}", due_at="2021-04-12T23:59:59.999999Z")
            for number, title in ((17, "asd4"), (26, "new1"), (27, "new2"))
        ],
    ),
    "clickup/zulip.task_created.json": ({}, "no rule applies"),
    "clickup/zulip.task_updated_due_date.json": (
        {},
        [made("2022-01-21T03:39:54.447000", team="ClickUp", title="1vj38vv", due_at="2022-01-31T06:00:00.000000Z")],
    ),
    "clickup/zulip.task_updated_status.json": ({}, "no rule applies"),
}


def _of(file: Path, payload: Any, choices: dict[str, Any]) -> Any:
    name = file.parent.name
    if name in SHIPPED:
        return map_payload(SHIPPED[name], payload, NOW)
    headers = {"x-github-event": file.name.split(".")[0]} if name == "github" else {}
    return mapped_by(TOOLS.get(name, name), payload, headers, chosen(**choices))


def _payload(file: Path) -> Any:
    return json.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))


def _key(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


@pytest.mark.parametrize("file", FILES, ids=_key)
def test_each_becomes_what_it_says(file: Path) -> None:
    choices, expected = EXPECTED[_key(file)]
    mapped = _of(file, _payload(file), choices)
    if isinstance(expected, str):
        assert mapped.events == []
        assert mapped.reason.startswith(expected)
    else:
        assert (told(mapped), mapped.reason) == (expected, "")
    for event in mapped.events:
        assert read_event(event, NOW).subject.startswith(f"{TOOLS.get(file.parent.name, file.parent.name)}:")


def _cleaned(file: Path, payload: Any) -> Any:
    name = file.parent.name
    if name in SHIPPED:
        return strip(payload, SHIPPED[name].persons)
    source = built_in(Local())[TOOLS.get(name, name)]
    return strip(source.clean(payload), source.persons)


@pytest.mark.parametrize("file", FILES, ids=_key)
def test_what_is_kept_and_said_names_nobody(file: Path) -> None:
    payload = _payload(file)
    choices, _ = EXPECTED[_key(file)]
    mapped = _of(file, payload, choices)
    left = json.dumps([mapped.events, mapped.reason, mapped.what, _cleaned(file, payload)])
    names = set(people(payload))
    assert not sorted(name for name in names if name in left)


@pytest.mark.parametrize("file", FILES, ids=_key)
def test_what_was_kept_is_mapped_again_as_at_first(file: Path) -> None:
    payload = _payload(file)
    choices, _ = EXPECTED[_key(file)]
    assert told(_of(file, _cleaned(file, payload), choices)) == told(_of(file, payload, choices))


def people(value: Any, inside: bool = False) -> Iterator[str]:
    """What people are called in a payload: what lies in fields that can only be of people, and the ids that point to them."""
    if isinstance(value, dict):
        for name, part in value.items():
            person = name.lower() in OF_PEOPLE and not (isinstance(part, dict) and part.get("type") == "Organization")
            if isinstance(part, str | int) and not isinstance(part, bool) and (person or (inside and name in CALLED)):
                if len(str(part)) > 3 and str(part) != "[REDACTED]":
                    yield str(part)
            else:
                yield from people(part, person or (inside and isinstance(part, list)))
    elif isinstance(value, list):
        for part in value:
            if inside and isinstance(part, str):
                yield part
            yield from people(part, inside)


OF_PEOPLE: Final = {
    *("user", "assignee", "assignees", "sender", "creator", "reporter", "owner", "actor", "lead", "membercreator", "milestone_creator"),
    *("system.createdby", "system.changedby", "system.assignedto", "member_id", "owner_ids", "follower_ids", "idmembercreator"),
    *("creatorid", "assigneeid", "subscriberids", "leadid", "memberids", "requested_by_id"),
}
CALLED: Final = {
    *("login", "name", "username", "email", "displayName", "emailAddress", "accountId", "fullName", "id", "node_id", "key"),
    *("newValue", "oldValue", "new", "old"),
}
