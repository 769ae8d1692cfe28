"""The stock books (architecture §3.11, invariant 1, edge cases 7, 27, 28): row locks in SKU order, nothing oversold.

`stock_level` says what there is; `reservation` is append-only and says why. Both are written in one transaction, so
that per SKU and warehouse the ledger's units always add up to what is reserved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.stock import Allotment, Available, Want, allot
from infra.db.counting import tell_waiting

LOCK = text("""
    SELECT l.warehouse, l.sku, l.on_hand - l.reserved - l.safety - l.quarantined AS units, l.on_hand, l.reserved,
        w.priority
    FROM stock_level AS l JOIN warehouse AS w USING (warehouse)
    WHERE l.sku = ANY(:skus) ORDER BY l.sku, l.warehouse FOR UPDATE OF l
""")
LIVE = text("""
    SELECT line, sku, warehouse, sum(units)::int AS units FROM reservation
    WHERE order_no = :order_no GROUP BY line, sku, warehouse HAVING sum(units) > 0 ORDER BY sku, warehouse, line
""")
SKUS_OF = text("SELECT DISTINCT sku FROM reservation WHERE order_no = :order_no")
FREED = text("""
    SELECT sku FROM reservation WHERE order_no = :order_no AND starts_with(key, :key || '/')
    GROUP BY sku HAVING sum(units) < 0 ORDER BY sku
""")
POST = text("""
    WITH moves AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(
            line text, sku text, warehouse text, subject text, units int, outbound int, gone int)
    ), noted AS (
        INSERT INTO reservation (key, order_no, version, line, sku, warehouse, step, subject, units, outbound, at)
        SELECT concat_ws('/', CAST(:key AS text), CAST(:step AS text), NULLIF(subject, ''), line, warehouse), :order_no,
            :version, line, sku, warehouse, :step, subject, units, outbound, :at
        FROM moves
    )
    UPDATE stock_level AS l SET reserved = l.reserved + m.units, on_hand = l.on_hand - m.gone
    FROM (SELECT sku, warehouse, sum(units) AS units, sum(gone) AS gone FROM moves GROUP BY sku, warehouse) AS m
    WHERE l.sku = m.sku AND l.warehouse = m.warehouse
""")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the books change: the effect's key, its order and the order's version, and when."""

    key: str
    order_no: str
    at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Move:
    """Units of one line in one warehouse: added to what is reserved, and gone from the shelf.

    ``outbound`` is what left by the warehouse's word, ``gone`` what the books had of it.
    """

    line: str
    sku: str
    warehouse: str
    units: int
    subject: str = ""
    outbound: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """One locked row of the books, as it was when it was locked."""

    warehouse: str
    sku: str
    units: int
    on_hand: int
    reserved: int
    priority: int


async def reserve(connection: AsyncConnection, cause: Cause, wants: Sequence[Want]) -> tuple[Allotment, dict[str, int]]:
    """Reserve what there is of these units, in the caller's transaction.

    Answers who gives what and what is short, and what was available of each SKU. The same cause twice is an
    IntegrityError; the effect ledger keeps callers from asking.
    """
    levels = await lock(connection, {want.sku for want in wants})
    ranked = sorted(levels, key=lambda level: (level.priority, level.warehouse))
    found = [Available(warehouse=level.warehouse, sku=level.sku, units=level.units) for level in ranked]
    allotment = allot(wants, found)
    skus = {want.line: want.sku for want in wants}
    await post(
        connection,
        cause,
        "reserve",
        [Move(given.line, skus[given.line], given.warehouse, given.quantity) for given in allotment.allocations],
    )
    available = {sku: sum(max(level.units, 0) for level in found if level.sku == sku) for sku in skus.values()}
    return allotment, available


async def release(connection: AsyncConnection, cause: Cause, *, also_lock: Iterable[str] = ()) -> int:
    """Give back everything that is still reserved for the order; answers how many units.

    ``also_lock``: SKUs that the caller's transaction reserves next, so that all are locked in one order.
    """
    touched = (await connection.execute(SKUS_OF, {"order_no": cause.order_no})).scalars().all()
    if not touched:
        return 0
    await lock(connection, {*touched, *also_lock})
    live = (await connection.execute(LIVE, {"order_no": cause.order_no})).all()
    await post(connection, cause, "release", [Move(row.line, row.sku, row.warehouse, -row.units) for row in live])
    return sum(row.units for row in live)


async def tell_freed(connection: AsyncConnection, cause: Cause) -> None:
    """Tell the orders that wait for what this cause gave back and did not reserve again (SR-131)."""
    freed = (await connection.execute(FREED, {"order_no": cause.order_no, "key": cause.key})).scalars().all()
    await tell_waiting(connection, freed, cause.at, cause.key, by=cause.order_no)


async def lock(connection: AsyncConnection, skus: Iterable[str]) -> list[Level]:
    """Lock the books of these SKUs, always in the same order, so that two orders never wait for each other."""
    rows = await connection.execute(LOCK, {"skus": sorted(set(skus))})
    return [Level(**row) for row in rows.mappings()]


async def post(connection: AsyncConnection, cause: Cause, step: str, moves: Sequence[Move]) -> None:
    """Write moves into the ledger and the levels; their rows are locked."""
    if moves:
        rows = json.dumps([asdict(move) for move in moves], ensure_ascii=False)
        await connection.execute(POST, {**asdict(cause), "step": step, "moves": rows})
