"""Orders linked to another one: sent again, or a gift (SR-177); counted apart by their kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.tables import order_link, task
from infra.db.transactions import Transaction

LIVES_ON_FROM = text("SELECT original_order_no FROM order_link WHERE order_no = :order_no AND kind = 'reinstated'")
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


async def paid_under(connection: Transaction, order_no: str) -> str:
    """The order by whose number the gateway has the money: of one that lives on it is the cancelled one's."""
    found = await connection.execute(LIVES_ON_FROM, {"order_no": order_no})
    return str(found.scalar_one_or_none() or order_no)


async def is_sent_again(connection: AsyncConnection, original: str, at: datetime, by: str) -> None:
    """The linked order that somebody had to place for a claim after completion is there: the task is done."""
    mine = (task.c.order_no == original, task.c.kind == "PLACE_LINKED_ORDER", task.c.key.endswith("/resend"))
    await connection.execute(update(task).where(*mine, task.c.done_at.is_(None)).values(done_at=at, done_by=by))
