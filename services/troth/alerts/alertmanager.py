"""Alertmanager's API, version 2: alerts go there, and what it says of them comes back."""

import json
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ALERTS_A_POST: Final = 250
SECONDS_A_POST: Final = 5
_OF_WHAT_WAS_SAID: Final = (400, 413, 422)
_SAID_CHARACTERS: Final = 300

Document = dict[str, Any]


class Away(Exception):
    """Alertmanager does not answer, or cannot do its work now; the message says what was tried and what it said."""


class Refused(Exception):
    """Alertmanager will not take these alerts, however often they are sent; the message is its reason."""


class Alertmanager:
    """An Alertmanager at its base address."""

    def __init__(self, base: str) -> None:
        self.address = f"{base.rstrip('/')}/api/v2/alerts"

    def post(self, alerts: Sequence[Document]) -> list[tuple[Document, str]]:
        """Say these alerts; returns those that it refuses, each with its reason. Raises Away where it takes none now."""
        refused: list[tuple[Document, str]] = []
        for start in range(0, len(alerts), ALERTS_A_POST):
            refused += self._halved(alerts[start : start + ALERTS_A_POST])
        return refused

    def _halved(self, alerts: Sequence[Document]) -> list[tuple[Document, str]]:
        """One bad alert has all of its post refused: halves are sent until it stands alone."""
        try:
            self._post(alerts)
        except Refused as reason:
            if len(alerts) == 1:
                return [(alerts[0], str(reason))]
            middle = len(alerts) // 2
            return self._halved(alerts[:middle]) + self._halved(alerts[middle:])
        return []

    def _post(self, alerts: Sequence[Document]) -> None:
        request = Request(self.address, json.dumps(alerts).encode(), {"Content-Type": "application/json"})  # noqa: S310 - settings let only http and https through
        try:
            with urlopen(request, timeout=SECONDS_A_POST) as answer:  # noqa: S310 - as above
                answer.read()
        except HTTPError as error:
            said = " ".join(error.read(10_000).decode(errors="replace").split())[:_SAID_CHARACTERS]
            if error.code in _OF_WHAT_WAS_SAID:
                raise Refused(f"{error.code}: {said}") from None
            raise Away(f"Alertmanager at {self.address} answers {error.code}: {said or error.reason}.") from None
        except (URLError, HTTPException, OSError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise Away(f"Alertmanager at {self.address} cannot be reached: {reason or type(error).__name__}.") from None
