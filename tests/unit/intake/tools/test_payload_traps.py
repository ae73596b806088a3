"""What real deliveries show that a guess would miss: of which item each is, and each of the traps that lie in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.intake.tools import test_payloads
from tests.unit.intake.tools.support import Remembered, chosen, mapped_by, told
from tests.unit.intake.tools.test_payloads import ANY, EXPECTED, FILES, FOLDER
from troth.domain.instants import format_instant
from troth.intake.delivery import Mapped

pytestmark = pytest.mark.skipif(not FILES, reason="needs ../shared/payloads")
ISSUE, MILESTONE = "github:issues/444500041", "github:milestones/4317517"
JIRA = "jira:issues/10040"
LINEAR = "linear:projects/e65b2421-bad1-4075-bfd4-24be439c83f9"

# The commitments that a file's events are of, by the number that each tool itself goes by.
SUBJECTS: Final[dict[str, set[str]]] = {
    "github/issues.deleted.json": {ISSUE},
    "github/issues.edited.json": {ISSUE},
    "github/issues.opened.json": {ISSUE},
    "github/milestone.created.json": {MILESTONE},
    "github/milestone.deleted.json": {MILESTONE},
    "gitlab/gitlab4j.issue-event.json": {"gitlab:issues/301"},
    "gitlab/gitlab4j.workitem-event.json": {"gitlab:issues/93843"},
    "gitlab/gogitlab.issue.json": {"gitlab:issues/301"},
    "gitlab/goplayground.confidential-issue-event.json": {"gitlab:issues/301"},
    "jira/mattermost.webhook-issue-assigned-empty-changelog.json": {"jira:issues/10001"},
    "jira/mattermost.webhook-issue-created.json": {JIRA},
    "jira/mattermost.webhook-issue-deleted.json": {"jira:issues/10303"},
    "jira/mattermost.webhook-issue-updated-assigned.json": {JIRA},
    "jira/mattermost.webhook-issue-updated-fix-version.json": {JIRA},
    "jira/mattermost.webhook-issue-updated-labels.json": {JIRA},
    "jira/mattermost.webhook-issue-updated-resolved.json": {JIRA},
    "linear/zulip.issue_update.json": {"linear:issues/3443a709-f2b5-46f2-a136-a0445fd432be"},
    "linear/zulip.project_update_status.json": {LINEAR},
    "linear/zulip.project_update_target_date.json": {LINEAR},
    "azure_devops/aspnet.workitem.created.json": {"azure-devops:workitems/5"},
    "azure_devops/aspnet.workitem.deleted.json": {"azure-devops:workitems/5"},
    "azure_devops/aspnet.workitem.restored.json": {"azure-devops:workitems/5"},
    "azure_devops/aspnet.workitem.updated.json": {"azure-devops:workitems/5"},
    "trello/zulip.changing_due_date_on_card.json": {"trello:cards/53582e2da0fac5676a71428b"},
    "shortcut/zulip.story_update_everything_at_once.json": {"shortcut:stories/17", "shortcut:stories/26", "shortcut:stories/27"},
    "clickup/zulip.task_updated_due_date.json": {"clickup:tasks/1vj38vv"},
}


def payload(name: str) -> Any:
    """A file's content."""
    return test_payloads._payload(FOLDER / name)


@pytest.mark.parametrize("file", FILES, ids=test_payloads._key)
def test_each_is_of_the_item_that_its_tool_means(file: Path) -> None:
    name = test_payloads._key(file)
    mapped = test_payloads._of(file, payload(name), EXPECTED[name][0])
    assert {event["subject"] for event in mapped.events} == SUBJECTS.get(name, set())


def test_each_file_has_its_row_and_each_row_its_file() -> None:
    assert {test_payloads._key(file) for file in FILES} == EXPECTED.keys()
    assert SUBJECTS.keys() <= EXPECTED.keys()


