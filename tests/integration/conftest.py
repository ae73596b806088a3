"""The real application on a real port, with a real ledger in a directory of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from tests.kafka import shared_kafka
from troth.ledger.ledger import Ledger
from troth.settings import Settings
from troth.wiring import application, open_ledger, server_config

TOKEN = "tolk-ordinary"
ADMIN = "tolk-admin"
SECRETS = {"events": ("whsec_bmV3LXNlY3JldC1vZi1ldmVudHM=", "old-secret-of-events"), "github": ("secret-of-github",)}
BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"


@dataclass(frozen=True)
class Served:
    """A running server: its address, a client of it, and the ledger behind it."""

    base_url: str
    http: httpx2.Client
    ledger: Ledger
    settings: Settings

    def post(self, body: Any, *, token: str = TOKEN, content_type: str | None = None) -> httpx2.Response:
        """Post one event (a dict), a batch (a list), or bytes as they are, with a token."""
        kind = content_type or (BATCH if isinstance(body, list) else STRUCTURED)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        if isinstance(body, bytes):
            return self.http.post("/v1/events", content=body, headers=headers)
        return self.http.post("/v1/events", json=body, headers=headers)

    def take(self, *events: dict[str, Any], token: str = ADMIN) -> None:
        """Post events that have to be accepted."""
        answer = self.post(list(events), token=token)
        assert answer.status_code == 202, answer.text

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of a page that has to be there."""
        answer = self.http.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def holds(self) -> tuple[Any, Any, Any]:
        """All that a ledger could have stored: commitments, deliveries and notices, as a reader sees them."""
        return (
            self.get("/v1/commitments", limit=1000)["commitments"],
            self.get("/v1/deliveries", limit=1000)["deliveries"],
            self.get("/v1/notices", limit=1000)["notices"],
        )


class _Server(uvicorn.Server):
    """uvicorn's server, which tells another thread when it is ready or has given up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.begun.set()


@contextmanager
def serving(directory: Path, **settings: Any) -> Iterator[Served]:
    """Serve a ledger in a directory, in a thread, until the block ends."""
    values = {"data": directory, "tokens": (TOKEN,), "admin_tokens": (ADMIN,), "webhook_secrets": SECRETS, **settings}
    read = Settings(**values)
    with ExitStack() as opened:
        ledger = open_ledger(read)
        opened.callback(ledger.close)
        config = server_config(application(read, ledger))
        config.port = 0
        server = _Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        opened.pop_all()  # the application closes it
        try:
            server.begun.wait()
            assert server.started, "the application did not start"
            host, port = server.servers[0].sockets[0].getsockname()[:2]
            base_url = f"http://{host}:{port}"
            with httpx2.Client(base_url=base_url, timeout=60) as http:
                yield Served(base_url, http, ledger, read)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that the tests of a module share: each uses commitments of its own, or changes nothing."""
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts servers of the test's own, with settings of its own; they end with it."""
    with ExitStack() as running:

        def start(name: str = "ledger", **settings: Any) -> Served:
            return running.enter_context(serving(tmp_path / name, **settings))

        yield start


def event(kind: str = "commitment-made", subject: str = "c-1", id: str = "1", **data: Any) -> dict[str, Any]:
    """An event as a sender posts it, at a time long past; `made` gets its team and title where they are not said."""
    said = {"team": "a", "title": "a promise", **data} if kind == "commitment-made" else data
    return {
        "specversion": "1.0",
        "type": f"troth.{kind}",
        "source": "test",
        "id": id,
        "subject": subject,
        "time": "2026-01-01T00:00:00.000000Z",
        "data": said,
    }


@contextmanager
def unchanged(served: Served) -> Iterator[None]:
    """Nothing that happens inside may leave anything in the ledger."""
    before = served.holds()
    yield
    assert served.holds() == before


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The address of a real Kafka, which all tests share: each takes a topic prefix of its own."""
    root = tmp_path_factory.getbasetemp()
    with shared_kafka((root if worker_id == "master" else root.parent) / "kafka") as servers:
        yield servers
