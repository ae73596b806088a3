"""GitHub: a milestone with a due date is a promise, and so is an issue in such a milestone.

Nothing in GitHub speaks for the customer, so nothing is cancelled: what is deleted, moved to another repository or
closed as not planned or as a duplicate is a word taken back. Were it otherwise, deleting would lead out of any promise.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from troth.domain.instants import Instant, NotATime, format_instant, parse_due, parse_instant
from troth.intake import signatures
from troth.intake.cloud_events import cloud_event
from troth.intake.delivery import Delivery, Local, Mapped, Unmappable
from troth.intake.texts import kind_of, name_of, shown, title_of

NAME: Final = "github"
PERSONS: Final = (
    *("user", "sender", "owner", "assignee", "assignees", "author", "creator", "closed_by", "merged_by", "member", "invitee"),
    *("committer", "pusher", "email", "requested_reviewer", "requested_reviewers", "suggested_assignees"),
)
_LARGEST_NUMBER: Final = 2**63 - 1
HEADERS: Final = ("x-github-event", "x-github-delivery")


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # GitHub signs no time
    """Whether X-Hub-Signature-256 is the body's."""
    return signatures.hmac_sha256(delivery.body, delivery.headers.get("x-hub-signature-256"), secrets, prefix="sha256=")


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are GitHub's
    """The events of one delivery; X-GitHub-Event says what it is of."""
    native_id = delivery.headers.get("x-github-delivery")
    event = delivery.headers.get("x-github-event", "")
    action = payload.get("action") if isinstance(payload, dict) else None
    what = title_of(f"{event}.{action}" if isinstance(action, str) else event)[:100]
    try:
        if not isinstance(payload, dict):
            raise Unmappable(f"the body is {kind_of(payload)}, not an object")
        if not event:
            raise Unmappable("there is no X-GitHub-Event header, which says what this is: let it pass through to Troth")
        says = _SAYS.get(event, {}).get(action) if isinstance(action, str) else None
        if says is None:
            raise Unmappable(f"{what or 'it'} changes nothing of a promise")
        item = _READ[event](payload, local)
        return Mapped(_events(item, says), "", native_id, f"{what} {item.where}")
    except Unmappable as error:
        return Mapped([], str(error), native_id, what)


class _Says(NamedTuple):
    """What an action says beside the item's present state."""

    time: str = "updated_at"  # the field that tells when
    reopens: bool = False
    undated: str = ""  # why an item without a date may have had one
    gone: str = ""  # why the item is no more


_SAYS: Final[Mapping[str, Mapping[str, _Says]]] = {
    "issues": {
        "opened": _Says(time="created_at"),
        "edited": _Says(),
        "milestoned": _Says(),
        "demilestoned": _Says(undated="taken out of its milestone"),
        "closed": _Says(),
        "reopened": _Says(reopens=True),
        "deleted": _Says(gone="deleted"),
        "transferred": _Says(gone="moved to another repository"),
    },
    "milestone": {
        "created": _Says(time="created_at"),
        "edited": _Says(undated="its due date was taken away"),
        "closed": _Says(),
        "opened": _Says(reopens=True),
        "deleted": _Says(gone="deleted"),
    },
}
_REVOKES: Final = {"not_planned": "closed as not planned", "duplicate": "closed as a duplicate"}


class _Item(NamedTuple):
    """A milestone or an issue: what it promises, by when (now, and whether before), and its fields of state and time."""

    subject: str
    where: str
    promise: Mapping[str, Any]
    fields: Mapping[str, Any]
    due_at: str | None
    had_date: bool


