"""A small transfer (小额打款) to the buyer through the payment gateway, by our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from infra.connectors.coupon_issuers.plain import PlainCouponIssuer


@dataclass(frozen=True)
class PlainSmallTransfers(PlainCouponIssuer):
    """The gateway behind ``client``, at ``prefix``. It pays whoever paid the order; money needs no code and no term."""

    prefix: str = "/payments"
    path: ClassVar[str] = "/transfers"
    needs: ClassVar[frozenset[str]] = frozenset({"order", "amount", "currency"})
