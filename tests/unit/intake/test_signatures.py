"""Only the right secret over the very bytes opens; whatever is odd is False, and never an exception."""

import base64
import hashlib
import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.instants import MICROSECONDS_A_SECOND, parse_instant
from troth.intake import signatures

BODY = b'{"promise": "caf\xc3\xa9"}'
NOW = parse_instant("2026-03-02T12:00:00Z")
STAMP = str(NOW // MICROSECONDS_A_SECOND)
KEY = b"0123456789abcdef01234567"
WHSEC = "whsec_" + base64.b64encode(KEY).decode()


def _digest(key: bytes, body: bytes = BODY) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()


def _signed(key: bytes = KEY, id: str = "msg_1", stamp: str = STAMP, body: bytes = BODY) -> str:
    return "v1," + base64.b64encode(_digest(key, f"{id}.{stamp}.".encode() + body)).decode()


def _standard(signature: str, *, secrets: list[str] | None = None, body: bytes = BODY, id: str = "msg_1", stamp: str = STAMP) -> bool:
    headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signature}
    return signatures.standard_webhooks(headers, body, [WHSEC] if secrets is None else secrets, NOW)


def _basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


HEX, BASE64 = _digest(b"s3cret").hex(), base64.b64encode(_digest(b"s3cret")).decode()


@pytest.mark.parametrize(
    ("given", "secrets", "encoding", "prefix", "opens"),
    [
        pytest.param(f"sha256={HEX}", ["s3cret"], "hex", "sha256=", True, id="hex behind a prefix"),
        pytest.param(HEX, ["s3cret"], "hex", "", True, id="plain hex"),
        pytest.param(HEX.upper(), ["s3cret"], "hex", "", True, id="hex in capitals"),
        pytest.param(BASE64, ["s3cret"], "base64", "", True, id="base64"),
        pytest.param(HEX, ["new", "s3cret"], "hex", "", True, id="the old secret while a new one is brought in"),
        pytest.param(HEX, ["s3cret", "old"], "hex", "", True, id="the new secret beside the old"),
        pytest.param(HEX, ["S3cret"], "hex", "", False, id="another secret"),
        pytest.param(HEX, [], "hex", "", False, id="no secret"),
        pytest.param(_digest(b"").hex(), [""], "hex", "", False, id="an empty secret"),
        pytest.param(HEX, ["s3cret"], "hex", "sha256=", False, id="without its prefix"),
        pytest.param(f"sha256={HEX}", ["s3cret"], "hex", "", False, id="with a prefix that none asked for"),
        pytest.param(None, ["s3cret"], "hex", "", False, id="no header"),
        pytest.param("", ["s3cret"], "hex", "", False, id="an empty header"),
        pytest.param("sha256=", ["s3cret"], "hex", "sha256=", False, id="a prefix alone"),
        pytest.param(HEX[:-1], ["s3cret"], "hex", "", False, id="cut short"),
        pytest.param(" ".join(HEX), ["s3cret"], "hex", "", False, id="hex with blanks"),
        pytest.param("päss\u20ac", ["s3cret"], "hex", "", False, id="not ASCII"),
        pytest.param("===", ["s3cret"], "base64", "", False, id="not base64"),
        pytest.param(BASE64, ["s3cret"], "hex", "", False, id="base64 where hex is asked for"),
    ],
)
def test_an_hmac_opens_only_with_the_secret(
    given: str | None, secrets: list[str], encoding: signatures.Encoding, prefix: str, opens: bool
) -> None:
    assert signatures.hmac_sha256(BODY, given, secrets, encoding=encoding, prefix=prefix) is opens


def test_a_signature_over_other_bytes_is_refused_even_where_the_json_is_the_same() -> None:
    assert not signatures.hmac_sha256(b'{"promise":"caf\xc3\xa9"}', HEX, ["s3cret"])


