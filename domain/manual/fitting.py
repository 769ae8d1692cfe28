"""Whether a request fits what stands in the order: the hold, case, step or shipment that it names (§4.12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.asks import Ask
from domain.asks_of_logistics import Expedite, ReassignWarehouse, SwitchCarrier
from domain.claim_goods import open_applications
from domain.claim_requests import AnswerRefund
from domain.debts import open_debts
from domain.holds import BLOCKS, Case, HoldReason
from domain.manual import goods_claims, holding, questions
from domain.manual.carriage import choosable
from domain.manual.change_queue import OUTCOMES, RECALL_REFUSED, in_progress
from domain.manual.compensation import undecided
from domain.manual.held_goods import holds_nothing
from domain.manual.pushing import pushable
from domain.manual.relocating import reassignable, unreassignable
from domain.manual.step_view import retryable_steps
from domain.manual.switching import switchable, unswitchable
from domain.order import Order
from domain.overrides import questioned
from domain.policy import CaseKind
from domain.questions import CustomerChoice
from domain.read_back import ACCEPTED
from domain.requests import (
    Acknowledge,
    ChooseCarrier,
    ConfirmPayment,
    CorrectFields,
    DecideCoupon,
    OverrideAddress,
    PlaceHold,
    ReleaseHold,
    RepayDebt,
    ReportStep,
    ResolveCase,
    RetryStep,
    SkipStep,
    SubmitChangeRequest,
    UploadTracking,
)
from domain.taking.logistics import OF_LOST
from domain.who_may_ask import LETS_ERP_DIFFER

ENDS_BY_ITSELF = {
    CaseKind.INFO_ERROR: ("correct_fields", "approve_audit", "override_address", "reject_audit"),
    CaseKind.STOCK_SHORTAGE: ("retry_step", "cancel"),
    CaseKind.REFUND_REPLY_DUE: ("answer_refund",),
    CaseKind.REFUND_FAILED: ("report_step", "retry_step"),
}
"""Cases that end when their cause is gone, and what makes it go."""


def resolvable(order: Order) -> tuple[Case, ...]:
    """The open cases that a person may resolve by hand."""
    return tuple(case for case in order.open_cases if not _stays(order, case))


def _stays(order: Order, case: Case) -> bool:
    if case.kind is CaseKind.PAYMENT_MISMATCH and case.subject == "order":
        payment = order.payment
        return not payment.mismatch or payment.captured(payment.currency) < payment.due
    doubted = bool(order.audit.passed_at) and any(doubt.open and doubt.case == case.no for doubt in order.doubts)
    return case.kind in ENDS_BY_ITSELF and not doubted and not case.subject.startswith("package/")


def retryable(order: Order) -> tuple[str, ...]:
    """What ``retry_step`` may name now."""
    stock = bool(order.audit.passed_at) and not order.ending and any(line.unallocated for line in order.lines)
    return (*(effect.key for effect in order.running), *retryable_steps(order), *(("stock",) if stock else ()))


_NOTHING: dict[str, tuple[Callable[[Order], Any], str]] = {
    "release_hold": (holding.releasable, "UNKNOWN_HOLD"),
    "acknowledge": (lambda order: order.open_cases, "UNKNOWN_CASE"),
    "resolve_case": (resolvable, "UNKNOWN_CASE"),
    "retry_step": (retryable, "UNKNOWN_STEP"),
    "override_address": (lambda order: questioned(order.audit.findings), "NOTHING_TO_OVERRIDE"),
    "choose_carrier": (choosable, "NO_CHOICE_OPEN"),
    "repay_debt": (open_debts, "UNKNOWN_DEBT"),
    "skip_step": (lambda order: order.open_steps, "UNKNOWN_STEP"),
    "report_step": (lambda order: order.open_steps, "UNKNOWN_STEP"),
    "decide_coupon": (undecided, "NO_COUPON_TO_DECIDE"),
    "answer_refund": (open_applications, "NO_APPLICATION"),
    "submit_change_request": (lambda order: order.ending is None, "WRONG_STAGE"),
    "expedite": (pushable, "NOTHING_TO_PUSH"),
    "switch_carrier": (switchable, "NOT_SWITCHABLE"),
    "customer_choice": (questions.asking, "NO_QUESTION"),
    "reassign_warehouse": (reassignable, "NOT_REASSIGNABLE"),
}


def nothing_for(order: Order, action: str) -> str:
    """Why nothing stands in the order that this request could name; empty where something does."""
    found, code = _NOTHING.get(action, (bool, ""))
    if action == "resolve_case" and order.open_cases and not found(order):
        return "CASE_ENDS_BY_ITSELF"
    return "" if found(order) else code


def detail(order: Order, ask: Ask) -> str:  # noqa: C901, PLR0911, PLR0912 - one line a request
    """Why the request does not fit what stands in the order; empty where it does."""
    match ask:
        case CorrectFields() | RepayDebt() if ask.expected_version != order.version:
            return "STALE_VERSION"
        case RepayDebt():
            return "" if open_debts(order) else "UNKNOWN_DEBT"
        case ConfirmPayment():
            return "PAYMENT_KNOWN" if ask.payment_no in {each.payment_no for each in order.payment.receipts} else ""
        case UploadTracking():
            return _number(order, ask)
        case PlaceHold():
            return _hold(order, ask)
        case OverrideAddress():
            return "" if questioned(order.audit.findings) else "NOTHING_TO_OVERRIDE"
        case ReleaseHold():
            return _release(order, ask)
        case Acknowledge():
            return "" if any(case.no == ask.case for case in order.open_cases) else "UNKNOWN_CASE"
        case ResolveCase():
            return _case(order, ask)
        case RetryStep():
            return "" if ask.step in retryable(order) else "UNKNOWN_STEP"
        case ChooseCarrier():
            return _carrier(order, ask)
        case SkipStep() | ReportStep():
            return "" if any(step.key == ask.step for step in order.open_steps) else "UNKNOWN_STEP"
        case SubmitChangeRequest() if order.ending:
            return "WRONG_STAGE"
        case DecideCoupon():
            return "" if ask.coupon in undecided(order) else "NO_COUPON_TO_DECIDE"
        case AnswerRefund():
            return "" if ask.application in open_applications(order) else "NO_APPLICATION"
        case Expedite() | SwitchCarrier() | ReassignWarehouse():
            return _goods_under_way(order, ask)
        case CustomerChoice():
            return questions.unfit(order, ask)
    return ""


def _goods_under_way(order: Order, ask: Expedite | SwitchCarrier | ReassignWarehouse) -> str:
    match ask:
        case Expedite():
            return "" if pushable(order, ask.party, ask.subject) else "NOTHING_TO_PUSH"
        case SwitchCarrier():
            return unswitchable(order, ask)
        case ReassignWarehouse():
            return unreassignable(order, ask)


def _release(order: Order, ask: ReleaseHold) -> str:
    hold = next((hold for hold in order.open_holds if hold.id == ask.hold), None)
    if hold is None:
        return "UNKNOWN_HOLD"
    if hold.reason is HoldReason.TEST_ORDER:
        return "TEST_ORDER_STAYS"
    return "" if hold in holding.releasable(order) else "HOLD_ENDS_OTHERWISE"


def _number(order: Order, ask: UploadTracking) -> str:
    if not order.takes_numbers:
        return "NO_NUMBER_NEEDED"
    if not any(shipment.number == ask.shipment for shipment in order.shipments):
        return "UNKNOWN_PACKAGE"
    used = any(
        package.tracking_number == ask.tracking_number and package.id != ask.package for package in order.packages
    )
    return "NUMBER_IN_USE" if used else ""


def _hold(order: Order, ask: PlaceHold) -> str:
    if ask.reason == "MANUAL" and (not ask.blocks or ask.review_at is None):
        return "HOLD_INCOMPLETE"
    if ask.reason == "DESIGN_NOT_FINAL" and order.audit.passed_at:
        return "AUDIT_OVER"
    return "NOTHING_TO_HOLD" if holds_nothing(order, BLOCKS.get(HoldReason(ask.reason), ask.blocks)) else ""


def _carrier(order: Order, ask: ChooseCarrier) -> str:
    shipment = next((shipment for shipment in choosable(order) if shipment.number == ask.shipment), None)
    if shipment is None or shipment.choice is None:
        return "NO_CHOICE_OPEN"
    carriers = [offer.carrier for offer in shipment.choice.offers]
    return "CARRIER_NOT_POSSIBLE" if ask.carrier and carriers and ask.carrier not in carriers else ""


def _case(order: Order, ask: ResolveCase) -> str:
    case = next((case for case in order.open_cases if case.no == ask.case), None)
    if case is None:
        return nothing_for(order, "resolve_case") or "UNKNOWN_CASE"
    if _stays(order, case):
        return "CASE_ENDS_BY_ITSELF"
    if case.kind is CaseKind.CHANGE_REQUESTED and not _ends_change(order, ask.outcome):
        return "OUTCOME_UNKNOWN"
    if goods_claims.is_of_a_claim(order, case) and ask.outcome not in goods_claims.OUTCOMES:
        return "OUTCOME_UNKNOWN"
    if case.kind in OF_LOST and ask.outcome != "REFUNDED":
        again = ask.outcome == "RESENT" and order.policy.claims.resends
        return "" if again and any(each.subject == case.subject for each in switchable(order)) else "OUTCOME_UNKNOWN"
    lets_differ = case.kind is CaseKind.ERP_MISMATCH and ask.outcome == ACCEPTED and order.policy.reads_entry_again
    return "FORBIDDEN" if lets_differ and ask.role not in LETS_ERP_DIFFER else ""


def _ends_change(order: Order, outcome: str) -> bool:
    """Whether a change request can end so: only what was to be recalled can be found to be gone."""
    request = in_progress(order)
    return outcome in OUTCOMES and (outcome != RECALL_REFUSED or (request is not None and request.verdict == "R"))
