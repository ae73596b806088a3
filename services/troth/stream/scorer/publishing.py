"""Which scores to publish: those that changed, a bounded number at a time, teams and the organisation before the rest."""

from collections.abc import Iterable
from typing import Any, Final

from troth.domain.instants import Day, day_of
from troth.stream.scorer.scoring import Scores
from troth.stream.scores import Score, has_threshold, is_read_back, score_document, threshold, write_score
from troth.stream.tallies import read_subject

SCORES_A_TURN: Final = 100
Record = tuple[bytes, bytes | None]


class Publisher:
    """Says which records to write to troth.scores. `organisation` is its reliability as read back from there."""

    def __init__(self, scores: Scores) -> None:
        self.organisation: float | None = None
        self._scores = scores
        self._waiting: tuple[dict[bytes, None], dict[bytes, None]] = ({}, {})
        self._looked_at: dict[bytes, None] = {}
        self._published: dict[bytes, dict[str, Any] | None] = {}
        self._made_with: tuple[Day, float | None] = (0, None)

    def restart(self) -> None:
        """All that is owned is to be published anew."""
        self._published.clear()
        self._changed(self._scores.subjects())

    def changed(self, keys: Iterable[bytes]) -> None:
        """These subjects changed."""
        self._changed(keys)

    def read_back(self, key: bytes, score: Score | None) -> None:
        """What the topic now says of a subject: where it is not what was published here, another wrote it, and it is said again."""
        if key in self._published and _read_back(self._published[key]) != score:
            del self._published[key]
            self._changed([key])

    def turn(self) -> list[Record]:
        """The next records to write: subject and value, which is None where nothing stands on a subject any more."""
        self._look_at_all()
        records: list[Record] = []
        for waiting in self._waiting:
            while waiting and len(records) < SCORES_A_TURN:
                key = next(iter(waiting))
                del waiting[key]
                record = self._record(key)
                if record is not None:
                    records.append(record)
        self._look_at_thresholds()
        return records

    def _look_at_all(self) -> None:
        made_with = day_of(self._scores.now), self.organisation
        if made_with == self._made_with:
            return
        if made_with[0] != self._made_with[0]:
            self._changed(self._scores.subjects())
        else:
            self._looked_at.update(dict.fromkeys(key for key in self._scores.subjects() if has_threshold(read_subject(key))))
        self._made_with = made_with

    def _look_at_thresholds(self) -> None:
        for key in list(self._looked_at)[:SCORES_A_TURN]:
            del self._looked_at[key]
            account, published = self._scores.account(key), self._published.get(key)
            if account is None or published is None:
                continue
            if threshold(self._scores, account, self.organisation) != published["threshold"]:
                self._changed([key])

    def _changed(self, keys: Iterable[bytes]) -> None:
        for key in keys:
            self._waiting[0 if is_read_back(read_subject(key)) else 1][key] = None

    def _record(self, key: bytes) -> Record | None:
        account, subject = self._scores.account(key), read_subject(key)
        if account is None:
            return None
        said = score_document(self._scores, subject, account, self.organisation) if account.made else None
        at = None if said is None else said.pop("at")
        if key in self._published and self._published[key] == said:
            return None
        self._published[key] = said
        return key, None if said is None else write_score({"at": at, **said})


def _read_back(said: dict[str, Any] | None) -> Score | None:
    return None if said is None else Score(said["reliability"], said.get("threshold"))
