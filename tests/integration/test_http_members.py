"""What depends on the ledger's record, asked of a real one: a milestone that moves takes its issues along."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from tests.integration.conftest import Served

SHOP = {"id": 9, "name": "shop", "full_name": "octo/shop", "owner": {"login": "octo", "type": "Organization"}}
RELEASE = {
    "id": 71,
    "number": 3,
    "title": "Spring",
    "state": "open",
    "due_on": "2036-02-27T08:00:00Z",
    "created_at": "2026-01-05T09:00:00Z",
}
RELEASE |= {"updated_at": "2026-01-05T09:00:00Z", "closed_at": None, "html_url": "https://github.example/octo/shop/milestone/3"}
AUTUMN = RELEASE | {"id": 72, "number": 4, "due_on": "2036-10-31T07:00:00Z"}


def github(served: Served, event: str, action: str, **said: Any) -> list[dict[str, str]]:
    body = json.dumps({"action": action, "repository": SHOP, **said})
    [secret] = served.settings.webhook_secrets["github"]
    signature = "sha256=" + hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-GitHub-Event": event, "X-Hub-Signature-256": signature}
    answer = served.http.post("/webhooks/github", content=body, headers=headers)
    assert answer.status_code == 202
    events: list[dict[str, str]] = answer.json()["events"]
    return events


def issue(id: int, milestone: Any, **said: Any) -> dict[str, Any]:
    whole = {"id": id, "number": id, "title": f"Issue {id}", "state": "open", "created_at": "2026-01-10T10:00:00Z", "closed_at": None}
    return whole | {"updated_at": "2026-01-10T10:00:00Z", "milestone": milestone, "html_url": ""} | said


def due_day(served: Served, id: int) -> str:
    due: str = served.get(f"/v1/commitments/github:issues/{id}")["due_at"][:10]
    return due


def test_a_milestone_that_moves_takes_its_open_issues_along(serve: Callable[..., Served]) -> None:
    served = serve()
    for id, milestone in ((1, RELEASE), (2, RELEASE), (3, AUTUMN), (4, RELEASE)):
        github(served, "issues", "opened", issue=issue(id, milestone))
    closed = {"state": "closed", "closed_at": "2026-02-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"}
    github(served, "issues", "closed", issue=issue(2, RELEASE, **closed))
    github(served, "issues", "milestoned", issue=issue(4, AUTUMN, updated_at="2026-02-01T00:00:00Z"))
    later = RELEASE | {"due_on": "2036-04-30T07:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}
    events = github(served, "milestone", "edited", milestone=later, changes={"due_on": {"from": RELEASE["due_on"]}})
    assert [event["subject"] for event in events] == ["github:milestones/71", "github:issues/1"]
    assert [due_day(served, id) for id in (1, 2, 3, 4)] == ["2036-04-30", "2036-02-27", "2036-10-31", "2036-10-31"]
    assert [event["subject"] for event in github(served, "milestone", "edited", milestone=later)] == ["github:milestones/71"]


def test_an_issue_taken_out_of_its_milestone_and_then_closed_is_delivered(serve: Callable[..., Served]) -> None:
    served = serve()
    github(served, "issues", "opened", issue=issue(1, RELEASE))
    closed = {"state": "closed", "closed_at": "2026-02-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"}
    assert github(served, "issues", "closed", issue=issue(2, None, **closed)) == []
    github(served, "issues", "demilestoned", issue=issue(1, None, updated_at="2026-01-20T00:00:00Z"), milestone=RELEASE)
    github(served, "issues", "closed", issue=issue(1, None, **closed))
    promise = served.get("/v1/commitments/github:issues/1")
    assert (promise["state"], promise["verdict"]["agreed"]) == ("delivered", "kept")
    assert served.http.get("/v1/commitments/github:issues/2").status_code == 404
