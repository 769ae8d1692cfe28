"""The stock department: reserves what became available, and returns what an ended order held (SR-111, edge case 7)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from domain.effects import Done, ReleaseStockRequest, ReserveOutcome, ReserveRequest
from domain.stock import Want
from infra.db.effects import Watch, keep, recall
from infra.db.reservations import Cause
from infra.db.stock import Terms, release, release_parts, reserve, tell_freed


@dataclass(frozen=True)
class StockActivities:
    """Keeps the stock books for orders."""

    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def reserve_stock(self, request: ReserveRequest) -> ReserveOutcome:
        """Reserve what there is of these units now, or all or nothing; the rest comes back as short."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, ReserveOutcome)
            if known is not None:
                return known
            wants = [
                Want(line=wanted.line, sku=request.skus[wanted.line], quantity=wanted.quantity)
                for wanted in request.lines
            ]
            cause = Cause(request.key, request.order_no, self.now(), request.version)
            terms = Terms(request.criteria, request.paid_first, request.province, request.gather, request.not_from)
            if request.only_from:
                terms = replace(terms, only_from=request.only_from)
            async with connection.begin_nested() as tried:
                allotment, _ = await reserve(connection, cause, wants, terms)
                outcome = ReserveOutcome(allocations=allotment.allocations, short=allotment.short)
                if request.whole and outcome.short:
                    await tried.rollback()
                    outcome = ReserveOutcome(short=request.lines)
            return await keep(connection, request, outcome, self.now())

    @activity.defn
    async def release_stock(self, request: ReleaseStockRequest) -> Done:
        """Give back what is reserved for the order, all or some, and tell who waits; the reference: how many units."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, Done)
            if known is not None:
                return known
            cause = Cause(request.key, request.order_no, self.now())
            if request.parts:
                units = await release_parts(connection, cause, request.parts)
            else:
                units = await release(connection, cause)
            await tell_freed(connection, cause, done_with=not request.parts)
            outcome = Done(reference=str(units))
            return await keep(connection, request, outcome, self.now())
