"""What an effect's outcome does to an order (architecture §3: an outcome comes back as a fact)."""

from __future__ import annotations

from datetime import datetime

from domain import debts
from domain.backlog import Overdue
from domain.carrier_effects import CarrierOutcome
from domain.carrier_orders import CarrierSaid
from domain.coupon_effects import CouponIssued
from domain.effects import Allocation, AuditOutcome, EffectKind, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.facts import CarrierScan, DeliveryEstimated, OutboundPromised, Paid
from domain.holds import EffectStatus
from domain.inquiries import Answer, CarrierAnswer, PayerAnswer
from domain.inside import EffectDone, EffectParked
from domain.lines import line_of
from domain.milestones import Audit, Entered
from domain.numbered import is_void
from domain.order import Order
from domain.parcels import cash_of, moved, unplanned
from domain.recall_effects import RecallOutcome
from domain.set_aside import is_offer
from domain.shipments import Shipment, ShipmentState
from domain.taking import transfers
from domain.taking.answering import doubted_by_word
from domain.taking.backlog import counted
from domain.taking.carrier import carrier_scan, delivery_estimated
from domain.taking.carrier_orders import carrier_said
from domain.taking.coupons import coupon_issued, reasoned
from domain.taking.holding import found as held_by_audit
from domain.taking.outbound import reason_heard
from domain.taking.payment import paid
from domain.taking.recall import recall_answered
from domain.taking.relocation import found_elsewhere, is_elsewhere
from domain.taking.sending_anew import send_anew
from domain.taking.set_aside import set_aside
from domain.taking.warehouse import outbound_promised
from domain.transfer_effects import BookTransferOutcome, CallOffOutcome, TransferOutcome


def effect_done(order: Order, fact: EffectDone) -> Order:  # noqa: C901, PLR0911, PLR0912 - one line an outcome
    """The effect is done, and its outcome is taken in."""
    asked = next((effect.request for effect in order.effects if effect.key == fact.key), {})
    order = _marked(order, fact.key, status=EffectStatus.DONE, done_at=fact.at, note="", request={})
    outcome = fact.outcome
    match outcome:
        case AuditOutcome():
            return _judged(order, fact, outcome)
        case ReserveOutcome():
            return _taken_in(order, fact, outcome)
        case EnterOutcome():
            return (_read_again if fact.effect is EffectKind.READ_ENTRY else _entered)(order, fact, outcome)
        case CarrierAnswer() if not is_void(order, asked.get("tracking_number", "")):
            return _carrier_answered(order, fact, outcome)
        case PayerAnswer():
            return _payer_answered(order, fact, outcome)
        case CarrierOutcome():
            return _carrier_chosen(order, fact, outcome)
        case CouponIssued():
            return coupon_issued(order, fact, outcome)
        case RecallOutcome():
            return recall_answered(order, fact, outcome)
        case CarrierSaid():
            return carrier_said(order, fact, outcome, asked)
        case TransferOutcome():
            return transfers.requested(order, fact, outcome)
        case CallOffOutcome():
            return transfers.called_off(order, fact, outcome)
        case BookTransferOutcome():
            return transfers.booked(order, fact, outcome)
        case Overdue():
            return counted(order, fact, outcome, str(asked.get("warehouse", "")))
        case Answer() if fact.effect is EffectKind.ASK_PURCHASING:
            return transfers.purchasing_answered(order, fact, outcome)
        case _:
            return _done(order, fact)


def effect_parked(order: Order, fact: EffectParked) -> Order:
    """The effect waits for a person."""
    return _marked(order, fact.key, status=EffectStatus.PARKED, code=fact.code, note=f"{fact.code}: {fact.text}")


def _marked(order: Order, key: str, **changes: object) -> Order:
    return order.having(
        effects=tuple(effect.having(**changes) if effect.key == key else effect for effect in order.effects)
    )


def _judged(order: Order, fact: EffectDone, outcome: AuditOutcome) -> Order:
    """An audit, with what it let pass; or only what was let pass, judged again."""
    if outcome.debt:
        return debts.judged_again(order, outcome.findings, fact.at)
    if outcome.version != order.version:
        return order
    return debts.owing(_audited(order, fact, outcome), outcome.relaxed, fact.at)


def _audited(order: Order, fact: EffectDone, outcome: AuditOutcome) -> Order:
    content, before = outcome.content, order.lines
    order = order.having(
        audit=Audit(
            version=outcome.version,
            findings=outcome.findings,
            price_book=outcome.price_book,
            prices=outcome.prices,
            choices=outcome.choices,
        ),
        stock_lapsed=False,
        content=content,
        lines=tuple(line_of(line) for line in content.lines),
        payment=order.payment.having(
            method=content.payment_method,
            currency=content.currency,
            due=max(content.total - content.platform_discount, 0) + order.payment.charges,
        ),
    )
    if order.ending:
        gone = any(line.shipped for line in before)  # out all the same: what left is not made unsent by an audit
        return order.having(lines=tuple(line.cancel() for line in (before if gone else order.lines)))
    return held_by_audit(_allocated(order, outcome.allocations), fact.at)


def _taken_in(order: Order, fact: EffectDone, outcome: ReserveOutcome) -> Order:
    if fact.cause.startswith("anew/"):
        return send_anew(order, fact, outcome)
    if is_offer(fact.cause):
        return set_aside(order, fact, outcome)
    return found_elsewhere(order, fact, outcome) if is_elsewhere(fact.cause) else _reserved(order, outcome)


def _reserved(order: Order, outcome: ReserveOutcome) -> Order:
    return order if order.ending else _allocated(order, outcome.allocations)