@pytest.mark.parametrize(
    ("check", "given", "secrets", "opens"),
    [
        pytest.param(signatures.token, "t0ken", ["other", "t0ken"], True, id="a token"),
        pytest.param(signatures.token, "t0ken ", ["t0ken"], False, id="a token and more"),
        pytest.param(signatures.token, "", [""], False, id="an empty token for an empty secret"),
        pytest.param(signatures.token, None, ["t0ken"], False, id="no token"),
        pytest.param(
            signatures.token, "pässwörd".encode().decode("latin-1"), ["pässwörd"], True, id="a token that is not ASCII, as servers show it"
        ),
        pytest.param(signatures.token, "\u20ac", ["€"], False, id="what no HTTP header can hold"),
        pytest.param(signatures.bearer, "Bearer t0ken", ["t0ken"], True, id="bearer"),
        pytest.param(signatures.bearer, "bearer  t0ken", ["t0ken"], True, id="bearer in small letters"),
        pytest.param(signatures.bearer, "t0ken", ["t0ken"], False, id="bearer without its word"),
        pytest.param(signatures.bearer, "Basic t0ken", ["t0ken"], False, id="another scheme"),
        pytest.param(signatures.bearer, None, ["t0ken"], False, id="no bearer"),
        pytest.param(signatures.basic, _basic("ci:pa:ss"), ["ci:pa:ss"], True, id="basic"),
        pytest.param(signatures.basic, _basic("ci:wrong"), ["ci:pass"], False, id="basic with a wrong password"),
        pytest.param(signatures.basic, _basic("pass"), ["pass"], False, id="a basic secret without a user"),
        pytest.param(signatures.basic, "Basic %%%", ["ci:pass"], False, id="basic that is not base64"),
        pytest.param(signatures.basic, "Basic \u20ac", ["ci:pass"], False, id="basic that is not ASCII"),
        pytest.param(signatures.basic, "Basic ", ["ci:pass"], False, id="basic and nothing"),
        pytest.param(signatures.basic, None, ["ci:pass"], False, id="no basic"),
    ],
)
def test_tokens_and_passwords_open_only_as_they_are(
    check: Callable[[str | None, list[str]], bool], given: str | None, secrets: list[str], opens: bool
) -> None:
    assert check(given, secrets) is opens


@pytest.mark.parametrize(
    ("opened", "opens"),
    [
        pytest.param(lambda: _standard(_signed()), True, id="signed now"),
        pytest.param(lambda: _standard(f"v1,AAAA v1a,{'A' * 86}== {_signed()}"), True, id="one of several signatures"),
        pytest.param(lambda: _standard(_signed(), secrets=["whsec_b3RoZXI=", WHSEC]), True, id="one of several secrets"),
        pytest.param(lambda: _standard(_signed(), secrets=[WHSEC.rstrip("=")]), True, id="a secret without its padding"),
        pytest.param(lambda: _standard(_signed(b"plain"), secrets=["plain"]), True, id="a secret that is the key itself"),
        pytest.param(lambda: _standard(_signed(), body=BODY + b" "), False, id="other bytes"),
        pytest.param(lambda: _standard(_signed(), id="msg_2"), False, id="another id"),
        pytest.param(lambda: _standard(_signed(id=""), id=""), False, id="no id"),
        pytest.param(lambda: _standard(_signed(), secrets=[]), False, id="no secret"),
        pytest.param(lambda: _standard(_signed(b""), secrets=["whsec_", ""]), False, id="empty secrets"),
        pytest.param(lambda: _standard(_signed(b""), secrets=["whsec_%%%"]), False, id="a secret that is not base64"),
        pytest.param(lambda: _standard(_signed().removeprefix("v1,")), False, id="no version"),
        pytest.param(lambda: _standard(_signed().replace("v1,", "v2,")), False, id="another version"),
        pytest.param(lambda: _standard(""), False, id="no signature"),
        pytest.param(lambda: _standard("v1,\u20ac"), False, id="not ASCII"),
        pytest.param(lambda: _standard("v1,%%%"), False, id="not base64"),
        pytest.param(lambda: signatures.standard_webhooks({}, BODY, [WHSEC], NOW), False, id="no headers"),
    ],
)
def test_a_standard_webhook_opens_only_as_the_standard_has_it(opened: Callable[[], bool], opens: bool) -> None:
    assert opened() is opens


@pytest.mark.parametrize(
    ("stamp", "opens"),
    [
        (str(int(STAMP) - 300), True),
        (str(int(STAMP) + 300), True),
        (str(int(STAMP) - 301), False),
        (str(int(STAMP) + 301), False),
        ("", False),
        ("-1", False),
        (f"{STAMP}.0", False),
        (f" {STAMP}", False),
        ("9" * 5000, False),
        ("\u0661\u0662", False),
    ],
)
def test_a_standard_webhook_is_at_most_five_minutes_old_or_ahead(stamp: str, opens: bool) -> None:
    assert _standard(_signed(stamp=stamp), stamp=stamp) is opens


def test_the_example_of_the_standard_itself_opens() -> None:
    # The example that the scheme's own libraries test with.
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert signatures.standard_webhooks(headers, body, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], 1614265330 * MICROSECONDS_A_SECOND)


@given(st.text(), st.lists(st.text(), max_size=3), st.binary(max_size=20))
def test_no_header_and_no_secret_raises(text: str, secrets: list[str], body: bytes) -> None:
    for prefix in ("", "Basic ", "Bearer ", "v1,"):
        header = prefix + text
        signatures.hmac_sha256(body, header, secrets)
        signatures.token(header, secrets)
        signatures.bearer(header, secrets)
        signatures.basic(header, secrets)
        for stamp in (text, STAMP):
            headers = {"webhook-id": text, "webhook-timestamp": stamp, "webhook-signature": header}
            assert not signatures.standard_webhooks(headers, body, [*secrets, WHSEC], NOW)
