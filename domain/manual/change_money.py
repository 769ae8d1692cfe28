"""What a change takes off a paid order is paid back, once it is audited (§4.8, refund decrease).

What it adds the customer has to pay: the payment gate waits for it as for any amount that is missing.
"""

from __future__ import annotations

from domain.manual.ending import own_cause, refund
from domain.manual.turn import Turn
from domain.payment import Payment


def remembering(payment: Payment) -> Payment:
    """The money with what was paid before the change; of several changes that no audit has passed yet, the first."""
    if payment.paid_for is not None or not payment.settling:
        return payment
    return payment.having(paid_for=payment.asked_for)


def difference(turn: Turn) -> None:
    """Pay back what is due less than was paid for, once a version; until it is audited nobody knows what is due."""
    order = turn.order
    payment = order.payment
    if payment.paid_for is None or order.audit.passed_at is None or order.ending:
        return
    less = max(payment.paid_for - payment.asked_for, 0)
    turn.order = order.having(payment=payment.having(paid_for=None, given_back=payment.given_back + less))
    cause = own_cause(order, f"change/{order.version}", "less")
    refund(turn, cause, min(less, payment.held(payment.currency)), payment.currency)
