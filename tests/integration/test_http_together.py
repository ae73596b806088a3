"""Many at once: nothing is lost, counted twice or kept half; and where too many wait, the next is told to come again."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.integration.conftest import BATCH, TOKEN, Served, event
from troth.ledger import writer

CLIENTS = 8


def lives(count: int) -> list[dict[str, Any]]:
    """Events of some commitments: made, half of them delivered, some on time."""
    made = [event(subject=f"c-{n:03}", due_at="2026-01-10", team=f"team {n % 3}") for n in range(count)]
    done = [event("commitment-delivered", f"c-{n:03}", "2") | {"time": f"2026-01-{5 + n % 9:02}T00:00:00Z"} for n in range(0, count, 2)]
    return made + done


def pieces(events: list[dict[str, Any]], seed: int) -> list[list[dict[str, Any]]]:
    """All events in an order of their own, in batches of sizes of their own."""
    order = random.Random(seed)
    left = order.sample(events, len(events))
    cut = []
    while left:
        size = order.randint(1, 40)
        cut.append(left[:size])
        left = left[size:]
    return cut


def test_eight_clients_that_post_the_same_in_any_order_leave_what_one_leaves(serve: Callable[..., Served]) -> None:
    together, alone = serve("together"), serve("alone")
    events = lives(120)

    def client(seed: int) -> Counter[str]:
        counted: Counter[str] = Counter()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": BATCH}
        with httpx2.Client(base_url=together.base_url, headers=headers, timeout=60) as http:
            for piece in pieces(events, seed):
                answer = http.post("/v1/events", json=piece)
                assert answer.status_code == 202
                counted += Counter(posted=len(answer.json()["events"]), duplicates=answer.json()["duplicates"])
        return counted

    with ThreadPoolExecutor(CLIENTS) as clients:
        counted = sum(clients.map(client, range(CLIENTS)), Counter())
    assert counted == {"posted": CLIENTS * len(events), "duplicates": (CLIENTS - 1) * len(events)}
    alone.take(*events)
    day = {"at": "2026-02-01"}
    for path in ("/v1/teams", "/v1/teams/team 0", "/v1/organisation"):
        assert together.http.get(path, params=day).content == alone.http.get(path, params=day).content
    assert together.get("/v1/commitments", limit=1000) == alone.get("/v1/commitments", limit=1000)
    posted_traces = together.get("/v1/deliveries", limit=1000)["deliveries"]
    assert sum(trace["new"] for trace in posted_traces) == len(events)


def test_where_too_many_wait_the_next_is_told_to_come_again_and_none_that_waits_is_lost(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING_REQUESTS", 4)
    served = serve()
    with ThreadPoolExecutor(12) as clients:
        with served.ledger.book():  # a reader that is slow: nothing can be committed meanwhile
            posted = [clients.submit(served.post, event(subject="c-0"))]
            while served.ledger._writer._busy is None:
                assert served.http.get("/healthz").status_code == 200
            posted += [clients.submit(served.post, event(subject=f"c-{number}")) for number in range(1, 12)]
            while sum(answer.done() for answer in posted) < 7:  # one is being written, four wait
                assert served.http.get("/healthz").status_code == 200
        answers = [(answer.status_code, answer.headers.get("Retry-After")) for answer in (one.result() for one in posted)]
    assert Counter(answers) == {(202, None): 5, (503, "1"): 7}
    assert len(served.get("/v1/commitments")["commitments"]) == 5
    assert served.post(event(subject="afterwards")).status_code == 202


def test_clients_that_send_slowly_do_not_keep_others_waiting(serve: Callable[..., Served]) -> None:
    served = serve()
    address = urlsplit(served.base_url)
    head = f"POST /v1/events HTTP/1.1\r\nHost: troth\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {BATCH}\r\n".encode()
    body = json.dumps([event(subject="slow")]).encode()

    async def slow() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, sender = await asyncio.open_connection(address.hostname, address.port)
        sender.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body[:-1])
        await sender.drain()
        return reader, sender

    async def all_of_them() -> list[bytes]:
        connections = [await slow() for _ in range(50)]
        quick = await asyncio.to_thread(served.post, event(subject="quick"))
        assert quick.status_code == 202
        answers = []
        for reader, sender in connections:
            sender.write(body[-1:])
            answers.append((await reader.readuntil(b"\r\n"))[9:12])
            sender.close()
            await sender.wait_closed()
        return answers

    assert asyncio.run(all_of_them()) == [b"202"] * 50
    assert len(served.get("/v1/commitments/slow")["history"]) == 1
