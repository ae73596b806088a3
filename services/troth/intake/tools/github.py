"""GitHub: a milestone with a due date is a promise, and so are an issue in such a milestone and one with a date in a project.

Of a project's item GitHub tells neither title nor repository: the issue itself tells them, and its end, whatever project it is in.
Nothing in GitHub speaks for the customer, so nothing is cancelled: what is deleted, moved to another repository or
closed as not planned or as a duplicate is a word taken back. Were it otherwise, deleting would lead out of any promise.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Irrelevant, Mapped, Unmappable
from troth.intake.items import UNSAID, Change, Ending, Item, Says, Told, map_items, members
from troth.intake.payloads import LARGEST_NUMBER, address, at, day, document, identity, instant, part, text, texts
from troth.intake.texts import name_of, shown, title_of

NAME: Final = "github"
PERSONS: Final = (
    *("user", "sender", "owner", "assignee", "assignees", "author", "creator", "closed_by", "merged_by", "member", "invitee"),
    *("committer", "pusher", "email", "requested_reviewer", "requested_reviewers", "suggested_assignees"),
)
HEADERS: Final = ("x-github-event", "x-github-delivery")
DATES: Final = None  # any field of that name


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # GitHub signs no time
    """Whether X-Hub-Signature-256 is the body's."""
    return signatures.hmac_sha256(delivery.body, delivery.headers.get("x-hub-signature-256"), secrets, prefix="sha256=")


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are GitHub's
    """The events of one delivery; X-GitHub-Event says what it is of."""
    event, action = delivery.headers.get("x-github-event", ""), text(payload, "action")
    what = f"{event}.{action}" if action else event
    number = at(payload, "issue.number") or at(payload, "milestone.number")
    return map_items(NAME, delivery.headers.get("x-github-delivery"), what, _read(event, action, what, payload, local), local, number)


_DELETED: Final = Change(Says(gone="deleted"))
_REOPENED: Final = Change(Says(reopens=True))
_CHANGES: Final[Mapping[str, Mapping[str, Change]]] = {
    "issues": {
        "opened": Change(time="created_at"),
        "edited": Change(),
        "milestoned": Change(),
        "demilestoned": Change(Says(undated="taken out of its milestone")),
        "closed": Change(),
        "reopened": _REOPENED,
        "deleted": _DELETED,
        "transferred": Change(Says(gone="moved to another repository")),
    },
    "milestone": {
        "created": Change(time="created_at"),
        "edited": Change(Says(undated="its due date was taken away")),
        "closed": Change(),
        "opened": _REOPENED,
        "deleted": _DELETED,
    },
    "projects_v2_item": {
        "edited": Change(Says(undated="its date was taken away")),
        "archived": Change(Says(gone="archived")),
        "restored": Change(Says(restores=True)),
        "deleted": Change(Says(gone="taken out of its project")),
    },
}
# What people call the field of a project that holds a due date; `dates_from` says otherwise.
_PROJECT_DATES: Final = ("due", "due date", "target date", "target", "deadline", "end date")
_REVOKES: Final = {"not_planned": "closed as not planned", "duplicate": "closed as a duplicate"}


