"""The payment department: asks what was paid, and pays back (SR-015, C1, invariant 3)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.effects import Done, RefundRequest
from domain.inquiries import Inquiry, PayerAnswer
from infra.connectors.payment import PaymentGateway, Refund, RefundRefused
from infra.connectors.reference import OrderReference
from infra.db.effects import Watch, once
from infra.db.links import paid_under
from infra.db.versions import read_reference


@dataclass(frozen=True)
class PaymentActivities:
    """Speaks with the payment gateway."""

    gateway: PaymentGateway
    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def ask_payer(self, request: Inquiry) -> PayerAnswer:
        """Every payment the gateway has for the order; asking changes nothing, so every answer is fresh."""
        return await self.gateway.query(await self._reference(request.order_no))

    @activity.defn
    async def refund_payment(self, request: RefundRequest) -> Done:
        """Pay back, once."""

        async def act() -> Done:
            refund = Refund(
                order=await self._paid_under(request.order_no), amount=request.amount, currency=request.currency
            )
            try:
                return Done(reference=await self.gateway.refund(request.key, refund))
            except RefundRefused as refused:
                raise ApplicationError(str(refused), type="Business.RefundRefused", non_retryable=True) from refused

        return await once(self.engine, request, act, Done, self.now)

    async def _paid_under(self, order_no: str) -> OrderReference:
        async with self.engine.begin() as connection:
            return await read_reference(connection, await paid_under(connection, order_no))

    async def _reference(self, order_no: str) -> OrderReference:
        async with self.engine.begin() as connection:
            return await read_reference(connection, order_no)
