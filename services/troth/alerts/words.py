"""A promise and what became of it in plain sentences, for people who have not got the board before them. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from troth.domain.instants import Instant, datetime_of
from troth.domain.notices import AT_RISK, MOVED, RECOVERED, SLIPPED, TAKEN_BACK, Notice
from troth.domain.standing import CANCELLED, DELIVERED, Standing
from troth.domain.telling import Story

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADINGS: Final = {SLIPPED: "slipped", AT_RISK: "at risk", RECOVERED: "recovered", MOVED: "moved", TAKEN_BACK: "taken back"}
_A_MICROSECOND: Final = timedelta(microseconds=1)
_SAID_CHARACTERS: Final = 500


class Telling(NamedTuple):
    """A notice with the story of its promise and the address of its page ("" where none is known)."""

    notice: Notice
    story: Story
    link: str


def moment(instant: Instant, zone: tzinfo) -> str:
    """30 Jan 2026 for the end of that day in the zone, else 30 Jan 2026, 14:05."""
    there = datetime_of(instant).astimezone(zone)
    day = f"{there.day} {MONTHS[there.month - 1]} {there.year}"
    return day if _ends_a_day(there) else f"{day}, {there:%H:%M}"


def heading(notice: Notice) -> str:
    """Slipped: The checkout speaks Danish."""
    return f"{HEADINGS[notice.kind].capitalize()}: {notice.title or notice.commitment}"


def lines(telling: Telling, zone: tzinfo) -> list[str]:
    """All that is to be known of one: what happened, who promised what to whom and when, what the team said, where to look."""
    notice, story, _ = telling
    found = [happened(notice, story, zone)]
    found.append(f"Team: {notice.team or 'none'}")
    found += [f"Customer: {notice.customer}"] if notice.customer else []
    found += [f"Goal: {notice.goal}"] if notice.goal else []
    found += [promised(story.standing, zone)] if story.standing is not None and story.standing.made_at is not None else []
    found.append(said(story, zone))
    return [*found, telling.link] if telling.link else found


def line(telling: Telling, zone: tzinfo) -> str:
    """The same in one line, for a list."""
    notice, story, link = telling
    whom = f" (for {notice.customer})" if notice.customer else ""
    parts = [f"{notice.title or notice.commitment}{whom}: {happened(notice, story, zone)}"]
    parts += [promised(story.standing, zone)] if story.standing is not None and story.standing.made_at is not None else []
    parts += [said(story, zone)] if story.said_at is not None else []
    return " ".join([*parts, link] if link else parts)


def happened(notice: Notice, story: Story, zone: tzinfo) -> str:
    """What became of it and since when, in a sentence."""
    date, at = moment(notice.date, zone), moment(notice.at, zone)
    standing = story.standing
    match notice.kind:
        case "slipped":
            return f"Overdue since {date}: the date passed and it was not delivered."
        case "at_risk":
            expected = f" The team expects it on {moment(standing.expected_at, zone)}." if standing and standing.expected_at else ""
            return f"At risk since {at}: it is due on {date} and may not be delivered by then.{expected}"
        case "recovered":
            return f"It was overdue since {date}, and is no longer: {_how(standing, zone)}."
        case "moved":
            taken_away = standing is not None and standing.due_at is None
            return f"Its date, {date}, was taken away on {at}." if taken_away else f"Moved on {at}: it is due on {date} now."
        case _:
            return f"Taken back on {at}: the team will not deliver what was due on {date}."


def promised(standing: Standing, zone: tzinfo) -> str:
    """When it was promised, and for when."""
    made = f"Promised on {moment(standing.made_at or 0, zone)}"
    original, due = standing.original_due_at, standing.due_at
    if due is None:
        return f"{made}, without a date in force." if original is None else f"{made} for {moment(original, zone)}; no date is in force."
    if original is None or original == due:
        return f"{made} for {moment(due, zone)}."
    return f"{made}, first for {moment(original, zone)}, now for {moment(due, zone)}."


def said(story: Story, zone: tzinfo) -> str:
    """What the team said of it."""
    if story.said_at is None:
        return "The team has said nothing of it."
    words = " ".join(story.said.split())
    words = words if len(words) <= _SAID_CHARACTERS else words[: _SAID_CHARACTERS - 1] + "…"
    return f"The team said on {moment(story.said_at, zone)}: {f'“{words}”' if words else 'it may slip.'}"


def counts(notices: Sequence[Notice]) -> str:
    """3 promises slipped, 1 at risk: by kind, the worst first."""
    by_kind = [(kind, sum(notice.kind == kind for notice in notices)) for kind in HEADINGS]
    found = [(kind, number) for kind, number in by_kind if number]
    first = f"{found[0][1]} {'promise' if found[0][1] == 1 else 'promises'} {HEADINGS[found[0][0]]}"
    return ", ".join([first, *(f"{number} {HEADINGS[kind]}" for kind, number in found[1:])])


def _how(standing: Standing | None, zone: tzinfo) -> str:
    if standing is None:
        return "it is not on record any more"
    if standing.state in (DELIVERED, CANCELLED) and standing.closed_at is not None:
        return f"{standing.state} on {moment(standing.closed_at, zone)}"
    if standing.closed_at is not None:
        return f"taken back on {moment(standing.closed_at, zone)}"
    return "it has no date now" if standing.due_at is None else f"it is due on {moment(standing.due_at, zone)} now"


def _ends_a_day(there: datetime) -> bool:
    return (there + _A_MICROSECOND).time() == datetime.min.time()
