"""/openapi.json, and /docs: the same as a page, rendered here since no page of ours loads anything from elsewhere."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader

from troth.gateway.openapi import BARE, components

# A field of OpenAPI that is absent says nothing, so an undefined one is no mistake here.
_TEMPLATES = Environment(loader=PackageLoader("troth.gateway"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application; its schemas are the pydantic models."""
    document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    there = {getattr(route, "path", "") for route in app.routes}
    bare = {path: told for path, told in BARE.items() if path in there}  # of which FastAPI tells nothing
    document["paths"] = {**bare, **document["paths"]}
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in components().items():
        schemas.setdefault(name, schema)
    document["components"]["securitySchemes"] = {scheme: {"type": "http", "scheme": scheme} for scheme in ("bearer", "basic")}
    document["security"] = [{}, {"bearer": []}, {"basic": []}]  # none where reading is open
    return document


def docs_router(app: FastAPI) -> APIRouter:
    """The two routes."""
    router = APIRouter(include_in_schema=False)
    document = cache(lambda: openapi_of(app))

    @router.get("/openapi.json")
    def openapi_json() -> JSONResponse:
        return JSONResponse(document())

    @router.get("/docs")
    def docs() -> HTMLResponse:
        return HTMLResponse(_TEMPLATES.get_template("docs.html.jinja").render(api=document()))

    return router
