"""What a warehouse's answer about late goods does (SR-033, §4.6 E4): its word is kept, and what it lacks is missed."""

from __future__ import annotations

from domain.facts import ShortPicked
from domain.inquiries import Answer
from domain.inside import EffectDone
from domain.order import Order
from domain.outbound_causes import OutboundCause, outbound_cause_of
from domain.policy import CaseKind
from domain.shipments import Shipment, units_out
from domain.taking.coupons import reasoned
from domain.taking.warehouse import short_picked

LACKING = frozenset({OutboundCause.SHORT, OutboundCause.DAMAGED})


def reason_heard(order: Order, fact: EffectDone, subject: str, answer: Answer) -> Order:
    """The word is kept for the shipment; goods that it says are not there are looked for elsewhere (E2).

    It counts its shelf by SKU where it can; one that only says it is short has nothing of what has not left.
    """
    if not order.policy.outbound.playbook or not answer.reason.strip():
        return order
    order = reasoned(order, subject, answer.reason, fact.at)
    shipment = next((each for each in order.live_shipments if each.subject == subject), None)
    late = order.case(CaseKind.OUTBOUND_OVERDUE, subject)
    if shipment is None or late is None or outbound_cause_of(answer.reason) not in LACKING:
        return order
    return _missed(order, fact, shipment, dict(answer.on_shelf))


def _missed(order: Order, fact: EffectDone, shipment: Shipment, shelf: dict[str, int]) -> Order:
    gone = units_out(order.packages, shipment)
    skus = {line.line: line.sku for line in order.lines}
    for part in shipment.lines:
        wanted = part.quantity - gone.get(part.line, 0)
        there = min(shelf.get(skus[part.line], 0), wanted)
        shelf[skus[part.line]] = shelf.get(skus[part.line], 0) - there
        if wanted > there:
            news = ShortPicked(
                id=f"{fact.id}/{part.line}",
                source="warehouse",
                occurred_at=fact.occurred_at,
                received_at=fact.received_at,
                shipment=shipment.number,
                line=part.line,
                quantity=wanted - there,
            )
            order = short_picked(order, news)
    return order
