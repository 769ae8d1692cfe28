"""Answers that say no: problem+json with a stable code, what is wrong and what to do (conventions.md "HTTP APIs").

Every problem has ``code``, ``title``, ``status``, ``request_id`` and, where something can be done, ``todo``.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem
from fastapi_problem.handler import ExceptionHandler, add_exception_handler, new_exception_handler
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.service import RPCError

from infra.trouble import Trouble

log = structlog.get_logger(__name__)
DATABASE_DOWN = (psycopg.OperationalError, PoolTimeout, OperationalError, NoFreeConnection)
TEMPORAL_DOWN = (RPCError, Trouble)
TITLES = {
    400: ("unreadable_body", "The request cannot be read", "Send JSON in UTF-8."),
    404: ("unknown_path", "There is nothing at this address", "GET /docs lists every address."),
    405: ("wrong_method", "This address does not take this method", "GET /docs lists every address and its methods."),
    413: ("too_large", "The request is too large", "Send less at once: a batch in parts, a file in pieces."),
}
WORDS = {"extra_forbidden": "There is no such field", "missing": "This field is needed"}
RETRY_AFTER = {"Retry-After": "2"}


def problem(status: int, code: str, title: str, *, todo: str = "", **more: Any) -> Problem:
    """A problem to raise.

    Args:
        status: of HTTP.
        code: stable, for programs.
        title: one sentence, for people.
        todo: the next step to try.
        more: ``detail``, ``headers``, and whatever else the caller can use.
    """
    extras = {"code": code, **({"todo": todo} if todo else {}), **more}
    return Problem(title, type_=code, status=status, **extras)


def wrong_shape(errors: Iterable[Mapping[str, Any]], *, what: str = "request") -> Problem:
    """Everything that is wrong with the shape of what was sent, each with its field path; never the values."""
    return problem(
        422,
        "wrong_shape",
        f"The {what} does not have the right shape",
        todo="Correct the fields listed in errors; GET /docs shows the shape.",
        errors=problems_of(errors),
    )


def problems_of(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Pydantic's errors as field path, code and reason."""
    return [
        {"field": path_of(error["loc"]), "code": error["type"], "reason": WORDS.get(error["type"], error["msg"])}
        for error in errors
    ]


def path_of(location: Iterable[str | int]) -> str:
    """A field path: lines.0.quantity."""
    return ".".join(str(part) for part in location if part != "body")


def install(app: FastAPI) -> None:
    """Answer everything that is raised in ``app`` as a problem."""
    handler = new_exception_handler(
        handlers={
            **dict.fromkeys(DATABASE_DOWN, _database_down),
            **dict.fromkeys(TEMPORAL_DOWN, _temporal_down),
            Exception: _unforeseen,
        },
        http_exception_handler=_http,
        request_validation_handler=_shape,
        post_hooks=[_with_request_id],
        documentation_uri_template="/docs#{type}",
    )
    # The narrow ones first: the handler takes the first class that fits.
    handler.handlers = dict(sorted(handler.handlers.items(), key=lambda item: -len(item[0].__mro__)))
    add_exception_handler(app, handler, generic_swagger_defaults=False)
    for error in (*DATABASE_DOWN, *TEMPORAL_DOWN):
        app.add_exception_handler(error, handler)


def _http(_handler: ExceptionHandler, _request: Request, error: HTTPException) -> Problem:
    code, title, todo = TITLES.get(error.status_code, (f"http_{error.status_code}", str(error.detail), ""))
    return problem(error.status_code, code, title, todo=todo, headers=dict(error.headers or {}))


def _shape(_handler: ExceptionHandler, _request: Request, error: RequestValidationError) -> Problem:
    return wrong_shape(error.errors())


def _database_down(_handler: ExceptionHandler, _request: Request, error: Exception) -> Problem:
    log.warning("database does not answer", error=f"{type(error).__name__}")
    return problem(
        503,
        "database_unavailable",
        "The database does not answer",
        todo="Nothing was kept. Send the same request again in a few seconds.",
        headers=RETRY_AFTER,
    )


def _temporal_down(_handler: ExceptionHandler, _request: Request, error: Exception) -> Problem:
    log.warning("temporal does not answer", error=f"{type(error).__name__}: {error}")
    return problem(
        503,
        "temporal_unavailable",
        "Temporal does not answer",
        todo="Send the same request again, with the same request_id, in a few seconds.",
        headers=RETRY_AFTER,
    )


def _unforeseen(_handler: ExceptionHandler, request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    name = request.scope.get("request_id", "")
    # Frames without the message: what a library says of a bad value quotes it, and so personal data.
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("unforeseen error", request_id=name, error=type(error).__name__, frames=frames)
    todo = "Tell operations the request_id."
    return problem(500, "internal", "Something went wrong on our side", todo=todo, headers={"Request-Id": name})


def _with_request_id(content: dict[str, Any], request: Request, response: Response) -> tuple[dict[str, Any], Response]:
    content = content | {"request_id": request.scope.get("request_id", "")}
    response.body = response.render(content)
    return content, response
