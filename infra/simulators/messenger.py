"""The simulated messenger: brings texts to customers."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.messaging import Message
from infra.simulators.counter import Asked, Key
from infra.simulators.world import World


def router(world: World) -> APIRouter:
    """The messenger's own protocol."""
    routes = APIRouter(prefix="/messenger", tags=["messenger"])
    counter = world.counter("messenger")
    counter.let_find(routes, "/messages")

    @routes.post("/messages")
    async def send(message: Message, key: Key) -> JSONResponse:
        """Bring a text to a customer."""
        asked = Asked("/messages", key, message.order.external_id, message.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"MSG-{key}"})

    return routes
