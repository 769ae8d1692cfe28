"""Orders that look like one another (edge cases 33, 34, 57): of two like orders the one started later is suspected.

Looked at when an order is started, so that the hold stands from its first moment. Whoever is suspected itself makes no
other suspect, and an order that was given up is not repeated: so never both of two are held, and never neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text

from domain.policy import Policy
from infra.db.transactions import Transaction
from infra.db.waiting.orders import WaitingOrder

ONE_AT_A_TIME = text("""
SELECT pg_advisory_xact_lock(hashtext(goods_hash)) FROM (
    SELECT DISTINCT goods_hash FROM inbound_order WHERE order_no = ANY(:order_nos) AND goods_hash <> ''
    ORDER BY goods_hash) AS goods""")
"""Two relays that start two like orders at one moment: the second looks when the first has done."""
SUSPECT = text("""
UPDATE inbound_order AS mine SET duplicate_of = found.order_no
FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a(order_no text, by_key boolean, seconds double precision),
LATERAL (
    SELECT other.order_no FROM inbound_order AS me JOIN inbound_order AS other ON other.tenant = me.tenant
        AND other.goods_hash = me.goods_hash AND other.order_no <> me.order_no
        AND ((a.by_key AND me.buyer_hash <> '' AND other.buyer_hash = me.buyer_hash)
            OR (NOT (a.by_key AND me.buyer_hash <> '') AND me.phone_hash <> '' AND other.phone_hash = me.phone_hash))
        AND other.placed_at BETWEEN me.placed_at - make_interval(secs => a.seconds)
            AND me.placed_at + make_interval(secs => a.seconds)
        AND CASE WHEN other.started_at IS NULL THEN (other.placed_at, other.id) < (me.placed_at, me.id)
            ELSE other.duplicate_of = '' END
    JOIN orders ON orders.order_no = other.order_no AND orders.stage NOT IN ('CANCELLED', 'REJECTED')
    WHERE me.order_no = a.order_no AND me.goods_hash <> ''
    ORDER BY other.placed_at, other.id LIMIT 1) AS found
WHERE mine.order_no = a.order_no AND mine.started_at IS NULL
RETURNING mine.order_no AS mine, found.order_no AS other""")


class Suspicion(NamedTuple):
    """How an order is looked at: by the shop's key of the buyer, or by the phone; how far apart two may be."""

    order_no: str
    by_key: bool
    within: timedelta


def suspicion(order: WaitingOrder, policy: Policy) -> Suspicion | None:
    """How this order is looked at under its edition; None: not at all, and never one that is linked to an original."""
    within = policy.risk.duplicate_within
    if within is None or "original" in order.raw:
        return None
    return Suspicion(order.order_no, order.channel not in policy.risk.keys_of_one_order, within)


async def suspects(connection: Transaction, asked: Sequence[Suspicion]) -> Mapping[str, str]:
    """Which of these orders repeat another one, and which one; kept beside them."""
    if not asked:
        return {}
    rows = [{"order_no": one.order_no, "by_key": one.by_key, "seconds": one.within.total_seconds()} for one in asked]
    await connection.execute(ONE_AT_A_TIME, {"order_nos": [one.order_no for one in asked]})
    found = await connection.execute(SUSPECT, {"asked": json.dumps(rows)})
    return {row.mine: row.other for row in found.all()}
