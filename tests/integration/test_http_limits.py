"""What is no body of ours is refused at the edge: too much, packed wrongly, of another kind, or no JSON."""

import gzip
import json
import socket
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.conftest import BATCH, STRUCTURED, TOKEN, Served, event, unchanged

LIMIT = 10_000_000
HEAD = f"POST /v1/events HTTP/1.1\r\nHost: troth\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {STRUCTURED}\r\nConnection: close\r\n"


def raw(served: Served, *parts: bytes) -> str:
    """What a server answers to bytes that no client of HTTP would send."""
    address = urlsplit(served.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer.decode()


def sized(bytes_: int, **attributes: Any) -> bytes:
    """An event whose JSON has that many bytes."""
    body = json.dumps(event(**attributes)).encode()
    return body + b" " * (bytes_ - len(body))


def packed(served: Served, body: bytes, encoding: str = "gzip") -> int:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": STRUCTURED, "Content-Encoding": encoding}
    return served.http.post("/v1/events", content=body, headers=headers).status_code


PLAIN = json.dumps(event(subject="packed")).encode()
ZIPPED = gzip.compress(PLAIN)


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", ZIPPED, 202),
        ("GZIP", ZIPPED, 202),
        ("x-gzip", ZIPPED, 202),
        ("identity", PLAIN, 202),
        ("gzip", PLAIN, 400),
        ("gzip", b"", 400),
        ("gzip", ZIPPED[:-9], 400),
        ("gzip", ZIPPED[:10], 400),
        ("gzip", ZIPPED[:-1], 400),
        ("gzip", ZIPPED[:-8] + bytes(8), 400),
        ("gzip", ZIPPED + ZIPPED, 400),
        ("gzip", ZIPPED + b"more", 400),
        ("gzip", zlib.compress(PLAIN), 400),
        ("identity", ZIPPED, 400),
        ("deflate", zlib.compress(PLAIN), 415),
        ("br", PLAIN, 415),
        ("gzip, gzip", gzip.compress(ZIPPED), 415),
        ("gzip", gzip.compress(sized(LIMIT, subject="packed to the limit")), 202),
        ("gzip", gzip.compress(b" " * (LIMIT + 1)), 413),
        ("gzip", gzip.compress(b"0" * 200_000_000, 1), 413),
    ],
    ids=range(20),
)
def test_a_packed_body_is_unpacked_or_refused_by_what_is_wrong_with_it(served: Served, encoding: str, body: bytes, status: int) -> None:
    before = served.holds()
    assert packed(served, body, encoding) == status
    assert status == 202 or served.holds() == before


def test_ten_million_bytes_are_taken_and_one_more_is_refused(served: Served) -> None:
    assert served.post(sized(LIMIT, subject="ten million bytes")).status_code == 202
    with unchanged(served):
        assert served.post(sized(LIMIT + 1, subject="one more")).status_code == 413


def test_an_announced_length_over_the_limit_is_refused_before_the_body_is_sent(served: Served) -> None:
    with unchanged(served):
        assert raw(served, f"{HEAD}Content-Length: {LIMIT + 1}\r\n\r\n".encode()).startswith("HTTP/1.1 413")


def test_a_stream_of_unknown_length_is_cut_off_at_the_limit(served: Served) -> None:
    chunk = b"f4240\r\n" + b" " * 1_000_000 + b"\r\n"
    with unchanged(served):
        answer = raw(served, f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode(), *[chunk] * 10, b"1\r\n \r\n")
        assert answer.startswith("HTTP/1.1 413")


def test_a_stream_of_unknown_length_below_the_limit_is_taken(served: Served) -> None:
    body = json.dumps(event(subject="streamed")).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": STRUCTURED}
    parts = (body[place : place + 7] for place in range(0, len(body), 7))
    assert served.http.post("/v1/events", content=parts, headers=headers).status_code == 202


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: -1",
        "Content-Length: 9" + "9" * 5_000,
        "Content-Length: two",
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
    ],
)
def test_a_length_that_is_none_or_two_is_refused(served: Served, framing: str) -> None:
    with unchanged(served):
        assert raw(served, f"{HEAD}{framing}\r\n\r\n{{}}".encode()).startswith("HTTP/1.1 400")


