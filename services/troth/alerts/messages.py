"""What goes into one message to chat or mail: one promise in full, or many as a list instead of a flood. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

from troth.alerts import words
from troth.alerts.words import Telling
from troth.domain.notices import Notice

LISTED: Final = 100
TEAMS_APART: Final = 3  # so many teams have a message each; what is of more goes into one

Tell = Callable[[Notice], Telling]


class Waiting(NamedTuple):
    """A notice that waits for a receiver, by its id and team, and whether its sending may have been cut off."""

    notice: str
    team: str
    in_doubt: bool = False


class Message(NamedTuple):
    """A title of one line, and the text."""

    title: str
    body: str


def bundles(waiting: Sequence[Waiting], *, budget: int) -> list[list[Waiting]]:
    """What waits for one receiver, as what goes into one message each: by team, or all in one where the budget or patience is short.

    What is in doubt goes as it went before, alone, so that nothing is repeated that need not be.
    """
    doubtful = [one for one in waiting if one.in_doubt]
    by_team: dict[str, list[Waiting]] = defaultdict(list)
    for one in waiting:
        if not one.in_doubt:
            by_team[one.team].append(one)
    fresh = list(by_team.values()) if len(by_team) <= min(TEAMS_APART, budget) else [[one for team in by_team.values() for one in team]]
    return [doubtful, *fresh] if doubtful else fresh


def message(notices: Sequence[Notice], tell: Tell, zone: tzinfo, board: str = "", *, in_doubt: bool = False) -> Message:
    """The message of some notices, at least one; `board` is the address of the list of all, "" where none is known."""
    again = ["This may be a repetition: Troth was cut off while it sent it.", ""] if in_doubt else []
    by_team: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_team[notice.team].append(notice)
    who = f"{len(by_team)} teams" if len(by_team) > 1 else notices[0].team or "A team without a name"
    if len(notices) == 1:
        return Message(f"{who}: {words.heading(notices[0])}", "\n".join([*again, *words.lines(tell(notices[0]), zone)]))
    body = [*again, *_listed(by_team, tell, zone)]
    left = len(notices) - LISTED
    if left > 0:
        body += ["", f"And {left} more: {board}" if board else f"And {left} more."]
    return Message(f"{who}: {words.counts(notices)}", "\n".join(body))


def _listed(by_team: Mapping[str, Sequence[Notice]], tell: Tell, zone: tzinfo) -> list[str]:
    """The lines of a list: under each team its kinds, the worst first; no more lines than LISTED."""
    found: list[str] = []
    left = LISTED
    for team, notices in by_team.items():
        for kind, heading in words.HEADINGS.items():
            shown = [notice for notice in notices if notice.kind == kind][:left]
            left -= len(shown)
            if shown:
                found += [""] if found else []
                found.append(f"{team}, {heading}:" if len(by_team) > 1 else f"{heading.capitalize()}:")
                found += [f"- {words.line(tell(notice), zone)}" for notice in shown]
    return found
