"""What GitLab's events and notes leave open, and how it is read."""

from typing import Any

from troth.intake.exports.gitlab_life import Changed, Moment, changed, life

SPRING = {"id": 501, "due_date": "2026-06-30"}
ISSUE: dict[str, Any] = {"id": 1, "state": "opened", "created_at": "2026-01-10T10:00:00.900Z", "due_date": "2026-04-30", "labels": ["a"]}
LATER = "2026-02-01T10:00:00.100Z"


def told(*changes: Changed, **said: Any) -> list[Moment]:
    return list(life(ISSUE | said, changes))


def test_without_changes_it_was_opened_as_it_is() -> None:
    [opened] = told()
    assert (opened.action, opened.issue["due_date"], opened.issue["labels"]) == ("open", "2026-04-30", ["a"])


def test_what_is_told_of_the_second_of_its_birth_it_was_born_with() -> None:
    [opened] = told(Changed("2026-01-10T10:00:01.100Z", "due_date", None, "2026-04-30"))
    assert opened.issue["due_date"] == "2026-04-30"


def test_a_date_that_was_set_later_was_not_there_before() -> None:
    opened, moved = told(Changed(LATER, "due_date", None, "2026-04-30"))
    assert (opened.issue["due_date"], moved.action, moved.issue["due_date"]) == (None, "update", "2026-04-30")


def test_a_date_that_was_first_taken_away_was_there_from_the_beginning() -> None:
    opened, removed = told(Changed(LATER, "due_date", "2026-03-31", None), due_date=None)
    assert (opened.issue["due_date"], removed.was_dated, removed.issue["due_date"]) == ("2026-03-31", "2026-03-31", None)


def test_an_end_that_no_event_tells_of_is_that_of_the_issue() -> None:
    opened, ended = told(state="closed", closed_at=LATER)
    assert (opened.issue["state"], opened.issue["closed_at"]) == ("opened", None)
    assert (ended.action, ended.issue["state"], ended.issue["closed_at"]) == ("close", "closed", LATER)


def test_an_issue_that_was_closed_as_it_was_opened_has_both() -> None:
    assert [one.action for one in told(Changed(ISSUE["created_at"], "state", None, "closed"), state="closed", closed_at=None)] == [
        "open",
        "close",
    ]


def test_a_label_that_was_taken_off_was_there_before() -> None:
    opened, after = told(Changed(LATER, "labels", "at risk", ""))
    assert (opened.issue["labels"], after.issue["labels"]) == (["a", "at risk"], ["a"])


def test_changes_of_one_second_are_one_change() -> None:
    _, after = told(Changed(LATER, "milestone", None, SPRING), Changed(LATER, "due_date", "2026-04-30", None), due_date=None)
    assert (after.issue["milestone"], after.issue["due_date"], after.was_dated) == (SPRING, None, "2026-04-30")


def test_what_people_wrote_and_other_changes_are_none() -> None:
    at = {"created_at": LATER, "noteable_type": "Issue", "noteable_id": 1}
    assert changed({**at, "body": "changed due date to March 1, 2026", "system": False}) is None
    assert changed({**at, "body": "assigned to @jodoe", "system": True}) is None
    assert changed({**at, "body": "changed due date to Smarch 1, 2026", "system": True}) is None
    assert changed({"created_at": LATER, "resource_type": "Issue", "action": "add", "label": None}) == Changed(LATER, "labels", "", "")
