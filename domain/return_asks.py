"""What a person may ask of a return, and when it is answered no (§4.12, edge case 65, SR-149)."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from domain.asks import Ask, Text, sameness
from domain.facts import Amount, Identity
from domain.requests import Refusal
from domain.returns import (
    NOT_CAPTURED,
    Held,
    InspectedLine,
    Payback,
    Return,
    ReturnKind,
    ReturnState,
    disputed,
    state_of,
    worth_disputed,
)
from domain.who_may_ask import roles_of


class ApproveReturn(Ask):
    """Let the customer send the goods back."""

    kind: Literal["approve"] = "approve"


class RefuseReturn(Ask):
    """Do not take the goods back; the reason is told to the customer."""

    kind: Literal["refuse"] = "refuse"
    reason: Text


class InspectReturn(Ask):
    """What the parcel held, line by line; a line that is not named did not come."""

    kind: Literal["inspect"] = "inspect"
    lines: Annotated[tuple[InspectedLine, ...], Field(max_length=500)]
    warehouse: str = ""


class ApproveRefund(Ask):
    """Finance lets a refund over the threshold go out."""

    kind: Literal["approve_refund"] = "approve_refund"


class SettleReturn(Ask):
    """End the dispute about what did not come back in order: pay ``amount`` for it, or with 0 nothing.

    Of an exchange whose new goods wait, ``exchange`` says whether they are sent all the same.
    """

    kind: Literal["settle"] = "settle"
    amount: Amount = 0
    exchange: bool = False
    reason: Text


class RetryRefund(Ask):
    """Ask the gateway again for a refund that it refused."""

    kind: Literal["retry_refund"] = "retry_refund"


class ReportRefund(Ask):
    """Finance paid by hand what the gateway could not."""

    kind: Literal["report_refund"] = "report_refund"
    reference: Identity


RETURN_ASKS: dict[str, type[Ask]] = {
    "approve": ApproveReturn,
    "refuse": RefuseReturn,
    "inspect": InspectReturn,
    "approve_refund": ApproveRefund,
    "settle": SettleReturn,
    "retry_refund": RetryRefund,
    "report_refund": ReportRefund,
}
"""By the name of the update and the last word of its address."""
FITS = {
    "approve": {ReturnState.REQUESTED},
    "refuse": {ReturnState.REQUESTED},
    "inspect": {ReturnState.APPROVED, ReturnState.IN_TRANSIT, ReturnState.RECEIVED},
}
"""In which states what may be asked; the others depend on what waits."""


def payback_waiting(its: Return) -> Payback | None:
    """The refund that waits for finance's yes."""
    return next((each for each in its.paybacks if each.needs_finance and not each.finance_by), None)


def payback_parked(its: Return) -> Payback | None:
    """The refund that cannot go on by itself."""
    return next((each for each in its.paybacks if each.trouble and not each.by_hand), None)


def sent_already(its: Return, ask: Ask) -> bool:
    """Whether this very request was taken before, by its id and what it asks; another one under the id is refused."""
    return f"{ask.request_id} {sameness(ask)}" in its.asked


def return_refusal(its: Return, ask: Ask) -> Refusal | None:
    """Why the return says no; None: yes."""
    kind = str(type(ask).model_fields["kind"].default)
    if any(known.rpartition(" ")[0] == ask.request_id for known in its.asked):
        return (
            None if sent_already(its, ask) else _no(its, "REQUEST_ID_TAKEN", "This request_id stands for another one")
        )
    if ask.role not in roles_of(kind):
        return _no(its, "FORBIDDEN", f"A key of role {ask.role} may not {kind.replace('_', ' ')}")
    if kind in FITS and state_of(its) not in FITS[kind]:
        return _no(its, "WRONG_STATE", f"The return is {state_of(its)}")
    return _of_its_own(its, ask)


def _of_its_own(its: Return, ask: Ask) -> Refusal | None:
    match ask:
        case ApproveReturn() if its.kind is ReturnKind.EXCHANGE and its.held is not Held.KEPT:
            return _no(its, "EXCHANGE_SHORT", "The new goods are not reserved", "refuse", "ask for a refund")
        case InspectReturn():
            return _inspection(its, ask)
        case ApproveRefund():
            return _finance(its, ask)
        case SettleReturn():
            return _settlement(its, ask)
        case RetryRefund() | ReportRefund():
            return _hand(its, ask)
    return None


def _hand(its: Return, ask: RetryRefund | ReportRefund) -> Refusal | None:
    parked = payback_parked(its)
    if parked is None:
        return _no(its, "NOTHING_WAITS", "No refund of this return waits for finance's hand")
    if isinstance(ask, RetryRefund) and parked.trouble == NOT_CAPTURED:
        return _no(its, "NOT_CAPTURED", "The books have not so much of the buyer's money", "report_refund")
    return None


def _inspection(its: Return, ask: InspectReturn) -> Refusal | None:
    known = {line.line: line.quantity for line in its.lines}
    wrong = [each.line for each in ask.lines if each.line not in known]
    twice = [line for line, times in Counter(each.line for each in ask.lines).items() if times > 1]
    if wrong or twice:
        return _no(its, "UNKNOWN_LINE", f"Not lines of this return, or named twice: {', '.join(wrong + twice)}")
    over = [each.line for each in ask.lines if each.good + each.damaged > known[each.line]]
    if over:
        return _no(its, "TOO_MANY", f"More of the ordered goods than were asked about: line {', '.join(over)}")
    return None


def _finance(its: Return, ask: ApproveRefund) -> Refusal | None:
    if payback_waiting(its) is None:
        return _no(its, "NOTHING_WAITS", "No refund of this return waits for finance")
    if ask.actor in {its.asked_by, its.inspected_by, its.settled_by} - {""}:
        return _no(its, "SAME_PERSON", "Whoever asked for the return, inspected or settled it may not let it be paid")
    return None


def _settlement(its: Return, ask: SettleReturn) -> Refusal | None:
    if not disputed(its) or its.settled_at:
        return _no(its, "NOTHING_WAITS", "Nothing of this return is in dispute")
    most = worth_disputed(its)
    if ask.amount > most:
        return _no(its, "TOO_MUCH", f"What is in dispute was paid with {most} minor units")
    if ask.amount and (ask.exchange or its.new_order_no):
        return _no(its, "PAID_IN_GOODS", "The customer gets the new goods; nothing is paid besides", "settle with 0")
    return None


def _no(its: Return, code: str, reason: str, *alternatives: str) -> Refusal:
    return Refusal(code=code, reason=reason, alternatives=alternatives, stage=state_of(its), version=its.sequence)


def mark_of(ask: Ask) -> str:
    """Under what a request is remembered."""
    return f"{ask.request_id} {sameness(ask)}"
