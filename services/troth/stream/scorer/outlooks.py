"""What every scorer reads back of troth.scores: the organisation's reliability, and each team's threshold."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from troth.domain.account import ORGANISATION
from troth.stream.scores import Score, has_threshold, is_read_back, read_score
from troth.stream.tallies import read_subject


class Outlooks:
    """`thresholds` by team; `whole` once the topic is read as far as it went when reading began."""

    def __init__(self, read_back: Callable[[bytes, Score | None], None]) -> None:
        self.thresholds: dict[str, int] = {}
        self.whole = asyncio.Event()
        self.organisation: float | None = None
        self._read_back = read_back
        self._changed: dict[str, int | None] = {}

    def take(self, records: Iterable[Any]) -> None:
        """Take over records of the topic, in order."""
        for record in records:
            subject = read_subject(record.key)
            if not is_read_back(subject):
                continue
            score = None if record.value is None else read_score(record.value)
            if subject == ORGANISATION:
                self.organisation = None if score is None else score.reliability
            elif has_threshold(subject):
                self._set(subject.team or "", None if score is None else score.threshold)
            self._read_back(record.key, score)

    def changes(self) -> dict[str, int | None]:
        """The thresholds that changed since the last time this was asked."""
        changed, self._changed = self._changed, {}
        return changed

    def _set(self, team: str, threshold: int | None) -> None:
        if self.thresholds.get(team) == threshold:
            return
        self._changed[team] = threshold
        if threshold is None:
            del self.thresholds[team]
        else:
            self.thresholds[team] = threshold