def _events(item: _Item, says: _Says) -> list[dict[str, Any]]:
    """The present state as events, so that what was never seen before ends right, too.

    What is closed when it is first heard of is made an instant after its end: void, so that nothing is gained by it.
    """
    told_at = _instant(item.fields, says.time)
    if item.due_at is None:
        if not (says.undated and item.had_date):
            raise Unmappable(f"{item.where} has no due date: not a promise")
        return [cloud_event(NAME, "renegotiated", item.subject, told_at, {"due_at": None, "reason": says.undated})]
    events = []
    if item.fields.get("state") == "closed":
        closed_at = _instant(item.fields, "closed_at")
        told_at = max(told_at, closed_at + 1)
        revokes = _REVOKES.get(str(item.fields.get("state_reason")))
        kind, data = ("revoked", {"reason": revokes}) if revokes else ("delivered", {})
        events.append(cloud_event(NAME, kind, item.subject, closed_at, data))
    if says.gone:
        return [*events, cloud_event(NAME, "revoked", item.subject, told_at, {"reason": says.gone})]
    events.append(cloud_event(NAME, "made", item.subject, told_at, {**item.promise, "due_at": item.due_at}))
    if says.reopens:
        events.append(cloud_event(NAME, "reopened", item.subject, _instant(item.fields, says.time), {}))
    return events


def _issue(payload: Mapping[str, Any], local: Local) -> _Item:
    issue = _part(payload, "issue")
    if issue.get("pull_request"):
        raise Unmappable("a pull request, not an issue: of its end nothing would be heard here")
    milestone = _part(issue, "milestone", {})
    removed_from = _part(payload, "milestone", {"due_on": "unknown"})
    if _part(payload, "changes", {}).get("old_issue"):
        # It was created in another repository, and that is not when this one promised it.
        issue = {**issue, "created_at": issue.get("updated_at")}
    return _Item(*_promise("issue", issue, payload, local), issue, _due_at(milestone, local), had_date=bool(removed_from.get("due_on")))


def _milestone(payload: Mapping[str, Any], local: Local) -> _Item:
    milestone = _part(payload, "milestone")
    before = _part(_part(payload, "changes", {}), "due_on", {})
    return _Item(*_promise("milestone", milestone, payload, local), milestone, _due_at(milestone, local), had_date=bool(before.get("from")))


_READ: Final = {"issues": _issue, "milestone": _milestone}


def _promise(kind: str, thing: Mapping[str, Any], payload: Mapping[str, Any], local: Local) -> tuple[str, str, dict[str, Any]]:
    """The commitment's id, where in the tool it is, and what is promised but for the date."""
    for field in ("id", "number"):
        value = thing.get(field)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Unmappable(f"{kind}.{field} is {shown(value)}, not a whole number")
        if abs(value) > _LARGEST_NUMBER:
            raise Unmappable(f"{kind}.{field} is a number beyond all of GitHub's")
    repository, of_a_person = _repository(_part(payload, "repository"))
    where = f"{repository}#{thing['number']}" if kind == "issue" else f"{repository} milestone {thing['number']}"
    promise = {"team": local.teams.get(repository, repository), "title": title_of(_text(thing, "title")) or where}
    url = _text(thing, "html_url")
    if url.startswith("https://") and url.isascii() and url.isprintable() and len(url) <= 500 and not of_a_person:
        promise["url"] = url
    # GitHub's own number of the thing, not its address: it outlives new names of the repository, and exports have it, too.
    return f"github:{kind}s/{thing['id']}", where, promise


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


def _due_at(dated: Mapping[str, Any], local: Local) -> str | None:
    """The end of the due day. GitHub keeps a day as its midnight in California, 7 or 8 in UTC: the day is written before the T."""
    if dated.get("due_on") is None:
        return None
    _instant(dated, "due_on")
    return format_instant(parse_due(dated["due_on"][:10], local.zone))


def _instant(fields: Mapping[str, Any], field: str) -> Instant:
    try:
        return parse_instant(_text(fields, field))
    except NotATime:
        raise Unmappable(f"{field} is {shown(fields.get(field))}, which is no time") from None


def _text(fields: Mapping[str, Any], field: str) -> str:
    value = fields.get(field)
    return value if isinstance(value, str) else ""


def _part(whole: Mapping[str, Any], name: str, default: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    part = whole.get(name)
    if part is None and default is not None:
        return default
    if not isinstance(part, dict):
        raise Unmappable(f"{name} is {kind_of(part)}, not an object")
    return part
