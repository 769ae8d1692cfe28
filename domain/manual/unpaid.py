"""An unpaid order that the edition lets close by itself (edge case 4): after its time, a grace, and one last question.

The gateway is asked right before the order is closed, and what it answers counts: money that it has is a payment. A
gateway that does not answer closes nothing. Where money comes all the same, it goes back (``domain.late``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.clocks import TICK
from domain.effects import EffectKind
from domain.holds import EffectState, EffectStatus
from domain.inquiries import Inquiry
from domain.manual.turn import Turn
from domain.milestones import Ending
from domain.order import Order
from domain.payment import PaymentState
from domain.taking.warehouse import call_off
from domain.transitions import permitted

REASON = "not paid in time"
WORD = "unpaid-"
FRESH = timedelta(minutes=1)
"""So old the gateway's answer may be when the order is closed by it."""


def close_unpaid(turn: Turn) -> None:
    """Close it once its time and grace are over and the gateway has just said that nothing came."""
    due = closes_at(turn.order)
    if due is None:
        return
    over = due + turn.order.policy.late.close_grace
    if turn.judged_at <= over:
        turn.look_at(over + TICK, "unpaid order is closed")
        return
    asked = _asked(turn.order)
    last = asked[-1] if asked else None
    if last is not None and last.status is not EffectStatus.DONE:
        return
    if last is not None and last.done_at is not None and turn.now - last.done_at <= FRESH:
        turn.order = call_off(turn.order, Ending(how="cancel", reason=REASON, by="desk", at=turn.now))
    else:
        cause = f"{WORD}{len(asked) + 1}/order"
        turn.start(EffectKind.ASK_PAYER, cause, Inquiry, case="unpaid", subject="order")


def closes_at(order: Order) -> datetime | None:
    """When an order's time to be paid is over; None where it has none: paid, at the door, a voucher that is read."""
    after = order.policy.late.close_unpaid_after
    if after is None or order.ending or not order.payment.needed or order.payment.state is not PaymentState.UNPAID:
        return None
    if order.test or any(not voucher.verdict for voucher in order.vouchers) or not permitted(order, "cancel"):
        return None
    return order.started_at + after


def _asked(order: Order) -> list[EffectState]:
    return [each for each in order.effects if each.kind == EffectKind.ASK_PAYER and each.cause.startswith(WORD)]
