"""Who compensates a customer (SR-132, §4.9): our coupon service, a platform by its own coupon, a small transfer."""

from __future__ import annotations

from typing import Protocol

from domain.value import Value
from infra.connectors.reference import OrderReference


class IssuerUnreachable(Exception):
    """Ours to retry: the coupon service did not answer, or not in words we know."""


class CouponRefused(Exception):
    """The operator's to settle: the coupon service will never issue this, and says why."""


class CouponWish(Value):
    """A coupon worth so many minor units for so many days.

    The code is ours and as good as money; a platform's coupon, and money, need none.
    """

    order: OrderReference
    code: str
    amount: int
    currency: str
    valid_days: int


class IssuedCoupon(Value):
    """A coupon that exists: the service's own number for it, and what it is worth."""

    reference: str
    amount: int


class CouponIssuer(Protocol):
    """One instrument. A coupon may be asked for again under the same key and is issued once."""

    async def issue(self, key: str, wish: CouponWish) -> IssuedCoupon:
        """Issue it. CouponRefused where it never will be."""
        ...

    async def find(self, key: str) -> IssuedCoupon | None:
        """What was issued under a key; None where nothing was."""
        ...
