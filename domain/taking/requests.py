"""What an accepted request does to an order (§4.3). Whether it is accepted is decided in ``domain.manual.answers``."""

from __future__ import annotations

from datetime import datetime

from domain.asks_of_logistics import Expedite, ReassignWarehouse, SwitchCarrier
from domain.cancelling import taken_as
from domain.carriage import Chosen, Offer
from domain.change_requests import ChangeRequest
from domain.claim_requests import AnswerRefund
from domain.debts import written_off
from domain.effects import EffectKind
from domain.facts import Paid, TrackingNumber
from domain.holds import BLOCKS, CaseStatus, EffectStatus, HoldReason
from domain.inside import Asked
from domain.milestones import Ending
from domain.order import Order
from domain.overrides import AddressOverride, honoured, questioned
from domain.policy import CaseKind
from domain.questions import CustomerChoice
from domain.read_back import ACCEPTED
from domain.requests import (
    Acknowledge,
    ApproveAudit,
    Cancel,
    ChooseCarrier,
    ConfirmCompletion,
    ConfirmPayment,
    CorrectFields,
    DecideCoupon,
    DecideMessage,
    OverrideAddress,
    PlaceHold,
    RejectAudit,
    ReleaseHold,
    RepayDebt,
    ReportStep,
    ResolveCase,
    RetryStep,
    SalesDecision,
    SkipStep,
    SubmitChangeRequest,
    SubmitVoucher,
    UploadTracking,
    VerifyVoucher,
)
from domain.shipments import Shipment
from domain.taking.answering import chosen
from domain.taking.claims import refund_answered
from domain.taking.coupons import coupon_decided
from domain.taking.holding import by_person, released
from domain.taking.logistics import OF_LOST, RESENT, expedited, sent_again, switched
from domain.taking.payment import paid
from domain.taking.relocation import reassigned
from domain.taking.rulings import ruled
from domain.taking.steps import step_ended
from domain.taking.warehouse import call_off, tracking_number
from domain.transitions import permitted


def asked(order: Order, fact: Asked) -> Order:  # noqa: C901, PLR0911, PLR0912 - one line a request
    """The request's consequence."""
    match fact.ask:
        case ApproveAudit() | OverrideAddress():
            return _let_pass(order, fact, fact.ask)
        case RejectAudit() | Cancel():
            return _end(order, fact, fact.ask)
        case CorrectFields() | RepayDebt() as ask:
            return correct(order, ask)
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
        case SubmitVoucher() | VerifyVoucher() | DecideMessage() | SalesDecision():
            return ruled(order, fact, fact.ask)
        case ChooseCarrier() as ask:
            return _carried_by(order, fact, ask)
        case SubmitChangeRequest() as ask:
            return _queued(order, fact, ask)
        case DecideCoupon() as ask:
            return coupon_decided(order, fact, ask)
        case SkipStep() | ReportStep():
            return step_ended(order, fact, fact.ask)
        case AnswerRefund() as ask:
            return refund_answered(order, fact, ask)
        case Expedite() | SwitchCarrier() | ReassignWarehouse() as ask:
            return _goods_under_way(order, fact, ask)
        case CustomerChoice() as ask:
            return chosen(order, fact, ask)
    return order


def _goods_under_way(order: Order, fact: Asked, ask: Expedite | SwitchCarrier | ReassignWarehouse) -> Order:
    match ask:
        case Expedite():
            return expedited(order, fact, ask)
        case SwitchCarrier():
            return switched(order, fact, ask)
        case ReassignWarehouse():
            return reassigned(order, fact, ask)


def _queued(order: Order, fact: Asked, ask: SubmitChangeRequest) -> Order:
    return order.having(change_requests=(*order.change_requests, _kept(order, fact, ask)))


def _kept(order: Order, fact: Asked, ask: SubmitChangeRequest) -> ChangeRequest:
    """The request waits; the desk's turn judges it."""
    return ChangeRequest(
        no=len(order.change_requests) + 1,
        request_id=ask.request_id,
        change=ask.change,
        params=ask.params,
        correction=ask.correction,
        asked_by=fact.actor or "operator",
        asked_at=fact.at,
        reprices=ask.priced is None or ask.priced.freight is None,
    )


def _let_pass(order: Order, fact: Asked, ask: ApproveAudit | OverrideAddress) -> Order:
    if isinstance(ask, OverrideAddress):
        return stand(order, fact.actor or "operator", ask.reason, fact.at)
    audit = order.audit.having(approved_by=fact.actor or "operator")
    return order.having(audit=audit, stock_wanted=order.stock_wanted + 1)


