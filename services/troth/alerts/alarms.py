"""What fires at Alertmanager: the open promises that are overdue or at risk, and for an hour each move and each word taken back. Pure."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from troth.alerts import words
from troth.alerts.words import Telling
from troth.domain.instants import MICROSECONDS_A_DAY, Instant, format_instant
from troth.domain.notices import AT_RISK, MOVED, RECOVERED, SLIPPED, TAKEN_BACK, Notice
from troth.domain.standing import Standing
from troth.domain.telling import Recorded, Story, Trouble

ALERT_NAMES: Final = {
    SLIPPED: "TrothPromiseSlipped",
    AT_RISK: "TrothPromiseAtRisk",
    MOVED: "TrothPromiseMoved",
    TAKEN_BACK: "TrothPromiseRevoked",
}
FIRES_MICROSECONDS: Final = 3_600 * 1_000_000  # so long fires what happens at one instant
NEWS_MICROSECONDS: Final = 30 * MICROSECONDS_A_DAY  # what was recorded so long after it happened is history that was brought in
LINGERS_MICROSECONDS: Final = 300 * 1_000_000  # so long is said again that something is over, to an Alertmanager that was started anew
CLOCKS_APART_MICROSECONDS: Final = 600 * 1_000_000  # by so much Alertmanager's clock may differ from this one


class Labels(NamedTuple):
    """What names an alert. `customer` is "" where there is none."""

    kind: str
    team: str
    customer: str
    commitment: str


class Alarm(NamedTuple):
    """Since when it fires, until when at most (None: as long as it is true), and since when it is over."""

    starts_at: Instant
    until: Instant | None = None
    ended_at: Instant | None = None


def of_troubles(troubles: Iterable[Trouble], now: Instant) -> dict[Labels, Alarm]:
    """What fires as long as it is true: an overdue promise since its date, one at risk since it is seen."""
    return {_labels(kind, standing.team, standing.customer, standing.id): Alarm(_start(kind, standing, now)) for kind, standing in troubles}


def of_notices(recorded: Iterable[Recorded], now: Instant) -> dict[Labels, Alarm]:
    """What fires for an hour from when it was recorded."""
    found = {}
    for _, notice, recorded_at in recorded:
        until = min(recorded_at, now) + FIRES_MICROSECONDS
        is_news = recorded_at - notice.at < NEWS_MICROSECONDS
        if notice.kind in (MOVED, TAKEN_BACK) and is_news and until > now:
            found[_labels(notice.kind, notice.team, notice.customer, notice.commitment)] = Alarm(min(recorded_at, now), until)
    return found


def turn(
    held: Mapping[Labels, Alarm], true: Mapping[Labels, Alarm], new: Mapping[Labels, Alarm], now: Instant
) -> tuple[dict[Labels, Alarm], set[Labels]]:
    """From what is held, what is true now and what is new: what changed of it, and what has been over long enough to be let go."""
    changed = {labels: alarm for labels, alarm in {**true, **new}.items() if labels in new or _begins(held.get(labels))}
    gone: set[Labels] = set()
    for labels, alarm in held.items():
        if labels in changed:
            continue
        if alarm.ended_at is not None:
            # A clock that was set back makes nothing linger for longer.
            if not alarm.ended_at <= now < alarm.ended_at + LINGERS_MICROSECONDS:
                gone.add(labels)
        elif (alarm.until is None and labels not in true) or (
            alarm.until is not None and not now < alarm.until <= now + FIRES_MICROSECONDS
        ):
            changed[labels] = alarm._replace(ended_at=max(now, alarm.starts_at + 1))
    return changed, gone


def document(labels: Labels, alarm: Alarm, story: Story, link: str, zone: tzinfo, now: Instant) -> dict[str, Any]:
    """An alert as Alertmanager's API takes it.

    While it fires no end is named, and no start that is news: these are then Alertmanager's own, whatever its clock says.
    """
    notice = _notice(labels, alarm, story.standing)
    said: dict[str, Any] = {
        "labels": {"alertname": ALERT_NAMES[labels.kind], **labels._asdict()},
        "annotations": {"summary": words.heading(notice), "description": "\n".join(words.lines(Telling(notice, story, ""), zone))},
    }
    if alarm.ended_at is not None:
        said |= {"startsAt": format_instant(min(alarm.starts_at, alarm.ended_at)), "endsAt": format_instant(alarm.ended_at)}
    elif alarm.starts_at < now - CLOCKS_APART_MICROSECONDS:
        said["startsAt"] = format_instant(alarm.starts_at)
    return {**said, "generatorURL": link} if link else said


def _notice(labels: Labels, alarm: Alarm, standing: Standing | None) -> Notice:
    """What an alert tells, as the notice that it comes of; what was overdue and is over has recovered."""
    over = labels.kind == SLIPPED and alarm.ended_at is not None
    due = None if standing is None or over else standing.due_at
    return Notice(
        RECOVERED if over else labels.kind,
        labels.commitment,
        alarm.starts_at if due is None else due,
        alarm.starts_at,
        labels.team,
        labels.customer or None,
        None if standing is None else standing.goal,
        "" if standing is None else standing.title or "",
    )


def _labels(kind: str, team: str | None, customer: str | None, commitment: str) -> Labels:
    return Labels(kind, team or "", customer or "", commitment)


def _start(kind: str, standing: Standing, now: Instant) -> Instant:
    return min(now, standing.due_at) if kind == SLIPPED and standing.due_at is not None else now


def _begins(held: Alarm | None) -> bool:
    return held is None or held.ended_at is not None
