"""One partition of the log: its table of commitments, its book, and how far it is read. No clock, no Kafka."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from pydantic_core import from_json, to_json

from troth.domain.account import ORGANISATION, Account, Subject
from troth.domain.book import Book
from troth.domain.events import EVENTS_A_COMMITMENT, Event
from troth.domain.fold import extend
from troth.domain.instants import Instant
from troth.domain.notices import Notice, moves_of
from troth.domain.standing import Standing
from troth.domain.verdict import Rules
from troth.stream.records import Unreadable, read_record
from troth.stream.scorer import rows
from troth.stream.scorer.held import HeldNotices
from troth.stream.scorer.rows import Row
from troth.stream.scorer.table import Table
from troth.stream.tallies import Version, part_of, subject_key, write_part

PLACE: Final = b"\x00place"
THRESHOLD: Final = b"\x00threshold\x00"
ROWS_A_STEP: Final = 2_000
_FULL: Final = f"its commitment has {EVENTS_A_COMMITMENT} events and takes no more; begin another"


class Refused(NamedTuple):
    """A record that is no event of its commitment, and why."""

    record: Any
    reason: str


class Flush(NamedTuple):
    """What one moment of a partition has to say: tallies by subject, its table's changes with its place last, refusals, notices.

    `stated` is the version as of which all of its tallies are among these; None where they are only what changed.
    """

    partition: int
    position: int
    parts: list[tuple[bytes, bytes]]
    stated: Version | None
    table: dict[bytes, bytes]
    refused: list[Refused]
    notices: list[Notice]


class Partition:
    """Folds what comes and says at each flush what changed since the last.

    `position` is the offset that comes next. Until it reaches `end`, where the log ended when the partition was taken over,
    its tallies rest and its notices are held back; then it states all of its tallies once, and from then on what changes.
    """

    def __init__(self, number: int, rules: Rules, zone: tzinfo, table: Table) -> None:
        self.number = number
        self.table = table
        self.position = 0
        self.end = 0
        self.folded: list[Event] = []
        self._rules = rules
        self._zone = zone
        self._stale: set[bytes] = set()
        self._forget(0)

    def _forget(self, now: Instant) -> None:
        self.book = Book(self._rules, now)
        self._touched: dict[bytes, Row] = {}
        self._thresholds: dict[str, int | None] = {}
        self._refused: list[Refused] = []
        self._held = HeldNotices()
        self._stated = False
        self._said = (0, 0)  # the book's version and its unmade when tallies were last said
        self._place = (0, 0)  # the position and the book's version of the last flush

    @property
    def caught_up(self) -> bool:
        """Whether the log is read to where it ended when the partition was taken over."""
        return self.position >= self.end

    def begin(self, end: int, *, anew: bool) -> None:
        """It is owned from now on, and the log ends at `end`; where another may have owned it since (`anew`), all is stated again."""
        self.end = end
        self._stated = self._stated and not anew

    def restore(self, records: Iterable[Any]) -> None:
        """Take over records of the changelog, in order: of a key the one written furthest on in the log, wherever it lies."""
        put: dict[bytes, bytes] = {}
        for record in records:
            key, value = record.key, record.value
            held = put.get(key) or self.table.get(key)
            if held is None or key.startswith(THRESHOLD) or _written_at(key, value) >= _written_at(key, held):
                put[key] = value
                self._stale.discard(key)
            else:
                self._stale.add(key)  # the cleaner would keep what is last: it is written again with the next flush
        self.table.put(put)

    def rebuild(self, now: Instant) -> Iterator[None]:
        """Make the book of the table, as it was at the last flush; gives way now and then. `now` is for one that was never flushed."""
        place = self.table.get(PLACE)
        self.position, then = (0, now) if place is None else from_json(place)
        self._forget(then)
        one_of: dict[Any, Any] = {}  # of what is open, which stays in memory: names and dates repeat, and equal values share one object
        for number, (key, value) in enumerate(self.table.items()):
            if key.startswith(THRESHOLD):
                self.book.adopt(key.removeprefix(THRESHOLD).decode(), from_json(value))
            elif rows.is_row(key):
                standing = rows.standing_of(value)
                self.book.replace(None, Standing(*map(one_of.setdefault, standing, standing)) if standing.is_open else standing)
            if number % ROWS_A_STEP == ROWS_A_STEP - 1:
                yield
        self._place = (self.position, self.book.version)

    def fold(self, records: Sequence[Any], now: Instant) -> None:
        """Fold records of the log, of which those before the position are known."""
        self._held.add(self.book.advance(now))
        by_commitment: dict[bytes, list[tuple[Event, Any]]] = {}
        for record in records:
            if record.offset < self.position:
                continue
            try:
                by_commitment.setdefault(record.key, []).append((self._read(record), record))
            except Unreadable as why:
                self._refused.append(Refused(record, str(why)))
        for key, arrived in by_commitment.items():
            self._fold_into(key, arrived)
        self.position = max(self.position, records[-1].offset + 1)

    def advance(self, now: Instant) -> None:
        """Let time go on."""
        self._held.add(self.book.advance(now))

    def adopt(self, thresholds: dict[str, int | None]) -> None:
        """Take over teams' thresholds."""
        for team, threshold in thresholds.items():
            if self.book.thresholds.get(team) != threshold:
                self._thresholds[team] = threshold
                self._held.add(self.book.adopt(team, threshold))

    def flush(self) -> Flush | None:
        """What there is to say since the last flush, as one moment; nothing where nothing changed."""
        if self._place == (self.position, self.book.version) and not self._stale and not self._refused:
            return None
        states = self.caught_up and not self._stated
        parts = self._parts()
        stated = (self.position, self.book.now) if states else None
        flush = Flush(self.number, self.position, parts, stated, self._changed(), self._refused, self._notices())
        self._place, self._refused = (self.position, self.book.version), []
        return flush

    def _read(self, record: Any) -> Event:
        return read_record(record.key, record.value, record.headers, record.timestamp, self._zone)

    def _fold_into(self, key: bytes, arrived: Sequence[tuple[Event, Any]]) -> None:
        row = self._touched.get(key) or self._row(key)
        known = rows.named(self._lines(key, row))
        new: list[Event] = []
        lines: list[bytes] = []
        for event, record in arrived:
            line = known.get(name := rows.name_of(event))
            if line is not None:
                if not rows.says_the_same(line, event, record.value):
                    self._refused.append(Refused(record, _conflict(event)))
            elif len(known) >= EVENTS_A_COMMITMENT:
                self._refused.append(Refused(record, _FULL))
            else:
                known[name] = line = rows.line_of(event, record.value)
                lines.append(line)
                new.append(event)
        if new:
            self._change(key, row, new, lines)

    def _change(self, key: bytes, row: Row, new: list[Event], lines: list[bytes]) -> None:
        old = row.standing(self.book.waiting(new[0].subject))
        after, passed, _ = extend(old, new, lambda: [*self._events(key, row), *new])
        self._held.add(self.book.replace(old, after))
        self._held.add(moves_of(passed))
        row.extend(after, lines)
        self._touched[key] = row
        self.folded += new

    def _row(self, key: bytes) -> Row:
        value = self.table.get(key)
        return Row([]) if value is None else rows.read_row(value)

    def _lines(self, key: bytes, row: Row) -> list[bytes]:
        if not row.segments:
            return row.lines
        segments = (row.full.get(number) or self._segment(key, number) for number in range(row.segments))
        return [*(line for segment in segments for line in segment.split(b"\n")), *row.lines]

    def _segment(self, key: bytes, number: int) -> bytes:
        value = self.table.get(rows.segment_key(key, number))
        if value is None:
            raise LookupError(f"segment {number} of {key!r} is not in the table of partition {self.number}")
        return rows.segment_of(value)

    def _events(self, key: bytes, row: Row) -> list[Event]:
        return [rows.event_of(line, self._zone) for line in self._lines(key, row)]

    def _parts(self) -> list[tuple[bytes, bytes]]:
        if not self.caught_up:
            return []
        book, (version, unmade) = self.book, self._said
        since = version if self._stated else -1
        changed: dict[Subject, Account] = {subject: account for subject, account in book.accounts.items() if account.version > since}
        if book.unmade != unmade or not self._stated:
            changed[ORGANISATION] = book.accounts.get(ORGANISATION) or Account(with_days=False)
        self._stated, self._said = True, (book.version, book.unmade)
        place = (self.position, book.now)
        return [
            (subject_key(subject), write_part(part_of(account, place, book.unmade if subject == ORGANISATION else 0)))
            for subject, account in changed.items()
        ]

    def _changed(self) -> dict[bytes, bytes]:
        changed = {key: value for key in self._stale if (value := self.table.get(key)) is not None}
        for key, row in self._touched.items():
            changed.update(row.records(key, self.position))
        changed.update((THRESHOLD + team.encode(), to_json(threshold)) for team, threshold in self._thresholds.items())
        changed.pop(PLACE, None)
        changed[PLACE] = to_json((self.position, self.book.now))  # the last of the flush: where it is, all is
        self.table.put(changed)
        self._touched, self._thresholds, self._stale = {}, {}, set()
        return changed

    def _notices(self) -> list[Notice]:
        if not self.caught_up:
            return []
        return self._held.release(self.book, lambda commitment: self._row(commitment.encode()).standing())


def _written_at(key: bytes, value: bytes) -> tuple[int, ...]:
    return tuple(from_json(value)) if key == PLACE else (rows.read_position(value),)


def _conflict(event: Event) -> str:
    return f"the event {event.id!r} of source {event.source!r} is on record for its commitment with other content, and the first stands"