def _allocated(order: Order, allocations: tuple[Allocation, ...]) -> Order:
    return order.having(
        lines=tuple(
            line.reserve(tuple(allocation for allocation in allocations if allocation.line == line.line))
            for line in order.lines
        )
    )


def _entered(order: Order, fact: EffectDone, outcome: EnterOutcome) -> Order:
    entered = Entered(
        document=outcome.document,
        version=order.version,
        at=fact.at,
        differences=outcome.differences,
        carriers=outcome.carriers,
    )
    return order.having(entered=entered)


def _read_again(order: Order, fact: EffectDone, outcome: EnterOutcome) -> Order:
    """What the document says now, if this was its last reading."""
    entered = order.entered
    if entered is None or fact.cause != f"{entered.version}/{entered.readings}":
        return order
    return order.having(entered=entered.having(differences=outcome.differences, unread=False))


def plan_shipments(order: Order, at: datetime) -> Order:
    """A shipment for each warehouse that holds units which no shipment has yet, in the order of the lines.

    Where the table was asked with the entry, it guides every shipment; one planned later is looked up anew.
    """
    shares = unplanned(order)
    if not shares:
        return order
    carriers = order.entered.carriers if order.entered else {}
    fresh = order.entered is not None and order.entered.at == at
    cash = cash_of(order, shares)
    planned = tuple(
        Shipment(
            number=number,
            warehouse=warehouse,
            lines=moved(share),
            planned_at=at,
            guided=bool(carriers),
            choice=carriers.get(warehouse) if fresh else None,
            cash=cash.get(warehouse, 0),
        )
        for number, (warehouse, share) in enumerate(shares.items(), len(order.shipments) + 1)
    )
    return order.having(shipments=(*order.shipments, *planned))


def _carrier_chosen(order: Order, fact: EffectDone, outcome: CarrierOutcome) -> Order:
    number, _, look = fact.cause.partition("/")
    return order.having(
        shipments=tuple(
            shipment.having(choice=outcome.choice)
            if (str(shipment.number), str(shipment.looks)) == (number, look) and shipment.choice is None
            else shipment
            for shipment in order.shipments
        )
    )


def _carrier_answered(order: Order, fact: EffectDone, outcome: CarrierAnswer) -> Order:
    subject = _subject_of(fact)
    package = next((package for package in order.packages if package.subject == subject), None)
    if package is None:
        return order
    order = reasoned(order, subject, outcome.reason, fact.at)
    order = doubted_by_word(order, "carrier", (fact.key, subject, outcome.reason), fact.at)
    for seen in outcome.scans:
        scan = CarrierScan(
            id=seen.fact_id,
            source="carrier",
            received_at=fact.received_at,
            package=package.id,
            **seen.model_dump(exclude={"event_id"}),
        )
        order = carrier_scan(order, scan)
    if outcome.estimated_at and package.tracking_number:
        estimate = DeliveryEstimated(
            id=f"{fact.id}/estimate",
            source="carrier",
            occurred_at=fact.occurred_at,
            received_at=fact.received_at,
            tracking_number=package.tracking_number,
            estimated_at=outcome.estimated_at,
        )
        order = delivery_estimated(order, estimate)
    return order


def _subject_of(fact: EffectDone) -> str:
    """The subject of the case an inquiry was made for; its cause is ``{case}/{n}/{subject…}``."""
    return fact.cause.split("/", 2)[-1]


def _payer_answered(order: Order, fact: EffectDone, outcome: PayerAnswer) -> Order:
    for receipt in outcome.receipts:
        news = Paid(
            id=f"payment:{receipt.payment_no}",
            source="payment",
            occurred_at=receipt.paid_at,
            received_at=fact.received_at,
            payment_no=receipt.payment_no,
            amount=receipt.amount,
            currency=receipt.currency,
        )
        order = paid(order, news)
    return order


def _done(order: Order, fact: EffectDone) -> Order:
    match fact.effect:
        case EffectKind.RELEASE:
            return _released(order, fact)
        case EffectKind.RELEASE_STOCK if order.ending and fact.cause == "all":
            return order.having(ending=order.ending.having(stock_released=True))
        case EffectKind.CANCEL_ENTRY if order.entered:
            return order.having(entered=order.entered.having(cancelled=True))
        case EffectKind.REFUND:
            refunds = tuple(back.having(done=True) if back.key == fact.key else back for back in order.payment.refunds)
            return order.having(payment=order.payment.having(refunds=refunds))
        case EffectKind.ASK_WAREHOUSE:
            return _warehouse_answered(order, fact)
        case _:
            return order


def _released(order: Order, fact: EffectDone) -> Order:
    return order.having(
        shipments=tuple(
            shipment.reached(ShipmentState.RELEASED).having(released_at=shipment.released_at or fact.at)
            if str(shipment.number) == fact.cause
            else shipment
            for shipment in order.shipments
        )
    )


def _warehouse_answered(order: Order, fact: EffectDone) -> Order:
    subject, word = _subject_of(fact), getattr(fact.outcome, "reason", "")
    order = doubted_by_word(order, "warehouse", (fact.key, subject, word), fact.at)
    if isinstance(fact.outcome, Answer):
        order = reason_heard(order, fact, subject, fact.outcome)
    promised_at = getattr(fact.outcome, "promised_at", None)
    if promised_at is None:
        return order
    for shipment in order.shipments:
        if subject in (shipment.subject, "order"):
            news = OutboundPromised(
                id=f"{fact.id}/{shipment.number}",
                source="warehouse",
                occurred_at=fact.occurred_at,
                received_at=fact.received_at,
                shipment=shipment.number,
                promised_at=promised_at,
            )
            order = outbound_promised(order, news)
    return order
