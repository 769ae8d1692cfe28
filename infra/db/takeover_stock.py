"""The stock of orders that are taken over (M19): what has not left is reserved, what has left is known to have left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import Moved
from domain.order import Order
from domain.stock import Want
from domain.takeover.goods import Found, Need
from infra.db.reservations import Cause, Move, lock, post
from infra.db.stock import reserve

STEP = "taken_over"
"""The step of the ledger's rows that say what had left before: the first day's counts leave it out already."""


async def reserve_all(connection: AsyncConnection, order_no: str, needs: Sequence[Need], at: datetime) -> Found:
    """Reserve what an open order still needs, where the system before had it, else where there is any."""
    missing = await _reserve_named(connection, order_no, [need for need in needs if need.warehouse], at)
    free = [need for need in needs if not need.warehouse]
    if not free:
        return Found(missing=tuple(missing))
    cause = Cause(key=f"{order_no}/takeover/free", order_no=order_no, at=at)
    wants = [Want(line=need.line, sku=need.sku, quantity=need.quantity) for need in free]
    allotment, _ = await reserve(connection, cause, wants)
    return Found(allocations=allotment.allocations, missing=(*missing, *allotment.short))


async def _reserve_named(
    connection: AsyncConnection, order_no: str, needs: Sequence[Need], at: datetime
) -> list[Moved]:
    """Reserve in the warehouses that are named; answers what is short of what nobody has begun."""
    levels = await lock(connection, {need.sku for need in needs}) if needs else []
    left = {(level.warehouse, level.sku): max(level.units, 0) for level in levels}
    moves: dict[tuple[str, str], Move] = {}
    missing = []
    for need in needs:
        units = min(need.quantity, left.get((need.warehouse, need.sku), 0))
        if units:
            left[need.warehouse, need.sku] -= units
            before = moves.get((need.line, need.warehouse))
            total = units + (before.units if before else 0)
            moves[need.line, need.warehouse] = Move(need.line, need.sku, need.warehouse, total)
        if units < need.quantity and not need.begun:
            missing.append(Moved(line=need.line, quantity=need.quantity - units))
    cause = Cause(key=f"{order_no}/takeover/named", order_no=order_no, at=at)
    await post(connection, cause, "reserve", list(moves.values()))
    return missing


async def carried_away(connection: AsyncConnection, order: Order, at: datetime) -> None:
    """Note what the order's parcels took away before, so that it is not taken off the shelves a second time."""
    places = {shipment.number: shipment.warehouse for shipment in order.shipments}
    skus = {line.line: line.sku for line in order.lines}
    units: dict[tuple[str, str, str], int] = {}
    for package in order.packages:
        for part in package.lines if package.out else ():
            place = (package.subject, part.line, places.get(package.shipment, ""))
            units[place] = units.get(place, 0) + part.quantity
    moves = [
        Move(line, skus.get(line, ""), warehouse, 0, subject, outbound=count)
        for (subject, line, warehouse), count in units.items()
    ]
    await post(connection, Cause(key=f"{order.number}/takeover/out", order_no=order.number, at=at), STEP, moves)
