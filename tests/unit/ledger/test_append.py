"""What is appended stands once, all or nothing; what is refused changes nothing."""

from pathlib import Path

import pytest

from tests.notation import at, delivered, moved, posted, promised, reopened, revoked, warned
from tests.unit.ledger.support import Clock, delivery, documents, events, notices, opened, record, record_one
from troth.domain.events import EVENTS_A_COMMITMENT, Malformed, read_event
from troth.domain.instants import format_instant
from troth.domain.recording import Conflict, DeliveryRecord
from troth.ledger.reading import LedgerReading

BY_DAY_10 = ("day 0", promised(due="day 10"))


def test_a_delivery_is_recorded_with_its_events_and_their_names(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        receipt = record(ledger, clock, BY_DAY_10, ("day 4", delivered()))
        assert (len(receipt.new), receipt.duplicates) == (2, 0)
        assert receipt.names == [{"source": "story", "id": "1", "subject": "c"}, {"source": "story", "id": "2", "subject": "c"}]
        traced = LedgerReading(ledger, clock).delivery(receipt.delivery)
        assert traced is not None
        assert traced["result"] == "mapped"
        types = ("troth.commitment-made", "troth.commitment-delivered")
        assert traced["events"] == [{**name, "type": kind} for name, kind in zip(receipt.names, types, strict=True)]


def test_what_is_sent_again_is_counted_and_changes_nothing(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, BY_DAY_10, ("day 4", delivered()))
        before = documents(ledger, clock)
        again = record(ledger, clock, BY_DAY_10, ("day 4", delivered()))
        assert (len(again.new), again.duplicates) == (0, 2)
        mixed = record(ledger, clock, BY_DAY_10, ("day 4", delivered()), ("day 5", warned()))
        assert (len(mixed.new), mixed.duplicates) == (1, 2)
        after = documents(ledger, clock)
        assert after["teams"] == before["teams"]


def test_one_event_twice_in_a_delivery_is_one(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        receipt = ledger.append_now(delivery(clock), events([BY_DAY_10], clock) * 3)
        assert (len(receipt.new), receipt.duplicates) == (1, 2)
        assert documents(ledger, clock)["teams"]["teams"][0]["commitments"]["pending"] == 1


def test_an_event_without_a_time_sent_again_later_is_the_same_event(tmp_path: Path) -> None:
    clock = Clock("day 5")
    timeless = posted(1, BY_DAY_10)
    del timeless["time"]
    with opened(tmp_path, clock) as ledger:
        ledger.append_now(delivery(clock), [read_event(timeless, clock.now)])
        clock.go_to("day 6")
        assert ledger.append_now(delivery(clock), [read_event(timeless, clock.now)]).duplicates == 1
        found = LedgerReading(ledger, clock).commitment("c")
        assert found is not None
        assert found["made_at"] == format_instant(at("day 5"))


@pytest.mark.parametrize("together", [False, True], ids=["sent later", "sent together"])
def test_a_name_with_other_content_is_refused_and_changes_nothing(together: bool, tmp_path: Path) -> None:
    clock = Clock("day 5")
    other = events([("day 0", promised(due="day 20"))], clock)
    with opened(tmp_path, clock) as ledger:
        if not together:
            record(ledger, clock, BY_DAY_10)
        before = documents(ledger, clock)
        company = events([("day 1", promised(due="day 30"))], clock, "innocent")
        with pytest.raises(Conflict, match="with other content"):
            ledger.append_now(delivery(clock), company + (events([BY_DAY_10], clock) if together else []) + other)
        assert documents(ledger, clock) == before
        assert record(ledger, clock, ("day 0", promised(due="day 20")), subject="another").duplicates == 0


def test_the_same_name_in_another_commitment_is_another_event(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        assert record(ledger, clock, BY_DAY_10, subject="one").duplicates == 0
        assert record(ledger, clock, ("day 0", promised(due="day 20")), subject="two").duplicates == 0


def test_a_commitment_takes_ten_thousand_events_and_refuses_the_next_with_all_that_came_beside_it(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        many = events([BY_DAY_10, *[("day 1", warned())] * (EVENTS_A_COMMITMENT - 1)], clock)
        assert len(ledger.append_now(delivery(clock), many).new) == EVENTS_A_COMMITMENT
        before = documents(ledger, clock)
        one_more = read_event(posted(EVENTS_A_COMMITMENT + 1, ("day 2", delivered())), clock.now)
        with pytest.raises(Malformed, match="takes no more") as refusal:
            ledger.append_now(delivery(clock), [*events([BY_DAY_10], clock, "innocent"), one_more])
        assert refusal.value.faults[0].path == "/subject"
        assert documents(ledger, clock) == before
        assert ledger.append_now(delivery(clock), many[:5]).duplicates == 5


def test_late_news_is_folded_in_its_place(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        record_one(ledger, clock, 1, BY_DAY_10)
        record_one(ledger, clock, 3, ("day 18", delivered()))
        [team] = documents(ledger, clock)["teams"]["teams"]
        assert team["outcomes"]["late"] == 1
        record_one(ledger, clock, 2, ("day 5", moved(to="day 20")))
        [team] = documents(ledger, clock)["teams"]["teams"]
        assert (team["outcomes"]["late"], team["outcomes"]["kept"]) == (0, 1)
        found = LedgerReading(ledger, clock).commitment("c")
        assert found is not None
        assert [event["id"] for event in found["history"]] == ["1", "2", "3"]
        assert all(event["late_news"] for event in found["history"])


def test_what_a_life_tells_is_noticed_once_in_order(tmp_path: Path) -> None:
    clock = Clock("day 0")
    life = [BY_DAY_10, ("day 5", moved(to="day 20")), ("day 30", delivered()), ("day 31", reopened()), ("day 32", revoked())]
    with opened(tmp_path, clock) as ledger:
        for nth, happening in enumerate(life, 1):
            clock.go_to(happening[0])
            record_one(ledger, clock, nth, happening)
        assert notices(ledger, clock) == ["moved day 20", "slipped day 20", "recovered day 20", "revoked day 20"]
        assert ledger.notices_told() == {"moved": 1, "slipped": 1, "recovered": 1, "revoked": 1}


def test_late_news_tells_no_move_that_was_told_or_never_was(tmp_path: Path) -> None:
    clock = Clock("day 9")
    with opened(tmp_path, clock) as ledger:
        record_one(ledger, clock, 1, BY_DAY_10)
        record_one(ledger, clock, 2, ("day 5", moved(to="day 20")))
        record_one(ledger, clock, 3, ("day 3", warned()))
        assert notices(ledger, clock) == ["moved day 20"]


def test_a_promise_that_arrives_after_its_revocation_is_told_as_revoked(tmp_path: Path) -> None:
    clock = Clock("day 6")
    with opened(tmp_path, clock) as ledger:
        record_one(ledger, clock, 2, ("day 5", revoked()))
        assert notices(ledger, clock) == []
        record_one(ledger, clock, 1, BY_DAY_10)
        assert notices(ledger, clock) == ["revoked day 10"]


def test_a_slip_that_late_news_shows_to_be_another_is_recovered(tmp_path: Path) -> None:
    clock = Clock("day 30")
    with opened(tmp_path, clock) as ledger:
        record_one(ledger, clock, 1, BY_DAY_10)
        record_one(ledger, clock, 2, ("day 5", moved(to="day 20")))
        assert sorted(notices(ledger, clock)) == ["moved day 20", "recovered day 10", "slipped day 10", "slipped day 20"]


def test_what_cannot_be_written_for_its_own_sake_changes_nothing(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        before = documents(ledger, clock)
        with pytest.raises(UnicodeEncodeError):
            ledger.append_now(DeliveryRecord("0", "test", clock.now, what="\ud800"), events([BY_DAY_10], clock))
        assert documents(ledger, clock) == before
        assert len(record(ledger, clock, BY_DAY_10).new) == 1


def test_a_promise_of_the_year_1970_weighs_nothing_and_harms_nothing(tmp_path: Path) -> None:
    clock = Clock("day 5")
    with opened(tmp_path, clock) as ledger:
        record(ledger, clock, ("day -20453", promised(due="day -20440")), ("day -20450", delivered()))
        [team] = documents(ledger, clock)["teams"]["teams"]
        assert (team["outcomes"]["kept"], team["evidence"], team["reliability"]) == (1, 0, 0.5)
    with opened(tmp_path, clock) as ledger:
        assert documents(ledger, clock, "day -20440")["teams"]["teams"][0]["outcomes"]["kept"] == 1
        assert LedgerReading(ledger, clock).organisation(at("day -739000"))["trend"] != []
