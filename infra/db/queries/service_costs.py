"""What failures of service cost, net, a carrier and a warehouse at a time (M9): coupons less what claims brought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

COSTS = text(
    """
WITH given AS (
    SELECT c.party, c.currency, c.cost_centre, c.amount, order_no || c.incident AS incident
    FROM coupon AS c JOIN orders AS o USING (order_no)
    WHERE o.tenant = :tenant AND c.issued_at >= :since AND c.issued_at < :until
), owed AS (
    SELECT c.carrier AS party, c.currency, c.amount, c.accepted, c.paid
    FROM carrier_claim AS c JOIN orders AS o USING (order_no)
    WHERE o.tenant = :tenant AND c.opened_at >= :since AND c.opened_at < :until
), coupons AS (
    SELECT party, currency, count(DISTINCT incident) AS incidents, sum(amount) AS coupons,
        coalesce(sum(amount) FILTER (WHERE cost_centre = 'us'), 0) AS borne_by_us
    FROM given GROUP BY party, currency
), claims AS (
    SELECT party, currency, count(*) AS claims, sum(amount) AS claimed,
        coalesce(sum(amount) FILTER (WHERE accepted = false), 0) AS declined, sum(paid) AS paid
    FROM owed GROUP BY party, currency
)
SELECT party, currency, coalesce(incidents, 0) AS incidents, coalesce(coupons, 0)::bigint AS coupons,
    coalesce(borne_by_us, 0)::bigint AS borne_by_us, coalesce(claims, 0) AS claims,
    coalesce(claimed, 0)::bigint AS claimed, coalesce(declined, 0)::bigint AS declined,
    coalesce(paid, 0)::bigint AS paid, (coalesce(coupons, 0) - coalesce(paid, 0))::bigint AS net
FROM coupons FULL JOIN claims USING (party, currency) ORDER BY party, currency"""
)


async def service_costs(
    connection: AsyncConnection, tenant: str, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """One row a party and currency: coupons given and claims opened from ``since`` on, before ``until``."""
    found = await connection.execute(COSTS, {"tenant": tenant, "since": since, "until": until})
    return [dict(row) for row in found.mappings()]
