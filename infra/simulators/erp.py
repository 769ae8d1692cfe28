"""The simulated ERP: one document an order; it may read back differently from what was entered."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from infra.connectors.erp import ErpEntry, ErpStatus
from infra.simulators.books import as_json
from infra.simulators.counter import Asked, Key
from infra.simulators.world import World


class Cancellation(BaseModel):
    """Which document is to be cancelled."""

    document: str


def router(world: World) -> APIRouter:
    """The ERP's own protocol."""
    routes = APIRouter(prefix="/erp", tags=["erp"])
    counter = world.counter("erp")
    counter.let_find(routes, "/documents")
    counter.let_find(routes, "/cancellations")
    counter.let_find(routes, "/states")

    @routes.post("/documents")
    async def enter(entry: ErpEntry, key: Key) -> JSONResponse:
        """Create a document."""
        asked = Asked("/documents", key, entry.order.external_id, entry.model_dump(mode="json"))
        return await counter.take(asked, lambda: _create(world, entry))

    @routes.get("/documents/{document}")
    async def read(document: str) -> JSONResponse:
        """Read a document back."""
        found = world.books.row("SELECT * FROM document WHERE document = ?", document)
        if found is None:
            return JSONResponse({"reason": "no such document"}, 404)
        content = json.loads(found["content"])
        content["lines"][0]["unit_price"] += _price_off(world, found["external_id"])
        return JSONResponse({"document": document, "content": content, "cancelled": bool(found["cancelled"])})

    @routes.post("/cancellations")
    async def cancel(cancellation: Cancellation, key: Key) -> JSONResponse:
        """Cancel a document."""
        found = world.books.row("SELECT * FROM document WHERE document = ?", cancellation.document)
        if found is None:
            return JSONResponse({"reason": "no such document"}, 422)
        asked = Asked("/cancellations", key, found["external_id"], cancellation.model_dump())
        return await counter.take(asked, lambda: _cancel(world, cancellation.document))

    @routes.post("/states")
    async def push_status(push: ErpStatus, key: Key) -> JSONResponse:
        """Tell the order's label."""
        asked = Asked("/states", key, push.order.external_id, push.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"{push.order.order_no}-{push.status}"})

    return routes


def _price_off(world: World, external_id: str) -> int:
    conduct = world.books.behavior(external_id).erp
    if not conduct.price_off_by or not conduct.price_off_for:
        return conduct.price_off_by
    _, since = world.books.count(external_id, "erp", "price_off", world.clock())
    return conduct.price_off_by if world.clock() - since < conduct.price_off_for else 0


def _create(world: World, entry: ErpEntry) -> dict[str, Any]:
    count = world.books.rows("SELECT count(*) AS documents FROM document")[0]["documents"]
    document = f"XSD{count + 1:06d}"
    content = as_json(entry.content.model_dump(mode="json"))
    world.books.write("INSERT INTO document VALUES (?, ?, ?, 0)", document, entry.order.external_id, content)
    return {"document": document}


def _cancel(world: World, document: str) -> dict[str, Any]:
    world.books.write("UPDATE document SET cancelled = 1 WHERE document = ?", document)
    return {"reference": f"QX-{document}"}
