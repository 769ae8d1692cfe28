"""What a change takes off a paid order is paid back, once it is audited (§4.8, refund decrease).

What it adds the customer has to pay: the payment gate waits for it as for any amount that is missing, and by an
edition that makes changes itself he is asked for it; the clocks wait for him, and the goods count as paid since they
were. What is paid at the door from now on, or on account, is not paid in advance: all of that goes back.
"""

from __future__ import annotations

from domain.holds import HoldReason
from domain.manual.ending import own_cause, refund
from domain.manual.turn import Turn
from domain.payment import Payment
from domain.taking.holding import DESK, placed


def remembering(payment: Payment, *, collects: bool = False) -> Payment:
    """The money with what was paid before the change; of several changes that no audit has passed yet, the first.

    ``collects``: and with the payment that closed the gate, for more may be due.
    """
    if payment.paid_for is not None or not payment.settling:
        return payment
    came = payment.confirming
    first = came.payment_no if came and collects else payment.first
    return payment.having(paid_for=payment.asked_for, first=first)


def difference(turn: Turn) -> None:
    """Pay back what is due less than was paid for, once a version; until it is audited nobody knows what is due."""
    order = turn.order
    payment = order.payment
    if payment.paid_for is None or order.audit.passed_at is None or order.ending:
        return
    if payment.method != "prepaid" and order.policy.change.by_itself:
        turn.order = order.having(payment=payment.having(paid_for=None))
        refund(turn, f"change/{order.version}", payment.held(payment.currency), payment.currency)
        return
    less, more = max(payment.paid_for - payment.asked_for, 0), payment.asked_for - payment.paid_for
    turn.order = order.having(payment=payment.having(paid_for=None, given_back=payment.given_back + less))
    cause = own_cause(order, f"change/{order.version}", "less")
    refund(turn, cause, min(less, payment.held(payment.currency)), payment.currency)
    if more > 0 and order.policy.change.by_itself and payment.needed and payment.mismatch:
        _ask_for(turn, more)


def _ask_for(turn: Turn, more: int) -> None:
    """The goods wait for the money, and the clocks for the customer; ``paid_up`` ends the hold."""
    order = turn.order
    about, reason = {"version": order.version, "difference": more}, HoldReason.CUSTOMER_ANSWER
    turn.order = placed(order, reason, turn.now, DESK, owner_role="customer", about=about)
    turn.tell("PAY_MORE", f"version/{order.version}", amount=more, currency=order.payment.currency)
