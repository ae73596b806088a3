"""What may be posted, and how each thing that may not be is refused: by its place, with the mend."""

import json
from datetime import UTC, timedelta, timezone
from math import inf, nan
from typing import Any

import pytest

from tests.notation import DAY_0
from troth.domain.event_models import EVENT_TYPES
from troth.domain.events import Event, Malformed, read_event, recall_event
from troth.domain.instants import MICROSECONDS_A_DAY, MICROSECONDS_A_SECOND, format_instant

NOW = DAY_0 + MICROSECONDS_A_DAY
MADE = {"team": "a", "title": "t"}
LONE_SURROGATE = "\ud800"


def _event(kind: str = "commitment-made", data: Any = None, **envelope: Any) -> dict[str, Any]:
    plain = {"specversion": "1.0", "id": "1", "source": "s", "subject": "c", "type": f"troth.{kind}", "time": "2026-01-01T00:00:00Z"}
    return plain | ({} if data is None else {"data": data}) | envelope


def _made(**data: Any) -> dict[str, Any]:
    return _event(data=MADE | data)


def _read(posted: Any) -> Event:
    return read_event(posted, NOW)


def _refused(posted: Any) -> dict[str, str]:
    with pytest.raises(Malformed) as refusal:
        _read(posted)
    return {fault.path: fault.message for fault in refusal.value.faults}


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in _made().items() if key != name}


REFUSED: list[tuple[str, Any, str, str]] = [
    ("no object", [], "", "dictionary"),
    ("a text", "made", "", "dictionary"),
    ("no type", _without("type"), "/type", "is missing"),
    ("an unknown type", _event("commitment-forgotten"), "/type", "use one of troth.commitment-made"),
    ("another's type", _made() | {"type": "com.github.issue"}, "/type", "use one of"),
    ("a type that is no text", _made() | {"type": ["troth.commitment-made"]}, "/type", "use one of"),
    ("another version of CloudEvents", _made() | {"specversion": "0.3"}, "/specversion", "1.0"),
    ("no subject", _without("subject"), "/subject", "is missing"),
    ("no id", _without("id"), "/id", "is missing"),
    ("no source", _without("source"), "/source", "is missing"),
    ("no data where some is needed", _without("data"), "/data", "is missing"),
    ("data that is null", _event("commitment-delivered") | {"data": None}, "/data", "dictionary"),
    ("data that is a list", _event("commitment-delivered", []), "/data", "dictionary"),
    ("data of another content type", _made() | {"datacontenttype": "text/xml"}, "/datacontenttype", "application/json"),
    ("data in base64", _made() | {"data_base64": "AA=="}, "/data_base64", "not an attribute"),
    ("a promise of nobody", _event(data={"title": "t"}), "/data/team", "is missing"),
    ("a promise of nothing", _event(data={"team": "a"}), "/data/title", "is missing"),
    ("a field that is none", _made(due="2026-02-01"), "/data/due", "is not a field of this event"),
    ("a field of another event", _event("commitment-warned", {"cost": 1}), "/data/cost", "is not a field of this event"),
    ("a field with a stroke in its name", _made(**{"a/b~c": 1}), "/data/a~1b~0c", "is not a field"),
    ("a field named like an event", _made(**{EVENT_TYPES[0]: 1}), f"/data/{EVENT_TYPES[0]}", "is not a field"),
    ("a team that is a number", _made(team=7), "/data/team", "string"),
    ("a title that is null", _made(title=None), "/data/title", "string"),
    ("a customer that is null", _made(customer=None), "/data/customer", "string"),
    ("a date that is null in a promise", _made(due_at=None), "/data/due_at", "write a day as"),
    ("a time that is null", _made() | {"time": None}, "/time", "write a time as"),
    ("a budget that is null", _made(budget=None), "/data/budget", "is not a number"),
    ("a rating that is null", _event("commitment-accepted", {"rating": None}), "/data/rating", "is not a rating"),
    ("an agreement that is null", _event("commitment-renegotiated", {"agreed": None}), "/data/agreed", "boolean"),
    ("an agreement that is a number", _event("commitment-renegotiated", {"agreed": 1}), "/data/agreed", "boolean"),
    ("a retraction of nothing", _event("event-retracted", {"reason": "r"}), "/data/id", "is missing"),
    ("a retraction without a reason", _event("event-retracted", {"source": "s", "id": "1"}), "/data/reason", "is missing"),
    ("an extension in capitals", _made() | {"TraceParent": "x"}, "/TraceParent", "a-z and 0-9"),
    ("an extension that is null", _made() | {"traceparent": None}, "/traceparent", "is not a text"),
    ("an extension that is an object", _made() | {"trace": {}}, "/trace", "is not a text"),
    ("an extension with NUL", _made() | {"trace": "a\0"}, "/trace", "U+0000"),
    ("an extension with a lone surrogate", _made() | {"trace": LONE_SURROGATE}, "/trace", "lone surrogate"),
]

