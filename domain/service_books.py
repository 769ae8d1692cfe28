"""The rows of an order's coupons (M9); its claims on carriers are rows as they are (``domain.logistics``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.compensation import Coupon
from domain.compensation_policy import Instrument
from domain.order import Order
from domain.service_rows import CouponRow


def coupon_rows(order: Order) -> tuple[CouponRow, ...]:
    """The coupons that were issued."""
    return tuple(
        _coupon(order, coupon, coupon.issued_at) for coupon in order.coupons if coupon.amount and coupon.issued_at
    )


def _coupon(order: Order, coupon: Coupon, issued_at: datetime) -> CouponRow:
    valid = timedelta(days=order.policy.compensation.valid_days)
    return CouponRow(
        coupon=f"{coupon.incident}/{coupon.step}",
        amount=coupon.amount or 0,
        cost_centre=coupon.payer,
        party=_party(order, coupon.incident),
        issued_at=issued_at,
        expires_at=None if coupon.instrument is Instrument.TRANSFER else issued_at + valid,
        **coupon.model_dump(include={"key", "incident", "case_no", "currency", "fault", "edition", "instrument"}),
    )


def _party(order: Order, incident: str) -> str:
    """Who had the goods: the carrier of a parcel, the warehouse of a shipment."""
    parcels = {package.subject: package.carrier for package in order.packages}
    return parcels.get(incident) or next((it.warehouse for it in order.shipments if it.subject == incident), "")
