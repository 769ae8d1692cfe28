"""What the issuer's answer does to an order: the coupon exists from now on (§4.9)."""

from __future__ import annotations

from datetime import datetime

from domain.compensation import Reason
from domain.coupon_effects import CouponIssued
from domain.inside import Asked, EffectDone
from domain.order import Order
from domain.requests import DecideCoupon


def coupon_issued(order: Order, fact: EffectDone, outcome: CouponIssued) -> Order:
    """It was issued, with this amount."""
    return order.having(
        coupons=tuple(
            coupon.having(amount=outcome.amount, issued_at=fact.at) if coupon.key == fact.key else coupon
            for coupon in order.coupons
        )
    )


def reasoned(order: Order, subject: str, word: str, at: datetime) -> Order:
    """A party said why: its latest word for each subject is kept."""
    if not word.strip():
        return order
    others = tuple(reason for reason in order.reasons if reason.subject != subject)
    return order.having(reasons=(*others, Reason(subject=subject, word=word.strip(), at=at)))


def coupon_decided(order: Order, fact: Asked, ask: DecideCoupon) -> Order:
    """A supervisor said yes or no."""
    said = {"verdict": ask.verdict, "actor": fact.actor, "at": fact.at}
    return order.having(
        approvals=tuple(each.having(**said) if each.coupon == ask.coupon else each for each in order.approvals)
    )
