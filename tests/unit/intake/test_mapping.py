"""A mapping of ten lines makes events of any tool's JSON and of any table."""

from pathlib import Path
from typing import Any

import pytest

from troth import intake
from troth.domain.event_models import EVENT_MODELS
from troth.domain.events import read_event
from troth.domain.instants import parse_instant
from troth.intake.delivery import Delivery, Mapped, Unmappable
from troth.intake.mapping import column_faults, map_payload, payload_of_row, source_of
from troth.intake.mapping_file import read_mapping

NOW = parse_instant("2026-06-01T00:00:00Z")
FLIGHTS = (Path(intake.__path__[0]) / "examples" / "flights.toml").read_text()
HEAD = 'source = "desk"\nsubject = "id"\n'
ROW = {"id": "7", "team": "Ops", "at": "2026-01-05 09:30", "due": "2026-01-31", "note": None}
MADE = '[made]\ntime = "at"\nteam = "team"\n'


def _mapped(text: str, payload: Any, head: str = HEAD) -> Mapped:
    return map_payload(read_mapping(head + text, "desk.toml"), payload, NOW)


def _data(text: str, payload: Any, head: str = HEAD) -> dict[str, Any]:
    mapped = _mapped(text, payload, head)
    assert mapped.reason == ""
    for event in mapped.events:
        read_event(event, NOW)
    return mapped.events[0]["data"]  # type: ignore[no-any-return]  # an event is a dict


@pytest.mark.parametrize(
    ("arrival", "expected"),
    [
        ("2026-02-01T11:40:00Z", [("made", "2026-02-01T08:00:00.000000Z"), ("delivered", "2026-02-01T11:40:00.000000Z")]),
        ("", [("made", "2026-02-01T08:00:00.000000Z"), ("revoked", "2026-02-01T08:00:00.000000Z")]),
    ],
)
def test_the_flights_of_the_documentation(arrival: str, expected: list[tuple[str, str]]) -> None:
    columns = ["id", "carrier", "destination", "scheduled_departure", "scheduled_arrival", "actual_arrival"]
    cells = ["TR1", "TR", "OSL", "2026-02-01T08:00:00Z", "2026-02-01T11:30:00Z", arrival]
    mapping = read_mapping(FLIGHTS, "flights.toml")
    mapped = map_payload(mapping, payload_of_row(columns, cells), NOW)
    assert [(event["type"].removeprefix("troth.commitment-"), event["time"]) for event in mapped.events] == expected
    assert mapped.events[0]["data"] == {"team": "TR", "customer": "OSL", "due_at": "2026-02-01T11:30:00.000000Z", "title": "TR1"}
    assert {event["subject"] for event in mapped.events} == {"TR1"}
    assert column_faults(mapping, columns) == []


@pytest.mark.parametrize(
    ("text", "payload", "data"),
    [
        pytest.param(
            MADE + 'due_at = "due"\n', ROW, {"team": "Ops", "title": "7", "due_at": "2026-01-31T23:59:59.999999Z"}, id="a day ends the day"
        ),
        pytest.param(MADE + 'customer = "note"\n', ROW, {"team": "Ops", "title": "7"}, id="what is empty is absent"),
        pytest.param(
            MADE + "goal = \"'Growth'\"\nweight = 0.5\n",
            ROW,
            {"team": "Ops", "title": "7", "goal": "Growth", "weight": 0.5},
            id="constants",
        ),
        pytest.param(MADE + "title = \"join(' ', [team, id])\"\n", ROW, {"team": "Ops", "title": "Ops 7"}, id="JMESPath"),
        pytest.param(
            '[made]\ntime = "at"\nteam = "Team in charge"\ncustomer = "Kunde-Süd"\n',
            ROW | {"Team in charge": "Ops", "Kunde-Süd": "South"},
            {"team": "Ops", "customer": "South", "title": "7"},
            id="columns as they are called",
        ),
        pytest.param(
            MADE + 'budget = "b"\nunit = "u"\n',
            ROW | {"b": " 1200.50", "u": "EUR"},
            {"team": "Ops", "title": "7", "budget": 1200.5, "unit": "EUR"},
            id="numbers",
        ),
        pytest.param(MADE, ROW | {"team": "Cafe\u0301\x00 A"}, {"team": "Café  A", "title": "7"}, id="names as the ledger takes them"),
        pytest.param(MADE + 'title = "t"\n', ROW | {"t": "x" * 3000}, {"team": "Ops", "title": "x" * 2000}, id="a long title is cut"),
        pytest.param(
            MADE + 'title = "t"\n', ROW | {"t": "for jo@corp.example"}, {"team": "Ops", "title": "for [removed]"}, id="no mail address"
        ),
        pytest.param(
            MADE + 'conditions = "t"\n', ROW | {"t": "one\ntwo"}, {"team": "Ops", "title": "7", "conditions": "one\ntwo"}, id="lines"
        ),
        pytest.param(MADE + '[teams]\nOps = "Operations"\n', ROW, {"team": "Operations", "title": "7"}, id="a team by another name"),
        pytest.param(MADE + '[teams]\nDev = "Development"\n', ROW, {"team": "Ops", "title": "7"}, id="a team not listed passes"),
        pytest.param(MADE, ROW | {"team": 42}, {"team": "42", "title": "7"}, id="a number as a name"),
        pytest.param(
            '[renegotiated]\ntime = "at"\ndue_at = "note"\nagreed = "ok"\n',
            ROW | {"ok": "yes"},
            {"due_at": None, "agreed": True},
            id="a date away",
        ),
        pytest.param('[renegotiated]\ntime = "at"\nbudget = "b"\n', ROW | {"b": 5}, {"budget": 5}, id="a budget alone keeps the date"),
        pytest.param('[accepted]\ntime = "at"\nrating = "stars"\n', ROW | {"stars": "4.0"}, {"rating": 4}, id="a rating"),
        pytest.param('[delivered]\ntime = "at"\ncost = "c"\n', ROW | {"c": 0}, {"cost": 0}, id="a cost of nothing"),
        pytest.param('[warned]\ntime = "at"\nexpected_at = "due"\n', ROW, {"expected_at": "2026-01-31T23:59:59.999999Z"}, id="a warning"),
    ],
)
def test_fields_are_taken_as_the_mapping_says(text: str, payload: Any, data: dict[str, Any]) -> None:
    assert _data(text, payload) == data