def _end(order: Order, fact: Asked, ask: RejectAudit | Cancel) -> Order:
    taken = taken_as(order, ask)
    if isinstance(taken, SubmitChangeRequest):
        return _queued(order, fact, taken)
    if isinstance(ask, Cancel) and order.policy.recall.cancels and not permitted(order, "cancel"):
        return order  # it is being cancelled already
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
        consolidated=ask.consolidated,
    )


def _hold(order: Order, fact: Asked, ask: PlaceHold | ReleaseHold) -> Order:
    if isinstance(ask, ReleaseHold):
        return released(order, [ask.hold], fact.at, fact.actor)
    reason = HoldReason(ask.reason)
    blocks = BLOCKS.get(reason, ask.blocks)
    return by_person(order, reason, fact.at, fact.actor, blocks=blocks, note=ask.note, review_at=ask.review_at)


def _case(order: Order, fact: Asked, ask: Acknowledge | ResolveCase) -> Order:
    resolved = next(case for case in order.cases if case.no == ask.case)
    if isinstance(ask, ResolveCase) and resolved.kind in OF_LOST and ask.outcome == RESENT:
        return sent_again(order, resolved.subject, fact.at)
    changes = (
        {"acknowledged_at": fact.at, "status": CaseStatus.IN_PROGRESS}
        if isinstance(ask, Acknowledge)
        else {"resolved_at": fact.at, "status": CaseStatus.RESOLVED, "outcome": ask.outcome, "actor": fact.actor}
    )
    cases = tuple(case.having(**changes) if case.no == ask.case else case for case in order.cases)
    changed = order.having(cases=cases)
    if isinstance(ask, ResolveCase) and resolved.kind is CaseKind.PAYMENT_MISMATCH and resolved.subject == "order":
        accepted = len(order.payment.receipts)
        return changed.having(payment=order.payment.having(accepted=accepted, accepted_at=fact.at))
    if isinstance(ask, ResolveCase) and resolved.kind is CaseKind.AUDIT_DEBT_OVERDUE:
        return written_off(changed, fact.at, ask.outcome, fact.actor or "operator")
    if isinstance(ask, ResolveCase) and resolved.kind is CaseKind.ERP_MISMATCH:
        return _read_again(changed, ask)
    return changed


def _read_again(order: Order, ask: ResolveCase) -> Order:
    """Nobody's word counts for the ERP's: the entry is to be read again, unless its difference may stay."""
    entered = order.entered
    if entered is None or ask.outcome == ACCEPTED or not order.policy.reads_entry_again:
        return order
    return order.having(entered=entered.having(readings=entered.readings + 1, unread=True))


def correct(order: Order, ask: CorrectFields | RepayDebt) -> Order:
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
        version=order.version + 1,
        corrections=(*kept, ask.correction),
        stock_confirmed_at=None,
        stock_met_at=None,
        effects=effects,
    )


def stand(order: Order, by: str, reason: str, at: datetime) -> Order:
    """The address stands; what else blocks goes on blocking, and where nothing does the order passes."""
    new = tuple(
        AddressOverride(
            address=str(finding.params.get("address", "")),
            field=finding.field,
            by=by,
            reason=reason,
            at=at,
        )
        for finding in questioned(order.audit.findings)
    )
    findings = honoured(order.audit.findings, [override.address for override in new])
    audit = order.audit.having(findings=findings)
    wanted = order.stock_wanted + (0 if audit.blocking else 1)
    return order.having(overrides=(*order.overrides, *new), audit=audit, stock_wanted=wanted)


def _retry(order: Order, ask: RetryStep) -> Order:
    if ask.step == "stock":
        return order.having(stock_wanted=order.stock_wanted + 1, stock_lapsed=False)
    step = order.step(ask.step)
    named = {ask.step, *(step.effects if step else ())}
    return order.having(
        effects=tuple(
            effect.having(status=EffectStatus.RUNNING, tries=effect.tries + 1, code="", note="")
            if effect.key in named and effect.status is not EffectStatus.DONE
            else effect
            for effect in order.effects
        )
    )


def _carried_by(order: Order, fact: Asked, ask: ChooseCarrier) -> Order:
    """A person's choice, with the table's days where it knows the carrier; none: the table is asked again."""

    def changed(shipment: Shipment) -> Shipment:
        if not ask.carrier or shipment.choice is None:
            return shipment.having(choice=None, looks=shipment.looks + 1)
        known = next((offer for offer in shipment.choice.offers if offer.carrier == ask.carrier), None)
        offer = (known or Offer(carrier=ask.carrier)).leaving(fact.at, order.policy.zone)
        choice = Chosen(offer=offer, why="BY_HAND", refused=shipment.choice.refused, others=shipment.choice.offers)
        return shipment.having(choice=choice, looks=shipment.looks + 1)

    shipments = (changed(each) if each.number == ask.shipment else each for each in order.shipments)
    return order.having(shipments=tuple(shipments))
