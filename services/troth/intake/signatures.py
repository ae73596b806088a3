"""Ways of proving who sent a delivery. All are over raw bytes, in constant time, and False for whatever is odd.

Each takes several secrets, so that one can be replaced by another without a gap; without a secret each is False.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic_core import from_json

from troth.domain.instants import MICROSECONDS_A_SECOND, Instant

TOLERANCE_SECONDS: Final = 300
Encoding = Literal["hex", "base64"]


def hmac_sha256(body: bytes, given: str | None, secrets: Sequence[str], *, encoding: Encoding = "hex", prefix: str = "") -> bool:
    """HMAC-SHA256 of the body, in hexadecimal or base64, behind a prefix such as `sha256=`."""
    if given is None or not given.startswith(prefix):
        return False
    signature = given.removeprefix(prefix)
    presented = _bytes_of(signature.lower() if encoding == "hex" else signature)
    return _any_equal(presented, [_encoded(hmac.digest(_utf8(secret), body, "sha256"), encoding) for secret in secrets if secret])


def hmac_sha1_base64(signed: bytes, given: str | None, secrets: Sequence[str]) -> bool:
    """HMAC-SHA1 in base64, as Trello signs."""
    return _any_equal(_bytes_of(given), [base64.b64encode(hmac.digest(_utf8(secret), signed, "sha1")) for secret in secrets if secret])


def jwt_hs256(authorization: str | None, secrets: Sequence[str], now: Instant) -> bool:
    """A JSON Web Token, bare or behind Bearer, signed with HS256 and no other algorithm, that has not expired."""
    text = (authorization or "").strip()
    scheme, _, given = text.partition(" ")
    head, _, rest = (given.strip() if scheme.lower() == "bearer" else text).partition(".")
    claims, _, signature = rest.partition(".")
    signed = _bytes_of(f"{head}.{claims}")
    if signed is None or _at(_unpadded(head), "alg") != "HS256":
        return False
    expected = [base64.urlsafe_b64encode(hmac.digest(_utf8(secret), signed, "sha256")).rstrip(b"=") for secret in secrets if secret]
    if not _any_equal(_bytes_of(signature.rstrip("=")), expected):
        return False
    expires = _at(_unpadded(claims), "exp")
    return isinstance(expires, int | float) and not isinstance(expires, bool) and expires * MICROSECONDS_A_SECOND >= now


def token(given: str | None, secrets: Sequence[str]) -> bool:
    """A secret sent as it is, in a header."""
    return _any_equal(_bytes_of(given), [_utf8(secret) for secret in secrets])


def bearer(authorization: str | None, secrets: Sequence[str]) -> bool:
    """The header `Authorization: Bearer <token>`."""
    scheme, _, given = (authorization or "").partition(" ")
    return scheme.lower() == "bearer" and token(given.strip(), secrets)


def basic(authorization: str | None, secrets: Sequence[str]) -> bool:
    """The header `Authorization: Basic <base64>`; each secret is `user:password`."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        presented = base64.b64decode(given.strip(), validate=True)
    except ValueError:
        return False
    return _any_equal(presented, [_utf8(secret) for secret in secrets if ":" in secret])


def standard_webhooks(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: Instant) -> bool:
    """The scheme of standardwebhooks.com: HMAC-SHA256 over `id.timestamp.body`, at most 5 minutes old or ahead.

    `webhook-signature` may carry several signatures; those that are not `v1,` are passed over. A secret is `whsec_` and
    base64, or the key itself.
    """
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return False
    if not is_recent(int(timestamp) * MICROSECONDS_A_SECOND, now):
        return False
    head = _bytes_of(f"{id}.{timestamp}.")
    if head is None:
        return False
    expected = [_encoded(hmac.digest(key, head + body, "sha256"), "base64") for secret in secrets if (key := _key_of(secret))]
    versioned = headers.get("webhook-signature", "").split(" ")
    found = False
    for given in versioned:
        if given.startswith("v1,"):
            found |= _any_equal(_bytes_of(given[3:]), expected)
    return found


def is_recent(moment: Instant, now: Instant, tolerance_seconds: int = TOLERANCE_SECONDS) -> bool:
    """Whether a signed time is at most so many seconds old or ahead, so that no old delivery can be sent again."""
    return abs(moment - now) <= tolerance_seconds * MICROSECONDS_A_SECOND


def _unpadded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _at(document: bytes, name: str) -> Any:
    try:
        found = from_json(document)
    except ValueError:
        return None
    return found.get(name) if isinstance(found, dict) else None


def _key_of(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return _utf8(secret)
    text = secret.removeprefix("whsec_").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _encoded(digest: bytes, encoding: Encoding) -> bytes:
    return digest.hex().encode() if encoding == "hex" else base64.b64encode(digest)


def _utf8(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogateescape")


def _bytes_of(header: str | None) -> bytes | None:
    # HTTP's header values are bytes, which servers show as Latin-1.
    try:
        return None if header is None else header.encode("latin-1")
    except UnicodeEncodeError:
        return None


def _any_equal(presented: bytes | None, expected: Sequence[bytes]) -> bool:
    if not presented:
        return False
    found = False
    for one in expected:
        found |= bool(one) and hmac.compare_digest(presented, one)
    return found
