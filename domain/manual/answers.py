"""Requests are answered yes, or no with the reason and what may be done instead (§4.3, §4.12; M4)."""

from __future__ import annotations

from datetime import datetime

from domain.asks import Ask
from domain.cancelling import taken_as
from domain.catalogue.reasons import reason
from domain.catalogue.text import label
from domain.manual import change_answers, holding, questions
from domain.manual.carriage import choosable
from domain.manual.fitting import detail, nothing_for
from domain.order import Order
from domain.questions import CustomerChoice
from domain.requests import ASKS, ChooseCarrier, Refusal, SubmitChangeRequest
from domain.transitions import failing
from domain.who_may_ask import ROLES

CODES = {
    "stage": "WRONG_STAGE",
    "no_critical_finding": "CRITICAL_FINDING",
    "audit_answered": "AUDIT_RUNNING",
    "audit_not_running": "AUDIT_RUNNING",
    "release_not_begun": "ALREADY_RELEASED",
    "no_hold_on_completion": "COMPLETION_HELD",
    "no_false_delivery": "DELIVERY_IN_DOUBT",
    "money_settled": "MONEY_OPEN",
    "no_refund_running": "REFUND_RUNNING",
    "no_transfer_running": "TRANSFER_RUNNING",
    "no_open_debt": "DEBT_OPEN",
}
"""The refusal's code for each guard that a request can fail."""
ALTERNATIVES = {
    "approve_audit": ("correct_fields", "reject_audit"),
    "reject_audit": ("cancel", "place_hold"),
    "correct_fields": ("submit_change_request", "cancel", "place_hold"),
    "cancel": ("submit_change_request", "reject_audit", "place_hold"),
    "release_hold": ("verify_voucher", "decide_message", "sales_decision"),
    "verify_voucher": ("submit_voucher", "reject_audit"),
    "submit_voucher": ("verify_voucher",),
    "place_hold": ("cancel", "submit_change_request"),
    "confirm_completion": ("release_hold", "resolve_case", "repay_debt"),
}
"""What one may do instead, where it is open."""


def refusal(order: Order, ask: Ask, now: datetime | None = None) -> Refusal | None:
    """Why this request is refused now; None where it is accepted. Days are counted only where ``now`` is given."""
    ask = taken_as(order, ask)
    kind = kind_of(ask)
    if kind in ROLES and ask.role not in ROLES[kind]:
        return refused(order, "FORBIDDEN", kind)
    code = _guarded(order, kind) or detail(order, ask) or _ruling(order, ask, kind)
    if not code and isinstance(ask, SubmitChangeRequest):
        code = change_answers.unfit(order, ask, now)
        no = refused(order, code, kind)
        return change_answers.said_no(order, ask, now, no) if code in change_answers.TOLD else no if code else None
    return _said(order, ask, refused(order, code, kind)) if code else None


def kind_of(ask: Ask) -> str:
    """The request's name."""
    return str(type(ask).model_fields["kind"].default)


def _guarded(order: Order, action: str) -> str:
    reasons = failing(order, action)
    return CODES[reasons[0]] if reasons else ""


def _closed(order: Order, action: str) -> str:
    guarded = _guarded(order, action)
    if guarded and not (action == "cancel" and change_answers.may_cancel(order)):
        return guarded
    if action in holding.CLOSED:
        return holding.CLOSED[action](order)
    return nothing_for(order, action)


def allowed_actions(order: Order) -> tuple[str, ...]:
    """Every request that somebody may make now."""
    return tuple(action for action in ASKS if not _closed(order, action))


def shut(order: Order) -> dict[str, str]:
    """Every request that nobody may make now, and why; all others somebody may."""
    return {action: _reason(order, code) for action in ASKS if (code := _closed(order, action))}


def refused(order: Order, code: str, action: str) -> Refusal:
    """The answer no. Alternatives are only such as are open now."""
    others = ALTERNATIVES.get(action, ())
    return Refusal(
        code=code,
        reason=_reason(order, code),
        alternatives=tuple(other for other in others if not _closed(order, other)),
        stage=order.stage,
        version=order.version,
    )


def _reason(order: Order, code: str) -> str:
    return reason(code, order.stage, order.policy.language)


def _ruling(order: Order, ask: Ask, kind: str) -> str:
    closed = holding.CLOSED.get(kind)
    return (closed(order) if closed else "") or holding.unfit(order, ask)


def _said(order: Order, ask: Ask, no: Refusal) -> Refusal:
    """A refused carrier is answered with those who are possible (SR-148), a late answer with what was chosen."""
    if isinstance(ask, CustomerChoice):
        chosen = questions.came_to(order, ask)
        said = f": {label('option', chosen, order.policy.language)}" if chosen else ""
        return no.having(reason=f"{no.reason}{said}", chosen=chosen)
    if no.code != "CARRIER_NOT_POSSIBLE" or not isinstance(ask, ChooseCarrier):
        return no
    [shipment] = [shipment for shipment in choosable(order) if shipment.number == ask.shipment]
    offers = shipment.choice.offers if shipment.choice else ()
    return no.having(reason=f"{no.reason}: {', '.join(offer.carrier for offer in offers)}")
