"""The simulated warehouse: picks, packs and sends what is released, and hands the parcels to the carrier."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.warehouse import Recall, Release, WarehouseQuestion
from infra.simulators import carrier, journey, stopping, transfers
from infra.simulators.counter import Asked, Key
from infra.simulators.world import World, iso


def router(world: World) -> APIRouter:
    """The warehouse's own protocol."""
    routes = APIRouter(prefix="/warehouse", tags=["warehouse"])
    counter = world.counter("warehouse")
    counter.let_find(routes, "/releases")
    counter.let_find(routes, "/inquiries")
    counter.let_find(routes, "/recalls")

    @routes.post("/releases")
    async def release(release: Release, key: Key) -> JSONResponse:
        """Take over a shipment."""
        asked = Asked("/releases", key, release.order.external_id, release.model_dump(mode="json"))
        return await counter.take(asked, lambda: _take_over(world, release))

    @routes.post("/inquiries")
    async def inquire(question: WarehouseQuestion, key: Key) -> JSONResponse:
        """Answer why a shipment is late and when it will be out."""
        asked = Asked("/inquiries", key, question.order.external_id, question.model_dump(mode="json"))
        return await counter.take(asked, lambda: _explain(world, question))

    @routes.post("/recalls")
    async def recall(recall: Recall, key: Key) -> JSONResponse:
        """Stop a shipment, or say that it is gone."""
        asked = Asked("/recalls", key, recall.order.external_id, recall.model_dump(mode="json"))
        return await counter.take(asked, lambda: stopping.stop(world, recall))

    transfers.add(routes, counter, world)
    return routes


def _take_over(world: World, release: Release) -> dict[str, Any]:
    behavior = world.books.behavior(release.order.external_id)
    now, hour = world.clock(), world.hour_of(behavior)
    world.tell(release.order.external_id, journey.of_warehouse(release, behavior, now, hour), behavior.warehouse)
    for parcel in journey.parcels(release, behavior, now, hour):
        carrier.hand_over(world, release, parcel, behavior)
    carrier.let_the_customer_confirm(world, release.order, behavior)
    return {"reference": f"CK-{release.order.order_no}-{release.shipment}"}


def _explain(world: World, question: WarehouseQuestion) -> dict[str, Any]:
    conduct = world.books.behavior(question.order.external_id).warehouse
    promised = None if conduct.promises is None else iso(world.clock() + conduct.promises)
    on_shelf = {sku: conduct.shelf[sku] for sku in question.skus if sku in conduct.shelf}
    return {"reason": conduct.reason, "promised_at": promised, "on_shelf": on_shelf}
