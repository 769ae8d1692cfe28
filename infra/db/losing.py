"""Fewer units than are reserved: who loses them, by the house's rule, and hears of it (edge case 29, invariant 1).

What is reserved has to fit into what is on hand less safety and quarantined. The ledger gets a row of step ``lose``
for each order line that loses, the order a decisive fact, in the transaction of the count.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.losing import Holding, Loss, lose
from infra.db.reservations import PAID, Cause, Move, post

EXCESS = text("""
    SELECT g.n, g.sku, g.warehouse, old.reserved - greatest(g.on_hand - g.safety - g.quarantined, 0) AS units
    FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(
        n int, warehouse text, sku text, on_hand int, safety int, quarantined int)
    JOIN LATERAL (SELECT l.* FROM stock_level AS l WHERE (l.sku, l.warehouse) = (g.sku, g.warehouse)) AS old ON true
    ORDER BY g.sku, g.warehouse
""")
LOCK = text("""
    SELECT FROM stock_level AS l JOIN jsonb_to_recordset(CAST(:given AS jsonb)) AS g(warehouse text, sku text)
        USING (sku, warehouse) ORDER BY l.sku, l.warehouse FOR UPDATE OF l
""")
Write = Callable[[AsyncConnection, Cause, str, Sequence[Move]], Awaitable[None]]

HOLDINGS = text(f"""
    WITH live AS (
        SELECT order_no, line, sum(units)::int AS units, min(at) AS since, (array_agg(
            left(key, -length(concat_ws('/', '', step, line, warehouse))) ORDER BY id DESC)
            FILTER (WHERE step = 'reserve'))[1] AS cause
        FROM reservation WHERE (sku, warehouse) = (:sku, :warehouse)
        GROUP BY order_no, line HAVING sum(units) > 0
    )
    SELECT live.order_no, line, units, COALESCE(cause, '') AS cause, COALESCE(o.placed_at, since) AS placed_at,
        COALESCE({PAID}, false) AS paid, COALESCE(o.final, false) AS final, least(units, COALESCE((
            SELECT sum((s.lines ->> line)::int) FROM shipment AS s
            WHERE (s.order_no, s.warehouse) = (live.order_no, :warehouse) AND s.released_at IS NOT NULL
                AND s.outbound_at IS NULL AND s.lines ? line), 0))::int AS handed_over
    FROM live LEFT JOIN orders AS o ON o.order_no = split_part(live.order_no, '/', 1)
""")  # noqa: S608 - words of our own
BEFORE = text("""
    SELECT count(*) FROM reservation
    WHERE (order_no, line, warehouse, step) = (:order_no, :line, :warehouse, 'lose')
""")
TELL = text("""
    WITH told AS (
        INSERT INTO inbound_fact (tenant, fact_id, source, event_id, kind, order_no, body, body_hash, occurred_at,
            received_at, decisive)
        SELECT o.tenant, 'stock:' || :event_id, 'stock', :event_id, 'reservation_lost', o.order_no, jsonb_build_object(
                'source', 'stock', 'event_id', CAST(:event_id AS text), 'kind', 'reservation_lost',
                'order_no', o.order_no, 'occurred_at', CAST(:at AS timestamptz), 'data', CAST(:data AS jsonb)),
            md5(:event_id), :at, :at, true
        FROM inbound_order AS o JOIN orders AS p USING (order_no) WHERE o.order_no = :order_no AND NOT p.final
        ON CONFLICT DO NOTHING RETURNING order_no
    )
    SELECT count(pg_notify('relay', 'fact ' || order_no) IS NULL) FROM told
""")


async def make_room(connection: AsyncConnection, given: str, at: datetime) -> dict[int, int]:
    """Take reservations away until these counts cover what is left; answers how many units, by the count's number.

    Args:
        connection: of the caller's transaction, which puts the counts into the books next.
        given: the counts as JSON, numbered by ``n``.
        at: when.
    """
    await connection.execute(LOCK, {"given": given})
    rows = (await connection.execute(EXCESS, {"given": given})).all()
    return {
        row.n: await take_away(connection, (row.sku, row.warehouse), row.units, at) for row in rows if row.units > 0
    }


async def take_away(
    connection: AsyncConnection, place: tuple[str, str], units: int, at: datetime, write: Write = post
) -> int:
    """Take so many reserved units of a SKU in a warehouse from those who lose first; answers how many there were.

    Args:
        connection: of the caller's transaction, which has locked the level.
        place: SKU and warehouse.
        units: so many.
        at: when.
        write: into ledger and level, or into the ledger alone.
    """
    sku, warehouse = place
    rows = await connection.execute(HOLDINGS, {"sku": sku, "warehouse": warehouse})
    lost = lose([Holding(**row) for row in rows.mappings()], units)
    for loss in lost:
        cause = await _tell(connection, warehouse, loss, at)
        await write(connection, cause, "lose", [Move(loss.holding.line, sku, warehouse, -loss.units)])
    return sum(loss.units for loss in lost)


async def _tell(connection: AsyncConnection, warehouse: str, loss: Loss, at: datetime) -> Cause:
    """Tell the order what it loses; answers the cause under which it does."""
    holding = loss.holding
    where = {"order_no": holding.order_no, "line": holding.line, "warehouse": warehouse}
    number = (await connection.execute(BEFORE, where)).scalar_one() + 1
    cause = Cause(key=f"{holding.order_no}/lost/{number}", order_no=holding.order_no, at=at)
    data = {"line": holding.line, "warehouse": warehouse, "units": loss.units, "reserved_by": holding.cause}
    event_id = f"{cause.key}/{holding.line}/{warehouse}"
    told = {"event_id": event_id, "order_no": holding.order_no, "at": at}
    await connection.execute(TELL, {**told, "data": json.dumps(data, ensure_ascii=False)})
    return cause
