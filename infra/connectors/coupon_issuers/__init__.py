"""Adapters of coupon services, one module each."""

from __future__ import annotations

from collections.abc import Mapping

from domain.compensation_policy import Instrument
from infra.connectors.coupon_issuers.plain import PlainCouponIssuer
from infra.connectors.coupon_issuers.platform import PlainPlatformCoupons
from infra.connectors.coupon_issuers.transfer import PlainSmallTransfers
from infra.connectors.coupons import CouponIssuer
from infra.connectors.plain_protocol import PlainClient


def issuers(parties: PlainClient) -> Mapping[Instrument, CouponIssuer]:
    """Who gives each instrument."""
    return {
        Instrument.OWN: PlainCouponIssuer(parties),
        Instrument.PLATFORM: PlainPlatformCoupons(parties),
        Instrument.TRANSFER: PlainSmallTransfers(parties),
    }