@pytest.mark.parametrize(
    ("head", "value", "time"),
    [
        ("", "2026-01-05", "2026-01-05T00:00:00.000000Z"),
        ("", "2026-01-05T09:30:15.25+02:00", "2026-01-05T07:30:15.250000Z"),
        ("", "2026-01-05t09:30z", "2026-01-05T09:30:00.000000Z"),
        ('zone = "Europe/Berlin"\n', "2026-07-05 09:30", None),
        ('zone = "Europe/Berlin"\n', "2026-05-05 09:30", "2026-05-05T07:30:00.000000Z"),
        ('zone = "Europe/Berlin"\n', "2026-05-05", "2026-05-04T22:00:00.000000Z"),
        ('zone = "Europe/Berlin"\ntimes = "%d.%m.%Y %H:%M"\n', "05.05.2026 09:30", "2026-05-05T07:30:00.000000Z"),
        ('times = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]\n', "05.05.2026", "2026-05-05T00:00:00.000000Z"),
        ('times = "%Y-%m-%dT%H:%M:%S%z"\n', "2026-05-05T09:30:00+0200", "2026-05-05T07:30:00.000000Z"),
        ('times = "epoch-seconds"\n', 1767605400, "2026-01-05T09:30:00.000000Z"),
        ('times = "epoch-seconds"\n', "1767605400.5", "2026-01-05T09:30:00.500000Z"),
        ('times = "epoch-milliseconds"\n', "1767605400250", "2026-01-05T09:30:00.250000Z"),
    ],
)
def test_times_are_read_in_their_format_and_zone(head: str, value: Any, time: str | None) -> None:
    mapped = _mapped('[delivered]\ntime = "at"\n', ROW | {"at": value}, HEAD + head)
    assert [event["time"] for event in mapped.events] == ([time] if time else [])


def test_teams_may_have_to_be_listed() -> None:
    strict = HEAD + "strict_teams = true\n"
    assert _data(MADE + '[teams]\nOps = "Operations"\n', ROW, strict)["team"] == "Operations"
    assert _mapped(MADE + '[teams]\nDev = "Development"\n', ROW, strict).reason.startswith("[made] team (`team`) is not in [teams]")


def test_a_time_for_all_tables_stands_above_them() -> None:
    mapped = _mapped('[made]\nteam = "team"\n[warned]\n[delivered]\ntime = "due"\n', ROW, HEAD + 'time = "at"\n')
    assert [event["time"][:10] for event in mapped.events] == ["2026-01-05", "2026-01-05", "2026-01-31"]


def test_one_kind_may_have_several_tables() -> None:
    text = '[[revoked]]\nwhen = "state == \'dropped\'"\ntime = "at"\n[[revoked]]\nwhen = "state == \'lost\'"\ntime = "due"\n'
    assert [event["time"][:10] for event in _mapped(text, ROW | {"state": "lost"}).events] == ["2026-01-31"]


