"""ServiceNow: a change with a planned end, or a demand with a due date, is a promise of its assignment group.

What is sent is made by the business rule in deploy/servicenow, so it has what is needed: the record as it is, and why it was sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.domain.instants import Instant
from troth.intake import signatures
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Mapped, Unmappable
from troth.intake.items import Ending, Item, Says, Told, map_items
from troth.intake.payloads import address, at, document, due, identity, instant_of, part, text
from troth.intake.texts import name_of, shown, title_of
from troth.intake.values import Convert, number_of

NAME: Final = "servicenow"
PERSONS: Final = (
    *("assigned_to", "opened_by", "closed_by", "requested_by", "caller_id", "sys_created_by", "sys_updated_by", "watch_list"),
    *("work_notes", "comments", "additional_assignee_list", "submitted_by", "demand_manager"),
)
HEADERS: Final = ()
DATES: Final = ()


def verify(delivery: Delivery, secrets: Sequence[str], now: Instant) -> bool:  # noqa: ARG001  # neither has a time
    """Whether the bearer is a secret, or user and password are those of one, `user:password`."""
    given = delivery.headers.get("authorization")
    return signatures.bearer(given, secrets) or signatures.basic(given, secrets)


def map_delivery(delivery: Delivery, payload: Any, now: Instant, local: Local) -> Mapped:  # noqa: ARG001  # all times are ServiceNow's
    """The events of one delivery; `table` and `operation` say what it is of."""
    what = f"{text(payload, 'table')}.{text(payload, 'operation')}".strip(".")
    return map_items(NAME, text(payload, "event_id") or None, what, _read(payload, local), local, at(payload, "record.number"))


_OPERATIONS: Final = ("insert", "update", "delete")
_DUE: Final[Mapping[str, str]] = {"change_request": "end_date", "dmn_demand": "due_date"}
# By the state's label, as numbers differ from table to table.
_ENDINGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("closed", "closed complete", "complete", "completed", "resolved"), "delivered"),
    **dict.fromkeys(("canceled", "cancelled", "closed incomplete", "incomplete"), "revoked"),
    **dict.fromkeys(("rejected", "closed skipped"), "cancelled"),  # those who asked for it do not want it after all
}
_TERMS: Final[Mapping[str, Convert]] = {"customer": name_of, "goal": name_of, "budget": number_of, "unit": name_of}


def _read(payload: Any, local: Local) -> Iterator[Told]:
    payload = document(payload)
    table, operation = text(payload, "table"), text(payload, "operation")
    if not table or operation not in _OPERATIONS:
        raise Unmappable("table or operation is missing: send what deploy/servicenow sends")
    record = part(payload, "record")
    before = part(payload, "previous", {})
    told_at = _instant(record, "sys_created_on" if operation == "insert" else "sys_updated_on")
    if operation == "delete":
        told_at = instant_of(_zoned(payload.get("sent_at")), "sent_at")
    field = _DUE.get(table, "due_date")
    team = text(record, "assignment_group")
    if not team:
        raise Unmappable(f"{title_of(text(record, 'number'))} has no assignment_group, and a promise is a team's")
    item = Item(
        subject=f"servicenow:{table}/{identity(record, 'sys_id', 'record')}",
        where=title_of(text(record, "number")) or table,
        view=record,
        team=team,
        title=text(record, "short_description"),
        told_at=told_at,
        due_at=_due(record, field, local),
        url=address(payload, "link"),
        had_date=bool(before.get(field)),
        ending=_ending(record, told_at),
        statuses=(text(record, "state"),),
        type=table,
        terms=_terms(record, local),
        # A change that was closed as unsuccessful is none that its customer is satisfied with.
        word="rejected" if text(record, "close_code").casefold() == "unsuccessful" else "",
    )
    undated = "its due date was taken away" if before.get(field) else ""
    closed_before = _ENDINGS.get(text(before, "state").casefold()) and item.ending is None
    says = Says(reopens=bool(closed_before), undated=undated, gone="deleted" if operation == "delete" else "")
    yield Told(item, says)


def _ending(record: Mapping[str, Any], told_at: Instant) -> Ending | None:
    state = text(record, "state")
    kind = _ENDINGS.get(state.casefold())
    if kind is None:
        return None
    if kind == "revoked" and text(record, "approval").casefold() == "rejected":
        kind, state = "cancelled", "not approved"
    # The work's own end, where it is told, and not that of its paperwork.
    field = next((field for field in ("work_end", "closed_at") if kind == "delivered" and record.get(field)), "")
    field = field or ("closed_at" if record.get("closed_at") else "")
    return Ending(kind, _instant(record, field) if field else told_at, "" if kind == "delivered" else state)


def _terms(record: Mapping[str, Any], local: Local) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    for name, convert in _TERMS.items():
        try:
            value = convert(record.get(name))
        except Unmappable as error:
            raise Unmappable(f"record.{name} {error} (found: {shown(record.get(name))})") from None
        if value is not None and value != "":
            terms[name] = value
    if requested := _due(record, "requested_by_date", local):
        terms["requested_at"] = requested
    return terms


def _due(record: Mapping[str, Any], field: str, local: Local) -> str | None:
    value = record.get(field)
    return due(_zoned(value), f"record.{field}", local.zone)


def _instant(record: Mapping[str, Any], field: str) -> Instant:
    return instant_of(_zoned(record.get(field)), f"record.{field}")


def _zoned(value: Any) -> Any:
    """ServiceNow keeps times in UTC and writes no zone: 2026-01-12 08:30:00."""
    return f"{value}Z" if isinstance(value, str) and len(value) == 19 else value