BAD_TIMES: list[tuple[str, str, str]] = [
    ("without a zone", "2026-01-01T00:00:00", "add Z for UTC"),
    ("that does not exist", "2026-02-30T00:00:00Z", "does not exist"),
    ("of an hour that does not exist", "2026-01-01T25:00:00Z", "does not exist"),
    ("of a zone that does not exist", "2026-01-01T00:00:00+99:00", "does not exist"),
    ("of year 0", "0000-01-01T00:00:00Z", "does not exist"),
    ("before year 1 in UTC", "0001-01-01T00:00:00+12:00", "does not exist"),
    ("after year 9999 in UTC", "9999-12-31T23:00:00-12:00", "does not exist"),
    ("in words", "tomorrow", "write it as"),
    ("with NUL", "2026-01-01T00:00:00Z\0", "write it as"),
    ("with a lone surrogate", LONE_SURROGATE, "write it as"),
    ("in digits of another script", "\uff12\uff10\uff12\uff16-01-01T00:00:00Z", "write it as"),
    ("as a number of seconds", "1767225600", "write it as"),
    ("of a million characters", "2" * 1_000_000, "write it as"),
    ("that is empty", "", "write it as"),
]

BAD_NAMES: list[tuple[str, str, str]] = [
    ("empty", "", "at least 1 character"),
    ("of 201 characters", "x" * 201, "at most 200"),
    ("of a million characters", "x" * 1_000_000, "at most 200"),
    ("with NUL", "a\0b", "U+0000"),
    ("with a line end", "a\nb", "U+000A"),
    ("with a control character of the upper half", "a\x85b", "U+0085"),
    ("with DEL", "a\x7f", "U+007F"),
    ("not in NFC", "Cafe\u0301", "NFC"),
    ("with a lone surrogate", LONE_SURROGATE, ""),
]

BAD_AMOUNTS: list[tuple[str, Any]] = [
    ("negative", -1),
    ("a hair below 0", -0.0001),
    ("NaN", nan),
    ("infinite", inf),
    ("1e999", float("1e999")),
    ("a text", "12"),
    ("true", True),
    ("of 16 digits", 1_234_567_890_123_456),
    ("of 16 digits, 4 after the point", 123_456_789_012.1234),
    ("10 to the 15th", 10**15),
    ("1e300", 1e300),
    ("of 5 digits after the point", 0.12345),
    ("beyond any float", 10**400),
    ("a list", [1]),
]


@pytest.mark.parametrize(("posted", "path", "mend"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_malformed_event_is_refused_with_its_place_and_the_mend(posted: Any, path: str, mend: str) -> None:
    faults = _refused(posted)
    assert path in faults
    assert mend in faults[path]


@pytest.mark.parametrize(("time", "mend"), [pytest.param(*case[1:], id=case[0]) for case in BAD_TIMES])
def test_a_time_that_is_none_is_refused_wherever_it_stands(time: str, mend: str) -> None:
    assert mend in _refused(_made() | {"time": time})["/time"]
    for kind, field in (("commitment-made", "due_at"), ("commitment-made", "requested_at"), ("commitment-warned", "expected_at")):
        data = (MADE if kind == "commitment-made" else {}) | {field: time}
        assert mend in _refused(_event(kind, data))[f"/data/{field}"]


@pytest.mark.parametrize(("name", "mend"), [pytest.param(*case[1:], id=case[0]) for case in BAD_NAMES])
def test_a_name_that_could_not_be_told_from_another_is_refused(name: str, mend: str) -> None:
    for field in ("id", "source", "subject"):
        assert mend in _refused(_made() | {field: name})[f"/{field}"]
    for field in ("team", "customer", "goal", "unit"):
        assert mend in _refused(_made(**{field: name}))[f"/data/{field}"]


@pytest.mark.parametrize("amount", [pytest.param(amount, id=name) for name, amount in BAD_AMOUNTS])
def test_an_amount_that_is_no_amount_is_refused(amount: Any) -> None:
    assert "/data/budget" in _refused(_made(budget=amount))
    assert "/data/budget" in _refused(_event("commitment-renegotiated", {"budget": amount}))
    assert "/data/cost" in _refused(_event("commitment-delivered", {"cost": amount}))


@pytest.mark.parametrize("weight", [0, 0.25, 2, -1, 1.1, 0.05, 0.1 + 0.2, nan, inf, 1e308, 10**400, "1", True, None])
def test_a_weight_that_is_no_tenth_is_refused(weight: Any) -> None:
    assert "/data/weight" in _refused(_made(weight=weight))


@pytest.mark.parametrize("rating", [0, 6, 4.5, -1, nan, True, "5", None, 10**400])
def test_a_rating_that_is_no_whole_number_from_1_to_5_is_refused(rating: Any) -> None:
    assert "/data/rating" in _refused(_event("commitment-accepted", {"rating": rating}))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "javascript:alert(1)",
        "x.example",
        "",
        "http://",
        "http://[::1",
        "http://a/\0",
        "http://a/\n",
        "//a/b",
        7,
        "http://a/" + "x" * 2_000,
    ],
)
def test_an_address_that_is_not_of_the_web_is_refused(url: Any) -> None:
    assert "/data/url" in _refused(_made(url=url))


