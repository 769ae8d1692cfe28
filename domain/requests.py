"""Requests: what may be asked of an order, one frozen model each; answered yes, or no with reasons (§4.12 Update).

``request_id`` is the request's identity (the Temporal update id is the same); ``role`` is set by the API from the
key, an update from the Temporal UI carries none and counts as operator.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from domain.asks import Ask, Text
from domain.asks_of_logistics import Expedite, ReassignWarehouse, SwitchCarrier
from domain.change_requests import ChangeAnswer, ChangeKind, ChangeParams
from domain.claim_requests import AnswerRefund
from domain.facts import Amount, Identity, Ordinal
from domain.questions import CustomerChoice
from domain.quotes import Priced
from domain.value import Moment, Value


class ApproveAudit(Ask):
    """Let the order pass although the audit found something that is not critical."""

    kind: Literal["approve_audit"] = "approve_audit"
    reason: Text


class RejectAudit(Ask):
    """Refuse the order in the audit; what was paid is refunded."""

    kind: Literal["reject_audit"] = "reject_audit"
    reason: Text


class CorrectFields(Ask):
    """Take correction ``correction`` (stored through the API, for it may hold personal data) and audit again."""

    kind: Literal["correct_fields"] = "correct_fields"
    expected_version: Ordinal
    correction: Annotated[int, Field(ge=1, lt=2**63)]


class ConfirmPayment(Ask):
    """Finance confirms money that arrived: ``amount`` in minor units."""

    kind: Literal["confirm_payment"] = "confirm_payment"
    amount: Amount
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    payment_no: Identity
    paid_at: Moment | None = None


class UploadTracking(Ask):
    """A package's tracking number, typed in by a person; ``consolidated``: other orders' goods are in it too."""

    kind: Literal["upload_tracking"] = "upload_tracking"
    package: Identity = "1"
    shipment: Ordinal = 1
    tracking_number: Identity
    carrier: str = ""
    consolidated: bool = False


class ConfirmCompletion(Ask):
    """Mark the delivered order as completed now."""

    kind: Literal["confirm_completion"] = "confirm_completion"


class PlaceHold(Ask):
    """Hold the order. ``blocks`` is used by MANUAL holds; ``review_at`` is when a MANUAL hold is looked at again."""

    kind: Literal["place_hold"] = "place_hold"
    reason: Literal["CUSTOMER_ANSWER", "DISPUTE", "DESIGN_NOT_FINAL", "MANUAL", "HIGH_RISK", "SALES_DECISION"] = (
        "MANUAL"
    )
    blocks: tuple[Literal["audit_start", "audit_end", "release", "pick", "ship", "refund", "complete"], ...] = ()
    note: Text
    review_at: Moment | None = None


class ReleaseHold(Ask):
    """Release one hold, by its own id."""

    kind: Literal["release_hold"] = "release_hold"
    hold: Identity
    note: str = ""


class Acknowledge(Ask):
    """Say that a case is seen: no more paging; the clock goes on."""

    kind: Literal["acknowledge"] = "acknowledge"
    case: Ordinal


class ResolveCase(Ask):
    """Close a case with what came of it."""

    kind: Literal["resolve_case"] = "resolve_case"
    case: Ordinal
    outcome: Text
    note: str = ""


class RetryStep(Ask):
    """Try a parked or waiting step again now; ``step`` is its effect key, or ``stock`` for the stock gate."""

    kind: Literal["retry_step"] = "retry_step"
    step: Text


class SkipStep(Ask):
    """Leave out a step of a case; the playbook goes on without its result. ``step`` is its key, such as 3/transfer."""

    kind: Literal["skip_step"] = "skip_step"
    step: Text
    reason: Text


class ReportStep(Ask):
    """Say that a step of a case was done by hand, and what came of it."""

    kind: Literal["report_step"] = "report_step"
    step: Text
    result: Text
    note: Annotated[str, Field(max_length=500)] = ""


class Cancel(Ask):
    """Cancel the whole order: at once before its release, after it as the change matrix says."""

    kind: Literal["cancel"] = "cancel"
    reason: Text


class OverrideAddress(Ask):
    """Let an address stand that the audit questions; the audit does not question it again."""

    kind: Literal["override_address"] = "override_address"
    reason: Text


class SubmitVoucher(Ask):
    """Name the voucher that shows the payment: ``reference`` is its number, or where its picture is kept."""

    kind: Literal["submit_voucher"] = "submit_voucher"
    reference: Identity


class VerifyVoucher(Ask):
    """Say whether the voucher is good; whoever submitted it may not. A refused one keeps the order held."""

    kind: Literal["verify_voucher"] = "verify_voucher"
    verdict: Literal["approve", "refuse"]
    reason: Text


class DecideMessage(Ask):
    """Say what the buyer's message or the seller's memo asks for; all but ``nothing`` goes to sales."""

    kind: Literal["decide_message"] = "decide_message"
    choice: Literal["expedite", "substitution", "gift", "nothing"]
    note: Annotated[str, Field(max_length=500)] = ""


class SalesDecision(Ask):
    """Sales agree to what is asked of them, or decline it; ``hold`` is the SALES_DECISION hold that asks."""

    kind: Literal["sales_decision"] = "sales_decision"
    hold: Identity
    verdict: Literal["approve", "decline"]
    note: Annotated[str, Field(max_length=500)] = ""


class ChooseCarrier(Ask):
    """Say who carries a shipment that waits for a carrier; without ``carrier`` the table is looked at again."""

    kind: Literal["choose_carrier"] = "choose_carrier"
    shipment: Ordinal = 1
    carrier: Annotated[str, Field(max_length=200)] = ""


class RepayDebt(Ask):
    """Repay audit debt by correction ``correction`` (stored through the API): fields that do not change the goods."""

    kind: Literal["repay_debt"] = "repay_debt"
    expected_version: Ordinal
    correction: Annotated[int, Field(ge=1, lt=2**63)]


class SubmitChangeRequest(Ask):
    """Ask for a change of the order: made at once, refused with what may be done instead, or taken to whoever decides.

    Fields that may hold personal data are stored through the API as ``correction``; ``dry_run`` only asks.
    ``quote`` is the id of a dry run's quote: the change is made only if the same would still happen.
    """

    kind: Literal["submit_change_request"] = "submit_change_request"
    change: ChangeKind
    params: ChangeParams = ChangeParams()
    expected_version: Ordinal
    correction: Annotated[int, Field(ge=0, lt=2**63)] = 0
    dry_run: bool = False
    quote: Annotated[str, Field(max_length=40)] = ""
    priced: Priced | None = None


class DecideCoupon(Ask):
    """Say whether a coupon that needs it is issued; ``coupon`` is its incident and step, as its task names it."""

    kind: Literal["decide_coupon"] = "decide_coupon"
    coupon: Identity
    verdict: Literal["approve", "decline"]
    reason: Text


AnyAsk = Annotated[
    ApproveAudit
    | RejectAudit
    | CorrectFields
    | ConfirmPayment
    | UploadTracking
    | ConfirmCompletion
    | PlaceHold
    | ReleaseHold
    | Acknowledge
    | ResolveCase
    | RetryStep
    | Cancel
    | OverrideAddress
    | SubmitVoucher
    | VerifyVoucher
    | DecideMessage
    | SalesDecision
    | ChooseCarrier
    | RepayDebt
    | SubmitChangeRequest
    | DecideCoupon
    | SkipStep
    | ReportStep
    | AnswerRefund
    | Expedite
    | SwitchCarrier
    | CustomerChoice
    | ReassignWarehouse,
    Field(discriminator="kind"),
]
ASKS: dict[str, type[Ask]] = {model.model_fields["kind"].default: model for model in get_args(get_args(AnyAsk)[0])}
"""Every update of the order workflow, by name."""


class Accepted(Value):
    """The answer yes: what the order is now. ``asked`` is the ``sameness`` of what was accepted under the id.

    ``change`` answers a change request: made, or pending.
    """

    order_no: str
    request_id: str
    asked: str = ""
    stage: str
    version: int
    change: ChangeAnswer | None = None


class Refusal(Value):
    """The answer no: a stable code, the reason, what may be done instead, and the order's version.

    ``chosen``: what a question that takes no answer any more came to.
    """

    code: str
    reason: str
    alternatives: tuple[str, ...] = ()
    stage: str = ""
    version: int = 0
    change: ChangeAnswer | None = None
    chosen: str = ""
