"""What the board says of a score: from a summary document to words. Pure.

A summary, a promise ("commitment" in the API) and their fields are DESIGN.md's HTTP section; `target` is the reliability aimed at.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from troth.domain.instants import MICROSECONDS_A_DAY
from troth.gateway.board.words import Calendar, counted, expected_range, hundred, instant, spelled

Document = dict[str, Any]

FLATTERS: Final = (
    "A kept promise counts from its delivery, a failed one from its date, so until a team’s first dates have passed its score flatters."
)
_YOUNG_WEEKS: Final = 13
_YOUNG_DAYS: Final = 91
_EARLY_DAYS: Final = 14


class Headline(NamedTuple):
    """A sentence with one figure that stands out; `look` is the CSS class of its colour."""

    before: str
    figure: str
    after: str
    look: str


def standing(summary: Document, target: float) -> str:
    """How sure it is about the target: below, above, between, or unsure where there is not enough evidence."""
    if not summary["enough"]:
        return "unsure"
    if summary["high"] < target:
        return "below"
    return "above" if summary["low"] > target else "between"


def standing_words(summary: Document, target: float) -> str:
    """The same in words, for those who see no colour."""
    if summary["padded"]:
        return "On target, but padded: its dates say little"
    return {
        "unsure": "Not enough promises yet",
        "below": "Below the target even at best",
        "above": "Above the target even at worst",
        "between": "May or may not reach the target",
    }[standing(summary, target)]


def chart_words(name: str, summary: Document, target: float) -> str:
    """What an interval chart shows, for those who do not see it."""
    if not summary["enough"]:
        return f"{name}: not enough promises yet to say"
    return (
        f"{name}: expect {hundred(summary['low'])} to {hundred(summary['high'])} of the next 100 kept, "
        f"most likely about {hundred(summary['reliability'])}; target {hundred(target)}"
    )


def trend_words(name: str, points: Sequence[Document], target: float) -> str:
    """What a trend chart shows, in a sentence."""
    shown = [point for point in points if point["evidence"] > 0]
    first, last = shown[0], shown[-1]
    return (
        f"{name}, promises kept of 100, from {first['day'][:10]} to {last['day'][:10]}: from {hundred(first['reliability'])} to "
        f"{hundred(last['reliability'])}, now between {hundred(last['low'])} and {hundred(last['high'])}; target {hundred(target)}"
    )


def organisation_headline(summary: Document, target: float) -> Headline:
    """How all teams together stand, in a sentence."""
    kind, aim = standing(summary, target), hundred(target)
    if kind == "unsure":
        return Headline("", "Too few promises", " have come due yet to say how far the teams can be trusted.", "")
    figure = f"{hundred(summary['reliability'])} of 100"
    if kind == "below":
        return Headline("The teams keep about ", figure, f" promises; even at best that is under the target of {aim}.", kind)
    if kind == "above":
        return Headline("The teams keep about ", figure, f" promises; even at worst that is over the target of {aim}.", kind)
    return Headline("The teams keep about ", figure, f" promises; it is open whether they reach the target of {aim}.", "")


def subject_headline(kind: str, summary: Document, target: float) -> Headline:
    """How a team, customer or goal stands; its name goes before the sentence."""
    look = standing(summary, target)
    if look == "unsure":
        words = {"team": " has settled", "customer": " has seen", "goal": ": there are"}[kind]
        return Headline(f"{words} ", "too few promises", " yet to say how many of the next will be kept.", "")
    before = {"team": " keeps about ", "customer": " gets about ", "goal": ": about "}[kind]
    after = {"team": " promises", "customer": " promises kept", "goal": " promises behind it are kept"}[kind]
    expect = f"; expect {expected_range(summary['low'], summary['high'])} of the next 100."
    return Headline(before, f"{hundred(summary['reliability'])} of 100", after + expect, look if look in ("below", "above") else "")


def expectation(summary: Document, target: float) -> str:
    """The interval beside the target, in a sentence; empty where there is not enough evidence."""
    if not summary["enough"]:
        return ""
    return f"Expect {expected_range(summary['low'], summary['high'])} of the next 100 to be kept; the target is {hundred(target)}."


def change_words(points: Sequence[Document]) -> str:
    """How the score moved within the last week, in a sentence; empty where there is no week to compare with."""
    if len(points) < 8 or points[-8]["evidence"] == 0:
        return ""
    change = hundred(points[-1]["reliability"]) - hundred(points[-8]["reliability"])
    if change == 0:
        return "That is the same as a week ago."
    return f"That is {counted(abs(change), 'point')} {'better' if change > 0 else 'worse'} than a week ago."


def open_count(summary: Document) -> int:
    """How many promises are open, dated or not."""
    return int(sum(summary["commitments"].values()) + summary["undated"])


def open_words(summary: Document) -> str:
    """How many promises are open, overdue and at risk, in a sentence."""
    number, overdue, at_risk = open_count(summary), summary["commitments"]["overdue"], summary["commitments"]["at_risk"]
    if number == 0:
        return "No promise is open."
    opening = f"{spelled(number).capitalize()} {'promise is' if number == 1 else 'promises are'} open"
    if number == 1:
        return (
            f"{opening}, and it is overdue."
            if overdue
            else f"{opening}, and it is at risk."
            if at_risk
            else f"{opening}; it is not overdue."
        )
    risk = f", and {spelled(at_risk)} {'is' if at_risk == 1 else 'are'} at risk" if at_risk else ""
    return f"{opening}, {spelled(overdue) if overdue else 'none'} {'are' if overdue > 1 else 'is'} overdue{risk}."


def overdue_words(summary: Document, teams: Sequence[Document]) -> str:
    """How many promises are overdue and with whom most of them are, and how many more are at risk, in sentences."""
    number, at_risk = summary["commitments"]["overdue"], summary["commitments"]["at_risk"]
    risk = f" {spelled(at_risk).capitalize()} more {'is' if at_risk == 1 else 'are'} at risk." if at_risk else ""
    if number == 0:
        return f"No promise is overdue.{risk.replace(' more', '')}"
    opening = f"{spelled(number).capitalize()} {'promise is' if number == 1 else 'promises are'} overdue"
    worst = max(teams, key=lambda team: team["commitments"]["overdue"], default=None)
    if worst is None or number == 1 or worst["commitments"]["overdue"] * 3 < number:
        return f"{opening}.{risk}"
    share = worst["commitments"]["overdue"]
    return f"{opening}, {'all' if share == number else spelled(share)} of them with {worst['team']}.{risk}"


def evidence_words(summary: Document) -> str:
    """How much a score rests on."""
    number = round(summary["evidence"])
    return f"about {counted(number, 'recent promise')}" if number else "hardly any recent promise"


def spark_words(name: str, first: float, last: float) -> str:
    """What a sparkline shows."""
    return f"{name}, promises kept of 100 over 26 weeks: from {hundred(first)} to {hundred(last)}, {spark_change(first, last)}"


def spark_change(first: float, last: float) -> str:
    """The change over a sparkline in a word or two."""
    change = hundred(last) - hundred(first)
    if abs(change) <= 1:
        return "steady"
    return f"{'up' if change > 0 else 'down'} {abs(change)}"


def is_young_by_week(weeks: Sequence[float | None]) -> bool:
    """Whether a team's first outcome is less than a quarter of a year old, so that its score still flatters."""
    known = sum(value is not None for value in weeks)
    return 0 < known < _YOUNG_WEEKS


def any_young(weeks_by_team: dict[str, list[float | None]]) -> bool:
    """Whether that is so of any team."""
    return any(map(is_young_by_week, weeks_by_team.values()))


def is_young_by_day(points: Sequence[Document]) -> bool:
    """The same, from a daily trend."""
    first = next((point["day"][:10] for point in points if point["evidence"] > 0), None)
    return first is not None and (date.fromisoformat(points[-1]["day"][:10]) - date.fromisoformat(first)).days < _YOUNG_DAYS


def kept_early(commitments: Sequence[Document], calendar: Calendar, most: int = 6) -> list[tuple[Document, int]]:
    """Those of the last two weeks that were kept at least a day early, with the days, the earliest first."""
    found = []
    for commitment in commitments:
        if commitment["verdict"]["agreed"] != "kept" or commitment["closed_at"] is None:
            continue
        closed, due = instant(commitment["closed_at"]), instant(commitment["due_at"])
        days = due // MICROSECONDS_A_DAY - closed // MICROSECONDS_A_DAY
        if days >= 1 and calendar.now - closed <= _EARLY_DAYS * MICROSECONDS_A_DAY:
            found.append((commitment, days))
    return sorted(found, key=lambda pair: -pair[1])[:most]
