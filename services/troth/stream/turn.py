"""Whose turn it is, where there are several notifiers: one of a group tells, and the others know what it told.

They all read and write the one partition of troth.told, whose order decides. Who is assigned that partition in the group claims
the turn on it, and says there what it is about to send before it does: only where its own record comes back and no other's
claim lies before it, it sends. So one that stood still and does not know that another took over tells nothing.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final, Protocol
from uuid import uuid4

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from troth.domain.instants import MICROSECONDS_A_DAY, Instant
from troth.domain.telling import NotMyTurn
from troth.stream.broker import Broker, said_of
from troth.stream.records import Unreadable
from troth.stream.told import CLAIM, FAILED, SENDING, SINCE, TOLD, Said, read_said, said_records
from troth.stream.topics import Topics, make_or_check
from troth.stream.trouble import BrokerAway

SESSION_MS: Final = 30_000  # longer than a receiver may take to answer
POLL_MS: Final = 100
JOIN_MS: Final = 500
WRITE_SECONDS: Final = 10
CLOSE_MS: Final = 2_000
RECONNECT_MS: Final = 1_000
AGAIN_SECONDS: Final = 1
LOOKS_BACK_MICROSECONDS: Final = 7 * MICROSECONDS_A_DAY  # one that takes over tells no receiver what is older


class Memory(Protocol):
    """What a notifier remembers of what was told."""

    def sending(self, receiver: str, notices: Sequence[str]) -> None:
        """These are about to be sent."""

    def failed(self, receiver: str, notices: Sequence[str]) -> None:
        """These were refused."""

    def told(self, receiver: str, notices: Sequence[str]) -> None:
        """These were told."""


class Places(Protocol):
    """Where notices lie in this notifier's ledger."""

    def last_place(self) -> int:
        """The place of the last one."""

    def place_before(self, recorded_at: Instant) -> int:
        """The place of the last in front of the first that was recorded at this instant or later."""


