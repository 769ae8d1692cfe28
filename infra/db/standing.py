"""What the risk audit asks the books (SR-113, SR-114, A-08): SKUs that are made to order, how known the buyer is.

A buyer's risk record is what the trails of his orders say of refused parcels: no row of its own, no personal data.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from domain.buyer import KEY, PHONE, named_by
from domain.risk_policy import RiskPolicy
from domain.risk_rules import Known, is_large, pays_at_the_door
from infra.db.transactions import Transaction

KNOWN = {
    column: text(f"""
SELECT ARRAY(SELECT sku FROM sku WHERE custom AND sku = ANY(:skus) ORDER BY sku) AS custom_skus, (
    SELECT count(*) FROM (
        SELECT FROM inbound_order AS mine JOIN inbound_order AS other USING (tenant)
        JOIN orders ON orders.order_no = other.order_no
        WHERE mine.order_no = :order_no AND other.order_no <> mine.order_no AND orders.stage = 'COMPLETED'
            AND other.{column} = :mark AND other.{column} <> ''
        LIMIT :enough) AS completed) AS completed,
    COALESCE(told.refused, 0) AS refused, COALESCE(told.fees, 0) AS fees
FROM (SELECT count(*) AS refused, sum((event.params ->> 'fee')::bigint)::bigint AS fees
    FROM inbound_order AS mine JOIN inbound_order AS other USING (tenant)
    JOIN order_event AS event ON event.order_no = other.order_no AND event.code = 'cod_refused'
    WHERE :refusals AND mine.order_no = :order_no AND other.{column} = :mark AND other.{column} <> '') AS told""")  # noqa: S608 (our own column names)
    for column in (KEY, PHONE)
}
"""By the column that names the buyer."""


async def what_is_known(connection: Transaction, order_no: str, raw: dict[str, Any], policy: RiskPolicy) -> Known:
    """What the risk audit of this order needs; nothing is asked for checks that the edition does not make."""
    counts = is_large(raw, policy)
    refusals = policy.cod_refused_from is not None and pays_at_the_door(raw)
    if not counts and not policy.designs and not refusals:
        return Known()
    column, mark = named_by(raw, policy)
    asked = {
        "order_no": order_no,
        "skus": sorted({str(line["sku"]) for line in raw["lines"]}) if policy.designs else [],
        "mark": mark,
        "refusals": refusals,
        "enough": policy.new_below if counts and mark else 0,
    }
    row = (await connection.execute(KNOWN[column], asked)).one()
    return Known(custom_skus=tuple(row.custom_skus), completed=row.completed, refused=row.refused, fees=row.fees)
