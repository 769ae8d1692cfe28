"""The simulated invoicing party: issues each invoice and each red letter once under its key."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.invoicing import InvoiceWish
from infra.simulators.counter import Asked, Key
from infra.simulators.world import World


def router(world: World) -> APIRouter:
    """The invoicing party's own protocol."""
    routes = APIRouter(prefix="/invoicing", tags=["invoicing"])
    counter = world.counter("invoicing")
    counter.let_find(routes, "/invoices")

    @routes.post("/invoices")
    async def issue(wish: InvoiceWish, key: Key) -> JSONResponse:
        """Issue an invoice, or a red letter."""
        asked = Asked("/invoices", key, wish.order.external_id, wish.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"FP-{key}"})

    return routes