class SharedTurn:
    """The turn of one notifier (alerts.desk.Turn). It outlives a broker's absence; `failed` is told of what only a person can mend."""

    def __init__(
        self, broker: Broker, topics: Topics, places: Places, clock: Callable[[], Instant], failed: Callable[[Exception], None], prefix: str
    ) -> None:
        self._broker = broker
        self._topic = topics.told
        self._replication = topics.replication
        self._group = f"{prefix}notifier"
        self._places = places
        self._clock = clock
        self._failed = failed
        self._me = uuid4().hex
        self._memory: Memory | None = None
        self._producer: KafkaProducer | None = None
        self._owed: list[Said] = []
        self._changed = threading.Condition()
        self._assigned = False
        self._joining = True
        self._claimed_at = -1
        self._claimer = ""
        self._in_hand = False
        self._position = 0
        self._since: dict[str, Instant] = {}
        self._caught_up = False
        self._away = "It has not heard of the other notifiers since it started."
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="troth-turn", daemon=True)

    def begin(self, memory: Memory) -> None:
        """Take part, and let the memory know what others tell."""
        self._memory = memory
        self._thread.start()

    def end(self) -> None:
        """Leave the turn to others."""
        self._ending.set()
        self._thread.join()

    def trouble(self) -> str:
        """Why it does not know yet what others told, in words; nothing once it does."""
        return "" if self._caught_up else self._away

    def held(self) -> bool:
        """Whether it is this one's turn, as far as it knows."""
        with self._changed:
            return self._is_mine()

    def leads(self) -> bool:
        """Whether the last that claimed the turn is this one: while Kafka is away, nobody else can."""
        return self._claimer == self._me

    def begins(self, receiver: str) -> int:
        """Behind which place a receiver that is new here begins to hear: where it began with whoever told it first."""
        with self._changed:
            since, mine = self._since.get(receiver), self._is_mine()
        if not self._caught_up or (since is None and not mine):
            raise NotMyTurn
        if since is not None:
            return self._places.place_before(max(since, self._clock() - LOOKS_BACK_MICROSECONDS))
        place = self._places.last_place()
        self._write(Said(self._me, SINCE, receiver, at=self._clock()))
        return place

    def sending(self, receiver: str, notices: Sequence[str]) -> None:
        """Say what is about to be sent, and see that nobody else has claimed the turn. Raises NotMyTurn."""
        with self._changed:
            if not self._is_mine() or self._owed:
                raise NotMyTurn
            self._in_hand = True
        try:
            place = self._write(Said(self._me, SENDING, receiver, tuple(notices)))
            with self._changed:
                self._changed.wait_for(lambda: self._position > place or not self._is_mine(), WRITE_SECONDS)
                if self._position <= place or not self._is_mine():
                    raise NotMyTurn
        except BaseException:
            self._let_go()
            raise

    def told(self, receiver: str, notices: Sequence[str], *, taken: bool) -> None:
        """Say what came of it; while Kafka is away it is owed."""
        said = Said(self._me, TOLD if taken else FAILED, receiver, tuple(notices))
        try:
            self._write(said)
        except NotMyTurn:
            with self._changed:
                self._owed.append(said)
        finally:
            self._let_go()

    def _is_mine(self) -> bool:
        return self._assigned and self._claimer == self._me and 0 <= self._claimed_at < self._position

    def _let_go(self) -> None:
        with self._changed:
            self._in_hand = False
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._take_part()
            except (BrokerAway, NotMyTurn) as error:
                self._away = str(error) or self._away
            except Exception as error:  # noqa: BLE001 - whoever runs the program has to know, and this thread is not heard
                if not getattr(error, "retriable", False):  # as Kafka's errors say of themselves
                    self._failed(error)
                    return
            self._ending.wait(AGAIN_SECONDS)

    def _take_part(self) -> None:
        make_or_check(self._broker, [self._topic], self._replication)
        with said_of(self._broker, "be asked whose turn it is"), self._clients() as (member, reader):
            while not self._ending.is_set():
                self._stay(member)
                self._read(reader)
                self._pay()
                if self._assigned and self._caught_up and self._claimed_at < 0:
                    self._claim()

    def _stay(self, member: KafkaConsumer) -> None:
        """Be a member of the group."""
        member.poll(timeout_ms=JOIN_MS if self._joining else POLL_MS)
        if self._joining:
            # kafka-python 3.0.12 never looks at the answer to a join that outlasts a poll, where new metadata was its reason.
            member._coordinator.request_rejoin()  # noqa: SLF001 - tests/integration/test_kafka_python_inside.py holds it to this
        member.pause(*member.assignment())

    @contextmanager
    def _clients(self) -> Iterator[tuple[KafkaConsumer, KafkaConsumer]]:
        partition = TopicPartition(self._topic.name, 0)
        connection = {**self._broker.kafka_python(), "client_id": "troth-notifier", "reconnect_backoff_max_ms": RECONNECT_MS}
        common = {**connection, "enable_auto_commit": False}
        with ExitStack() as opened:
            opened.callback(self._lose)
            self._producer = KafkaProducer(
                **connection, acks="all", enable_idempotence=True, delivery_timeout_ms=WRITE_SECONDS * 1_000,
                request_timeout_ms=WRITE_SECONDS * 500, max_block_ms=WRITE_SECONDS * 500,
            )  # fmt: skip
            opened.callback(_close, self._producer)
            reader = KafkaConsumer(**common, group_id=None, auto_offset_reset="earliest", request_timeout_ms=WRITE_SECONDS * 500)
            opened.callback(reader.close, timeout_ms=CLOSE_MS)
            reader.assign([partition])
            reader.seek(partition, self._position)
            member = KafkaConsumer(**common, group_id=self._group, session_timeout_ms=SESSION_MS, auto_offset_reset="latest")
            opened.callback(member.close, timeout_ms=CLOSE_MS)
            member.subscribe([self._topic.name], listener=_Listener(self))
            yield member, reader

    def _read(self, reader: KafkaConsumer) -> None:
        partition = TopicPartition(self._topic.name, 0)
        for record in reader.poll(timeout_ms=POLL_MS).get(partition, ()):
            try:
                self._hear(read_said(record.value))
            except Unreadable:
                continue  # somebody else's: it says nothing to us
        with self._changed:
            self._position = reader.position(partition)
            self._changed.notify_all()
        if not self._caught_up:
            self._caught_up = bool(self._position >= reader.end_offsets([partition])[partition])

    def _hear(self, said: Said) -> None:
        assert self._memory is not None  # noqa: S101 - it was begun with
        if said.what == CLAIM:
            with self._changed:
                self._claimer = said.by
                if said.by != self._me:
                    self._claimed_at = -1
        elif said.what == SINCE:
            self._since.setdefault(said.receiver, said.at or 0)
        elif said.by != self._me:
            {SENDING: self._memory.sending, FAILED: self._memory.failed, TOLD: self._memory.told}[said.what](said.receiver, said.notices)

    def _claim(self) -> None:
        place = self._write(Said(self._me, CLAIM))
        with self._changed:
            self._claimed_at = place

    def _pay(self) -> None:
        while self._owed:
            self._write(self._owed[0])
            with self._changed:
                del self._owed[0]

    def _write(self, said: Said) -> int:
        """Say something on the topic; returns the offset of its last record. Raises NotMyTurn where Kafka does not take it."""
        if self._producer is None:
            raise NotMyTurn
        try:
            sent: list[Any] = [self._producer.send(self._topic.name, value, key, partition=0) for key, value in said_records(said)]
            return int([future.get(timeout=WRITE_SECONDS) for future in sent][-1].offset)
        except (KafkaError, AssertionError) as error:
            raise NotMyTurn(f"Kafka at {self._broker.servers} does not take what is told: {error}.") from None

    def revoked(self) -> None:
        """The group begins to say anew whose turn it is: it is let go after what is in hand."""
        with self._changed:
            self._let_others()
            # The group waits for this, as long as the session lasts.
            self._changed.wait_for(lambda: not self._in_hand, SESSION_MS / 1_000 - 4)

    def assigned(self, *, mine: bool) -> None:
        """The group says whether the turn is this one's."""
        with self._changed:
            self._let_others()
            self._assigned, self._joining = mine, False

    def _let_others(self) -> None:
        self._assigned, self._joining, self._claimed_at = False, True, -1
        self._changed.notify_all()

    def _lose(self) -> None:
        with self._changed:
            self._let_others()
        self._producer = None


def _close(producer: KafkaProducer) -> None:
    # Closing flushes first, and fails where that does: what Kafka did not acknowledge is owed by now.
    producer.flush = lambda _timeout=None: None
    producer.close(timeout=0)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """Hears of the group whose turn it is."""

    def __init__(self, turn: SharedTurn) -> None:
        self._turn = turn

    def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ARG002 - the library hands it over
        """It is not this one's turn any more."""
        self._turn.revoked()

    def on_partitions_assigned(self, assigned: Any) -> None:
        """It is this one's turn where the one partition is in it."""
        self._turn.assigned(mine=bool(assigned))
