"""Grafana's HTTP API by way of grafana-api: the one file that knows that package, and what it lacks.

It is of 2020. What it has no call for is asked of its session by path; what it takes for JSON is looked at before it does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self, TypeGuard
from urllib.parse import quote, urlsplit

from grafana_api import GrafanaFace
from grafana_api.grafana_api import GrafanaException
from requests import Response
from requests.exceptions import InvalidURL, RequestException, SSLError, Timeout

from troth.grafana.trouble import Contested, Forbidden, GrafanaTrouble

Document = dict[str, Any]
TIMEOUT_SECONDS: Final = 30.0
KEPT_VERSIONS: Final = 20  # as many as Grafana keeps of a dashboard unless configured
_NOT_THERE: Final = 404


class Grafana:
    """One Grafana as one service account sees it. Every call raises GrafanaTrouble; those that write, Contested too.

    `token` is a service account's, or `user:password`. It is in no message.
    """

    def __init__(self, url: str, token: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = _address(url)
        self.url = url.rstrip("/")
        self._face = GrafanaFace(
            _credentials(token),
            host=parts.netloc,
            protocol=parts.scheme,
            url_path_prefix=f"{parts.path.strip('/')}/".removeprefix("/"),
            timeout=timeout_seconds,
        )
        self._face.api.s.hooks["response"].append(self._look_at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._face.api.s.close()

    def folder(self, uid: str) -> Document | None:
        """A folder with its title and version; None where there is none, or none that this account may see."""
        try:
            return self._found(f"read the folder {uid}", lambda: self._face.folder.get_folder(_in_path(uid)), "title", "version")
        except Forbidden:  # so Grafana answers an editor for a folder that is not there, too
            return None

    def make_folder(self, uid: str, title: str) -> None:
        """A new folder at the top."""
        self._ask(f"make the folder {title!r}", lambda: self._face.folder.create_folder(title, uid))

    def rename_folder(self, uid: str, title: str, version: int) -> None:
        """Give a folder another title, if it is still at that version."""
        self._ask(f"rename the folder {uid}", lambda: self._face.folder.update_folder(_in_path(uid), title, version))

    def data_source(self, uid: str) -> Document | None:
        """A data source as Grafana shows it; None where there is none."""
        path = f"/datasources/uid/{_in_path(uid)}"
        return self._found(f"read the data source {uid}", lambda: self._face.api.GET(path), "name", "type", "url")

    def make_data_source(self, wanted: Document) -> None:
        """A new data source with its uid."""
        self._ask(f"make the data source {wanted['uid']}", lambda: self._face.datasource.create_datasource(wanted))

    def change_data_source(self, wanted: Document) -> None:
        """Save all of a data source anew."""
        path = f"/datasources/uid/{_in_path(wanted['uid'])}"
        self._ask(f"change the data source {wanted['uid']}", lambda: self._face.api.PUT(path, json=wanted))

    def dashboard(self, uid: str) -> Document | None:
        """`{"dashboard", "meta"}`; None where there is none."""
        what = f"read the dashboard {uid}"
        return self._found(what, lambda: self._face.dashboard.get_dashboard(_in_path(uid)), "dashboard", "meta")

    def versions(self, uid: str) -> list[Document]:
        """The saves of a dashboard that Grafana keeps, each with its `version` and `message`, latest first."""
        path = f"/dashboards/uid/{_in_path(uid)}/versions?limit={KEPT_VERSIONS}"
        found = self._ask(f"read the versions of the dashboard {uid}", lambda: self._face.api.GET(path))
        listed = found.get("versions") if isinstance(found, dict) else found  # a list before Grafana 11
        return sorted(self._listed(listed, "version"), key=lambda version: int(version["version"]), reverse=True)

    def save(self, dashboard: Document, folder: str, message: str) -> None:
        """Save a dashboard over the version that it names, never over another."""
        body = {"dashboard": dashboard, "folderUid": folder, "message": message, "overwrite": False}
        self._ask(f"save the dashboard {dashboard['uid']}", lambda: self._face.dashboard.update_dashboard(body))

    def annotations(self, tags: Sequence[str], begin_ms: int, end_ms: int, limit: int) -> list[Document]:
        """Annotations with all of the tags whose time is from `begin_ms` to `end_ms`, not more than `limit`."""
        asked = [_in_path(tag) for tag in tags]
        find = self._face.annotations.get_annotation
        found = self._ask("read the annotations", lambda: find(time_from=begin_ms, time_to=end_ms, tags=asked, limit=limit))
        return self._listed(found, "id", "tags", "text")

    def annotate(self, time_ms: int, tags: Sequence[str], text: str) -> None:
        """An annotation of the organisation, for every dashboard that asks for its tags."""
        self._ask("make an annotation", lambda: self._face.annotations.add_annotation(time_from=time_ms, tags=list(tags), text=text))

    def change_annotation(self, number: int, time_ms: int, tags: Sequence[str], text: str) -> None:
        """Save all of an annotation anew."""
        change = self._face.annotations.update_annotation
        self._ask("change an annotation", lambda: change(number, time_from=time_ms, time_to=time_ms, tags=list(tags), text=text))

    def remove_annotation(self, number: int) -> None:
        """Take an annotation away."""
        self._ask("remove an annotation", lambda: self._face.annotations.delete_annotations_by_id(number))

    def _found(self, what: str, call: Callable[[], Any], *names: str) -> Document | None:
        try:
            found = self._asked(call)
        except GrafanaException as error:
            if error.status_code == _NOT_THERE and "message" in error.response:  # a 404 of Grafana's own
                return None
            raise self._refused(what, error) from None
        return self._listed([found], *names)[0]

    def _listed(self, found: Any, *names: str) -> list[Document]:
        """A list of documents that have these names. Raises GrafanaTrouble for anything else."""
        if not isinstance(found, list) or not all(isinstance(one, dict) and set(names) <= set(one) for one in found):
            raise GrafanaTrouble(
                f"{self.url} answered something that a Grafana does not: is that its address, and is it version 9 or newer?"
            )
        return found

    def _ask(self, what: str, call: Callable[[], Any]) -> Any:
        try:
            return self._asked(call)
        except GrafanaException as error:
            raise self._refused(what, error) from None

    def _asked(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Timeout:
            raise GrafanaTrouble(f"Grafana at {self.url} did not answer in time; try again when it is less busy.") from None
        except SSLError as error:
            raise GrafanaTrouble(
                f"Grafana at {self.url} shows a certificate that this machine does not trust: {_innermost(error)}. "
                "REQUESTS_CA_BUNDLE may name a file with the authority that signed it."
            ) from None
        except InvalidURL:
            raise GrafanaTrouble(f"{self.url} is no address of Grafana; write it as https://grafana.example.org.") from None
        except RequestException as error:
            raise GrafanaTrouble(f"Grafana at {self.url} cannot be reached: {_innermost(error)}. Is it running there?") from None

    def _refused(self, what: str, error: GrafanaException) -> Exception:
        status, said = error.status_code, _said(error.response)
        attempt = f"Grafana at {self.url} would not {what}"
        if status in (409, 412):
            return Contested(said)
        if status == 401:
            return GrafanaTrouble(f"{attempt}: it does not know the token (401). Give one of a service account as TROTH_GRAFANA_TOKEN.")
        if status == 403:
            return Forbidden(f"{attempt}: {said} (403). The service account needs more: docs/grafana.md lists its permissions.")
        if status >= 500:
            return GrafanaTrouble(f"{attempt}: {said} ({status}). The fault is there; its log may say more.")
        return GrafanaTrouble(f"{attempt}: {said} ({status}).")

    def _look_at(self, answer: Response, *_: object, **__: object) -> None:
        """Raise GrafanaTrouble for an answer that is none of Grafana's API, before it is followed or read."""
        if answer.is_redirect:
            answer.close()
            raise GrafanaTrouble(
                f"Grafana at {self.url} sends on to {_origin(answer.headers['Location'])}: set TROTH_GRAFANA_URL to where it really is, "
                "past any page to sign in."
            )
        try:
            is_its_own = isinstance(answer.json(), dict | list)
        except ValueError:
            is_its_own = False
        if not is_its_own:
            kind = answer.headers.get("Content-Type", "").partition(";")[0] or "something"
            raise GrafanaTrouble(
                f"{self.url} answered {answer.status_code} with {kind} where Grafana's API answers JSON: "
                + ("what stands before it says it is away; try again." if answer.status_code >= 500 else "is that Grafana's address?")
            )


