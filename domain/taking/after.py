"""``after(order, fact)``: every fact makes a new order; none is refused, none is folded twice (§4.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.facts import CLOSED, SIGNAL_OF, Fact
from domain.inside import Asked, EffectDone, EffectParked
from domain.milestones import Unmatched
from domain.order import Order
from domain.owing import OWED, owes
from domain.taking import (
    answering,
    carrier,
    channel,
    claims,
    earlier,
    holding,
    logistics,
    outcomes,
    payment,
    recall,
    refused,
    requests,
    stock,
    transfers,
    warehouse,
)
from domain.taking.warehouse import ComesEarly, DoesNotFit

REMEMBERED = 500
"""So many fact ids are remembered; older ones are recognised by what they say (scan id, payment number)."""

TAKES: dict[str, Callable[[Order, Any], Order]] = {
    "paid": payment.paid,
    "picked": warehouse.picked,
    "packed": warehouse.packed,
    "outbound": warehouse.outbound,
    "short_picked": warehouse.short_picked,
    "tracking_number": warehouse.tracking_number,
    "outbound_promised": warehouse.outbound_promised,
    "carrier_scan": carrier.carrier_scan,
    "delivery_estimated": carrier.delivery_estimated,
    "tracking_accepted": channel.tracking_accepted,
    "tracking_refused": channel.tracking_refused,
    "ship_by_moved": channel.ship_by_moved,
    "channel_completed": channel.channel_completed,
    "channel_closed": channel.channel_closed,
    "confirmed": channel.confirmed,
    "ship_date_agreed": channel.ship_date_agreed,
    "stock_arrived": stock.stock_arrived,
    "reservation_lost": stock.reservation_lost,
    "design_approved": holding.design_approved,
    "codes_matched": channel.codes_matched,
    "cod_remitted": payment.cod_remitted,
    "channel_noted": channel.channel_noted,
    "channel_changed": channel.channel_changed,
    "refund_requested": claims.refund_requested,
    "refund_withdrawn": claims.refund_withdrawn,
    "refund_decided": claims.refund_decided,
    "refunded": payment.refunded,
    "not_received_claim": claims.goods_claimed,
    "wrong_goods_claim": claims.goods_claimed,
    "missing_goods_claim": claims.goods_claimed,
    "claim_withdrawn": claims.claim_withdrawn,
    "complaint": logistics.complained,
    "claim_paid": logistics.claim_paid,
    "parcel_received": logistics.parcel_received,
    "message_delivered": answering.message_delivered,
    "message_undeliverable": answering.message_undeliverable,
    "details_doubted": answering.details_doubted,
    "label_rejected": answering.label_rejected,
    "asked": requests.asked,
    "effect_done": outcomes.effect_done,
    "effect_parked": outcomes.effect_parked,
    "change_request_refused": refused.change_refused,
    "planned_before": earlier.planned_before,
    "refunded_before": earlier.refunded_before,
    "loss_settled_before": earlier.loss_settled_before,
    "stock_missing": earlier.stock_missing,
    "transfer_picked": transfers.picked,
    "transfer_shipped": transfers.shipped,
    "transfer_received": transfers.received,
    "transfer_failed": transfers.failed,
    "purchase_promised": transfers.purchase_promised,
    "status_refused": channel.status_refused,
    "status_accepted": channel.status_accepted,
}


def after(order: Order, fact: Fact) -> Order:
    """The order after this fact. One that does not fit is kept among the unmatched, and nothing else changes."""
    if fact.id in order.seen:
        return order
    known = order.having(seen=(*order.seen, fact.id)[-REMEMBERED:])
    if order.final and not _is_owed(known, fact):
        return _unmatched(known, fact, CLOSED)
    try:
        return caught_up(_taken(known, fact))
    except ComesEarly as reason:
        kept = (*known.early, fact)[-REMEMBERED:] if _kind(fact) in SIGNAL_OF else known.early
        return _unmatched(known.having(early=kept), fact, str(reason))
    except DoesNotFit as reason:
        return _unmatched(known, fact, str(reason))


def _taken(order: Order, fact: Fact) -> Order:
    return settled(TAKES[_kind(fact)](order, fact), fact.at)


def caught_up(order: Order) -> Order:
    """The order with every early fact that fits by now, the oldest first (after a Reset all facts come at once).

    Requests wait too, but only whoever answers them knows when they fit (``domain.manual.told_again``).
    """
    for fact in () if order.final else order.early:
        if isinstance(fact, Asked):
            continue
        try:
            changed = _taken(order, fact)
        except DoesNotFit:
            continue
        return caught_up(
            changed.having(
                early=tuple(other for other in changed.early if other.id != fact.id),
                unmatched=tuple(other for other in changed.unmatched if other.id != fact.id),
            )
        )
    return order


def _is_owed(order: Order, fact: Fact) -> bool:
    """Whether it is the answer to a coupon, approval or claim that an order which is over still waits for."""
    if isinstance(fact, Asked):
        return owes(order) and fact.ask.kind == "decide_coupon"
    return owes(order) and isinstance(fact, EffectDone | EffectParked) and fact.effect in OWED


def _kind(fact: Fact) -> str:
    return fact.kind  # type: ignore[attr-defined, no-any-return]  # every fact has one


def _unmatched(order: Order, fact: Fact, reason: str) -> Order:
    entry = Unmatched(id=fact.id, kind=_kind(fact), at=fact.at, reason=reason)
    return order.having(unmatched=(*order.unmatched, entry))


def settled(order: Order, at: datetime) -> Order:
    """What follows at once from the new state: the audit is passed, the stock gate closes, shipments are planned."""
    order = stock.wanted_again(order)
    answered = order.audit.version == order.version
    if answered and not order.audit.passed_at and not order.audit.blocking and not order.held("audit_end"):
        order = order.having(audit=order.audit.having(passed_at=at))
    decided = answered and bool(order.lines) and not any(line.unallocated for line in order.lines)
    if decided and not order.ending and order.stock_confirmed_at is None and not order.audit.blocking:
        order = order.having(stock_confirmed_at=at)
    if order.entered and not order.ending and order.stock_closed and recall.may_plan(order):
        order = outcomes.plan_shipments(order, at)
    if order.final and order.closed_at is None:
        order = order.having(closed_at=at)
    return order
