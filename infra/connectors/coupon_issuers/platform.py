"""A platform that gives its buyers its own coupon, by our plain JSON protocol: it knows the buyer by the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from infra.connectors.coupon_issuers.plain import PlainCouponIssuer


@dataclass(frozen=True)
class PlainPlatformCoupons(PlainCouponIssuer):
    """The platform behind ``client``, at ``prefix``. It makes the code itself, so ours does not go there."""

    prefix: str = "/shop"
    path: ClassVar[str] = "/buyer_coupons"
    needs: ClassVar[frozenset[str]] = PlainCouponIssuer.needs - {"code"}