def _in_path(name: str) -> str:
    return quote(name, safe="")


def _address(url: str) -> Any:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise GrafanaTrouble(f"{url!r} is no address of Grafana; write it as https://grafana.example.org.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise GrafanaTrouble(f"{url!r} is no address of Grafana; write it as https://grafana.example.org.")
    if parts.username is not None:
        raise GrafanaTrouble("The address of Grafana has a user in it: leave that out, and set TROTH_GRAFANA_TOKEN to user:password.")
    return parts


def _credentials(token: str) -> str | tuple[str, str]:
    # What goes into a header is looked at here: requests would repeat in its message what it cannot send.
    user, colon, password = token.partition(":")
    if not (token.isascii() and token.isprintable()) or (" " in token and not colon):
        raise GrafanaTrouble("TROTH_GRAFANA_TOKEN holds a space, a line break or a letter that no token has; copy it again.")
    return (user, password) if colon else token


def _said(response: object) -> str:
    message = response.get("message") if isinstance(response, Mapping) else None
    return str(message or "it does not say why").rstrip(".")


def _innermost(error: BaseException) -> str:
    """The reason at the bottom of what requests and urllib3 wrapped around it."""
    reason = error
    while below := next((one for one in (getattr(reason, "reason", None), *reason.args[:1], reason.__cause__) if _is_fault(one)), None):
        reason = below
    return str(getattr(reason, "strerror", None) or reason).rstrip(".")


def _is_fault(one: object) -> TypeGuard[BaseException]:
    return isinstance(one, BaseException)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else parts.path
