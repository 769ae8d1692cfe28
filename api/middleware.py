"""What every request gets: an id in its answer, and a place in the figures. One layer, nothing read, nothing held."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY = CollectorRegistry()
REQUESTS = Counter("api_requests", "Requests answered", ("route", "method", "status"), registry=REGISTRY)
SECONDS = Histogram(
    "api_request_seconds",
    "Seconds until the answer",
    ("route",),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
GIVEN = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
"""A request id that a caller may give; anything else gets one of ours."""
LOOPBACK = "127.0.0.1"


class Ledger:
    """Names every request, binds the name to the log, and counts the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        name = _request_id(scope)
        scope["request_id"] = name
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"request-id", name.encode())]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=name)
        try:
            await self._app(scope, receive, answer)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(route, scope["method"], status).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)


def _request_id(scope: Scope) -> str:
    for header, value in scope["headers"]:
        if header == b"request-id" and GIVEN.fullmatch(value):
            return str(value.decode())
    return f"req-{uuid.uuid4().hex[:20]}"


def serve_metrics(port: int) -> None:
    """Show the figures at http://127.0.0.1:port/metrics, to this machine only."""
    start_http_server(port, addr=LOOPBACK, registry=REGISTRY)
