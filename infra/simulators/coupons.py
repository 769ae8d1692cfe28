"""The simulated coupon service: issues each coupon once under its key."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.coupons import CouponWish
from infra.simulators.counter import Asked, Key
from infra.simulators.world import World


def router(world: World) -> APIRouter:
    """The coupon service's own protocol."""
    routes = APIRouter(prefix="/coupons", tags=["coupons"])
    counter = world.counter("coupons")
    counter.let_find(routes, "/coupons")

    @routes.post("/coupons")
    async def issue(wish: CouponWish, key: Key) -> JSONResponse:
        """Issue a coupon."""
        asked = Asked("/coupons", key, wish.order.external_id, wish.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"YHQ-{key}", "amount": wish.amount})

    return routes
