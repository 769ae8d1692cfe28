"""What an order that is over still owes its customer: its workflow stays open until then (edge case 38)."""

from __future__ import annotations

from domain.effects import EffectKind
from domain.holds import EffectStatus
from domain.order import Order

OWED = (EffectKind.ISSUE_COUPON, EffectKind.CLAIM)


def owes(order: Order) -> bool:
    """Whether a coupon is issued or a claim opened, or a coupon waits for a supervisor, where the edition waits."""
    if order.policy.compensation.waits and any(not approval.verdict for approval in order.approvals):
        return True
    return any(effect.kind in OWED and effect.status is EffectStatus.RUNNING for effect in order.effects)
