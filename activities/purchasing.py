"""The purchasing department: asks when goods that an order lacks will be there (SR-131a, §4.6 E2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.inquiries import Answer
from domain.transfer_effects import PurchaseRequest
from infra.connectors.purchasing import PurchaseQuestion, Purchasing, PurchasingRefused
from infra.db.versions import read_reference


@dataclass(frozen=True)
class PurchasingActivities:
    """Speaks with purchasing. Asking orders nothing, so every answer is fresh."""

    purchasing: Purchasing
    engine: AsyncEngine

    @activity.defn
    async def ask_purchasing(self, request: PurchaseRequest) -> Answer:
        """Ask by when these units will be there; no date means that one may come later, as a fact."""
        async with self.engine.begin() as connection:
            reference = await read_reference(connection, request.order_no)
        question = PurchaseQuestion(order=reference, units=request.units, by=request.by)
        try:
            return await self.purchasing.ask(request.key, question)
        except PurchasingRefused as refused:
            raise ApplicationError(str(refused), type="Business.PurchasingRefused", non_retryable=True) from refused
