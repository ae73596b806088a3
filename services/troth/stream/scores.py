"""The topic troth.scores: the summary of each subject, for anyone's use, and what the scorers themselves read back of it. Pure."""

from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from troth.domain import summary
from troth.domain.account import ORGANISATION, Subject
from troth.domain.forecast import threshold_of
from troth.domain.instants import day_of
from troth.domain.scored import Scored, SubjectAccount


class Score(NamedTuple):
    """What every scorer needs of a subject: the organisation's reliability, a team's threshold where it has evidence enough."""

    reliability: float
    threshold: int | None


def has_threshold(subject: Subject) -> bool:
    """Whether a subject is a team."""
    return subject.team is not None and not subject.is_pair


def is_read_back(subject: Subject) -> bool:
    """Whether the scorers read a subject's score."""
    return subject == ORGANISATION or has_threshold(subject)


def score_document(scored: Scored, subject: Subject, account: SubjectAccount, organisation: float | None) -> dict[str, Any]:
    """A subject's summary; a team's with the elapsed hundredths from which its promises are at risk, null where it has too little
    evidence, or as long as the organisation's reliability is not known.
    """
    document = summary.summary(scored, subject, account)
    if has_threshold(subject):
        document["threshold"] = threshold(scored, account, organisation)
    return document


def threshold(scored: Scored, account: SubjectAccount, organisation: float | None) -> int | None:
    """A team's threshold, given the organisation's reliability."""
    if organisation is None:
        return None
    return threshold_of(account.tally, day_of(scored.now), scored.rules.half_life_days, organisation)


def write_score(document: dict[str, Any]) -> bytes:
    """The value of a record."""
    return to_json(document)


def read_score(value: bytes) -> Score:
    """What the scorers read back of a record."""
    document = from_json(value)
    return Score(document["reliability"], document.get("threshold"))