def _read(event: str, action: str, what: str, payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    if not event:
        raise Unmappable("there is no X-GitHub-Event header, which says what this is: let it pass through to Troth")
    change = _CHANGES.get(event, {}).get(action) or _labelled(event, action, payload, local)
    if change is None:
        raise Irrelevant(f"{title_of(what)[:100] or 'it'} changes nothing of a promise")
    if event == "issues":
        issue = _issue(payload, change, local)
        yield Told(issue, change.says)
        if node := text(payload, "issue.node_id"):
            there = issue._replace(subject=f"github:items/{node}", due_at=UNSAID, container="", partial=True, had_date=False)
            yield Told(there, change.says, quiet=True)
    elif event == "projects_v2_item":
        yield Told(_project_item(payload, local), change.says)
    else:
        milestone = _milestone(payload, change, local)
        yield Told(milestone, change.says, [members(milestone, change.says, "milestone")])


def _labelled(event: str, action: str, payload: Mapping[str, Any], local: Local) -> Change | None:
    """A label or a type says something where it warns, or where the user chose promises by it."""
    if event != "issues" or action not in ("labeled", "unlabeled", "typed", "untyped"):
        return None
    label = text(payload, "label.name")
    if action == "labeled" and label.casefold() in local.at_risk_labels:
        return Change(Says(warns=f"labelled {title_of(label)}"))
    return Change() if local.labels or local.types or local.promise or local.at_risk else None


def _issue(payload: Mapping[str, Any], change: Change, local: Local) -> Item:
    issue = part(payload, "issue")
    if issue.get("pull_request"):
        raise Unmappable("a pull request, not an issue: of its end nothing would be heard here")
    milestone = part(issue, "milestone", {})
    removed_from = part(payload, "milestone", {"due_on": "unknown"})
    if part(payload, "changes", {}).get("old_issue"):
        # It was created in another repository, and that is not when this one promised it.
        change = change._replace(time="updated_at")
    item = _item("issue", issue, milestone, payload, change, local)
    number = milestone.get("id")
    return item._replace(
        container=f"github:milestones/{number}" if item.due_at and isinstance(number, int) else "",
        had_date=bool(removed_from.get("due_on")),
        labels=texts(issue, "labels", "name"),
        type=text(issue, "type.name"),
    )


def _milestone(payload: Mapping[str, Any], change: Change, local: Local) -> Item:
    milestone = part(payload, "milestone")
    before = part(part(payload, "changes", {}), "due_on", {})
    item = _item("milestone", milestone, milestone, payload, change, local)
    return item._replace(had_date=bool(before.get("from")), type="milestone")


def _project_item(payload: Mapping[str, Any], local: Local) -> Item:
    """An item of a project of which a date was set, or which is there no more. Its name is that of the issue, wherever it is."""
    thing = part(payload, "projects_v2_item")
    if thing.get("content_type") == "DraftIssue":
        raise Unmappable("a draft, not an issue yet: set its date again once it is one")
    organization = text(payload, "organization.login")
    if not organization:
        raise Unmappable("organization.login is missing: only an organisation's projects tell of themselves")
    change = part(part(payload, "changes", {}), "field_value", {})
    number = title_of(str(change.get("project_number", "")))
    item = Item(
        subject=f"github:items/{identity(thing, 'content_node_id', 'projects_v2_item')}",
        where=f"{organization} project {number}".strip(),
        view={**thing, "organization": payload["organization"], "field_value": change},
        team="",
        team_else=f"{organization}/projects/{number}" if number else organization,
        title="",
        told_at=instant(thing, "updated_at", place="projects_v2_item"),
        due_at=UNSAID,
        partial=True,
        type=text(thing, "content_type"),
    )
    return item if text(payload, "action") != "edited" else _dated(item, change, local)


def _dated(item: Item, change: Mapping[str, Any], local: Local) -> Item:
    named = text(change, "field_name").casefold()
    chosen = _PROJECT_DATES if local.dates_from is None else [name.casefold() for name in local.dates_from]
    if change.get("field_type") != "date" or named not in chosen:
        raise Unmappable(f"the field {shown(change.get('field_name'))} of the project is no due date: `dates_from` names those that are")
    # GitHub writes a day as its midnight in UTC.
    return item._replace(due_at=day(change.get("to"), "changes.field_value.to", local.zone), had_date=bool(change.get("from")))


def _item(kind: str, thing: Mapping[str, Any], dated: Mapping[str, Any], payload: Mapping[str, Any], change: Change, local: Local) -> Item:
    """The commitment's id, where in the tool it is, what is promised, by when, and how it ended."""
    for field in ("id", "number"):
        value = thing.get(field)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Unmappable(f"{kind}.{field} is {shown(value)}, not a whole number")
        if abs(value) > LARGEST_NUMBER:
            raise Unmappable(f"{kind}.{field} is a number beyond all of GitHub's")
    repository, of_a_person = _repository(part(payload, "repository"))
    # GitHub's own number of the thing, not its address: it outlives new names of the repository, and exports have it, too.
    return Item(
        subject=f"github:{kind}s/{thing['id']}",
        where=f"{repository}#{thing['number']}" if kind == "issue" else f"{repository} milestone {thing['number']}",
        view={**thing, "kind": kind, "repository": payload["repository"]},
        team=repository,
        title=text(thing, "title"),
        told_at=instant(thing, change.time, place=kind),
        # GitHub keeps a day as its midnight in California, 7 or 8 in UTC: the day is written before the T.
        due_at=day(dated.get("due_on"), f"{'issue.' if kind == 'issue' else ''}milestone.due_on", local.zone),
        url="" if of_a_person else address(thing, "html_url"),
        ending=_ending(kind, thing),
        statuses=(text(thing, "state_reason"), text(thing, "state")),
    )


def _ending(kind: str, thing: Mapping[str, Any]) -> Ending | None:
    if at(thing, "state") != "closed":
        return None
    reason = _REVOKES.get(text(thing, "state_reason"), "")
    return Ending("revoked" if reason else "delivered", instant(thing, "closed_at", place=kind), reason)


def _repository(repository: Mapping[str, Any]) -> tuple[str, bool]:
    """Its full name; of a person's own repository the bare name, as the full one begins with the person's. And which it is."""
    owner = repository.get("owner", {})
    of_a_person = owner is None or (isinstance(owner, dict) and owner.get("type") == "User")
    field = "name" if of_a_person else "full_name"
    try:
        name = name_of(repository.get(field))
    except Unmappable as error:
        raise Unmappable(f"repository.{field} {error}") from None
    if not name:
        raise Unmappable(f"repository.{field} is missing")
    return name, of_a_person