@pytest.mark.parametrize(
    ("field", "kind"), [("title", "commitment-made"), ("conditions", "commitment-made"), ("reason", "commitment-revoked")]
)
def test_a_text_has_2000_characters_and_no_control_characters_but_line_ends_in_the_longer_ones(field: str, kind: str) -> None:
    def saying(text: str) -> dict[str, Any]:
        return _event(kind, (MADE if kind == "commitment-made" else {}) | {field: text})

    _read(saying("x" * 2_000))
    for text in ("x" * 2_001, "x" * 1_000_000, "a\0", "a\tb", "a\x9fb", LONE_SURROGATE):
        assert f"/data/{field}" in _refused(saying(text))
    lines = saying("one\r\ntwo")
    if field == "title":
        assert "U+000D" in _refused(lines)["/data/title"]
    else:
        assert _read(lines).data[field] == "one\r\ntwo"


def test_every_fault_is_named_not_only_the_first() -> None:
    faults = _refused(_event(data={"team": 1, "due_at": "soon", "deadline": 1}, source=""))
    assert faults.keys() == {"/source", "/data/team", "/data/title", "/data/due_at", "/data/deadline"}


def test_an_event_of_the_future_is_refused_but_for_five_minutes_which_become_now() -> None:
    def ahead(seconds: float) -> dict[str, Any]:
        return _made() | {"time": format_instant(NOW + round(seconds * MICROSECONDS_A_SECOND))}

    assert _read(ahead(0)).time == NOW
    assert _read(ahead(1)).time == NOW
    assert _read(ahead(300)).time == NOW
    assert "set the sender's clock" in _refused(ahead(300.000001))["/time"]
    assert "set the sender's clock" in _refused(ahead(600))["/time"]
    assert _read(ahead(-1)).time == NOW - MICROSECONDS_A_SECOND


def test_an_event_without_a_time_happened_now() -> None:
    assert _read(_without("time")).time == NOW


@pytest.mark.parametrize("kind", [kind for kind in EVENT_TYPES if kind not in ("troth.commitment-made", "troth.event-retracted")])
def test_data_may_be_absent_where_all_of_it_is_optional(kind: str) -> None:
    event = _read(_event(kind.removeprefix("troth.")))
    assert (event.data, event.type) == ({}, kind)


@pytest.mark.parametrize(
    ("amount", "held"),
    [(0, 0), (1e3, 10_000_000), (0.1, 1_000), (12.3456, 123_456), (999_999_999_999_999, 9_999_999_999_999_990_000),
     (12_345_678_901.2345, 123_456_789_012_345), (100_000_000_000_000, 10**18), (-0.0, 0), (0.0001, 1)],
)  # fmt: skip
def test_an_amount_of_15_digits_is_held_to_the_ten_thousandth(amount: float, held: int) -> None:
    assert _read(_made(budget=amount)).data["budget"] == held


@pytest.mark.parametrize("tenths", range(1, 11))
def test_a_weight_is_held_in_tenths(tenths: int) -> None:
    assert _read(_made(weight=tenths / 10)).data["weight"] == tenths


def test_a_rating_may_be_written_with_a_point() -> None:
    assert _read(_event("commitment-accepted", {"rating": 5.0})).data["rating"] == 5


def test_names_with_slashes_spaces_and_letters_of_any_script_are_welcome() -> None:
    for name in ("a/b/c", "Zürich / 東京", "x" * 200, "é" * 200, "%2F?#", "' OR 1=1 --", "🚀"):
        event = _read(_made(team=name) | {"id": name, "source": name, "subject": name})
        assert (event.id, event.source, event.subject, event.data["team"]) == (name, name, name, name)


def test_extensions_of_cloudevents_pass_and_stay_as_posted() -> None:
    posted = _made() | {"traceparent": "00-1", "partition": 7, "sampled": True, "dataschema": "https://x.example/"}
    assert _read(posted).posted == posted


def test_a_day_lasts_to_its_last_microsecond_in_the_zone_of_its_source() -> None:
    posted = _made(due_at="2026-03-01", requested_at="2026-03-01T00:00:00+01:00")
    in_utc, further_east = (read_event(posted, NOW, zone).data for zone in (UTC, timezone(timedelta(hours=2))))
    assert format_instant(in_utc["due_at"]) == "2026-03-01T23:59:59.999999Z"
    assert format_instant(further_east["due_at"]) == "2026-03-01T21:59:59.999999Z"
    assert format_instant(in_utc["requested_at"]) == format_instant(further_east["requested_at"]) == "2026-02-28T23:00:00.000000Z"


def test_what_is_recalled_from_the_log_is_what_was_read() -> None:
    text = json.dumps(_made(title="é", budget=1.5), ensure_ascii=False)
    assert recall_event(text, DAY_0) == _read(_made(title="é", budget=1.5))


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/vnd.acme+json"])
def test_every_content_type_of_json_is_taken(content_type: str) -> None:
    assert read_event(_made() | {"datacontenttype": content_type}, NOW).rank == 0
