"""Orders of one buyer to one address of which neither is audited: they may be sent as one (edge case 57).

Looked at when an order is started; the later one is told of the earlier, and a person decides. What their goods are is
of no matter: like ones are suspected to be one order twice (``duplicates``), and that goes first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import text

from domain.policy import Policy
from infra.db.transactions import Transaction
from infra.db.waiting.duplicates import Suspicion
from infra.db.waiting.orders import WaitingOrder

BESIDE = text("""
SELECT a.order_no AS mine, found.order_no AS other
FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a(order_no text, by_key boolean),
LATERAL (
    SELECT other.order_no FROM inbound_order AS me JOIN inbound_order AS other ON other.tenant = me.tenant
        AND other.order_no <> me.order_no AND other.raw -> 'address' = me.raw -> 'address'
        AND ((a.by_key AND me.buyer_hash <> '' AND other.buyer_hash = me.buyer_hash)
            OR (NOT (a.by_key AND me.buyer_hash <> '') AND me.phone_hash <> '' AND other.phone_hash = me.phone_hash))
    JOIN orders ON orders.order_no = other.order_no AND orders.stage IN ('RECEIVED', 'AUDITING', 'NEEDS_CORRECTION')
    WHERE me.order_no = a.order_no AND other.started_at IS NOT NULL
    ORDER BY other.placed_at, other.id LIMIT 1) AS found""")


def looked_at(order: WaitingOrder, policy: Policy) -> Suspicion | None:
    """How this order is looked at under its edition; None: not at all, and never one that is linked to an original."""
    if not policy.change.suggests_merge or policy.risk.duplicate_within is None or "original" in order.raw:
        return None
    by_key = order.channel not in policy.risk.keys_of_one_order
    return Suspicion(order.order_no, by_key, policy.risk.duplicate_within)


async def beside(connection: Transaction, asked: Sequence[Suspicion]) -> Mapping[str, str]:
    """Which of these orders could go with another one, and with which."""
    if not asked:
        return {}
    rows = [{"order_no": one.order_no, "by_key": one.by_key} for one in asked]
    found = await connection.execute(BESIDE, {"asked": json.dumps(rows)})
    return {row.mine: row.other for row in found.all()}
