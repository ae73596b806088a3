"""Notices and stories of promises, as the tests of alerts tell them."""

from datetime import UTC

from tests.notation import Happening, at, events_of
from troth.alerts.words import Telling, lines
from troth.domain.fold import fold
from troth.domain.notices import Notice
from troth.domain.telling import Story


def notice(kind: str, date: str = "day 10", when: str = "day 10", commitment: str = "c", team: str = "Web Shop") -> Notice:
    return Notice(kind, commitment, at(date), at(when), team, "Sales", None, f"Thing {commitment}")


def story(*happened: Happening, said: str = "", said_at: str | None = None) -> Story:
    standing = fold("c", events_of(happened)) if happened else None
    return Story(standing, said, None if said_at is None else at(said_at))


def told(kind: str, about: Story, **named: str) -> list[str]:
    return lines(Telling(notice(kind, **named), about, "https://troth.example/c"), UTC)
