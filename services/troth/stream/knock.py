"""The first words with a broker, before its client: TCP, TLS and SASL, where what fails is told at once.

The client of kafka-python tries all of it again until its time is up, and loses half of the refusals on the way.
"""

import socket
import ssl
import struct
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

from kafka import errors
from kafka.net.sasl import get_sasl_mechanism

_HANDSHAKE: Final = (17, 1)  # Kafka's number of the request, and its version
_AUTHENTICATE: Final = (36, 0)
_NAME: Final = b"troth"


def knock(places: Sequence[tuple[str, int]], context: ssl.SSLContext | None, credentials: Mapping[str, Any] | None, seconds: float) -> None:
    """Be let in by the first of the places (host and port) that answers.

    `credentials` are as kafka-python takes them. Raises OSError (ssl.SSLError too) or KafkaError of the last, or of one that refuses.
    """
    for number, (host, port) in enumerate(places, 1):
        try:
            with socket.create_connection((host, port), timeout=seconds) as plain:
                connection = plain if context is None else context.wrap_socket(plain, server_hostname=host)
                with connection, connection.makefile("rb") as answers:
                    if credentials is not None:
                        _authenticate(connection, answers, {**credentials, "host": host})
                return
        except OSError:
            if number == len(places):
                raise


def _authenticate(connection: socket.socket, answers: BinaryIO, credentials: Mapping[str, Any]) -> None:
    name = credentials["sasl_mechanism"]
    _raise_where_refused(_ask(connection, answers, _HANDSHAKE, _short_text(name.encode())), f"the mechanism {name}")
    mechanism = get_sasl_mechanism(name)(**credentials)
    while not mechanism.is_done():
        token = mechanism.auth_bytes()
        answer = _ask(connection, answers, _AUTHENTICATE, struct.pack(">i", len(token)) + token)
        said, rest = _read_text(answer[2:])
        _raise_where_refused(answer, said)
        mechanism.receive(rest[4:])
    if not mechanism.is_authenticated():
        raise errors.SaslAuthenticationFailedError("it could not prove that it knows the password")


def _ask(connection: socket.socket, answers: BinaryIO, request: tuple[int, int], body: bytes) -> bytes:
    """Send a request and return its answer, from the number of its error on."""
    message = struct.pack(">hhi", *request, 0) + _short_text(_NAME) + body
    connection.sendall(struct.pack(">i", len(message)) + message)
    head = answers.read(8)
    if len(head) < 8:
        raise ConnectionResetError("it ended the connection while the user was named to it")
    return answers.read(struct.unpack(">i", head[:4])[0] - 4)


def _raise_where_refused(answer: bytes, said: str) -> None:
    if number := struct.unpack(">h", answer[:2])[0]:
        raise errors.for_code(number)(said)


def _short_text(text: bytes) -> bytes:
    return struct.pack(">h", len(text)) + text


def _read_text(answer: bytes) -> tuple[str, bytes]:
    length = max(0, struct.unpack(">h", answer[:2])[0])  # -1 for none
    return answer[2 : 2 + length].decode(), answer[2 + length :]
