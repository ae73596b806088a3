"""A small Grafana: folders, data sources, dashboards with their versions, and annotations, as its HTTP API documents them.

It keeps what it is given as it is given, answers with the documented statuses and bodies, and lets a test do what people do in its
pages: edit, move, restore. It is no Grafana: it draws nothing, and knows two roles alone.
"""

import copy
import json
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Document = dict[str, Any]
EDITOR, VIEWER = "glsa_token-of-an-editor", "glsa_token-of-a-viewer"
ADMIN = "admin:a-password-of-the-tests"
PREFIX = "/grafana"  # it also answers under this path, as behind a proxy that many share
MOST_TAGS_BYTES = 500  # annotations.tags_length
CREATED = "2026-01-31T17:43:12+01:00"


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, code: int, message: str, /, **more: str) -> None:
        super().__init__(message)
        self.status, self.body = code, {"message": message, **more}


class Grafana:
    """What it holds, and how it answers.

    `lists_versions_plainly` is as Grafana did before 11, `hides_what_is_not_there` as it does to one who may not see all folders;
    `broken`, where set, answers every request instead: status, headers and body.
    """

    def __init__(self) -> None:
        self.url = ""
        self.folders: dict[str, Document] = {}
        self.sources: dict[str, Document] = {}
        self.dashboards: dict[str, Document] = {}
        self.annotations: dict[int, Document] = {}
        self.writes = 0
        self.lists_versions_plainly = False
        self.hides_what_is_not_there = False
        self.broken: tuple[int, dict[str, str], bytes] | None = None
        self.before_save: Callable[[], None] = lambda: None

    def model(self, uid: str) -> Document:
        """What a dashboard holds now, its numbers included."""
        return copy.deepcopy(self.dashboards[uid]["versions"][-1]["data"])

    def edit(self, uid: str, by: str = "ada", message: str = "", **changed: object) -> None:
        """Somebody saves a dashboard in the browser."""
        self._save(uid, {**self.model(uid), **changed}, by, message)

    def move(self, uid: str, folder: str) -> None:
        """Somebody moves a dashboard, which saves it as it is."""
        self.dashboards[uid]["folder"] = folder
        self.edit(uid)

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], said: Document, role: str) -> Any:
        """The body of an answer. Raises Refused."""
        for wanted, pattern, answer in ROUTES:
            found = re.fullmatch(pattern, path)
            if wanted == method and found:
                if method != "GET" and role == VIEWER:
                    raise Refused(403, "You'll need additional permissions to perform this action.")
                body = answer(self, *map(unquote, found.groups()), **({"said": said} if method in ("POST", "PUT") else {"query": query}))
                self.writes += method != "GET"
                return body
        raise Refused(404, "Not found")

    def folder(self, uid: str, query: object) -> Document:
        if uid not in self.folders:
            raise Refused(403, "Access denied") if self.hides_what_is_not_there else Refused(404, "folder not found", status="not-found")
        return self.folders[uid]

    def make_folder(self, said: Document) -> Document:
        if not said.get("title"):
            raise Refused(400, "folder title cannot be empty")
        if said["uid"] in self.folders or any(there["title"] == said["title"] for there in self.folders.values()):
            raise Refused(409, "a folder with the same name already exists in the current location")
        self.folders[said["uid"]] = {"id": len(self.folders) + 1, "uid": said["uid"], "title": said["title"], "version": 1}
        return self.folders[said["uid"]]

    def rename_folder(self, uid: str, said: Document) -> Document:
        there = self.folder(uid, None)
        if not said.get("overwrite") and said.get("version") != there["version"]:
            raise Refused(412, "The folder has been changed by someone else", status="version-mismatch")
        there |= {"title": said["title"], "version": there["version"] + 1}
        return there

    def source(self, uid: str, query: object) -> Document:
        if uid not in self.sources:
            raise Refused(404, "Data source not found")
        return self.sources[uid]

    def make_source(self, said: Document) -> Document:
        if said["uid"] in self.sources:
            raise Refused(409, "data source with the same uid already exists")
        if any(there["name"] == said["name"] for there in self.sources.values()):
            raise Refused(409, "data source with the same name already exists")
        made = {"id": len(self.sources) + 1, "orgId": 1, "jsonData": {}, "secureJsonFields": {}, "version": 1, "readOnly": False, **said}
        self.sources[said["uid"]] = made
        return {"datasource": made, "id": made["id"], "message": "Datasource added", "name": made["name"]}

    def change_source(self, uid: str, said: Document) -> Document:
        there = self.source(uid, None)
        if there["readOnly"]:
            raise Refused(403, "Cannot update read-only data source")
        if said.get("version") and said["version"] < there["version"]:
            raise Refused(409, "Datasource has already been updated by someone else. Please reload and try again")
        there |= {**said, "version": there["version"] + 1}
        return {"datasource": there, "id": there["id"], "message": "Datasource updated", "name": there["name"]}

    def dashboard(self, uid: str, query: object) -> Document:
        if uid not in self.dashboards:
            raise Refused(404, "Dashboard not found", status="not-found")
        there = self.dashboards[uid]
        title = self.folders.get(there["folder"], {}).get("title", "Dashboards")
        meta = {"provisioned": there["provisioned"], "folderUid": there["folder"], "folderTitle": title, "url": f"/d/{uid}"}
        return {"dashboard": self.model(uid), "meta": meta}

    def save_dashboard(self, said: Document) -> Document:
        self.before_save()
        model, folder = said["dashboard"], said.get("folderUid") or ""
        uid, there = model["uid"], self.dashboards.get(model["uid"])
        if not str(model.get("title") or "").strip():
            raise Refused(400, "Dashboard title cannot be empty", status="empty-name")
        if folder and folder not in self.folders:
            raise Refused(400, "folder not found")
        if there is None and model.get("id"):
            raise Refused(404, "Dashboard not found", status="not-found")
        if there is not None and there["provisioned"]:
            raise Refused(400, "Cannot save provisioned dashboard")
        if there is not None and not said.get("overwrite"):
            if not model.get("id"):
                raise Refused(412, "A dashboard with the same uid already exists", status="name-exists")
            if model.get("version") != self.model(uid)["version"]:
                raise Refused(412, "The dashboard has been changed by someone else", status="version-mismatch")
        version = self._save(uid, model, "sa-troth", said.get("message") or "")
        self.dashboards[uid]["folder"] = folder
        return {"id": self.model(uid)["id"], "uid": uid, "url": f"/d/{uid}", "status": "success", "version": version}

    def versions(self, uid: str, query: Mapping[str, list[str]]) -> Any:
        if uid not in self.dashboards:
            raise Refused(404, "Dashboard not found")
        saves = [{name: value for name, value in each.items() if name != "data"} for each in self.dashboards[uid]["versions"][::-1]]
        listed = saves[: int(query.get("limit", ["1000"])[0])]
        return listed if self.lists_versions_plainly else {"continueToken": "", "versions": listed}

    def find_annotations(self, query: Mapping[str, list[str]]) -> list[Document]:
        begin, end = int(query.get("from", ["0"])[0]), int(query.get("to", [str(2**62)])[0])
        tags = set(query.get("tags", []))
        found = [
            each for each in self.annotations.values() if tags <= set(each["tags"]) and each["time"] <= end and each["timeEnd"] >= begin
        ]
        return sorted(found, key=lambda each: (each["time"], each["id"]), reverse=True)[: int(query.get("limit", ["100"])[0])]

    def annotate(self, said: Document) -> Document:
        number = max(self.annotations, default=0) + 1
        self.annotations[number] = {"id": number, "dashboardUID": "", "panelId": 0, **self._annotation(said)}
        return {"message": "Annotation added", "id": number}

    def change_annotation(self, number: str, said: Document) -> Document:
        if int(number) not in self.annotations:
            raise Refused(404, "Annotation not found")
        self.annotations[int(number)] |= self._annotation(said)
        return {"message": "Annotation updated"}

    def remove_annotation(self, number: str, query: object) -> Document:
        if self.annotations.pop(int(number), None) is None:
            raise Refused(404, "Annotation not found")
        return {"message": "Annotation deleted"}

    def _annotation(self, said: Document) -> Document:
        if not said.get("text"):
            raise Refused(400, "Failed to save annotation")
        if len(json.dumps(said["tags"], separators=(",", ":"), ensure_ascii=False).encode()) > MOST_TAGS_BYTES:
            raise Refused(400, "tags length exceeds the maximum allowed")
        if any(len(part) > 100 for tag in said["tags"] for part in tag.split(":", 1)):
            raise Refused(500, "Failed to save annotation")
        return {"time": said["time"], "timeEnd": said.get("timeEnd") or said["time"], "text": said["text"], "tags": said["tags"]}

    def _save(self, uid: str, model: Document, by: str, message: str) -> int:
        blank = {"folder": "", "provisioned": False, "versions": [], "id": len(self.dashboards) + 1}
        there = self.dashboards.setdefault(uid, blank)
        version = len(there["versions"]) + 1
        data = {**copy.deepcopy(model), "id": there["id"], "uid": uid, "version": version}
        saved = {"id": version, "uid": uid, "version": version, "created": CREATED, "createdBy": by, "message": message, "data": data}
        there["versions"].append(saved)
        return version


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "/api/folders/([^/]+)", Grafana.folder),
    ("POST", "/api/folders", Grafana.make_folder),
    ("PUT", "/api/folders/([^/]+)", Grafana.rename_folder),
    ("GET", "/api/datasources/uid/([^/]+)", Grafana.source),
    ("POST", "/api/datasources", Grafana.make_source),
    ("PUT", "/api/datasources/uid/([^/]+)", Grafana.change_source),
    ("GET", "/api/dashboards/uid/([^/]+)", Grafana.dashboard),
    ("POST", "/api/dashboards/db", Grafana.save_dashboard),
    ("GET", "/api/dashboards/uid/([^/]+)/versions", Grafana.versions),
    ("GET", "/api/annotations", Grafana.find_annotations),
    ("POST", "/api/annotations", Grafana.annotate),
    ("PUT", r"/api/annotations/(\d+)", Grafana.change_annotation),
    ("DELETE", r"/api/annotations/(\d+)", Grafana.remove_annotation),
]


@contextmanager
def small_grafana() -> Iterator[Grafana]:
    """One that listens, empty."""
    grafana = Grafana()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65_536  # head and body in one packet

        def do_GET(self) -> None:
            self._answer()

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names are http.server's

        def _answer(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if grafana.broken is not None:
                self._send(*grafana.broken)
                return
            status, body = _answered(grafana, self.command, self.path, self.headers.get("Authorization", ""), said)
            self._send(status, {"Content-Type": "application/json; charset=UTF-8"}, json.dumps(body).encode())

        def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """It says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield grafana
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answered(grafana: Grafana, method: str, target: str, authorization: str, said: bytes) -> tuple[int, Any]:
    kind, _, token = authorization.partition(" ")
    if (kind, token) not in (("Bearer", EDITOR), ("Bearer", VIEWER), ("Basic", b64encode(ADMIN.encode()).decode())):
        return 401, {"message": "Invalid API key"}
    parts = urlsplit(target)
    try:
        return 200, grafana.answer(method, parts.path.removeprefix(PREFIX), parse_qs(parts.query), json.loads(said) if said else {}, token)
    except Refused as refused:
        return refused.status, refused.body
