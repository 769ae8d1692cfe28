"""Claims that come after an order's completion (edge case 24, AC-71): a case in the books until somebody decides.

A parcel that moves after its signature is one too: nobody claims it, its carrier's own scan puts the delivery in doubt.
A completed order stays completed; its label shows 已完成·售后中 while a claim is open. What was told before the
completion is no news, and the same claim told again neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from domain.asks import Ask, Text
from domain.effects import EffectKind, RefundRequest, effect_key
from domain.facts import (
    CarrierScan,
    ClaimWithdrawn,
    Fact,
    MissingGoodsClaim,
    NotReceivedClaim,
    Outbound,
    OutsideFact,
    RefundDecided,
    RefundRequested,
    RefundWithdrawn,
    WrongGoodsClaim,
)
from domain.inquiries import Inquiry
from domain.late import ClosedOrder, Parcel, line_of
from domain.manual.goods_claims import OUTCOMES, REFUNDED
from domain.packages import PackageState
from domain.policy import CaseKind
from domain.recording import DESK, CaseRow, Entry, TaskRow
from domain.requests import Refusal
from domain.stage import Stage
from domain.value import Moment, Value

AFTER_SALE = "return"
"""The overlay that says 售后中."""
RESENT, RESEND = "RESENT", "resend"
"""The outcome that has the goods sent again, and the last word of its task's key."""
PAID_BACK = "PAID_BACK"
"""The money was sent back by hand."""
LATE_OUTCOMES = (*OUTCOMES, PAID_BACK)
WITHDRAWN, REFUSED = "WITHDRAWN", "REFUSED"
DECIDE_WITHIN = timedelta(hours=48)
KINDS = {
    "not_received_claim": (CaseKind.NOT_RECEIVED_CLAIM, "carrier", "DECIDE_CLAIM"),
    "wrong_goods_claim": (CaseKind.MIS_SHIPMENT, "warehouse", "DECIDE_CLAIM"),
    "missing_goods_claim": (CaseKind.MIS_SHIPMENT, "warehouse", "DECIDE_CLAIM"),
    "outbound": (CaseKind.MIS_SHIPMENT, "warehouse", "DECIDE_CLAIM"),
    "refund_requested": (CaseKind.REFUND_REPLY_DUE, "us", "ANSWER_REFUND"),
    "carrier_scan": (CaseKind.FALSE_DELIVERY, "carrier", "DECIDE_CLAIM"),
}
"""By the fact: the case it opens, who is responsible, and what somebody has to do."""
PROVEN = frozenset({CaseKind.NOT_RECEIVED_CLAIM, CaseKind.FALSE_DELIVERY})
"""Cases for which the carrier is asked for its proof of delivery."""


class LateClaim(Value):
    """A claim on a completed order. ``cause`` is the fact that told it, ``amount`` what is applied for."""

    order_no: str
    reference: str
    cause: str
    amount: int | None = None
    currency: str = ""
    parcel: Parcel | None = None
    at: Moment
    due_at: Moment

    @property
    def subject(self) -> str:
        """What its case is about."""
        return f"late/{self.reference}"

    @property
    def kind(self) -> CaseKind:
        """Its case."""
        return KINDS[self.cause][0]

    @property
    def proof(self) -> Inquiry | None:
        """The question for the carrier's proof of delivery; None where no parcel is known to ask about."""
        if self.kind not in PROVEN or self.parcel is None or not self.parcel.tracking_number:
            return None
        key = effect_key(self.order_no, EffectKind.ASK_CARRIER, f"late/{self.reference}")
        about = self.parcel.model_dump(include={"shipment", "tracking_number", "carrier"})
        return Inquiry(key=key, order_no=self.order_no, case=self.subject, subject=self.parcel.subject, **about)


class LateEnd(Value):
    """What ends the case of a claim: ``outcome``, said by ``by``; ``refund`` is what goes back first."""

    order_no: str
    subject: str
    outcome: str
    by: str = DESK
    refund: RefundRequest | None = None


