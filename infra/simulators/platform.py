"""The simulated platform that is pulled: its orders by the time of their last change, and its outages (SR-100)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field

from domain.pulled import ChannelState
from infra.simulators.behavior import Conduct, Seconds
from infra.simulators.books import as_json
from infra.simulators.world import World, iso

PAGE = """
SELECT * FROM platform_order WHERE channel = ? AND updated_at >= ? AND (updated_at, external_id) > (?, ?)
ORDER BY updated_at, external_id LIMIT ?"""
PUT = """
INSERT INTO platform_order VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET updated_at = excluded.updated_at, body = excluded.body"""


class PlatformOrder(Conduct):
    """An order on the platform: ``content`` as it is posted to us; unset, ``updated_at`` is now."""

    content: dict[str, Any]
    state: ChannelState = ChannelState()
    updated_at: AwareDatetime | None = None


class Outage(Conduct):
    """The platform answers 503 for so long from now; 0 ends it."""

    seconds: Seconds = Field(0)


def router(world: World) -> APIRouter:
    """The platform's own protocol, and behind the scenes what sellers and buyers do there."""
    routes = APIRouter(prefix="/channel", tags=["channel"])
    down_until = [0.0]

    @routes.get("/orders")
    async def list_orders(
        channel: str,
        updated_after: AwareDatetime,
        cursor: str = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> JSONResponse:
        """A page of the orders that changed at a time or later, oldest change first."""
        if world.clock() < down_until[0]:
            return JSONResponse({"reason": "the platform is out of service"}, 503)
        return JSONResponse(_page(world, channel, updated_after, cursor, limit))

    @routes.put("/{channel}/orders/{external_id}")
    async def put_order(channel: str, external_id: str, order: PlatformOrder) -> dict[str, str]:
        """Place or change an order on the platform: buyers pay, edit and cancel, sellers write memos."""
        moment = order.updated_at.timestamp() if order.updated_at else world.clock()
        content = {**order.content, "channel": channel, "external_id": external_id}
        body = {"content": content, "state": order.state.model_dump(mode="json")}
        world.books.write(PUT, channel, external_id, moment, as_json(body))
        return {"updated_at": iso(moment)}

    @routes.put("/outage")
    async def go_down(outage: Outage) -> Outage:
        """Be out of service for a while."""
        down_until[0] = world.clock() + outage.seconds
        return outage

    return routes


def _page(world: World, channel: str, since: datetime, cursor: str, limit: int) -> dict[str, Any]:
    seconds, _, name = cursor.partition("|")
    place = (float(seconds), name) if cursor else (0.0, "")
    rows = world.books.rows(PAGE, channel, since.timestamp(), *place, limit + 1)
    shown = rows[:limit]
    orders = [
        {"external_id": row["external_id"], "updated_at": iso(row["updated_at"]), **json.loads(row["body"])}
        for row in shown
    ]
    last = shown[-1] if len(rows) > limit else None
    return {"orders": orders, "next": f"{last['updated_at']!r}|{last['external_id']}" if last else None}
