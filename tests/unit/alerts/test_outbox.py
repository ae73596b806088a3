import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notation import at
from tests.unit.alerts.stories import notice
from troth.alerts.alarms import Alarm, Labels
from troth.alerts.messages import Waiting
from troth.alerts.outbox import FILE, Outbox
from troth.domain.notices import Notice
from troth.domain.telling import Recorded

A, B = (notice("slipped", commitment=name) for name in "ab")


def recorded(*notices: Notice) -> list[Recorded]:
    return [Recorded(place, one, at("day 11")) for place, one in enumerate(notices, 1)]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path)
    yield box
    box.close()


def test_what_waits_waits_until_it_is_told_and_not_again(outbox: Outbox) -> None:
    outbox.begin("sales", 0)
    outbox.take("sales", 2, recorded(A, B))
    assert outbox.waiting("sales") == [Waiting(A.id, "Web Shop"), Waiting(B.id, "Web Shop")]
    outbox.told("sales", [A.id])
    outbox.take("sales", 2, recorded(A, B))
    assert outbox.waiting("sales") == [Waiting(B.id, "Web Shop")]
    assert outbox.read_to("sales") == 2


def test_what_another_told_before_it_is_known_here_does_not_wait(outbox: Outbox) -> None:
    outbox.begin("sales", 0)
    outbox.told("sales", [A.id])
    outbox.take("sales", 2, recorded(A, B))
    assert [one.notice for one in outbox.waiting("sales")] == [B.id]


def test_it_is_in_doubt_what_was_being_sent_when_the_program_was_cut_off(tmp_path: Path) -> None:
    first = Outbox(tmp_path)
    first.begin("sales", 0)
    first.take("sales", 2, recorded(A, B))
    first.sending("sales", [B.id])
    first.close()
    second = Outbox(tmp_path)
    assert second.waiting("sales") == [Waiting(B.id, "Web Shop", in_doubt=True), Waiting(A.id, "Web Shop")]
    second.failed("sales", [B.id])
    assert not any(one.in_doubt for one in second.waiting("sales"))
    second.close()


def test_a_receiver_that_is_gone_is_forgotten(outbox: Outbox) -> None:
    for name in ("sales", "hr"):
        outbox.begin(name, 0)
        outbox.take(name, 1, recorded(A))
    outbox.forget(["hr"])
    assert (outbox.read_to("sales"), outbox.waits("sales")) == (None, 0)
    assert (outbox.read_to("hr"), outbox.waits("hr")) == (1, 1)


def test_alarms_outlive_the_program(tmp_path: Path) -> None:
    labels, alarm = Labels("slipped", "Web Shop", "", "c"), Alarm(at("day 10"))
    first = Outbox(tmp_path)
    first.keep([(labels, alarm), (labels._replace(kind="moved"), alarm)], [labels._replace(kind="moved")], 7)
    first.close()
    second = Outbox(tmp_path)
    assert second.alarms() == {labels: alarm}
    second.close()


def test_no_text_of_a_promise_is_in_the_file(outbox: Outbox, tmp_path: Path) -> None:
    outbox.begin("sales", 0)
    outbox.take("sales", 1, recorded(A))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert re.search(rb"slipped/[^/]+/a", held)
    assert b"Thing" not in held
    assert (tmp_path / FILE).exists()
