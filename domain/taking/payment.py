"""What the payer's news does to an order (§4.3 payment fact; edge cases 5 and 6)."""

from __future__ import annotations

from domain.facts import Paid
from domain.order import Order
from domain.payment import Receipt


def paid(order: Order, fact: Paid) -> Order:
    """Money came. The same payment number counts once, whoever reports it."""
    if any(receipt.payment_no == fact.payment_no for receipt in order.payment.receipts):
        return order
    receipt = Receipt(
        payment_no=fact.payment_no,
        amount=fact.amount,
        currency=fact.currency,
        at=fact.at,
        received_at=fact.received_at,
        source=fact.source,
    )
    return order.having(payment=order.payment.having(receipts=(*order.payment.receipts, receipt)))
