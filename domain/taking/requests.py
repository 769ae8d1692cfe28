"""What an accepted request does to an order (§4.3). Whether it is accepted is decided in ``domain.manual.answers``."""

from __future__ import annotations

from domain.debts import written_off
from domain.effects import EffectKind
from domain.facts import Paid, TrackingNumber
from domain.holds import BLOCKS, OWNERS, CaseStatus, EffectStatus, Hold, HoldReason
from domain.inside import Asked
from domain.milestones import Ending
from domain.order import Order
from domain.policy import CaseKind
from domain.requests import (
    Acknowledge,
    ApproveAudit,
    Cancel,
    ConfirmCompletion,
    ConfirmPayment,
    CorrectFields,
    PlaceHold,
    RejectAudit,
    ReleaseHold,
    RepayDebt,
    ResolveCase,
    RetryStep,
    UploadTracking,
)
from domain.taking.payment import paid
from domain.taking.warehouse import call_off, tracking_number


def asked(order: Order, fact: Asked) -> Order:  # noqa: PLR0911 - one line a request
    """The request's consequence."""
    match fact.ask:
        case ApproveAudit():
            audit = order.audit.having(approved_by=fact.actor or "operator")
            return order.having(audit=audit, stock_wanted=order.stock_wanted + 1)
        case RejectAudit() | Cancel():
            return _end(order, fact, fact.ask)
        case CorrectFields() | RepayDebt() as ask:
            return _correct(order, ask)
        case ConfirmPayment() as ask:
            return paid(order, _paid(fact, ask))
        case UploadTracking() as ask:
            return tracking_number(order, _number(fact, ask))
        case ConfirmCompletion():
            return order.having(confirmed_at=order.confirmed_at or fact.at)
        case PlaceHold() | ReleaseHold():
            return _hold(order, fact, fact.ask)
        case Acknowledge() | ResolveCase():
            return _case(order, fact, fact.ask)
        case RetryStep() as ask:
            return _retry(order, ask)
    return order


def _end(order: Order, fact: Asked, ask: RejectAudit | Cancel) -> Order:
    ending = Ending(
        how="cancel" if isinstance(ask, Cancel) else "reject",
        reason=ask.reason,
        by=fact.actor or "operator",
        at=fact.at,
    )
    return call_off(order, ending)


def _paid(fact: Asked, ask: ConfirmPayment) -> Paid:
    return Paid(
        id=fact.id,
        source="finance",
        actor=fact.actor,
        occurred_at=ask.paid_at or fact.occurred_at,
        received_at=fact.received_at,
        payment_no=ask.payment_no,
        amount=ask.amount,
        currency=ask.currency,
    )


def _number(fact: Asked, ask: UploadTracking) -> TrackingNumber:
    return TrackingNumber(
        id=fact.id,
        source=fact.actor or "operator",
        occurred_at=fact.occurred_at,
        received_at=fact.received_at,
        shipment=ask.shipment,
        package=ask.package,
        tracking_number=ask.tracking_number,
        carrier=ask.carrier,
    )


def _hold(order: Order, fact: Asked, ask: PlaceHold | ReleaseHold) -> Order:
    if isinstance(ask, ReleaseHold):
        return order.having(
            holds=tuple(
                hold.having(released_at=fact.at, released_by=fact.actor) if hold.id == ask.hold and hold.open else hold
                for hold in order.holds
            )
        )
    reason = HoldReason(ask.reason)
    hold = Hold(
        id=f"H{len(order.holds) + 1}",
        reason=reason,
        blocks=BLOCKS.get(reason, ask.blocks),
        owner_role=OWNERS[reason],
        placed_by=fact.actor,
        at=fact.at,
        note=ask.note,
        review_at=ask.review_at,
    )
    return order.having(holds=(*order.holds, hold))


def _case(order: Order, fact: Asked, ask: Acknowledge | ResolveCase) -> Order:
    changes = (
        {"acknowledged_at": fact.at, "status": CaseStatus.IN_PROGRESS}
        if isinstance(ask, Acknowledge)
        else {"resolved_at": fact.at, "status": CaseStatus.RESOLVED, "outcome": ask.outcome, "actor": fact.actor}
    )
    cases = tuple(case.having(**changes) if case.no == ask.case else case for case in order.cases)
    changed = order.having(cases=cases)
    resolved = next(case for case in order.cases if case.no == ask.case)
    if isinstance(ask, ResolveCase) and resolved.kind is CaseKind.PAYMENT_MISMATCH:
        accepted = len(order.payment.receipts)
        return changed.having(payment=order.payment.having(accepted=accepted, accepted_at=fact.at))
    if isinstance(ask, ResolveCase) and resolved.kind is CaseKind.AUDIT_DEBT_OVERDUE:
        return written_off(changed, fact.at, ask.outcome, fact.actor or "operator")
    return changed


def _correct(order: Order, ask: CorrectFields | RepayDebt) -> Order:
    """The next version; a correction that the audit could not read is replaced by it. Repaid debt changes no goods."""
    effects = tuple(
        each for each in order.effects if (each.kind, each.status) != (EffectKind.AUDIT, EffectStatus.PARKED)
    )
    if isinstance(ask, RepayDebt):
        unfit = order.repaid_with if effects != order.effects else 0
        kept = tuple(each for each in order.corrections if each != unfit)
        return order.having(corrections=(*kept, ask.correction), repaid_with=ask.correction, effects=effects)
    unread = order.corrections and order.audit.version != order.version
    kept = order.corrections[:-1] if unread else order.corrections
    return order.having(
        version=order.version + 1, corrections=(*kept, ask.correction), stock_confirmed_at=None, effects=effects
    )


def _retry(order: Order, ask: RetryStep) -> Order:
    if ask.step == "stock":
        return order.having(stock_wanted=order.stock_wanted + 1)
    return order.having(
        effects=tuple(
            effect.having(status=EffectStatus.RUNNING, tries=effect.tries + 1, code="", note="")
            if effect.key == ask.step
            else effect
            for effect in order.effects
        )
    )
