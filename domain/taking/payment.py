"""What the payer's news does to an order (§4.3 payment fact; edge cases 5 and 6)."""

from __future__ import annotations

from domain.facts import CodRemitted, Paid
from domain.order import Order
from domain.payment import Receipt, Remittance
from domain.taking.warehouse import DoesNotFit


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


def cod_remitted(order: Order, fact: CodRemitted) -> Order:
    """A carrier paid out what it collected. The same reference counts once (SR-052)."""
    if order.payment.method != "cod":
        message = "nothing was to be collected on delivery"
        raise DoesNotFit(message)
    known = order.payment.remittances
    if any(paid.reference == fact.reference for paid in known):
        return order
    paid = Remittance(reference=fact.reference, amount=fact.amount, currency=fact.currency, at=fact.at)
    return order.having(payment=order.payment.having(remittances=(*known, paid)))
