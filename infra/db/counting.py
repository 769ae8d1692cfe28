"""Stock counts as they come in, one or a file of them, and who has to hear of them (SR-017, SR-131, edge case 29).

When more of a SKU is available than before, counted or given back by another order, every order whose stock gate waits
for it is told: a decisive fact each. A count below what is reserved counts too: orders lose units until the books fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.losing import make_room
from infra.db.master_data import Count
from infra.db.transactions import Transaction

PUT = text(
    """
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(
        n int, warehouse text, sku text, on_hand int, safety int, quarantined int)
), old AS MATERIALIZED (
    SELECT l.* FROM stock_level AS l JOIN given USING (sku, warehouse) ORDER BY l.sku, l.warehouse FOR UPDATE OF l
), judged AS MATERIALIZED (
    SELECT g.*, CASE WHEN w.warehouse IS NULL THEN 'unknown_warehouse' WHEN s.sku IS NULL THEN 'unknown_sku'
            ELSE 'put' END AS fate,
        COALESCE(old.reserved, 0) AS reserved,
        CASE WHEN old.sku IS NULL THEN 'created' WHEN (g.on_hand, g.safety, g.quarantined)
            IS DISTINCT FROM (old.on_hand, old.safety, old.quarantined) THEN 'changed' ELSE 'known' END AS news,
        g.on_hand - g.safety - g.quarantined > COALESCE(old.on_hand - old.safety - old.quarantined, 0) AS more
    FROM given AS g LEFT JOIN warehouse AS w USING (warehouse) LEFT JOIN sku AS s USING (sku)
        LEFT JOIN old USING (sku, warehouse)
), put AS (
    INSERT INTO stock_level AS l (warehouse, sku, on_hand, safety, quarantined)
    SELECT warehouse, sku, on_hand, safety, quarantined FROM judged WHERE fate = 'put' ORDER BY sku, warehouse
    ON CONFLICT (sku, warehouse) DO UPDATE
        SET on_hand = excluded.on_hand, safety = excluded.safety, quarantined = excluded.quarantined
)
SELECT n, fate, reserved, news, sku, more AND fate = 'put' AS more FROM judged"""
)
TELL = text(
    """
WITH waiting AS (
    SELECT DISTINCT o.tenant, o.order_no, l.sku FROM order_line AS l
    JOIN orders AS p USING (order_no) JOIN inbound_order AS o USING (order_no)
    WHERE l.sku = ANY(:skus) AND l.unallocated > 0 AND NOT p.final AND o.started_at IS NOT NULL
        AND o.order_no <> :by
), told AS (
    INSERT INTO inbound_fact (tenant, fact_id, source, event_id, kind, order_no, body, body_hash, occurred_at,
        received_at, decisive)
    SELECT tenant, 'stock:' || event_id, 'stock', event_id, 'stock_arrived', order_no,
        jsonb_build_object('source', 'stock', 'event_id', event_id, 'kind', 'stock_arrived', 'order_no', order_no,
            'occurred_at', CAST(:at AS timestamptz), 'data', jsonb_build_object('sku', sku)),
        md5(event_id), :at, :at, true
    FROM waiting, LATERAL (SELECT concat_ws('/', 'arrived', order_no, md5(sku), CAST(:cause AS text)) AS event_id) AS e
    ON CONFLICT DO NOTHING RETURNING order_no
)
SELECT count(pg_notify('relay', 'fact ' || order_no) IS NULL) FROM told"""
)


class Counted(StrEnum):
    """What came of a count."""

    PUT = "put"
    UNKNOWN_WAREHOUSE = "unknown_warehouse"
    UNKNOWN_SKU = "unknown_sku"


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """What came of one count.

    ``reserved`` units there are promised, ``lost`` ones no longer; ``news`` is created, changed or known.
    """

    fate: Counted
    reserved: int
    news: str
    lost: int = 0


async def put_counts(connection: AsyncConnection, counts: Sequence[Count], at: datetime) -> list[CountAnswer]:
    """Set the books to these counts, one a warehouse and SKU; tell the orders that wait for the goods, or lose them.

    Answers each in its place.
    """
    given = json.dumps([{"n": n, **asdict(count)} for n, count in enumerate(counts)])
    answers: dict[int, CountAnswer] = {}
    more = set()
    lost = await make_room(connection, given, at)
    for row in await connection.execute(PUT, {"given": given}):
        answers[row.n] = CountAnswer(Counted(row.fate), row.reserved, row.news, lost.get(row.n, 0))
        if row.more:
            more.add(row.sku)
    await tell_waiting(connection, sorted(more), at, at.isoformat())
    return [answers[n] for n in range(len(counts))]


async def tell_waiting(connection: Transaction, skus: Sequence[str], at: datetime, cause: str, *, by: str = "") -> int:
    """Tell every started order that is short of one of these SKUs; answers how many facts that made.

    ``cause`` tells two arrivals apart: the same one told twice is told once. ``by`` is the order whose units came free;
    it knows.
    """
    if not skus:
        return 0
    told = await connection.execute(TELL, {"skus": list(skus), "at": at, "cause": cause, "by": by})
    return int(told.scalar_one())