class SettleClaim(Ask):
    """Close the case of a claim on a completed order; REFUNDED pays back ``amount``, else what is claimed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: Annotated[int, Field(ge=1)]
    outcome: Text
    note: Annotated[str, Field(max_length=500)] = ""
    amount: Annotated[int, Field(ge=1, le=2**53)] | None = None


def claim_of(order: ClosedOrder, fact: OutsideFact) -> LateClaim | None:
    """The claim that a late fact makes on a completed order; None where it makes none, or is known."""
    if not order.final or order.stage != Stage.COMPLETED:
        return None
    match fact:
        case NotReceivedClaim() | WrongGoodsClaim() | MissingGoodsClaim():
            return _claim(order, fact, fact.claim, parcel=_named(order, fact.package))
        case RefundRequested():
            due = fact.refund_reply_by
            return _claim(order, fact, fact.application, amount=fact.amount, **({"due_at": due} if due else {}))
        case Outbound() if all(parcel.package != fact.package for parcel in order.parcels):
            return _claim(order, fact, f"package/{fact.package}")
        case CarrierScan():
            doubted = _doubted(order, fact)
            return _claim(order, fact, f"delivery/{doubted.package}", parcel=doubted) if doubted else None
    return None


def _doubted(order: ClosedOrder, fact: CarrierScan) -> Parcel | None:
    """The parcel that moved after it had been signed for; one that was in doubt before is doubted no more."""
    parcel = _named(order, fact.tracking_number or fact.package)
    if parcel is None or parcel.state != PackageState.DELIVERED or parcel.delivered_at is None:
        return None
    known = {parcel.subject, f"late/delivery/{parcel.package}"} & {*order.doubted}
    moved = fact.scan.moves and fact.state is not PackageState.DELIVERED and fact.at > parcel.delivered_at
    return parcel if moved and not known else None


def _claim(order: ClosedOrder, fact: Fact, reference: str, **said: Any) -> LateClaim | None:
    if reference in order.claimed:
        return None
    given = {"currency": order.currency, "at": fact.at, "due_at": fact.at + DECIDE_WITHIN, **said}
    cause = str(getattr(fact, "kind", ""))
    return LateClaim(order_no=order.order_no, reference=reference, cause=cause, **given)


def _named(order: ClosedOrder, name: str | None) -> Parcel | None:
    """The parcel of this id or number; without a name the only one there is."""
    named = [each for each in order.parcels if name is None or name in (each.package, each.tracking_number)]
    return named[0] if len(named) == 1 else None


def end_of(order: ClosedOrder, fact: OutsideFact) -> LateEnd | None:
    """What a late fact ends: a claim taken back, or an application that the platform decided."""
    match fact:
        case ClaimWithdrawn():
            subject, outcome = f"late/{fact.claim}", WITHDRAWN
        case RefundWithdrawn():
            subject, outcome = f"late/{fact.application}", WITHDRAWN
        case RefundDecided():
            subject, outcome = f"late/{fact.application}", PAID_BACK if fact.verdict == "agreed" else REFUSED
        case _:
            return None
    known = subject in order.open_claims
    return LateEnd(order_no=order.order_no, subject=subject, outcome=outcome, by=fact.source) if known else None


def settled_by(order: ClosedOrder, claim: LateClaim, ask: SettleClaim) -> LateEnd:
    """What somebody's decision about a claim does; never more goes back than was paid and has not gone back."""
    left = order.captured - order.refunded
    amount = min(ask.amount or claim.amount or left, left)
    refund = None
    if ask.outcome == REFUNDED and amount > 0:
        key = effect_key(order.order_no, EffectKind.REFUND, f"claim/{claim.reference}")
        refund = RefundRequest(key=key, order_no=order.order_no, amount=amount, currency=claim.currency)
    return LateEnd(order_no=order.order_no, subject=claim.subject, outcome=ask.outcome, by=ask.actor, refund=refund)


def granted(end: LateEnd, amount: int) -> LateEnd:
    """The end with the money that the books let go for it; none where nothing is left."""
    refund = end.refund.having(amount=amount) if end.refund and amount > 0 else None
    return end.having(refund=refund)