def test_a_body_that_ends_before_its_announced_length_leaves_nothing(served: Served) -> None:
    address = urlsplit(served.base_url)
    body = json.dumps(event(subject="cut off")).encode()
    with unchanged(served):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(f"{HEAD}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(65_536) == b""
        assert served.get("/healthz") == {"status": "ok"}


@pytest.mark.parametrize(
    ("first", "part"),
    [(b"GET / HTTP/1.1\r\nX: ", b"a"), (b"GET / HTTP/1.1\r\n", b"X: a\r\n"), (b"GET /", b"a"), (b"GET /?", b"a=%20&"), (b"", b"A")],
    ids=["a long header", "many headers", "a long path", "a long query", "a long method"],
)
def test_a_head_that_never_ends_is_cut_off(served: Served, first: bytes, part: bytes) -> None:
    with pytest.raises(ConnectionError):
        raw(served, first, *[part * (100_000 // len(part))] * 200)
    assert served.get("/healthz") == {"status": "ok"}


def test_a_head_of_sixty_thousand_bytes_is_read(served: Served) -> None:
    assert served.http.get("/healthz", headers={"X": "a" * 60_000}).status_code == 200


def test_what_is_sent_as_a_header_behind_the_body_is_none(served: Served) -> None:
    body = json.dumps(event(subject="trailed")).encode()
    head = HEAD.replace(f"Authorization: Bearer {TOKEN}\r\n", "")
    trailed = b"%x\r\n%s\r\n0\r\nAuthorization: Bearer %s\r\n\r\n" % (len(body), body, TOKEN.encode())
    with unchanged(served):
        answer = raw(served, f"{head}webhook-signature: v1,x\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + trailed)
        assert answer.startswith("HTTP/1.1 401")


def test_several_requests_go_over_one_connection_and_a_refusal_does_not_end_it(served: Served) -> None:
    address = urlsplit(served.base_url)
    head = HEAD.replace("Connection: close\r\n", "")
    good = json.dumps(event(subject="kept alive")).encode()
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        statuses = []
        for body in (good, b"{", good):
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            statuses.append(connection.recv(65_536)[9:12])
    assert statuses == [b"202", b"400", b"202"]


def test_ten_thousand_events_are_taken_and_one_more_is_refused_whole(serve: Callable[..., Served]) -> None:
    served = serve()
    batch = [event(subject=f"{number:05}") for number in range(10_001)]
    refused = served.post(batch)
    assert refused.status_code == 413
    assert "10001" in refused.json()["detail"]
    assert served.holds() == ([], [], [])
    accepted = served.post(batch[:-1])
    assert accepted.status_code == 202
    assert len(accepted.json()["events"]) == 10_000
    assert served.get("/v1/teams/a")["commitments"] == {"pending": 0, "at_risk": 0, "overdue": 0}
    assert served.get("/v1/teams/a")["undated"] == 10_000


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", "json", ";"]
)
def test_another_content_type_is_refused_and_the_right_ones_are_named(served: Served, kind: str) -> None:
    with unchanged(served):
        answer = served.post(json.dumps(event(subject="other kind")).encode(), content_type=kind)
    assert answer.status_code == 415
    assert STRUCTURED in answer.json()["detail"]


GOOD = json.dumps(event(subject="not json", customer="X")).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        GOOD[:-1],
        GOOD + b"}",
        GOOD + GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b'"X"', b"NaN"),
        GOOD.replace(b'"X"', b"Infinity"),
        GOOD.replace(b'"X"', b"-Infinity"),
        GOOD.replace(b'"X"', b"9" * 5_000),
        GOOD.replace(b'"X"', b"01"),
        GOOD.replace(b'"X"', b"'x'"),
        GOOD.replace(b'"X"', b'"\\ud800"'),
        GOOD.replace(b'"X"', b'"\\udc00x"'),
        GOOD.replace(b'"X"', b'"\xed\xa0\x80"'),
        GOOD.replace(b'"X"', b'"\xff"'),
        GOOD.replace(b'"X"', b'"a\x00b"'),
        GOOD.replace(b'"X"', b'"a\nb"'),
        GOOD.replace(b'"X"', b'"\\x41"'),
        GOOD.replace(b'"X"', b'"unended'),
        GOOD.replace(b'"X"', b"[" * 250 + b"]" * 250),
        GOOD.replace(b'"X"', b'{"a":' * 250 + b"1" + b"}" * 250),
        b"[" * 1_000_000,
        b"\x00" * 100,
        b"team=a&title=b",
        b"<event/>",
    ],
    ids=range(28),
)
def test_what_is_no_json_is_refused_and_changes_nothing(served: Served, body: bytes) -> None:
    with unchanged(served):
        answers = [served.post(body), served.post(body, content_type=BATCH), served.post(b"[" + body + b",]", content_type=BATCH)]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"].startswith("The body is not JSON: ")


def test_json_of_a_batch_that_is_no_list_is_refused(served: Served) -> None:
    with unchanged(served):
        answer = served.post(GOOD, content_type=BATCH)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == ""


def test_a_full_disk_is_answered_with_503_and_when_to_come_again_and_taken_up_once_there_is_room(serve: Callable[..., Served]) -> None:
    served = serve()
    served.take(event(subject="before"))
    with served.ledger._committer.lock:
        connection = served.ledger._committer._connection
        [most] = connection.execute("PRAGMA max_page_count").fetchone()
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    large = [event(subject=f"large {n}", conditions="x" * 2_000) for n in range(100)]
    with unchanged(served):
        refused = served.post(large)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "1"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert served.http.get("/healthz").status_code == 200
    with served.ledger._committer.lock:
        connection.execute(f"PRAGMA max_page_count = {most}")
    assert served.post(large).json()["duplicates"] == 0
    assert served.get("/v1/teams/a")["undated"] == 101
