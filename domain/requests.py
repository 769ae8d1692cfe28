"""Requests: what may be asked of an order, one frozen model each; answered yes, or no with reasons (§4.12 Update).

``request_id`` is the request's identity (the Temporal update id is the same); ``role`` is set by the API from the
key, an update from the Temporal UI carries none and counts as operator.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field

from domain.change_requests import ChangeAnswer, ChangeKind, ChangeParams
from domain.effects import Content
from domain.facts import Amount, Identity, Ordinal
from domain.policy import Policy
from domain.value import Moment, Value

Text = Annotated[str, Field(min_length=1, max_length=500)]


class Ask(Value):
    """What every request has. Unknown fields are refused: a typo in a form must not pass for a request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: Identity
    actor: str = "operator"
    role: str = "operator"

    @property
    def only_asks(self) -> bool:
        """Whether it is to change nothing, not even the timeline."""
        return bool(getattr(self, "dry_run", False))


def sameness(ask: Ask) -> str:
    """A digest of what is asked, whoever asks it: two requests under one id must agree in it."""
    kind = type(ask).model_fields["kind"].default
    asked = ask.model_dump_json(exclude={"request_id", "actor", "role"})
    return sha256(f"{kind} {asked}".encode()).hexdigest()[:16]


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
    """A package's tracking number, typed in by a person."""

    kind: Literal["upload_tracking"] = "upload_tracking"
    package: Identity = "1"
    shipment: Ordinal = 1
    tracking_number: Identity
    carrier: str = ""


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


class Cancel(Ask):
    """Cancel the whole order (until its release)."""

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
    """

    kind: Literal["submit_change_request"] = "submit_change_request"
    change: ChangeKind
    params: ChangeParams = ChangeParams()
    expected_version: Ordinal
    correction: Annotated[int, Field(ge=0, lt=2**63)] = 0
    dry_run: bool = False


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
    | DecideCoupon,
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
    """The answer no: a stable code, the reason, what may be done instead, and the order's version."""

    code: str
    reason: str
    alternatives: tuple[str, ...] = ()
    stage: str = ""
    version: int = 0
    change: ChangeAnswer | None = None


class OrderInput(Value):
    """What an order workflow starts with; no personal data. ``facts`` are those already in the inbox.

    ``duplicate_of`` is the like order that this one is suspected to repeat.
    """

    order_no: str
    tenant: str = "default"
    channel: str
    external_id: str
    placed_at: Moment
    collected_at: Moment | None = None
    received_at: Moment
    content: Content
    policy: Policy
    latest_ship_at: Moment | None = None
    promised_delivery_date: date | None = None
    source_kind: str = ""
    test: bool = False
    original_order_no: str = ""
    facts: tuple[dict[str, Any], ...] = ()
    snapshot: dict[str, Any] | None = None
    duplicate_of: str = ""