def unfit(open_cases: Mapping[int, LateClaim], ask: SettleClaim) -> Refusal | None:
    """Why a decision about a claim is refused; None where it is taken."""
    if ask.case not in open_cases:
        return Refusal(code="UNKNOWN_CASE", reason="there is no such open case", stage=Stage.COMPLETED)
    if ask.outcome in LATE_OUTCOMES:
        return None
    told = ", ".join(LATE_OUTCOMES)
    return Refusal(code="OUTCOME_UNKNOWN", reason=f"the case ends with one of {told}", stage=Stage.COMPLETED)


# -- what is written down --------------------------------------------------------------------------------------------


class ClaimNews(Value):
    """One step of a claim, for the books: told, or ended; ``refused`` is why the payer did not pay it back.

    ``grants``: its money is to be let go first.
    """

    at: Moment
    claim: LateClaim
    end: LateEnd | None = None
    grants: bool = False
    reference: str = ""
    refused: str = ""

    @property
    def order_no(self) -> str:
        """Whose claim it is."""
        return self.claim.order_no


def case_of(news: ClaimNews, number: int) -> CaseRow:
    """The case as the books keep it after this step."""
    claim, over = news.claim, news.end if not news.refused else None
    withdrawn = over is not None and over.outcome == WITHDRAWN
    return CaseRow(
        case_no=number,
        kind=claim.kind,
        subject=claim.subject,
        status=("WITHDRAWN" if withdrawn else "RESOLVED") if over else "OPEN",
        level=1,
        cause=claim.cause,
        responsible=KINDS[claim.cause][1],
        outcome=over.outcome if over else "",
        actor=over.by if over else "",
        opened_at=claim.at,
        resolved_at=news.at if over else None,
    )


def entries_of(news: ClaimNews, number: int) -> tuple[Entry, ...]:
    """The timeline's lines of this step."""
    claim, end = news.claim, news.end
    case = {"case": number, "kind": str(claim.kind)}
    if end is None:
        about = {**case, "subject": claim.subject, "cause": claim.cause}
        return (line_of(news, f"case/{number}/opened", "case_opened", about),)
    key = end.refund.key if end.refund else ""
    refund = {"effect": str(EffectKind.REFUND), "key": key}
    if news.refused:
        mark = f"case/{number}/refused/{news.at.isoformat()}"
        return (line_of(news, mark, "effect_parked", {**refund, "reason": news.refused}),)
    word = "case_withdrawn" if end.outcome == WITHDRAWN else "case_resolved"
    closed = line_of(news, f"case/{number}/closed", word, {**case, "outcome": end.outcome}, end.by)
    if end.refund is None:
        return (closed,)
    done = {**refund, "reference": news.reference}
    return (line_of(news, f"case/{number}/returned", "effect_done", done), closed)


def task_of(news: ClaimNews, number: int) -> TaskRow:
    """What somebody has to do: decide about the claim; where the payer refuses, pay back by hand."""
    claim, end = news.claim, news.end
    if news.refused and end is not None and end.refund is not None:
        paid = {"amount": end.refund.amount, "currency": end.refund.currency, "reason": news.refused}
        key = f"case/{number}/pay_back"
        return TaskRow(key=key, kind="PAY_BACK", role="finance", case_no=number, opened_at=news.at, params=paid)
    about = {"claim": claim.reference, "cause": claim.cause, "outcomes": list(LATE_OUTCOMES)}
    return TaskRow(
        key=f"case/{number}",
        kind=KINDS[claim.cause][2],
        role="customer_service",
        due_at=claim.due_at,
        case_no=number,
        opened_at=news.at,
        params=about,
    )


def resend_of(news: ClaimNews, number: int) -> TaskRow | None:
    """Somebody decided that the goods are sent again: a linked order has to be placed, which ends the task."""
    if news.end is None or news.end.outcome != RESENT:
        return None
    about = {"claim": news.claim.reference, "request": f"/v1/orders/{news.order_no}/resends"}
    key = f"case/{number}/{RESEND}"
    return TaskRow(key=key, kind="PLACE_LINKED_ORDER", role="order_administrator", opened_at=news.at, params=about)
