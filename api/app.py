"""The HTTP API, put together: ``uvicorn api.app:create_app --factory``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api import (
    answering,
    asking,
    asking_returns,
    carriers,
    channels,
    codes,
    documentation,
    errors,
    facts,
    imports,
    invoices,
    master_data,
    offline,
    order_forms,
    orders,
    orphans,
    policies,
    price_lists,
    promotions,
    reassigning,
    resends,
    resuming,
    returns,
    service_costs,
    steps,
    stock,
    takeovers,
    trail,
    watching,
)
from api.dependencies import Parts, open_parts
from api.middleware import Ledger, serve_metrics

MOST_BYTES = 4 * 2**20
"""The largest body; files may be larger, see ``api.imports``."""
TITLE = "Order orchestrator"
ABOUT = (
    "Orders live their whole life here: placed, audited, confirmed, released, shipped, tracked, completed. "
    "Send Authorization: Bearer and a key; amounts are whole minor units (fen), times ISO 8601 with offset."
)
ROUTERS = (
    answering,
    orders,
    asking,
    facts,
    takeovers,
    order_forms,
    carriers,
    channels,
    codes,
    imports,
    master_data,
    offline,
    policies,
    price_lists,
    promotions,
    reassigning,
    resends,
    resuming,
    steps,
    stock,
    trail,
    watching,
    returns,
    asking_returns,
    invoices,
    orphans,
    service_costs,
    documentation,
)


def create_app(parts: Callable[[], AbstractAsyncContextManager[Parts]] = open_parts) -> FastAPI:
    """The application.

    Args:
        parts: opens the parts of the process; unset: by the settings of the environment.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts() as opened:
            app.state.parts = opened
            if opened.metrics_port is not None:
                serve_metrics(opened.metrics_port)
            yield

    app = FastAPI(
        title=TITLE,
        description=ABOUT,
        version=version("order-orchestrator"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=MOST_BYTES,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # the figures are ours, without personal data
    )
    for each in ROUTERS:
        app.include_router(each.router)
    errors.install(app)
    documentation.complete(app)
    app.add_middleware(Ledger)
    return app
