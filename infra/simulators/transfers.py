"""The simulated warehouse's transfers: picks, ships and receives what is asked for, or fails; calls off in time."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from infra.connectors.warehouse import Transfer, TransferCallOff
from infra.simulators.behavior import WarehouseConduct
from infra.simulators.counter import Asked, Counter, Key, Refused
from infra.simulators.journey import News, as_told, by_number, moment
from infra.simulators.world import World

PICKED, SHIPPED, RECEIVED = 1.0, 2.0, 8.0
"""Hours from the request."""
Step = tuple[str, float, dict[str, Any]]
"""Kind of a fact, seconds from the request, what it says."""


def add(routes: APIRouter, counter: Counter, world: World) -> None:
    """The part of the warehouse's protocol that is about transfers."""
    counter.let_find(routes, "/transfers")
    counter.let_find(routes, "/transfers/call-offs")

    @routes.post("/transfers")
    async def transfer(transfer: Transfer, key: Key) -> JSONResponse:
        """Bring goods to another warehouse."""
        asked = Asked("/transfers", key, transfer.order.external_id, transfer.model_dump(mode="json"))
        return await counter.take(asked, lambda: _bring(world, transfer))

    @routes.post("/transfers/call-offs")
    async def call_off(call_off: TransferCallOff, key: Key) -> JSONResponse:
        """Keep the goods, if they have not left."""
        asked = Asked("/transfers/call-offs", key, call_off.order.external_id, call_off.model_dump(mode="json"))
        return await counter.take(asked, lambda: _keep(world, call_off))


def _bring(world: World, transfer: Transfer) -> dict[str, Any]:
    behavior = world.books.behavior(transfer.order.external_id)
    if transfer.source in behavior.warehouse.refuses_transfers_from:
        raise Refused(f"{transfer.source} brings nothing now")
    now, hour = world.clock(), world.hour_of(behavior)
    news = [_news(transfer, *step, now) for step in _steps(transfer.source, behavior.warehouse, hour)]
    world.tell(transfer.order.external_id, as_told(news, behavior.warehouse), behavior.warehouse)
    return {"accepted": True, "reference": f"DB-{transfer.order.order_no}-{transfer.transfer}"}


def _steps(source: str, conduct: WarehouseConduct, hour: float) -> list[Step]:
    picked: Step = ("transfer_picked", PICKED * hour, {})
    shipped_at = moment(conduct.transfer_shipped, SHIPPED * hour)
    if shipped_at is None:
        return [picked]
    shipped: Step = ("transfer_shipped", shipped_at, {})
    reason = conduct.transfers_fail.get(source)
    if reason is not None:
        failed: Step = ("transfer_failed", shipped_at, {"reason": reason})
        return [picked, *([shipped] if conduct.transfers_fail_on_the_road else []), failed]
    received_at = moment(conduct.transfer_received, RECEIVED * hour)
    received: list[Step] = [] if received_at is None else [("transfer_received", received_at, {})]
    return [picked, shipped, *received]


def _news(transfer: Transfer, kind: str, after: float, said: dict[str, Any], now: float) -> News:
    return News(
        event_id=f"{transfer.order.order_no}/transfer/{transfer.transfer}/{kind}",
        source="warehouse",
        kind=kind,
        at=now + after,
        due=now + after,
        reference=by_number(transfer.order),
        data={"transfer": transfer.transfer, **said},
    )


def _keep(world: World, call_off: TransferCallOff) -> dict[str, Any]:
    """Nothing more is told of a transfer that was called off in time."""
    mine = f"warehouse:{call_off.order.order_no}/transfer/{call_off.transfer}/"
    rows = world.books.rows("SELECT * FROM news WHERE external_id = ?", call_off.order.external_id)
    waiting = [row for row in rows if row["id"].startswith(mine) and not row["told"] and row["due"] > world.clock()]
    left = any(row["id"].startswith(f"{mine}transfer_shipped") and row not in waiting for row in rows)
    for row in [] if left else waiting:
        world.books.write("DELETE FROM news WHERE id = ?", row["id"])
    return {"accepted": True, "called_off": not left}
