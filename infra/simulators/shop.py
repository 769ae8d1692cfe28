"""The simulated sales channel: takes tracking numbers and states, or refuses them for a while."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.channel import RefundAnswer, StatusPush, TrackingPush
from infra.simulators.counter import Asked, Key, Refused
from infra.simulators.world import World


def router(world: World) -> APIRouter:
    """The channel's own protocol."""
    routes = APIRouter(prefix="/shop", tags=["shop"])
    counter = world.counter("shop")
    counter.let_find(routes, "/tracking_numbers")
    counter.let_find(routes, "/states")
    counter.let_find(routes, "/refund_answers")

    def take_number(external_id: str) -> dict[str, Any]:
        conduct = world.books.behavior(external_id).shop
        now = world.clock()
        count, since = world.books.count(external_id, "shop", "numbers", now)
        if count <= conduct.refuses_numbers or now - since < conduct.refuses_numbers_for:
            raise Refused(conduct.refusal)
        return {"accepted": True}

    @routes.post("/tracking_numbers")
    async def push_tracking(push: TrackingPush, key: Key) -> JSONResponse:
        """Upload a package's tracking number."""
        asked = Asked("/tracking_numbers", key, push.order.external_id, push.model_dump(mode="json"))
        return await counter.take(asked, lambda: take_number(push.order.external_id))

    @routes.post("/states")
    async def push_status(push: StatusPush, key: Key) -> JSONResponse:
        """Tell the order's state."""
        asked = Asked("/states", key, push.order.external_id, push.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"accepted": True})

    @routes.post("/refund_answers")
    async def answer_refund(answer: RefundAnswer, key: Key) -> JSONResponse:
        """Agree to a buyer's refund application, or refuse it."""
        asked = Asked("/refund_answers", key, answer.order.external_id, answer.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"accepted": True})

    return routes
