"""Returns in the books: what may come back, a return that begins, and what the pages show (§4.7, A-18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.return_rows import waiting_for
from domain.return_rules import ReturnBooks
from domain.returns import Return, state_of
from infra.db.tables import goods_return, goods_return_line, return_refund
from infra.db.transactions import Transaction
from infra.db.waiting.orders import policy_of

LOCK = text("SELECT FROM orders WHERE order_no = :order_no FOR NO KEY UPDATE")
BOOKS = text("""
SELECT o.order_no, o.tenant, o.stage, o.final, o.currency, o.total, i.policy_edition,
    COALESCE((i.raw ->> 'freight')::bigint, 0) AS freight,
    COALESCE((SELECT s.warehouse FROM shipment AS s WHERE s.order_no = o.order_no ORDER BY s.shipment LIMIT 1), '')
        AS warehouse,
    (SELECT max(p.delivered_at) FROM package AS p WHERE p.order_no = o.order_no) AS signed_at,
    (SELECT count(*) FROM goods_return AS r WHERE r.order_no = o.order_no)::int AS returns
FROM orders AS o JOIN inbound_order AS i USING (order_no) WHERE o.order_no = :order_no AND o.tenant = :tenant
""")
LINES = text("""
SELECT l.line, l.sku, l.quantity AS ordered, l.unit_price, l.discount, l.delivered - l.returned AS delivered,
    COALESCE((SELECT sum(b.taken_back) FROM goods_return_line AS b
        WHERE (b.order_no, b.line) = (l.order_no, l.line)), 0)::int AS asked,
    COALESCE(s.custom, false) OR EXISTS (
        SELECT FROM inbound_order AS i, jsonb_array_elements(i.raw -> 'lines') AS posted
        WHERE i.order_no = l.order_no AND posted ->> 'line' = l.line AND (posted ->> 'custom' = 'true'
            OR COALESCE(posted ->> 'design_id', '') <> '')) AS custom
FROM order_line AS l LEFT JOIN sku AS s USING (sku) WHERE l.order_no = :order_no ORDER BY l.line
""")
AVAILABLE = text("""
SELECT s.sku, COALESCE(sum(greatest(l.on_hand - l.reserved - l.safety - l.quarantined, 0)), 0)::int AS units
FROM sku AS s LEFT JOIN stock_level AS l USING (sku) WHERE s.sku = ANY(:skus) AND s.sellable GROUP BY s.sku
""")
WAKE = text("SELECT pg_notify('relay', 'returns')")
STARTED = text("UPDATE goods_return SET started_at = :at WHERE order_no = :order_no AND return_no = :return_no")
SHOWN = (
    "return_no", "kind", "reason", "state", "open", "waiting_for", "tracking_number", "carrier", "outcome",
    "new_order_no", "currency", "refunded", "asked_by", "asked_at", "closed_at", "updated_at",
)  # fmt: skip


async def books_of(
    connection: AsyncConnection, tenant: str, order_no: str, skus: Sequence[str] = ()
) -> ReturnBooks | None:
    """What the books say of an order, and what there is of the SKUs that are wanted instead; None: no such order."""
    asked = {"order_no": order_no, "tenant": tenant}
    row = (await connection.execute(BOOKS, asked)).mappings().one_or_none()
    if row is None:
        return None
    policy = await policy_of(connection, row["policy_edition"])
    lines = [dict(line) for line in (await connection.execute(LINES, {"order_no": order_no})).mappings()]
    found = (await connection.execute(AVAILABLE, {"skus": list(skus)})).all() if skus else []
    rules = {
        "zone": policy.zone,
        "after_sale_days": policy.after_sale_days,
        "not_returnable": policy.change.not_returnable,
        "policy": policy.returns,
    }
    said = {name: value for name, value in row.items() if name != "policy_edition"}
    return ReturnBooks.model_validate(
        {**said, **rules, "lines": lines, "available": {row.sku: row.units for row in found}}
    )


async def lock_order(connection: AsyncConnection, order_no: str) -> None:
    """Until the commit nobody else begins a return of the order, or lets its money go."""
    await connection.execute(LOCK, {"order_no": order_no})


async def known_request(connection: AsyncConnection, order_no: str, request_id: str) -> Return | None:
    """The return that was begun under this request; None where none was."""
    asked = select(goods_return.c.value).where(
        goods_return.c.order_no == order_no, goods_return.c.request_id == request_id
    )
    value = (await connection.execute(asked)).scalar_one_or_none()
    return None if value is None else Return.model_validate(value)


async def begin(connection: AsyncConnection, its: Return, request_id: str) -> None:
    """Keep a return that was allowed, and wake the relay, which starts its workflow."""
    row = {"order_no": its.order_no, "return_no": its.number, "tenant": its.tenant, "request_id": request_id}
    shown = {"kind": its.kind, "reason": its.reason, "state": state_of(its), "waiting_for": waiting_for(its)}
    asked = {"currency": its.currency, "asked_by": its.asked_by, "asked_at": its.asked_at, "updated_at": its.asked_at}
    value = its.model_dump(mode="json")
    await connection.execute(insert(goods_return).values(**row, **shown, **asked, value=value))
    lines = [
        {
            "order_no": its.order_no,
            "return_no": its.number,
            **line.model_dump(),
            "taken_back": line.quantity,
        }
        for line in its.lines
    ]
    await connection.execute(insert(goods_return_line), lines)
    await connection.execute(WAKE)


async def returns_of(connection: AsyncConnection, order_no: str) -> list[dict[str, Any]]:
    """The order's returns, the oldest first, each with its lines and refunds."""
    columns = [goods_return.c[name] for name in SHOWN]
    found = select(*columns).where(goods_return.c.order_no == order_no).order_by(goods_return.c.return_no)
    rows = [dict(row) for row in (await connection.execute(found)).mappings()]
    for row in rows:
        row["lines"] = await _parts(connection, goods_return_line, order_no, row["return_no"])
        row["refunds"] = await _parts(connection, return_refund, order_no, row["return_no"])
    return rows


async def _parts(connection: AsyncConnection, table: Any, order_no: str, number: int) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in {"order_no", "return_no"}]
    mine = (table.c.order_no == order_no, table.c.return_no == number)
    rows = await connection.execute(select(*columns).where(*mine).order_by(*columns[:1]))
    return [dict(row) for row in rows.mappings()]


async def started(connection: Transaction, its: Return, at: datetime) -> None:
    """The return has its workflow."""
    await connection.execute(STARTED, {"order_no": its.order_no, "return_no": its.number, "at": at})


async def one_return(connection: AsyncConnection, order_no: str, number: int) -> Return | None:
    """One return as it was last written down; None where there is none."""
    mine = (goods_return.c.order_no == order_no, goods_return.c.return_no == number)
    value = (await connection.execute(select(goods_return.c.value).where(*mine))).scalar_one_or_none()
    return None if value is None else Return.model_validate(value)
