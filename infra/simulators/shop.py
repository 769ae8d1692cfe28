"""The simulated sales channel: takes tracking numbers and states, or refuses them for a while."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from domain.value import Value
from infra.connectors.channel import RefundAnswer, StatusPush, TrackingPush
from infra.connectors.reference import OrderReference
from infra.simulators.counter import Asked, Counter, Key, Refused
from infra.simulators.world import World


class BuyerCoupon(Value):
    """A coupon for whoever bought this order."""

    order: OrderReference
    amount: Annotated[int, Field(ge=1)]
    currency: str
    valid_days: Annotated[int, Field(ge=1)]


def router(world: World) -> APIRouter:
    """The channel's own protocol."""
    routes = APIRouter(prefix="/shop", tags=["shop"])
    counter = world.counter("shop")
    counter.let_find(routes, "/tracking_numbers")
    counter.let_find(routes, "/states")
    counter.let_find(routes, "/refund_answers")

    @routes.post("/tracking_numbers")
    async def push_tracking(push: TrackingPush, key: Key) -> JSONResponse:
        """Upload a package's tracking number."""
        asked = Asked("/tracking_numbers", key, push.order.external_id, push.model_dump(mode="json"))
        return await counter.take(asked, lambda: _take(world, push.order.external_id, "numbers"))

    @routes.post("/states")
    async def push_status(push: StatusPush, key: Key) -> JSONResponse:
        """Tell the order's state."""
        asked = Asked("/states", key, push.order.external_id, push.model_dump(mode="json"))
        return await counter.take(asked, lambda: _take(world, push.order.external_id, "states"))

    @routes.post("/refund_answers")
    async def answer_refund(answer: RefundAnswer, key: Key) -> JSONResponse:
        """Agree to a buyer's refund application, or refuse it."""
        asked = Asked("/refund_answers", key, answer.order.external_id, answer.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"accepted": True})

    _give_coupons(routes, counter)
    return routes


def _take(world: World, external_id: str, what: str) -> dict[str, Any]:
    """Numbers or states are taken, unless the behavior refuses the first of them, or for a while after the first."""
    conduct = world.books.behavior(external_id).shop
    now = world.clock()
    count, since = world.books.count(external_id, "shop", what, now)
    numbers = what == "numbers"
    refused_for = conduct.refuses_numbers_for if numbers else conduct.refuses_states_for
    if (numbers and count <= conduct.refuses_numbers) or now - since < refused_for:
        raise Refused(conduct.refusal)
    return {"accepted": True}


def _give_coupons(routes: APIRouter, counter: Counter) -> None:
    counter.let_find(routes, "/buyer_coupons")

    @routes.post("/buyer_coupons")
    async def give_coupon(wish: BuyerCoupon, key: Key) -> JSONResponse:
        """Put the platform's own coupon into the buyer's account."""
        asked = Asked("/buyer_coupons", key, wish.order.external_id, wish.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"PTQ-{key}", "amount": wish.amount})
