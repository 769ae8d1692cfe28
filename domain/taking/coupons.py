"""What the issuer's answer does to an order: the coupon exists from now on, or waits for an approval (§4.9)."""

from __future__ import annotations

from datetime import datetime

from domain.compensation import Approval, Reason
from domain.coupon_effects import CouponIssued
from domain.inside import Asked, EffectDone
from domain.order import Order
from domain.requests import DecideCoupon


def coupon_issued(order: Order, fact: EffectDone, outcome: CouponIssued) -> Order:
    """It was issued, with this amount; or it is more than the day's budget, and a supervisor is asked (§4.9)."""
    if outcome.over_budget:
        return _over_budget(order, fact.key)
    return order.having(
        coupons=tuple(
            coupon.having(amount=outcome.amount, issued_at=fact.at) if coupon.key == fact.key else coupon
            for coupon in order.coupons
        )
    )


def _over_budget(order: Order, key: str) -> Order:
    asked = [coupon for coupon in order.coupons if coupon.key == key]
    approvals = [
        Approval(
            coupon=f"{coupon.incident}/{coupon.step}", up_to=coupon.up_to, currency=coupon.currency, over_budget=True
        )
        for coupon in asked
    ]
    others = tuple(coupon for coupon in order.coupons if coupon.key != key)
    return order.having(coupons=others, approvals=(*order.approvals, *approvals))


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
