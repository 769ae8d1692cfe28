"""A buyer's refund application (edge case 32, AC-68): the goods stop at once, somebody answers in time, then money.

Not what a buyer says of goods that came (``goods_claims``), nor what we want of a carrier (``carrier_claims``).
What keeps or fetches back the goods is the change matrix, as for any cancellation; the channel hears of our answer
when that is done. A platform's own decision is a fact and is only followed.
"""

from __future__ import annotations

from typing import Any

from domain.claim_goods import amount_of, has_left, numbers, stop_cause, stoppable, was_stopped
from domain.claims import Claim, ClaimState
from domain.clocks import TICK
from domain.effects import EffectKind
from domain.inquiries import Inquiry
from domain.manual import changing
from domain.manual.ending import refund
from domain.manual.escalation import SECOND, THIRD, climb
from domain.manual.recall import RecallState, recall
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.taking.claims import agreed, put, refused
from domain.taking.holding import DESK, released

ALREADY_SHIPPED = "ALREADY_SHIPPED"
OUTCOMES = {
    ClaimState.SETTLED: "REFUNDED",
    ClaimState.AGREED: "REFUNDED",
    ClaimState.REFUSED: "REFUSED",
    ClaimState.WITHDRAWN: "WITHDRAWN",
}
SERVICE = "customer_service"


def answered_by_itself(turn: Turn) -> None:
    """What the edition says of goods that have all left; and an order that is over pays back anyway."""
    rule = turn.order.policy.claims.shipped
    for claim in turn.order.claims:
        if not claim.is_application or claim.state is not ClaimState.OPEN:
            continue
        gone = has_left(turn.order, claim)
        if turn.order.ending or (rule == "intercept" and gone):
            turn.order = agreed(turn.order, claim, turn.now, DESK)
        elif rule == "refuse" and gone:
            turn.order = refused(turn.order, claim.having(reason=ALREADY_SHIPPED), turn.now, DESK)


def applications(turn: Turn) -> None:
    """See to every refund application that is not over."""
    for claim in turn.order.claims:
        if claim.is_application and f"over/{claim.subject}" not in turn.order.fired:
            _see_to(turn, claim)


def _see_to(turn: Turn, claim: Claim) -> None:
    if claim.state is ClaimState.AGREED and not _under_way(turn.order, claim):
        claim = _settle(turn, claim)
    if claim.live:
        _stop(turn, claim)
        _watch_reply(turn, claim)
    else:
        turn.mark_once(f"over/{claim.subject}")
        _over(turn, claim)


def _under_way(order: Order, claim: Claim) -> bool:
    """Whether the matrix still keeps or fetches back its goods."""
    return any(request.open for request in order.change_requests if request.no in claim.changes)


def _settle(turn: Turn, claim: Claim) -> Claim:
    """The goods are seen to: the money goes back; of an order that is being undone all of it does anyway."""
    if turn.order.ending is None:
        amount, currency = amount_of(turn.order, claim), turn.order.payment.currency
        refund(turn, f"application/{claim.reference}", amount, currency)
    turn.order = released(turn.order, [claim.hold], turn.now, DESK)
    settled = claim.having(state=ClaimState.SETTLED)
    turn.order = put(turn.order, settled)
    return settled


# -- the goods -------------------------------------------------------------------------------------------------------


def _stop(turn: Turn, claim: Claim) -> None:
    """What a warehouse has of it is recalled where the edition recalls; else it is told so, and somebody sees to it.

    A warehouse that says nothing in time is somebody's to telephone.
    """
    for shipment in stoppable(turn.order, claim):
        key = f"stop/{claim.subject}/{shipment.number}/stop"
        if turn.order.policy.recall.by_itself:
            if recall(turn, shipment, claim.subject) is RecallState.SILENT:
                turn.task(key, "STOP_GOODS", "warehouse", params=_about(turn.order, claim))
            continue
        asked = turn.start(
            EffectKind.ASK_WAREHOUSE,
            stop_cause(claim, shipment),
            Inquiry,
            case=claim.subject,
            subject=shipment.subject,
            warehouse=shipment.warehouse,
            shipment=shipment.number,
            stop=f"REFUND_REQUESTED {claim.reference}",
        )
        if asked:
            turn.task(key, "STOP_GOODS", "warehouse", params=_about(turn.order, claim))


def _over(turn: Turn, claim: Claim) -> None:
    """The channel hears of our answer, its case ends, and goods that were stopped and not called off go on."""
    if not claim.told_by_channel and claim.state is not ClaimState.WITHDRAWN:
        verdict = "refuse" if claim.state is ClaimState.REFUSED else "agree"
        said = {"application": claim.reference, "verdict": verdict, "reason": claim.reason}
        turn.push("push_refund_answer", claim.reference, **said, tracking_numbers=list(numbers(turn.order, claim)))
    case = turn.order.case(CaseKind.REFUND_REPLY_DUE, claim.subject)
    if case is not None:
        turn.close_case(case, OUTCOMES[claim.state], withdrawn=claim.state is ClaimState.WITHDRAWN)
    if claim.state is ClaimState.SETTLED:
        return
    for number in claim.changes:
        changing.drop(turn, number)
    for shipment in stoppable(turn.order, claim):
        if was_stopped(turn.order, claim, shipment):
            key = f"resume/{claim.subject}/{shipment.number}/resume"
            turn.task(key, "RESUME_GOODS", "warehouse", params=_about(turn.order, claim))


def names(order: Order) -> set[str]:
    """The tasks about goods that are not over, by what their key says after its first word."""
    word = {True: "stop", False: "resume"}
    return {
        f"{claim.subject}/{shipment.number}/{word[claim.live]}"
        for claim in order.claims
        if claim.is_application and not order.final
        for shipment in stoppable(order, claim)
    }


def _about(order: Order, claim: Claim) -> dict[str, Any]:
    told: dict[str, Any] = {"application": claim.reference, "tracking_numbers": list(numbers(order, claim))}
    return {name: value for name, value in told.items() if value}


# -- the answer in time ----------------------------------------------------------------------------------------------


def _watch_reply(turn: Turn, claim: Claim) -> None:
    """Half of the time gone and the channel has no answer: a case; then supervisor and manager."""
    if claim.reply_by is None or claim.told_by_channel:
        return
    half = claim.at + (claim.reply_by - claim.at) * turn.order.policy.claims.case_share
    if turn.judged_at < half:
        turn.look_at(half, f"refund application {claim.no} half of its time")
        return
    case = turn.open_case(CaseKind.REFUND_REPLY_DUE, claim.subject, cause=claim.kind, responsible="us", level=1)
    params = _about(turn.order, claim)
    turn.task(f"case/{case.no}", "ANSWER_REFUND", SERVICE, case_no=case.no, due_at=claim.reply_by, params=params)
    later = claim.reply_by + turn.order.policy.escalation.third_least
    climb(turn, case, ((SECOND, claim.reply_by), (THIRD, later)), beyond=TICK)
