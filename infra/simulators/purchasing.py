"""The simulated purchasing: names a date at once, or later as a fact, or never."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.purchasing import PurchaseQuestion
from infra.simulators.behavior import Behavior
from infra.simulators.counter import Asked, Key
from infra.simulators.journey import News, as_told, by_number
from infra.simulators.world import World, iso


def router(world: World) -> APIRouter:
    """Purchasing's own protocol."""
    routes = APIRouter(prefix="/purchasing", tags=["purchasing"])
    counter = world.counter("purchasing")
    counter.let_find(routes, "/questions")

    @routes.post("/questions")
    async def ask(question: PurchaseQuestion, key: Key) -> JSONResponse:
        """Answer when the goods will be there."""
        asked = Asked("/questions", key, question.order.external_id, question.model_dump(mode="json"))
        return await counter.take(asked, lambda: _answer(world, question))

    return routes


def _answer(world: World, question: PurchaseQuestion) -> dict[str, Any]:
    behavior = world.books.behavior(question.order.external_id)
    conduct = behavior.purchasing
    if conduct.promises is None:
        return {"reason": conduct.reason, "promised_at": None}
    promised_at = iso(world.clock() + conduct.promises)
    if not conduct.answers_later:
        return {"reason": conduct.reason, "promised_at": promised_at}
    world.tell(question.order.external_id, _later(world, question, behavior, promised_at), conduct)
    return {"reason": conduct.reason, "promised_at": None}


def _later(world: World, question: PurchaseQuestion, behavior: Behavior, promised_at: str) -> list[News]:
    at = world.clock() + behavior.purchasing.answers_later
    order = question.order
    news = [
        News(
            event_id=f"{order.order_no}/purchase/{sku}",
            source="warehouse",
            kind="purchase_promised",
            at=at,
            due=at,
            reference=by_number(order),
            data={"sku": sku, "promised_at": promised_at},
        )
        for sku in question.units
    ]
    return as_told(news, behavior.purchasing)
