"""Which shipments a warehouse has not sent, which of them are overdue, and who else has their goods (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from domain.backlog import Overdue
from infra.db.transactions import Transaction

MOST = 1_000
"""So many are listed at once."""
OPEN = """
    FROM shipment AS s JOIN orders AS o USING (order_no)
    LEFT JOIN LATERAL (
        SELECT max(c.due_at) AS due_at FROM clock AS c
        WHERE c.order_no = s.order_no AND c.kind = 'C4' AND c.subject = 'shipment/' || s.shipment) AS c ON true
    WHERE s.warehouse = :warehouse AND s.state NOT IN ('OUTBOUND', 'CANCELLED') AND s.lines <> '{}' AND NOT o.final
"""
KNOWN = text("SELECT EXISTS (SELECT FROM warehouse WHERE warehouse = :warehouse)")
COUNT = text(f"""
    SELECT count(*) AS open, count(*) FILTER (WHERE c.due_at < :now) AS overdue {OPEN}
        AND o.tenant = (SELECT mine.tenant FROM orders AS mine WHERE mine.order_no = :order_no)
""")  # noqa: S608 - words of our own
LIST = text(f"""
    SELECT s.order_no, s.shipment, s.state, s.released_at, c.due_at, COALESCE(c.due_at < :now, false) AS overdue {OPEN}
        AND o.tenant = :tenant AND (NOT :only_overdue OR c.due_at < :now)
    ORDER BY c.due_at NULLS LAST, s.order_no, s.shipment LIMIT :most
""")
ELSEWHERE = text("""
    WITH wanted AS (
        SELECT l.sku, sum(p.units::int) AS units, s.warehouse
        FROM shipment AS s CROSS JOIN LATERAL jsonb_each_text(s.lines) AS p(line, units)
        JOIN order_line AS l ON l.order_no = s.order_no AND l.line = p.line
        WHERE s.order_no = :order_no AND s.shipment = :shipment GROUP BY l.sku, s.warehouse
    )
    SELECT count(*) = 0 OR EXISTS (
        SELECT FROM warehouse AS w WHERE w.sends AND :warehouse IN ('', w.warehouse)
            AND w.warehouse NOT IN (SELECT wanted.warehouse FROM wanted)
            AND NOT EXISTS (
                SELECT FROM wanted LEFT JOIN stock_level AS v ON v.sku = wanted.sku AND v.warehouse = w.warehouse
                WHERE COALESCE(v.on_hand - v.reserved - v.safety - v.quarantined, 0) < wanted.units))
    FROM wanted
""")


@dataclass(frozen=True, slots=True)
class Late:
    """A shipment that has not left: ``overdue`` where its C4 is past."""

    order_no: str
    shipment: int
    state: str
    released_at: datetime | None
    due_at: datetime | None
    overdue: bool


async def count_overdue(connection: Transaction, order_no: str, warehouse: str, now: datetime) -> Overdue:
    """How many open shipments the warehouse has in this order's tenant, and how many are overdue."""
    asked = {"order_no": order_no, "warehouse": warehouse, "now": now}
    row = (await connection.execute(COUNT, asked)).one()
    return Overdue(open=row.open, overdue=row.overdue)


async def is_known(connection: Transaction, warehouse: str) -> bool:
    """Whether the master data has this warehouse."""
    return bool((await connection.execute(KNOWN, {"warehouse": warehouse})).scalar_one())


async def late_shipments(
    connection: Transaction, tenant: str, warehouse: str, now: datetime, *, only_overdue: bool
) -> Sequence[Late]:
    """The warehouse's open shipments, the longest overdue first."""
    asked = {"tenant": tenant, "warehouse": warehouse, "now": now, "only_overdue": only_overdue, "most": MOST}
    return [Late(**row) for row in (await connection.execute(LIST, asked)).mappings()]


async def is_elsewhere(connection: Transaction, order_no: str, shipment: int, warehouse: str) -> bool:
    """Whether this other warehouse (empty: some one) has all of a shipment now; of an unknown one nothing is known."""
    asked = {"order_no": order_no, "shipment": shipment, "warehouse": warehouse}
    return bool((await connection.execute(ELSEWHERE, asked)).scalar_one())
