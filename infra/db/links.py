"""Orders linked to another one: sent again, or a gift (SR-177); counted apart by their kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.tables import order_link

FIELDS = (order_link.c.kind, order_link.c.reason, order_link.c.cost, order_link.c.actor, order_link.c.at)


async def original_of(connection: AsyncConnection, order_no: str) -> dict[str, Any] | None:
    """The order that this one is linked to, why, and what it costs; None for an order of its own."""
    found = select(order_link.c.original_order_no.label("order_no"), *FIELDS).where(order_link.c.order_no == order_no)
    row = (await connection.execute(found)).mappings().first()
    return dict(row) if row else None


async def linked_to(connection: AsyncConnection, order_no: str) -> list[dict[str, Any]]:
    """The orders that were made for this one, the oldest first."""
    found = select(order_link.c.order_no, *FIELDS).where(order_link.c.original_order_no == order_no)
    rows = await connection.execute(found.order_by(order_link.c.at, order_link.c.order_no))
    return [dict(row) for row in rows.mappings()]
