"""The department of late facts: reads what a closed order is, and writes each step of what goes back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from domain.late import ClosedOrder, LateInput, LateNews
from domain.late_claims import ClaimNews
from domain.late_goods import GoodsNews
from infra.db.late import closed_orders, record
from infra.db.late_claims import grant, record_claim
from infra.db.late_goods import record_goods


@dataclass(frozen=True)
class LateActivities:
    """Reads and writes the books of closed orders."""

    engine: AsyncEngine

    @activity.defn
    async def look_at_closed_order(self, request: LateInput) -> ClosedOrder:
        """What the books say of the order now."""
        async with self.engine.begin() as connection:
            found = await closed_orders(connection, [request.order_no])
        return found.get(request.order_no, ClosedOrder(order_no=request.order_no, stage="", final=False))

    @activity.defn
    async def record_late(self, news: LateNews) -> None:
        """Write one step of a late fact, once however often it is asked."""
        async with self.engine.begin() as connection:
            await record(connection, news)

    @activity.defn(name="record_claim")
    async def record_claim(self, news: ClaimNews) -> int:
        """Write one step of a claim on a completed order, once; the number of its case, or how much may go back."""
        async with self.engine.begin() as connection:
            return await (grant(connection, news) if news.grants else record_claim(connection, news))

    @activity.defn(name="record_goods")
    async def record_goods(self, news: GoodsNews) -> int:
        """Write one step of goods that left a cancelled order, once; the number of their case, 0 where it is over."""
        async with self.engine.begin() as connection:
            return await record_goods(connection, news)
