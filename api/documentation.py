"""The documentation of the API: OpenAPI with examples, and a page of our own that asks no foreign host for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from pydantic.json_schema import models_json_schema

from api.reporting_facts import PostedFact
from api.shapes import PostedOrder
from domain.facts import schema as facts_schema

router = APIRouter(include_in_schema=False)
PAGE = Path(__file__).parent / "docs_page"
PARTS = frozenset({"page.css", "page.js"})
STRICT = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
OPEN_PATHS = frozenset({"/healthz", "/readyz"})
REF = "#/components/schemas/{model}"


@router.get("/docs")
async def show_page() -> FileResponse:
    """The page."""
    return FileResponse(PAGE / "index.html", headers=STRICT)


@router.get("/docs/{part}")
async def show_part(part: str) -> FileResponse:
    """What the page is made of."""
    return FileResponse(PAGE / (part if part in PARTS else "index.html"), headers=STRICT)


def complete(app: FastAPI) -> None:
    """Add to the OpenAPI what FastAPI cannot see: bodies that are read by hand, facts by kind, keys, problems."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(made())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    _, shapes = models_json_schema([(PostedOrder, "validation"), (PostedFact, "validation")], ref_template=REF)
    schemas.update(shapes["$defs"])
    schemas["FactsByKind"] = _relocated(facts_schema(), schemas)
    schemas["Problem"] = PROBLEM
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["responses"].update(_problems(operation["responses"]))
            if path not in OPEN_PATHS:
                operation["security"] = [{"key": []}]
    plain: dict[str, Any] = _plain(document)
    return plain


def _plain(part: Any) -> Any:
    """The same without the marks of a docstring."""
    if isinstance(part, dict):
        return {name: _plain(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_plain(value) for value in part]
    return part.replace("``", "").replace("Successful Response", "Done") if isinstance(part, str) else part


def _relocated(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A schema with its own definitions moved to where all schemas are."""
    for name, definition in schema.pop("$defs", {}).items():
        schemas[name] = _pointing(definition)
    moved: dict[str, Any] = _pointing(schema)
    return moved


def _pointing(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _pointing(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_pointing(value) for value in part]
    return part.replace("#/$defs/", "#/components/schemas/") if isinstance(part, str) else part


def _problems(known: dict[str, Any]) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {"4XX": "The request cannot be done as it is; code, title and todo say why", "503": "Not now; send it again"}
    known.pop("422", None)
    return {status: {"description": words, "content": content} for status, words in told.items()}


PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457, with a stable code and what to do",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "What is wrong, for people"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "What is wrong, for programs; stable"},
        "detail": {"type": "string"},
        "todo": {"type": "string", "description": "The next step to try"},
        "request_id": {"type": "string", "description": "Also in the header Request-Id"},
        "errors": {
            "type": "array",
            "description": "Every field whose shape is wrong",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("field", "code", "reason")},
            },
        },
    },
    "example": {
        "type": "/docs#wrong_shape",
        "title": "The order does not have the right shape",
        "status": 422,
        "code": "wrong_shape",
        "todo": "Correct the fields listed in errors; GET /docs shows the shape.",
        "errors": [{"field": "lines.0.quantity", "code": "int_type", "reason": "Input should be a valid integer"}],
        "request_id": "req-5f0c…",
    },
}
