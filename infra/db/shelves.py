"""What a warehouse says lies on its shelf, beside what our books say (SR-051): a difference is an alert, no more.

The books follow a count, not an answer: somebody counts, and sets the level.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import text

from domain.inquiries import Answer, Inquiry
from infra.db.transactions import Transaction

SKUS_OF = text("""
    SELECT DISTINCT l.sku FROM shipment AS s CROSS JOIN LATERAL jsonb_object_keys(s.lines) AS part(line)
    JOIN order_line AS l ON (l.order_no, l.line) = (s.order_no, part.line)
    WHERE s.order_no = :order_no AND s.shipment = :shipment ORDER BY l.sku
""")
COMPARE = text("""
    INSERT INTO alert (key, kind, order_no, at, detail)
    SELECT concat_ws('/', 'stock_differs', CAST(:key AS text), sku), 'stock_differs', :order_no, :at,
        jsonb_build_object('sku', sku, 'warehouse', l.warehouse, 'books', l.on_hand - l.quarantined,
            'warehouse_says', told.units::int)
    FROM jsonb_each_text(CAST(:on_shelf AS jsonb)) AS told(sku, units) JOIN stock_level AS l USING (sku)
    WHERE l.warehouse = :warehouse AND told.units::int <> l.on_hand - l.quarantined
    ON CONFLICT (key) DO NOTHING
""")


async def skus_of(connection: Transaction, order_no: str, shipment: int) -> tuple[str, ...]:
    """The SKUs in a shipment, as last recorded."""
    return tuple((await connection.execute(SKUS_OF, {"order_no": order_no, "shipment": shipment})).scalars())


async def compare(connection: Transaction, asked: Inquiry, answer: Answer, at: datetime) -> None:
    """Leave an alert for each SKU of which the warehouse has more or fewer sellable units than the books, once."""
    if answer.on_shelf:
        told = {"key": asked.key, "order_no": asked.order_no, "warehouse": asked.warehouse, "at": at}
        await connection.execute(COMPARE, {**told, "on_shelf": json.dumps(answer.on_shelf)})
