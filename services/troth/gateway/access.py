"""Who may do what: bearer tokens compared in constant time, and reading that is open only where it was left open."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from starlette.requests import Request

from troth.gateway.problems import Problem


class Right(IntEnum):
    """What a caller may do; each includes those before it."""

    NONE = 0
    WRITE = 1
    RETRACT = 2


@dataclass(frozen=True)
class Access:
    """The tokens: `tokens` write and read, `admin_tokens` retract, too; `open_reading` lets everyone read."""

    tokens: tuple[str, ...] = ()
    admin_tokens: tuple[str, ...] = ()
    open_reading: bool = True

    def right_of(self, headers: Mapping[str, str]) -> Right:
        """What the bearer of these headers may do."""
        presented = _presented(headers.get("authorization", ""))
        if not presented:
            return Right.NONE
        # Every token is compared, whatever was found: the time taken tells nothing.
        admin = _is_one_of(presented, self.admin_tokens)
        ordinary = _is_one_of(presented, self.tokens)
        return Right.RETRACT if admin else Right.WRITE if ordinary else Right.NONE

    def reader(self, request: Request) -> None:
        """A route's dependency: refuses with 401 who may not read."""
        if not self.open_reading and self.right_of(request.headers) is Right.NONE:
            raise Problem(
                401,
                "Reading needs a token here: send `Authorization: Bearer TOKEN`, or in a browser the token as the password.",
                headers={"WWW-Authenticate": 'Basic realm="Troth", charset="UTF-8"'},
            )


def _presented(authorization: str) -> bytes:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode("latin-1")  # as it came: HTTP's header values are bytes
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""


def _is_one_of(presented: bytes, tokens: Iterable[str]) -> bool:
    # Digests are of one length, so that not even a token's length shows in the time taken.
    found = False
    for token in tokens:
        found |= hmac.compare_digest(sha256(presented).digest(), sha256(token.encode()).digest())
    return found
