"""A request's body: read up to a limit, unpacked, and taken as JSON."""

import zlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from troth.gateway.problems import Problem

BODY_BYTES = 10_000_000


async def read_body(request: Request, headers: Mapping[str, str]) -> bytes:
    """The body as it was sent. Raises Problem 413 for one over 10 MB, without reading the rest of it."""
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > BODY_BYTES:
        raise _too_large()
    if announced.isdigit():
        return await request.body()
    chunks = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def unpack(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its content encoding. Raises Problem 413, 415 or 400."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Problem(415, f"The body is packed as {encoding[:40]!r}; send it plain or with Content-Encoding: gzip.")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, BODY_BYTES + 1)
        if len(plain) > BODY_BYTES:
            raise _too_large()
        if not unpacker.eof:
            raise Problem(400, "The gzip body ends before its end; send it again.")
        if unpacker.unused_data:
            raise Problem(400, "Something follows the gzip body; pack all of it in one piece.")
    except zlib.error as error:
        raise Problem(400, f"The body is not gzip as its header says: {error}.") from None
    return plain


def read_json(body: bytes) -> Any:
    """The JSON value of a body. Raises Problem 400, for NaN, a lone surrogate or too deep a nesting, too."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(400, f"The body is not JSON: {error}.") from None


def _too_large() -> Problem:
    return Problem(413, "The body is over 10 MB (10,000,000 bytes), unpacked; send it in several parts.")
