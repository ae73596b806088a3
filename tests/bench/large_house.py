"""A million commitments, a tenth of them open: what `serve` takes of memory, how soon it is back, and how fast its pages are."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.bench.life import Posted, batched, lives
from tests.bench.rows import Row, limit_row, seconds_of
from tests.running import Server, serving
from troth.domain.events import read_event
from troth.domain.recording import DeliveryRecord
from troth.gateway.posting import new_delivery_id
from troth.ledger.committer import CHECKPOINT_EVENTS
from troth.settings import read_settings
from troth.wiring import clock, open_ledger

_MEGABYTES = 300
_SECONDS = 15
_PAGE_SECONDS = 0.5
_COMMITMENTS = 1_000_000
_COMMITMENTS_A_COMMIT = 20_000
_PAGES = {
    "/": "the board",
    "/teams/team-7": "a team",
    "/customers/customer-7": "a customer",
    "/goals/goal-3": "a goal",
    "/commitments": "commitments",
    "/commitments?state=overdue&order=due": "those overdue",
    "/commitments?goal=goal-3&state=delivered&order=closed": "those of a goal, latest first",
    "/commitments?team=team-7&q=promise": "those that a search finds",
    "/commitments?q=nothing-has-this-name": "a search that finds none",
    "/commitments/c-77": "a commitment",
    "/deliveries": "deliveries",
    "/v1/notices": "notices",
}


def measure(work: Path, *, scale: float) -> Iterator[Row]:
    data = work / "house"
    commitments = int(scale * _COMMITMENTS)
    house = f"{commitments:,} commitments"
    yield Row(f"{house} made and delivered", f"{seconds_of(lambda: _fill(data, commitments)):.0f} s")
    began = time.perf_counter()
    with serving("serve", data) as server:
        yield limit_row(f"{house}: ready after a start", time.perf_counter() - began, _SECONDS, "s")
        yield limit_row(f"{house}: memory once ready", _megabytes(server), _MEGABYTES, "MB")
        for page, name in _PAGES.items():
            yield limit_row(f"{house}: {name}, {page}", _page_seconds(server, page), _PAGE_SECONDS, "s")
        yield limit_row(f"{house}: memory after its pages", _megabytes(server), _MEGABYTES, "MB")
        _post_without_checkpoint(server, commitments)
        yield limit_row(f"{house}: memory after more events", _megabytes(server), _MEGABYTES, "MB")
        server.end(signal.SIGKILL)
    began = time.perf_counter()
    with serving("serve", data) as server:
        yield limit_row(f"{house}: ready after kill -9", time.perf_counter() - began, _SECONDS, "s")
        yield limit_row(f"{house}: memory after kill -9", _megabytes(server), _MEGABYTES, "MB")


def _fill(data: Path, commitments: int) -> None:
    with closing(open_ledger(read_settings({"data": data}, {}))) as ledger:
        for start in range(0, commitments, _COMMITMENTS_A_COMMIT):
            part = min(_COMMITMENTS_A_COMMIT, commitments - start)
            now = clock()
            posted = lives(part, now, open_ones=part // 10, prefix="c" if start == 0 else f"c-{start}", together=True)
            ledger.append_now(DeliveryRecord(new_delivery_id(now), "events", now), [read_event(one, now) for one in posted])


def _post_without_checkpoint(server: Server, commitments: int) -> None:
    """As much as can be behind the last checkpoint when a kill comes: the dearest restart there is."""
    new: list[Posted] = lives(min(CHECKPOINT_EVENTS, commitments) * 9 // 20, clock(), prefix="late")
    for batch in batched(new, 2_000):
        if server.post(batch) != 202:
            raise RuntimeError("a batch was not accepted")


def _page_seconds(server: Server, page: str) -> float:
    return median(seconds_of(lambda: server.get(page)) for _ in range(3))


def _megabytes(server: Server) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) * 1_024 / 1e6
