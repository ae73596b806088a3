"""One source that posts steadily, and another that posts now and then and notes how long each answer takes.

`python -m tests.bench.loud URL RATE SECONDS` posts issues of GitLab at a rate; it says "begun", and at last how many a second were taken.
"""

import asyncio
import json
import sys
import time
from typing import Final
from urllib.parse import urlsplit

LOUD, QUIET = "gitlab", "servicenow"
_SECRET: Final = "change-me"
SECRETS: Final = {f"TROTH_WEBHOOK_{name.upper()}_SECRETS": _SECRET for name in (LOUD, QUIET)}
_CONNECTIONS: Final = 32
_PAUSE_SECONDS: Final = 0.02


class _Connection:
    """A connection that is kept open, and posts one delivery after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, url: str) -> "_Connection":
        place = urlsplit(url)
        return cls(*await asyncio.open_connection(place.hostname, place.port))

    async def post(self, source: str, proof: str, body: bytes) -> None:
        lines = [
            f"POST /webhooks/{source} HTTP/1.1",
            *("Host: bench", proof, "Content-Type: application/json", f"Content-Length: {len(body)}"),
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if b" 202 " not in answer.split(b"\r\n", 1)[0]:
            sys.exit(f"a delivery was not taken: {answer!r}")
        length = next(line.split(b":")[1] for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await self._reader.readexactly(int(length))

    def close(self) -> None:
        self._writer.close()


async def waits(url: str, run: str, seconds: float) -> list[float]:
    """How long each answer to the quiet source took, in milliseconds."""
    connection = await _Connection.to(url)
    found: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        body = _change(f"{run}-{len(found)}")
        began = time.perf_counter()
        await connection.post(QUIET, f"Authorization: Bearer {_SECRET}", body)
        found.append(1_000 * (time.perf_counter() - began))
        await asyncio.sleep(_PAUSE_SECONDS)
    connection.close()
    return found


async def _loud(url: str, rate: float, seconds: float) -> float:
    began = time.monotonic()
    print("begun", flush=True)

    async def one(number: int) -> int:
        connection, posted = await _Connection.to(url), 0
        while (now := time.monotonic() - began) < seconds:
            due = (posted * _CONNECTIONS + number) / rate
            await asyncio.sleep(max(0.0, due - now))
            await connection.post(LOUD, f"X-Gitlab-Token: {_SECRET}", _issue(posted * _CONNECTIONS + number))
            posted += 1
        connection.close()
        return posted

    return sum(await asyncio.gather(*map(one, range(_CONNECTIONS)))) / (time.monotonic() - began)


def _issue(number: int) -> bytes:
    attributes = {
        "action": "open",
        "id": number + 1,
        "iid": number,
        "title": "A promise to the business",
        "state": "opened",
        "due_date": "2036-03-31",
        "created_at": "2026-01-10 10:00:00 UTC",
    }
    project = {"path_with_namespace": f"retail/shop-{number % 50}"}
    return json.dumps({"object_kind": "issue", "project": project, "object_attributes": attributes}).encode()


def _change(sys_id: str) -> bytes:
    record = {
        "sys_id": sys_id,
        "number": "CHG0030001",
        "short_description": "A promise to the business",
        "assignment_group": "Network",
        "end_date": "2036-03-31 16:00:00",
        "sys_created_on": "2026-01-10 10:00:00",
    }
    return json.dumps({"table": "change_request", "operation": "insert", "record": record}).encode()


if __name__ == "__main__":
    print(f"{asyncio.run(_loud(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))):,.0f}")
