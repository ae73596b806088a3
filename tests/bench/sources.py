"""What a delivery costs each source, beside json.loads of the same bytes; and what one source waits for while another is loud."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from tests.bench.loud import QUIET, SECRETS, waits
from tests.bench.rows import Row
from tests.integration.signing import signed
from tests.property.test_tools import WHOLE
from tests.running import serving
from tests.unit.intake.tools.test_payloads import FILES, TOOLS
from troth.gateway.bodies import read_json
from troth.intake.choices import Local
from troth.intake.delivery import Delivery, Source
from troth.intake.mapping import source_of
from troth.intake.persons import strip
from troth.intake.sources import built_in
from troth.wiring import clock, shipped_mappings

_MICROSECONDS = 300
_A_SECOND = 1_000
_MILLISECONDS = 50


def measure(work: Path, *, quick: bool) -> Iterator[Row]:
    yield from _costs(50 if quick else 500)
    yield _beside_a_loud_one(work, seconds=3 if quick else 10)


def _costs(times: int) -> Iterator[Row]:
    """The dearest delivery of each source: from bytes to events, its proof included; and with that, the copy without people."""
    sources = built_in(Local()) | {mapping.source: source_of(mapping) for mapping in shipped_mappings()}
    for name, source in sources.items():
        measured = [_cost(source, body, headers, times) for body, headers in _deliveries(name)]
        mapped, kept, parsed, size = max(measured)
        path = f"{name}, {size:,} bytes"
        yield Row(
            f"{path} | json.loads",
            f"{mapped:.0f} us",
            f"{parsed:.0f} us",
            mapped / parsed,
            f"under {_MICROSECONDS} us",
            mapped < _MICROSECONDS,
        )
        yield Row(f"{path}, and its copy without people | json.loads", f"{kept:.0f} us", f"{parsed:.0f} us", kept / parsed)


def _deliveries(name: str) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Of our own making, and the real ones where they are at hand."""
    if name in WHOLE:
        yield json.dumps(WHOLE[name]).encode(), {"x-github-event": "issues"}
    for file in FILES:
        if TOOLS.get(file.parent.name, file.parent.name) == name:
            yield file.read_bytes().removeprefix(b"\xef\xbb\xbf"), {"x-github-event": file.name.split(".")[0]}


def _cost(source: Source, body: bytes, headers: dict[str, str], times: int) -> tuple[float, float, float, int]:
    secret = "user:secret"
    proof = {name.lower(): value for name, value in signed(source.name, body, secret).items()}
    delivery, now = Delivery(source.name, headers | proof, body), clock()

    def mapped() -> None:
        source.verify(delivery, (secret,), now)
        source.map(delivery, read_json(body), now)

    def kept() -> None:
        mapped()
        strip(source.clean(read_json(body)), source.persons)

    return _cpu_microseconds(mapped, times), _cpu_microseconds(kept, times), _cpu_microseconds(lambda: json.loads(body), times), len(body)


def _cpu_microseconds(work: Callable[[], object], times: int) -> float:
    def once() -> float:
        began = time.process_time()
        for _ in range(times):
            work()
        return 1e6 * (time.process_time() - began) / times

    return min(once() for _ in range(5))


def _beside_a_loud_one(work: Path, seconds: int) -> Row:
    """A quiet source's answers, while another posts a thousand deliveries a second, and while it does not."""
    with serving("serve", work / "loud", log=None, **SECRETS) as troth:
        _waits(troth.url, "warm-up", 1)
        alone = _waits(troth.url, "alone", seconds)
        command = [sys.executable, "-m", "tests.bench.loud", troth.url, str(_A_SECOND), str(seconds + 2)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as loud:
            assert loud.stdout is not None
            loud.stdout.readline()
            beside = _waits(troth.url, "beside", seconds)
            said = loud.communicate()[0].strip()
    path = f"a wait of {QUIET} beside {said}/s of another source, and the longest of twenty | alone"
    ours, peer = (f"{middle:.1f} and {long:.1f} ms" for middle, long in (beside, alone))
    return Row(path, ours, peer, beside[0] / alone[0], f"under {_MILLISECONDS} ms", beside[1] < _MILLISECONDS)


def _waits(url: str, run: str, seconds: int) -> tuple[float, float]:
    found = asyncio.run(waits(url, run, seconds))
    return median(found), quantiles(found, n=20)[-1]
