"""Where a command reads notices from: a directory's ledger, or a server over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import typer
from pydantic_core import from_json

from troth import __version__, wiring
from troth.cli.carrying import TIMEOUT_SECONDS, Unsent
from troth.cli.reading import beside
from troth.domain.instants import Instant, parse_instant
from troth.ledger.reading import LedgerReading
from troth.settings import Settings

Document = dict[str, Any]
_PAGE: Final = 1_000


@contextmanager
def notices_since(settings: Settings, url: str | None, since: Instant) -> Iterator[Iterator[Document]]:
    """Notices of what happened since an instant, as `GET /v1/notices` shows them, latest first.

    Of the server at `url`, or of the ledger in the data directory. Raises NoLedger, or Unsent where the server would not.
    """
    if url is not None:
        yield _since(_Asked(url, settings).page, since)
        return
    with beside(settings) as ledger:
        reading = LedgerReading(ledger, wiring.clock)
        yield _since(lambda cursor: reading.notices(limit=_PAGE, cursor=cursor), since)


def _since(page: Callable[[str | None], Document], since: Instant) -> Iterator[Document]:
    cursor: str | None = None
    while True:
        found = page(cursor)
        yield from (notice for notice in found["notices"] if parse_instant(notice["at"]) >= since)
        cursor = found["next"]
        # Nothing is recorded before it happens: behind what was recorded earlier there is nothing to find.
        if cursor is None or parse_instant(found["notices"][-1]["recorded_at"]) < since:
            return


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: a token goes to the address that was given, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Asked:
    """`GET /v1/notices` of a server, with a token of its TROTH_TOKENS where one is set."""

    def __init__(self, url: str, settings: Settings) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise typer.BadParameter(f"{url!r} is not an address; write it as http://127.0.0.1:8080", param_hint="--from")
        self._url = url.rstrip("/") + "/v1/notices"
        self._headers = {"User-Agent": f"troth/{__version__}"}
        if tokens := (*settings.tokens, *settings.admin_tokens):
            self._headers["Authorization"] = f"Bearer {tokens[0]}"

    def page(self, cursor: str | None) -> Document:
        """One page of notices."""
        asked = {"limit": str(_PAGE)} | ({"cursor": cursor} if cursor else {})
        request = Request(f"{self._url}?{urlencode(asked)}", headers=self._headers)  # noqa: S310 - its scheme was looked at
        try:
            with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as answer:
                found: Document = from_json(answer.read())
            return {"notices": [_read(notice) for notice in found["notices"]], "next": found["next"]}
        except HTTPError as error:
            error.close()
            hint = " Set TROTH_TOKENS to a token of that server." if error.code == 401 else ""
            raise Unsent(f"{self._url} answered {error.code}.{hint}") from None
        except (URLError, HTTPException, OSError) as error:
            raise Unsent(f"{self._url} cannot be reached: {getattr(error, 'reason', error)}. Is `troth serve` running there?") from None
        except (ValueError, KeyError, TypeError, IndexError):
            raise Unsent(f"{self._url} answered something that is no page of notices: is that the address of Troth?") from None


def _read(notice: Document) -> Document:
    """A notice as it came. Raises KeyError, TypeError or NotATime (a ValueError) for what is none of Troth's."""
    for name in ("at", "recorded_at"):
        parse_instant(notice[name])
    return notice
