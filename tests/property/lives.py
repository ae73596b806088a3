"""One life of an item, told twice in each tool's words: as its webhooks tell it, and as it is exported afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from tests.integration.exports import test_azure_devops as azure
from tests.integration.exports import test_github as github
from tests.integration.exports import test_gitlab as gitlab
from tests.integration.exports import test_jira as jira

Told = tuple[Mapping[str, str], Any]


class State(NamedTuple):
    """An item as it is: its due day, its title, whether a label says that it is at risk, and when it ended."""

    due: str | None
    title: str = "Tills"
    risk: bool = False
    ended: str | None = None


class Moment(NamedTuple):
    """A change of one thing."""

    at: datetime
    before: State
    after: State


class Twice(NamedTuple):
    """What webhooks told, and the values of an export."""

    commitment: str
    webhooks: list[Told]
    export: list[Any]


def life(due: str | None, wishes: Sequence[tuple[str, Any]]) -> tuple[State, list[Moment]]:
    """How it began, and the changes of it that are changes, a day and an hour apart."""
    first = now = State(due)
    moments = []
    at = datetime(2026, 1, 10, 10, tzinfo=UTC)
    for field, value in wishes:
        at += timedelta(days=1, hours=1)
        wanted = ended_at(at) if field == "ended" and value else None if field == "ended" else value
        after = State(**(now._asdict() | {field: wanted}))
        if after != now and not (field == "ended" and now.ended and wanted):
            moments.append(Moment(at, now, after))
            now = after
    return first, moments


def ended_at(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def on_github(first: State, moments: Sequence[Moment]) -> Twice:
    """A due day is a milestone of it."""
    stones: dict[str | None, Any] = {
        moment.due: github.SPRING | {"id": 70 + number, "number": number, "title": f"By {moment.due}", "due_on": f"{moment.due}T07:00:00Z"}
        for number, moment in enumerate([first, *(moment.after for moment in moments)], 1)
        if moment.due
    }

    def issue(state: State, at: str) -> dict[str, Any]:
        stone = stones[state.due] if state.due else None
        labels = [{"name": "at risk"}] * state.risk
        ended = github.ENDED | {"closed_at": state.ended} if state.ended else {}
        return github.FIRST | ended | {"title": state.title, "labels": labels, "milestone": stone, "updated_at": at}

    born = github.FIRST["created_at"]
    told: list[Told] = [({"x-github-event": "issues"}, {"action": "opened", "issue": issue(first, born), "repository": github.SHOP})]
    values: list[Any] = [github.SHOP, *stones.values()]
    if first.due:
        values.append(_happened("milestoned", born, {"milestone": {"title": stones[first.due]["title"]}}, 0))
    for moment in moments:
        at = ended_at(moment.at)
        for what, state, beside in _on_github(moment, stones):
            action = {"renamed": "edited"}.get(what, what)
            said = {name: value for name, value in beside.items() if name != "rename"}
            told.append(({"x-github-event": "issues"}, {"action": action, "issue": issue(state, at), "repository": github.SHOP, **said}))
            kept = {name: {"title": value["title"]} if name == "milestone" else value for name, value in beside.items()}
            values.append(_happened(what, at, kept, len(values)))
    last = issue(moments[-1].after if moments else first, ended_at(moments[-1].at) if moments else born)
    values.append(last | {"url": f"{github.API}/issues/12", "repository_url": github.API})
    return Twice("github:issues/501", told, values)


def _on_github(moment: Moment, stones: Mapping[str | None, Any]) -> Iterator[tuple[str, State, dict[str, Any]]]:
    before, after = moment.before, moment.after
    if before.due != after.due and before.due:
        yield "demilestoned", after._replace(due=None), {"milestone": stones[before.due]}
    if before.due != after.due and after.due:
        yield "milestoned", after, {"milestone": stones[after.due]}
    if before.title != after.title:
        yield "renamed", after, {"rename": {"from": before.title, "to": after.title}}
    if before.risk != after.risk:
        yield "labeled" if after.risk else "unlabeled", after, {"label": {"name": "at risk"}}
    if before.ended != after.ended:
        yield "closed" if after.ended else "reopened", after, {}


def _happened(what: str, at: str, beside: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {"id": number, "event": what, "created_at": at, "actor": github.JETTE, "issue": {"id": 501, "number": 12}, **beside}


def on_jira(first: State, moments: Sequence[Moment]) -> Twice:
    """Each moment is a history of the changelog."""

    def fields(state: State, at: str) -> dict[str, Any]:
        end = {"status": jira.DONE, "resolution": jira.FIXED, "resolutiondate": state.ended} if state.ended else {}
        return jira.FIRST | end | {"duedate": state.due, "summary": state.title, "labels": ["at-risk"] * state.risk, "updated": at}

    def items(moment: Moment) -> Iterator[dict[str, Any]]:
        before, after = moment.before, moment.after
        if before.due != after.due:
            yield jira.change("duedate", before.due, after.due)
        if before.title != after.title:
            yield jira.change("summary", None, None, (before.title, after.title))
        if before.risk != after.risk:
            yield jira.change("labels", None, None, ("at-risk" * before.risk, "at-risk" * after.risk))
        if before.ended != after.ended:
            ends = jira.DONE_CHANGES if after.ended else [jira.change("status", "3", "1", ("Done", "To Do"))]
            yield from ends if after.ended else [*ends, jira.change("resolution", "10", None, ("Fixed", None))]

    issue = {"id": "9001", "key": "PAY-12", "self": jira.SELF}
    told: list[Told] = [({}, {"webhookEvent": "jira:issue_created", "issue": issue | {"fields": fields(first, jira.CREATED)}})]
    histories = []
    for number, moment in enumerate(moments):
        at = ended_at(moment.at)
        changes = list(items(moment))
        payload = {"webhookEvent": "jira:issue_updated", "issue": issue | {"fields": fields(moment.after, at)}}
        told.append(({}, payload | {"changelog": {"items": changes}}))
        histories.append({"id": str(number), "created": at, "items": changes})
    now = fields(moments[-1].after, ended_at(moments[-1].at)) if moments else fields(first, jira.CREATED)
    return Twice("jira:issues/9001", told, [issue | {"fields": now, "changelog": {"histories": histories, "total": len(histories)}}])


def on_gitlab(first: State, moments: Sequence[Moment]) -> Twice:
    """A due day is told in notes; a title is told of as it is now, so it does not change here."""

    def attributes(state: State, at: str) -> dict[str, Any]:
        end = {"state": "closed" if state.ended else "opened", "closed_at": state.ended}
        labels = [{"title": "at risk"}] if state.risk else []
        return gitlab.FIRST | end | {"due_date": state.due, "labels": labels, "updated_at": at}

    def note(at: str, before: str | None, after: str | None) -> dict[str, Any]:
        day = datetime.strptime(after or before or "", "%Y-%m-%d").strftime("%B %-d, %Y")  # noqa: DTZ007 - a day has no zone
        said = gitlab.note(at, f"changed due date to {day}" if after else f"removed due date {day}")
        return said | {"created_at": at}

    def change(moment: Moment) -> Iterator[tuple[str, dict[str, Any]]]:
        at, before, after = ended_at(moment.at), moment.before, moment.after
        if before.due != after.due:
            yield "update", note(at, before.due, after.due)
        if before.risk != after.risk:
            action = {"action": "add" if after.risk else "remove", "label": {"name": "at risk"}}
            yield "update", gitlab.event(at, **action) | {"created_at": at}
        if before.ended != after.ended:
            yield "close" if after.ended else "reopen", gitlab.event(at, state="closed" if after.ended else "reopened") | {"created_at": at}

    def delivery(action: str, state: State, at: str, changes: Mapping[str, Any]) -> Told:
        payload = {"object_kind": "issue", "project": gitlab.SHOP, "object_attributes": attributes(state, at) | {"action": action}}
        return {}, payload | {"changes": changes}

    born = "2026-01-10T10:00:00Z"
    told = [delivery("open", first._replace(title="A till"), gitlab.FIRST["created_at"], {})]
    values: list[Any] = [note(born, None, first.due)] if first.due else []
    for moment in moments:
        for action, value in change(moment):
            dates = {"due_date": {"previous": moment.before.due, "current": moment.after.due}}
            told.append(delivery(action, moment.after, ended_at(moment.at), dates if moment.before.due != moment.after.due else {}))
            values.append(value)
    now = moments[-1].after if moments else first
    issue = gitlab.an_issue() | {"milestone": None, "due_date": now.due, "labels": ["at risk"] * now.risk, "closed_at": now.ended}
    issue |= {"state": "closed" if now.ended else "opened", "updated_at": ended_at(moments[-1].at) if moments else born}
    # Without any change in the export an issue is told as it is now, and not as a life.
    other = gitlab.event(born, state="closed") | {"resource_id": 1}
    return Twice("gitlab:issues/9001", told, [issue, other, *values])


def on_azure_devops(first: State, moments: Sequence[Moment]) -> Twice:
    """Each moment is a revision."""

    def fields(state: State, at: str) -> dict[str, Any]:
        said: dict[str, Any] = {"System.Title": state.title, "System.ChangedDate": at, azure.CLOSED: state.ended}
        said |= {"System.State": "Closed" if state.ended else "New", "System.Tags": "at risk" if state.risk else None}
        said[azure.DUE] = f"{state.due}T00:00:00Z" if state.due else None
        return {name: value for name, value in (azure.FIRST | said).items() if value is not None}

    states = [fields(first, azure.FIRST["System.CreatedDate"]), *(fields(moment.after, ended_at(moment.at)) for moment in moments)]
    told: list[Told] = [({}, {"eventType": "workitem.created", "resource": {"id": 41, "fields": states[0]}})]
    told += [({}, azure.updated(before, after)) for before, after in pairwise(states)]
    revisions = [{"id": 41, "rev": rev, "fields": state} for rev, state in enumerate(states, 1)]
    return Twice("azure-devops:workitems/41", told, [{"values": revisions[::-1], "isLastBatch": True}])


TOOLS: Mapping[str, Callable[[State, Sequence[Moment]], Twice]] = {
    "github": on_github,
    "jira": on_jira,
    "gitlab": on_gitlab,
    "azure-devops": on_azure_devops,
}
