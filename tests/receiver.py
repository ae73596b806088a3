"""A receiver of chat as the tests have it: a small HTTP server that takes what Apprise's json:// posts, or refuses it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Answering(BaseHTTPRequestHandler):
    """Answers a POST with the server's status, and keeps what was posted."""

    server: "Posted"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answer(self, json.loads(body))

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


class Posted(ThreadingHTTPServer):
    """A server that answers with `status`, and has `taken` what it answered 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status = 200
        self.taken: list[Any] = []
        self.refused: list[Any] = []

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def answer(self, asked: BaseHTTPRequestHandler, said: Any) -> None:
        """Answer with the status in force."""
        (self.taken if self.status == 200 else self.refused).append(said)
        asked.send_response(self.status)
        asked.end_headers()

    def texts(self) -> list[str]:
        """Title and text of each message that was taken."""
        return [f"{said['title']}\n{said['message']}" for said in list(self.taken)]


@contextmanager
def receiving(server: Posted | None = None) -> Iterator[Posted]:
    """A server that runs until the block ends."""
    server = server or Posted()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