def test_a_reopened_issue_of_github_is_open_though_it_carries_the_time_of_its_end() -> None:
    opened = payload("github/issues.opened.json")
    closed = {"state": "closed", "closed_at": "2019-05-16T10:00:00Z", "updated_at": "2019-05-16T10:00:00Z"}
    again = {"state": "open", "closed_at": "2019-05-16T10:00:00Z", "updated_at": "2019-05-17T10:00:00Z"}
    ledger = Remembered("github")
    for action, changed, state in (("opened", {}, "open"), ("closed", closed, "delivered"), ("reopened", again, "open")):
        said = opened | {"action": action, "issue": opened["issue"] | changed}
        ledger.take(mapped_by("github", said, {"x-github-event": "issues"}))
        assert ledger.standing(ISSUE).state == state


def test_an_open_epic_of_gitlab_is_open_though_it_carries_the_time_of_its_end() -> None:
    said = payload("gitlab/gitlab4j.workitem-event.json")
    assert said["object_attributes"]["closed_at"]
    ledger = Remembered("gitlab")
    ledger.take(mapped_by("gitlab", said, of=chosen(**ANY)))
    assert ledger.standing("gitlab:issues/93843").state == "open"


def test_a_work_item_of_azure_is_known_by_the_number_of_its_revision_and_by_its_new_state() -> None:
    said = payload("azure_devops/aspnet.workitem.updated.json")
    assert (said["resource"]["id"], said["resource"]["workItemId"], said["resource"]["revision"]["id"]) == (2, 0, 5)
    before = said["resource"]["revision"]["fields"]["System.State"]
    assert before == said["resource"]["fields"]["System.State"]["oldValue"]
    assert [kind for kind, _, _ in told(mapped_by("azure-devops", said, of=chosen(**ANY, done=[before])))] != ["delivered", "made"]
    after = said["resource"]["fields"]["System.State"]["newValue"]
    assert [kind for kind, _, _ in told(mapped_by("azure-devops", said, of=chosen(**ANY, done=[after])))] == ["delivered", "made"]


def test_one_delivery_of_shortcut_moves_several_stories() -> None:
    ledger = Remembered("shortcut")
    ledger.take(mapped_by("shortcut", payload("shortcut/zulip.story_update_everything_at_once.json")))
    for number in (17, 26, 27):
        standing = ledger.standing(f"shortcut:stories/{number}")
        assert standing.due_at is not None
        assert (standing.state, format_instant(standing.due_at)[:10]) == ("open", "2021-04-12")


def _moved(name: str, field: str, now: Any, choices: Any) -> Iterator[Mapped]:
    created, updated = payload("jira/mattermost.webhook-issue-created.json"), payload(f"jira/mattermost.webhook-issue-updated-{name}.json")
    for said, value in ((created, now[0]), (updated, now[1])):
        said["issue"]["fields"][field] = [value]
        yield mapped_by("jira", said, of=chosen(**choices))


@pytest.mark.parametrize(
    ("name", "field", "now", "choices"),
    [
        pytest.param(
            "fix-version",
            "fixVersions",
            ({"id": "10000", "name": "v1", "releaseDate": "2019-03-01"}, {"id": "10001", "name": "v2", "releaseDate": "2019-04-01"}),
            {},
            id="another fix version",
        ),
        pytest.param(
            "sprint",
            "customfield_10020",
            (
                {"id": 1, "name": "Sprint 1", "boardId": 3, "endDate": "2019-03-01T17:00:00.000Z"},
                {"id": 2, "name": "Sprint 2", "boardId": 3, "endDate": "2019-04-01T17:00:00.000Z"},
            ),
            {"dates_from": ["sprint"]},
            id="another sprint",
        ),
    ],
)
def test_a_move_to_another_version_or_sprint_of_jira_promises_anew(name: str, field: str, now: Any, choices: Any) -> None:
    ledger = Remembered("jira")
    ledger.take(*_moved(name, field, now, choices))
    standing = ledger.standing(JIRA)
    assert standing.original_due_at is not None
    assert standing.due_at is not None
    assert [format_instant(due)[:10] for due in (standing.original_due_at, standing.due_at)] == ["2019-03-01", "2019-04-01"]
