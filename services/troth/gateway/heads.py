"""The head of a request within bounds: uvicorn's quick parser has none, so anyone could fill the memory with one that never ends."""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 65_536


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol, which refuses a head of more than 64 KiB (beyond what came with its first bytes) and drops trailers."""

    scope: Any  # None before the first request, without a method until its head is complete
    _head_bytes: int | None = None  # of the head that is coming in, without the first part; None outside of one

    def data_received(self, data: bytes) -> None:
        """Take what came in; ends the connection where the head goes on for too long."""
        super().data_received(data)
        if self.scope is None or "method" in self.scope:
            self._head_bytes = None
        elif self._head_bytes is None:
            self._head_bytes = 0
        else:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes behind the body is none."""
        if "method" not in self.scope:
            super().on_header(name, value)
