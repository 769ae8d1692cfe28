"""What the payer's news does to an order (§4.3 payment fact; edge cases 5 and 6)."""

from __future__ import annotations

from domain.effects import EffectKind, effect_key
from domain.facts import CodRemitted, MoneyReturned, Paid
from domain.holds import EffectStatus
from domain.order import Order
from domain.payment import Receipt, Refunded, Remittance
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


def refunded(order: Order, fact: MoneyReturned) -> Order:
    """The payer paid back: what we asked for, or what it decided itself. The same reference counts once (§4.8)."""
    known = order.payment.refunds
    if any(back.reference == fact.reference for back in known):
        return order
    alike = [back for back in known if _is_told(back, fact)]
    if alike:
        first = max(alike, key=lambda back: (back.key.endswith(f"/application/{fact.application}"), not back.done))
        return returned(order, first.key, fact.reference)
    if fact.amount > order.payment.held(fact.currency):
        message = f"{fact.amount} {fact.currency} is more than what came and has not gone back"
        raise DoesNotFit(message)
    key = effect_key(order.number, EffectKind.REFUND, f"told/{fact.reference}")
    back = Refunded(key=key, amount=fact.amount, currency=fact.currency, done=True, reference=fact.reference)
    return order.having(payment=order.payment.having(refunds=(*known, back)))


def _is_told(back: Refunded, fact: MoneyReturned) -> bool:
    return not back.reference and (back.amount, back.currency) == (fact.amount, fact.currency)


def returned(order: Order, key: str, reference: str = "") -> Order:
    """The refund of this key is done, whoever did it; a step of ours that the payer had refused is over with it.

    One that is under way says itself when it is done: until then only the reference is kept.
    """
    running = any(each.key == key and each.status is EffectStatus.RUNNING for each in order.effects)
    refunds = tuple(
        back.having(done=back.done or not running, reference=reference) if back.key == key else back
        for back in order.payment.refunds
    )
    effects = tuple(
        effect.having(status=EffectStatus.DONE, note="", request={})
        if effect.key == key and effect.status is EffectStatus.PARKED
        else effect
        for effect in order.effects
    )
    return order.having(payment=order.payment.having(refunds=refunds), effects=effects)
