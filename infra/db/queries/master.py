"""Reading master data: SKUs, warehouses, stock, policy editions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.tables import policy_edition, sku, stock_level, warehouse

AVAILABLE = stock_level.c.on_hand - stock_level.c.reserved - stock_level.c.safety - stock_level.c.quarantined


async def skus(connection: AsyncConnection, after: str, most: int) -> list[dict[str, Any]]:
    """SKUs by their code, after one."""
    found = select(sku).where(sku.c.sku > after).order_by(sku.c.sku).limit(most)
    return [dict(row) for row in (await connection.execute(found)).mappings()]


async def one_sku(connection: AsyncConnection, code: str) -> dict[str, Any] | None:
    """One SKU; None where there is none."""
    row = (await connection.execute(select(sku).where(sku.c.sku == code))).mappings().one_or_none()
    return dict(row) if row else None


async def warehouses(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Every warehouse, the one that is asked first first."""
    found = select(warehouse).order_by(warehouse.c.priority, warehouse.c.warehouse)
    return [dict(row) for row in (await connection.execute(found)).mappings()]


async def stock(connection: AsyncConnection, code: str) -> list[dict[str, Any]]:
    """What there is of a SKU, a row a warehouse; ``available`` is what may still be promised."""
    found = select(stock_level, AVAILABLE.label("available")).where(stock_level.c.sku == code)
    rows = await connection.execute(found.order_by(stock_level.c.warehouse))
    return [dict(row) for row in rows.mappings()]


async def editions(connection: AsyncConnection, name: str | None = None) -> Sequence[dict[str, Any]]:
    """All editions, the newest first; or one."""
    found = select(policy_edition).order_by(policy_edition.c.valid_from.desc(), policy_edition.c.edition)
    if name is not None:
        found = found.where(policy_edition.c.edition == name)
    return [dict(row) for row in (await connection.execute(found)).mappings()]


async def skus_named(connection: AsyncConnection, codes: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the SKUs that are known."""
    rows = await connection.execute(select(sku).where(sku.c.sku.in_(codes)))
    return [dict(row) for row in rows.mappings()]
