"""Scans of a consolidated parcel (edge case 21): told of one order, they count for every order that has its number.

Each other order gets a fact of its own, named after the carrier's event and the order, once however often this looks:
also of what was seen before that order's number was known. A parcel that nobody said to be consolidated shares nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from infra.db.fact_inbox import COLUMNS, SETTINGS, WATCHED
from infra.db.number_windows import owns
from infra.db.transactions import Transaction

SHARED_FOR = timedelta(days=90)
"""So long after it last moved on an order's consolidated parcel is looked after."""
NAMED = {"watching_cases": ":watching_cases", "watched_packages": ":watched_packages"}
OWN = {"fact_id": "t.fact_id || '@' || t.mine"}
KEPT = [name.strip() for name in COLUMNS.split(",")]
SHARE = text(f"""
WITH alike AS (
    SELECT DISTINCT o.tenant, c.tracking_number AS number
    FROM package AS c JOIN orders AS o USING (order_no)
    WHERE c.consolidated AND c.tracking_number <> '' AND o.updated_at > :since
), carrying AS (
    SELECT a.tenant, a.number, p.order_no, o.final, p.state, p.delivered_at, p.carrier
    FROM alike AS a JOIN package AS p ON p.tracking_number = a.number
    JOIN orders AS o ON o.order_no = p.order_no AND o.tenant = a.tenant
), told AS (
    SELECT f.*, p.order_no AS mine
    FROM carrying AS p JOIN carrying AS q ON q.tenant = p.tenant AND q.number = p.number AND q.order_no <> p.order_no
    JOIN inbound_fact AS f ON f.order_no = q.order_no AND f.tracking_number = q.number AND f.tenant = q.tenant
    JOIN orders AS o ON o.order_no = p.order_no
    WHERE NOT p.final AND f.kind = 'carrier_scan' AND f.conflict_of IS NULL AND f.fact_id NOT LIKE '%@' || f.order_no
        AND {owns("f.occurred_at", "f.body -> 'data' ->> 'carrier'")}
)
INSERT INTO inbound_fact ({COLUMNS}, order_no, decisive, state)
SELECT {", ".join(OWN.get(name, f"t.{name}") for name in KEPT)},
    t.mine, t.decisive OR {WATCHED.format(order_no="t.mine", movement="true", **NAMED)}, 'waiting'
FROM told AS t
WHERE NOT EXISTS (
    SELECT FROM inbound_fact AS k WHERE k.tenant = t.tenant AND k.fact_id = t.fact_id || '@' || t.mine)
ON CONFLICT DO NOTHING
RETURNING order_no, decisive
""")  # noqa: S608 - words of our own


async def share(connection: Transaction, at: datetime) -> list[str]:
    """Tell every order of a consolidated parcel what was seen of it; those that have to hear of it at once."""
    found = await connection.execute(SHARE, {"since": at - SHARED_FOR, **SETTINGS})
    return sorted({row.order_no for row in found if row.decisive})
