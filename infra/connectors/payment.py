"""The payment gateway: knows what was paid and pays back (SR-015, C1; refunds SR-149)."""

from __future__ import annotations

from typing import Protocol

from domain.inquiries import PayerAnswer
from domain.value import Value
from infra.connectors.reference import OrderReference


class GatewayUnreachable(Exception):
    """Ours to retry: the gateway did not answer, or not in words we know."""


class RefundRefused(Exception):
    """Finance's to settle: the gateway will never pay this back, and says why."""


class Refund(Value):
    """So much to pay back for an order, in minor units."""

    order: OrderReference
    amount: int
    currency: str


class PaymentGateway(Protocol):
    """A payment gateway. A refund may be asked again under the same key and is paid once."""

    async def query(self, order: OrderReference) -> PayerAnswer:
        """Every payment the gateway has for the order."""
        ...

    async def refund(self, key: str, refund: Refund) -> str:
        """Pay back; answers the gateway's refund number. RefundRefused where it never will."""
        ...