@pytest.mark.parametrize(
    ("value", "applies"), [(None, 0), (False, 0), ("", 0), ([], 0), ({}, 0), (0, 1), ("no", 1), (True, 1), ({"a": None}, 1)]
)
def test_a_condition_is_true_as_jmespath_has_it(value: Any, applies: int) -> None:
    for when in ("flag", "(@.flag)"):
        assert len(_mapped(f'[delivered]\nwhen = "{when}"\ntime = "at"\n', ROW | {"flag": value}).events) == applies
        assert len(_mapped(f'[delivered]\nwhen = "!{when}"\ntime = "at"\n', ROW | {"flag": value}).events) == 1 - applies


def test_the_same_row_is_the_same_event_and_another_is_another() -> None:
    text = MADE + 'due_at = "due"\n'
    once, twice = _mapped(text, ROW), _mapped(text, ROW | {"column of no interest": "x"})
    assert once.events == twice.events
    other_order = _mapped('[made]\ndue_at = "due"\nteam = "team"\ntime = "at"\n', ROW)
    assert once.events[0]["id"] == other_order.events[0]["id"]
    for changed in ({"team": "Dev"}, {"due": "2026-02-01"}, {"at": "2026-01-06"}, {"id": "8"}):
        assert _mapped(text, ROW | changed).events[0]["id"] != once.events[0]["id"]


def test_an_event_may_be_named_by_the_tool() -> None:
    assert _mapped(MADE + 'id = "change.id"\n', ROW | {"change": {"id": 991}}).events[0]["id"] == "991"


def test_a_row_of_another_length_is_no_payload() -> None:
    assert payload_of_row(["a", "b"], ["1", ""]) == {"a": "1", "b": None}
    with pytest.raises(Unmappable, match="3 cells, and there are 2 columns"):
        payload_of_row(["a", "b"], ["1", "2", "3"])


def test_a_column_that_is_not_there_is_named_with_the_one_that_was_meant() -> None:
    mapping = read_mapping(HEAD + MADE + 'customer = "custmer"\ndue_at = "due && due"\n', "desk.toml")
    assert column_faults(mapping, ["id", "team", "at", "due", "customer", "at"]) == [
        "[made] customer asks for the column `custmer`, which is not there; did you mean `customer`?",
        "[made] time asks for the column `at`, which is there twice",
    ]


def test_every_field_of_every_event_can_be_mapped() -> None:
    payload = {
        "team": "Ops",
        "title": "t",
        "customer": "c",
        "goal": "g",
        "unit": "EUR",
        "url": "https://x.example",
        "conditions": "c",
        "reason": "r",
    }
    payload |= dict.fromkeys(("due_at", "requested_at", "expected_at"), "2027-01-01") | dict.fromkeys(("budget", "cost"), "5")
    payload |= {"weight": "0.5", "rating": "3", "agreed": "true", "id": "1", "time": "2026-01-05"}
    text = 'source = "all"\nsubject = "id"\ntime = "time"\n'
    expected = {}
    for model in EVENT_MODELS[:-1]:
        fields = model.model_fields["data"].annotation.__annotations__
        kind = model.model_fields["type"].annotation.__args__[0]  # type: ignore[union-attr]  # a literal
        text += f"[{kind.removeprefix('troth.commitment-')}]\n" + "".join(f'{name} = "{name}"\n' for name in fields)
        expected[kind] = set(fields)
    mapped = map_payload(read_mapping(text, "all.toml"), payload, NOW)
    assert {event["type"]: set(event["data"]) for event in mapped.events} == expected
    for event in mapped.events:
        read_event(event, NOW)


def test_a_mapping_is_a_source_with_its_way_of_proving() -> None:
    text = 'persons = ["owner"]\n[verify]\nscheme = "token"\nheader = "X-Desk-Token"\n' + MADE
    source = source_of(read_mapping(HEAD + text, "desk.toml"))
    sent = Delivery("desk", {"x-desk-token": "s3cret", "webhook-id": "d-1"}, b"{}")
    assert (source.name, source.persons) == ("desk", ("owner",))
    assert source.verify(sent, ["s3cret"], NOW)
    assert not source.verify(sent, ["other"], NOW)
    assert not source.verify(sent, [], NOW)
    mapped = source.map(sent, ROW, NOW)
    assert (mapped.what, mapped.native_id) == ("made 7", "d-1")


def test_without_a_way_of_proving_nothing_is_let_in() -> None:
    source = source_of(read_mapping(HEAD + MADE, "desk.toml"))
    assert not source.verify(Delivery("desk", {"authorization": "Bearer s3cret"}, b"{}"), ["s3cret"], NOW)
