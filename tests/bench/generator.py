"""A generator of load for machines without wrk: 64 connections that each post a promise, wait for its 202, and post the next.

`python -m tests.bench.generator HOST PORT SECONDS TOKEN RUN MADE_AT DUE_AT` prints how many were accepted a second.
"""

import asyncio
import json
import sys
import time

from tests.bench import life

CONNECTIONS = 64


async def _connection(place: tuple[str, int], token: str, run: str, dates: tuple[str, str], until: float) -> int:
    reader, writer = await asyncio.open_connection(*place)
    accepted = 0
    while time.monotonic() < until:
        writer.write(_request(token, f"c-{run}-{accepted}", accepted, dates))
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 202 " not in head.split(b"\r\n", 1)[0]:
            sys.exit(f"an event was not accepted: {head!r}")
        length = next(line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length))
        accepted += 1
    writer.close()
    return accepted


def _request(token: str, commitment: str, number: int, dates: tuple[str, str]) -> bytes:
    made_at, due_at = dates
    data = {
        "team": f"team-{number % life.TEAMS}",
        "title": "A promise to the business",
        "customer": f"customer-{number % life.CUSTOMERS}",
        "goal": f"goal-{number % life.GOALS}",
        "due_at": due_at,
    }
    body = json.dumps(
        {
            "specversion": "1.0",
            "id": f"{commitment}-made",
            "source": life.SOURCE,
            "type": "troth.commitment-made",
            "subject": commitment,
            "time": made_at,
            "data": data,
        }
    ).encode()
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/cloudevents+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _main(host: str, port: str, seconds: str, token: str, run: str, *dates: str) -> None:
    began = time.monotonic()
    until = began + float(seconds)
    made_at, due_at = dates
    connections = (_connection((host, int(port)), token, f"{run}-{each}", (made_at, due_at), until) for each in range(CONNECTIONS))
    accepted = sum(await asyncio.gather(*connections))
    print(f"{accepted / (time.monotonic() - began):.2f}")


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
